"""Tasks on snapshots."""

from dws import lookup, waiters
from dws.operations import snapshots as ops
from dws.waiters import snapshots as waiters_of_snapshots
from tasks.factory import lookup_task, operation_task, waiter_task

check_snapshot = operation_task(ops.CheckSnapshot)
check_table_restore = operation_task(ops.CheckTableRestore)
copy_snapshot = operation_task(ops.CopySnapshot)
create_snapshot = operation_task(ops.CreateSnapshot)
create_snapshot_cross_region_policy = operation_task(ops.CreateSnapshotCrossRegionPolicy)
create_snapshot_policy = operation_task(ops.CreateSnapshotPolicy)
create_snapshot_v2 = operation_task(ops.CreateSnapshotV2)
delete_snapshot = operation_task(ops.DeleteSnapshot)
delete_snapshot_cross_region_policy = operation_task(ops.DeleteSnapshotCrossRegionPolicy)
delete_snapshot_policy = operation_task(ops.DeleteSnapshotPolicy)
list_cluster_snapshots = operation_task(ops.ListClusterSnapshots)
list_database_schemas = operation_task(ops.ListDatabaseSchemas)
list_databases = operation_task(ops.ListDatabases)
list_roach_configs = operation_task(ops.ListRoachConfigs)
list_snapshot_cross_region_policies = operation_task(ops.ListSnapshotCrossRegionPolicies)
list_snapshot_cross_regions = operation_task(ops.ListSnapshotCrossRegions)
list_snapshot_details = operation_task(ops.ListSnapshotDetails)
list_snapshot_flavor = operation_task(ops.ListSnapshotFlavor)
list_snapshot_flavor_info = operation_task(ops.ListSnapshotFlavorInfo)
list_snapshot_policy = operation_task(ops.ListSnapshotPolicy)
list_snapshot_statistics = operation_task(ops.ListSnapshotStatistics)
list_snapshots = operation_task(ops.ListSnapshots)
preview_snapshot_policy = operation_task(ops.PreviewSnapshotPolicy)
restore_cluster = operation_task(ops.RestoreCluster)
restore_cluster_v2 = operation_task(ops.RestoreClusterV2)
restore_table = operation_task(ops.RestoreTable)
show_snapshot_policy = operation_task(ops.ShowSnapshotPolicy)
stop_snapshot = operation_task(ops.StopSnapshot)
update_roach_configs = operation_task(ops.UpdateRoachConfigs)
update_snapshot_policy = operation_task(ops.UpdateSnapshotPolicy)

wait_until_snapshot_gone = waiter_task("snapshot_gone", waiters.snapshot_gone)
wait_until_snapshot_ready = waiter_task("snapshot_ready", waiters.snapshot_ready)
wait_until_table_restored = waiter_task("table_restored", waiters_of_snapshots.table_restored)

snapshot_with_id = lookup_task(lookup.snapshot_with_id)
snapshots_of = lookup_task(lookup.snapshots_of)
