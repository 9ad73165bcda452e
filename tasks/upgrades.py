"""Tasks on upgrades."""

from dws import lookup
from dws.operations import upgrades as ops
from dws.waiters import upgrades as waits
from tasks.factory import lookup_task, operation_task, waiter_task

execute_cluster_upgrade_action = operation_task(ops.ExecuteClusterUpgradeAction)
list_updatable_version = operation_task(ops.ListUpdatableVersion)
list_update_record = operation_task(ops.ListUpdateRecord)

wait_until_upgrade_finished = waiter_task("upgrade_finished", waits.upgrade_finished)

upgrade_paths_of = lookup_task(lookup.upgrade_paths_of)
