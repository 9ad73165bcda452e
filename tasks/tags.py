"""Tasks on tags."""

from dws.operations import tags as ops
from tasks.factory import operation_task

batch_create_resource_tag = operation_task(ops.BatchCreateResourceTag)
batch_delete_resource_tag = operation_task(ops.BatchDeleteResourceTag)
list_cluster_tags = operation_task(ops.ListClusterTags)
list_resource_by_tag = operation_task(ops.ListResourceByTag)
list_tags = operation_task(ops.ListTags)
list_tags_for_resource = operation_task(ops.ListTagsForResource)
