"""Tasks on nodes and coordinators."""

from dws.operations import nodes as ops
from tasks.factory import operation_task

batch_create_cluster_cn = operation_task(ops.BatchCreateClusterCn)
batch_delete_cluster_cn = operation_task(ops.BatchDeleteClusterCn)
delete_cluster_nodes = operation_task(ops.DeleteClusterNodes)
list_cluster_cn = operation_task(ops.ListClusterCn)
list_cluster_instances = operation_task(ops.ListClusterInstances)
list_cluster_nodes = operation_task(ops.ListClusterNodes)
show_instance = operation_task(ops.ShowInstance)
