"""Tasks on what the project has."""

from dws import lookup, waiters
from dws.operations import account as ops
from tasks.factory import lookup_task, operation_task, waiter_task

list_actions = operation_task(ops.ListActions)
list_availability_zones = operation_task(ops.ListAvailabilityZones)
list_dss_pools = operation_task(ops.ListDssPools)
list_eps = operation_task(ops.ListEps)
list_job_details = operation_task(ops.ListJobDetails)
list_node_types = operation_task(ops.ListNodeTypes)
list_node_types_v1 = operation_task(ops.ListNodeTypesV1)
list_quotas = operation_task(ops.ListQuotas)
list_statistics = operation_task(ops.ListStatistics)
list_target_flavors = operation_task(ops.ListTargetFlavors)
show_resource_statistics = operation_task(ops.ShowResourceStatistics)

wait_until_job_finished = waiter_task("job_finished", waiters.job_finished)

project_id = lookup_task(lookup.project_id)
