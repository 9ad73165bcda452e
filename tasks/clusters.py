"""Tasks on whole clusters."""

from dws import lookup, restarts, waiters
from dws.operations import clusters as ops
from dws.waiters import clusters as waits
from tasks.factory import lookup_task, operation_task, waiter_task

cancel_readonly_cluster = operation_task(ops.CancelReadonlyCluster)
check_cluster = operation_task(ops.CheckCluster)
create_cluster = operation_task(ops.CreateCluster)
create_cluster_v2 = operation_task(ops.CreateClusterV2)
delete_cluster = operation_task(ops.DeleteCluster)
delete_dws_cluster = operation_task(ops.DeleteDwsCluster)
list_cluster_actions = operation_task(ops.ListClusterActions)
list_cluster_details = operation_task(ops.ListClusterDetails)
list_clusters = operation_task(ops.ListClusters)
modify_cluster_name = operation_task(ops.ModifyClusterName)
modify_cluster_timezone = operation_task(ops.ModifyClusterTimezone)
reset_password = operation_task(ops.ResetPassword)
restart_cluster = operation_task(ops.RestartCluster)
save_cluster_description_info = operation_task(ops.SaveClusterDescriptionInfo)
show_clusters = operation_task(ops.ShowClusters)
start_cluster = operation_task(ops.StartCluster)
stop_cluster = operation_task(ops.StopCluster)
switch_over_cluster = operation_task(ops.SwitchOverCluster)
update_maintenance_window = operation_task(ops.UpdateMaintenanceWindow)

wait_until_cluster_balanced = waiter_task("cluster_balanced", waits.cluster_balanced)
wait_until_cluster_gone = waiter_task("cluster_gone", waiters.cluster_gone)
wait_until_cluster_grown = waiter_task("cluster_grown", waits.cluster_grown)
wait_until_cluster_settled = waiter_task("cluster_settled", waiters.cluster_settled)
wait_until_cluster_repaired = waiter_task("cluster_repaired", waits.cluster_repaired)
wait_until_cluster_started = waiter_task("cluster_started", waits.cluster_started)
wait_until_cluster_stopped = waiter_task("cluster_stopped", waits.cluster_stopped)
wait_until_cluster_task_finished = waiter_task(
    "cluster_task_finished", waiters.cluster_task_finished
)

cluster_with_id = lookup_task(lookup.cluster_with_id)
find_cluster = lookup_task(lookup.find_cluster)
last_task = lookup_task(lookup.last_task)
last_restart = lookup_task(restarts.last_restart)
