"""Make a cluster writable again, once its disks have room."""

from __future__ import annotations

from prefect import flow

from flows.declared.lift_read_only import (
    ACTION,
    Inputs,
    Outputs,
    fullest,
    has_room,
    is_writable,
)
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.procedure import OneCluster, Work, on_cluster, seen
from tasks import clusters, monitoring
from tasks.action import Level


@flow(name="lift-read-only", flow_run_name="lift-read-only-{cluster}", retries=0)
async def lift_read_only(
    account: str, cluster: str, *, fullest_percent: float = 80.0, run_id: str | None = None
) -> Outputs:
    """
    Cancel the read-only state of a cluster, unless its disks are still too full.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        fullest_percent: How full its fullest data disk may be.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: A disk is too full, or the cluster is not well; nothing was changed.
        Stopped: It is read-only again; the message says what is left.
        WaitTimedOut: The cluster did not become idle in time. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, fullest_percent=fullest_percent)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        asked = await bring_about(work, _lift(work))
        worst = fullest(await monitoring.data_disks_of(account, work.aim.cluster_id))
        return Outputs(
            cluster_id=work.aim.cluster_id,
            cluster_name=work.aim.cluster_name,
            fullest_disk_percent=(worst.percent or 0.0) if worst else 0.0,
            asked=asked,
        )


def _lift(work: Work[Inputs, OneCluster]) -> Change:
    account, cluster_id = work.account, work.aim.cluster_id

    async def stage() -> Stage:
        return Stage.DONE if is_writable(await seen(work)) else Stage.NOT_BEGUN

    async def ready() -> None:
        await settled(work)
        disks = await monitoring.data_disks_of(account, cluster_id)
        room = has_room(work.aim.cluster_name, disks, work.inputs.fullest_percent)
        if room.level is Level.BLOCK:
            raise work.stop(room.told)

    return Change(
        what=f"end of read-only of cluster {work.aim.cluster_name}",
        stage=stage,
        ready=ready,
        act=lambda: clusters.cancel_readonly_cluster(account, cluster_id=cluster_id),
    )
