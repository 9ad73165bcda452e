"""Tasks on the size of a cluster."""

from dataclasses import replace
from datetime import timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from dws.errors import WaitTimedOut
from dws.operations import scaling as ops
from dws.waiter import Progress
from dws.waiters import scaling as waiters
from tasks.credentials import connect
from tasks.factory import operation_task, waiter_task
from tasks.progress import shown

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

wait_until_redistribution_at_rest = waiter_task(
    "redistribution_at_rest", waiters.redistribution_at_rest
)
wait_until_redistribution_finished = waiter_task(
    "redistribution_finished", waiters.redistribution_finished
)
wait_until_redistribution_suspended = waiter_task(
    "redistribution_suspended", waiters.redistribution_suspended
)
wait_until_resize_prepared = waiter_task("resize_prepared", waiters.resize_prepared)


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def watch_redistribution(
    account: str, /, *, cluster_id: str, cluster_name: str, within: timedelta
) -> None:
    """
    Watch a redistribution until it moves nothing any more, or that much time has passed.

    Raises:
        DwsError: The service refused a look, or was silent for a quarter of an hour.
    """
    look = ops.ShowClusterRedistribution(cluster_id=cluster_id)
    async with connect(account) as client, shown() as tell:

        def told(progress: Progress) -> None:
            tell(replace(progress, what=f"redistribution of {cluster_name}"))

        try:
            await waiters.redistribution_at_rest.wait(client, look, tell=told, within=within)
        except WaitTimedOut:
            return
