"""Tasks on disaster recovery."""

from dws import lookup
from dws.operations import disaster_recovery as ops
from dws.waiters import disaster_recovery as waiters
from tasks.factory import lookup_task, operation_task, waiter_task

check_disaster_name = operation_task(ops.CheckDisasterName)
create_disaster_recovery = operation_task(ops.CreateDisasterRecovery)
delete_disaster_recovery = operation_task(ops.DeleteDisasterRecovery)
list_available_disaster_clusters = operation_task(ops.ListAvailableDisasterClusters)
list_disaster_recover = operation_task(ops.ListDisasterRecover)
pause_disaster_recovery = operation_task(ops.PauseDisasterRecovery)
restore_disaster = operation_task(ops.RestoreDisaster)
show_disaster_detail = operation_task(ops.ShowDisasterDetail)
show_disaster_progress = operation_task(ops.ShowDisasterProgress)
start_disaster_recovery = operation_task(ops.StartDisasterRecovery)
switch_failover_disaster = operation_task(ops.SwitchFailoverDisaster)
switchover_disaster_recovery = operation_task(ops.SwitchoverDisasterRecovery)
update_disaster_info = operation_task(ops.UpdateDisasterInfo)

wait_until_disaster_recovery_gone = waiter_task(
    "disaster_recovery_gone", waiters.disaster_recovery_gone
)
wait_until_disaster_recovery_promoted = waiter_task(
    "disaster_recovery_promoted", waiters.disaster_recovery_promoted
)
wait_until_disaster_recovery_ready = waiter_task(
    "disaster_recovery_ready", waiters.disaster_recovery_ready
)
wait_until_disaster_recovery_running = waiter_task(
    "disaster_recovery_running", waiters.disaster_recovery_running
)
wait_until_disaster_recovery_stopped = waiter_task(
    "disaster_recovery_stopped", waiters.disaster_recovery_stopped
)
wait_until_disaster_recovery_synchronised = waiter_task(
    "disaster_recovery_synchronised", waiters.disaster_recovery_synchronised
)
wait_until_disaster_recovery_switched = waiter_task(
    "disaster_recovery_switched", waiters.disaster_recovery_switched
)

disaster_recoveries_of = lookup_task(lookup.disaster_recoveries_of)
find_disaster_recovery = lookup_task(lookup.find_disaster_recovery)
disaster_recovery_with_id = lookup_task(lookup.disaster_recovery_with_id)
