"""Make the disks of a cluster larger, while it works."""

from __future__ import annotations

from prefect import flow

from flows.declared.expand_disks import ACTION, Inputs, Outputs
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.procedure import OneCluster, Work, on_cluster, seen
from tasks import clusters, scaling
from tasks.cluster_size import doing


@flow(name="expand-disks", flow_run_name="expand-disks-{cluster}-to-{size_gb}", retries=0)
async def expand_disks(
    account: str, cluster: str, size_gb: int, *, run_id: str | None = None
) -> Outputs:
    """
    Make the disks of all nodes so large, and answer when they are; at once if they are.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        size_gb: GB that each node offers in the end.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: A precondition does not hold; the message tells all, and nothing was changed.
        Stopped: It cannot go on; the message says what is left.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, size_gb=size_gb)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        asked = await bring_about(work, _expand(work))
        await settled(work)
        await _prove(work)
        left = await seen(work)
        return Outputs(
            cluster_id=left.id,
            cluster_name=left.name,
            size_gb=inputs.size_gb,
            asked=asked,
            is_readonly="READONLY" in left.flags,
        )


Job = Work[Inputs, OneCluster]


def _expand(work: Job) -> Change:
    async def stage() -> Stage:
        if "DISK_EXPANDING" in doing(await seen(work)):
            return Stage.UNDER_WAY
        return Stage.DONE if await _size_gb(work) >= work.inputs.size_gb else Stage.NOT_BEGUN

    cluster_id = work.aim.cluster_id
    return Change(
        what=f"larger disks of cluster {work.aim.cluster_name}",
        stage=stage,
        ready=lambda: settled(work),
        act=lambda: scaling.expand_instance_storage(
            work.account, cluster_id=cluster_id, new_size=work.inputs.size_gb
        ),
        wait=lambda: clusters.wait_until_cluster_task_finished(work.account, cluster_id=cluster_id),
    )


async def _size_gb(work: Job) -> int:
    told = await scaling.show_cluster_storage_expand_range(
        work.account, cluster_id=work.aim.cluster_id
    )
    return told.current_size or 0


async def _prove(work: Job) -> None:
    """
    Make sure that the disks are as large as wanted.

    Raises:
        Refused, Stopped: They are not.
    """
    present = await _size_gb(work)
    if present != work.inputs.size_gb:
        raise work.stop(
            f"the nodes of cluster {work.aim.cluster_name} have {present} GB, not "
            f"{work.inputs.size_gb}; somebody else has changed it"
        )
    work.run.note("disks seen", size_gb=present)
