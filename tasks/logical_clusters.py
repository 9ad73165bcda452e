"""Tasks on logical clusters."""

from dws.operations import logical_clusters as ops
from dws.waiters import logical_clusters as waiters
from tasks.factory import operation_task, waiter_task

convert_to_logical_cluster = operation_task(ops.ConvertToLogicalCluster)
create_logical_cluster = operation_task(ops.CreateLogicalCluster)
create_logical_cluster_plan = operation_task(ops.CreateLogicalClusterPlan)
delete_logical_cluster = operation_task(ops.DeleteLogicalCluster)
delete_logical_cluster_plan = operation_task(ops.DeleteLogicalClusterPlan)
disable_logical_cluster_plan = operation_task(ops.DisableLogicalClusterPlan)
enable_logical_cluster = operation_task(ops.EnableLogicalCluster)
enable_logical_cluster_plan = operation_task(ops.EnableLogicalClusterPlan)
list_logical_cluster_plans = operation_task(ops.ListLogicalClusterPlans)
list_logical_cluster_rings = operation_task(ops.ListLogicalClusterRings)
list_logical_cluster_tasks = operation_task(ops.ListLogicalClusterTasks)
list_logical_cluster_volumes = operation_task(ops.ListLogicalClusterVolumes)
list_logical_clusters = operation_task(ops.ListLogicalClusters)
list_topo_rings = operation_task(ops.ListTopoRings)
restart_logical_cluster = operation_task(ops.RestartLogicalCluster)
shrink_logical_cluster = operation_task(ops.ShrinkLogicalCluster)
update_logical_cluster = operation_task(ops.UpdateLogicalCluster)
update_logical_cluster_plan = operation_task(ops.UpdateLogicalClusterPlan)

wait_until_logical_cluster_action_completed = waiter_task(
    "logical_cluster_action_completed", waiters.logical_cluster_action_completed
)
wait_until_logical_clusters_idle = waiter_task(
    "logical_clusters_idle", waiters.logical_clusters_idle
)
