"""Tasks on snapshots."""

from dws import lookup, waiters
from dws.operations import snapshots as ops
from tasks.factory import lookup_task, operation_task, waiter_task

check_snapshot = operation_task(ops.CheckSnapshot)
copy_snapshot = operation_task(ops.CopySnapshot)
create_snapshot = operation_task(ops.CreateSnapshot)
create_snapshot_v2 = operation_task(ops.CreateSnapshotV2)
delete_snapshot = operation_task(ops.DeleteSnapshot)
list_cluster_snapshots = operation_task(ops.ListClusterSnapshots)
list_snapshot_details = operation_task(ops.ListSnapshotDetails)
list_snapshots = operation_task(ops.ListSnapshots)
restore_cluster = operation_task(ops.RestoreCluster)
restore_cluster_v2 = operation_task(ops.RestoreClusterV2)
stop_snapshot = operation_task(ops.StopSnapshot)

wait_until_snapshot_gone = waiter_task("snapshot_gone", waiters.snapshot_gone)
wait_until_snapshot_ready = waiter_task("snapshot_ready", waiters.snapshot_ready)

snapshot_with_id = lookup_task(lookup.snapshot_with_id)
snapshots_of = lookup_task(lookup.snapshots_of)
