"""Tasks on the size of a cluster."""

from dws.operations import scaling as ops
from dws.waiters import scaling as waiters
from tasks.factory import operation_task, waiter_task

check_cluster_shrink = operation_task(ops.CheckClusterShrink)
check_grow_cluster = operation_task(ops.CheckGrowCluster)
check_instance_storage = operation_task(ops.CheckInstanceStorage)
execute_flavor_change = operation_task(ops.ExecuteFlavorChange)
execute_redistribution_cluster = operation_task(ops.ExecuteRedistributionCluster)
expand_instance_storage = operation_task(ops.ExpandInstanceStorage)
list_cluster_scale_in_numbers = operation_task(ops.ListClusterScaleInNumbers)
list_redistribution_schema = operation_task(ops.ListRedistributionSchema)
resize_cluster = operation_task(ops.ResizeCluster)
resize_cluster_with_existed_nodes = operation_task(ops.ResizeClusterWithExistedNodes)
resize_preparation = operation_task(ops.ResizePreparation)
restore_redistribution = operation_task(ops.RestoreRedistribution)
set_redistribution_priority = operation_task(ops.SetRedistributionPriority)
show_cluster_flavor = operation_task(ops.ShowClusterFlavor)
show_cluster_redistribution = operation_task(ops.ShowClusterRedistribution)
show_cluster_storage_expand_range = operation_task(ops.ShowClusterStorageExpandRange)
show_cluster_volume = operation_task(ops.ShowClusterVolume)
show_resize_preparation = operation_task(ops.ShowResizePreparation)
shrink_cluster = operation_task(ops.ShrinkCluster)
stop_redistribution = operation_task(ops.StopRedistribution)
update_redistribution_configurations = operation_task(ops.UpdateRedistributionConfigurations)

wait_until_redistribution_finished = waiter_task(
    "redistribution_finished", waiters.redistribution_finished
)
wait_until_redistribution_suspended = waiter_task(
    "redistribution_suspended", waiters.redistribution_suspended
)
wait_until_resize_prepared = waiter_task("resize_prepared", waiters.resize_prepared)
