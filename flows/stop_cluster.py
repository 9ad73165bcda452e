"""Stop a cluster: at night, say, when nobody asks it anything."""

from __future__ import annotations

from prefect import flow

from flows.declared.stop_cluster import ACTION, Inputs, Outputs, is_stopped
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.procedure import OneCluster, Work, on_cluster, seen
from tasks import clusters


@flow(name="stop-cluster", flow_run_name="stop-cluster-{cluster}", retries=0)
async def stop_cluster(account: str, cluster: str, *, run_id: str | None = None) -> Outputs:
    """
    Stop a cluster, and answer when it stands still; at once if it does.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: The cluster is not well, or a disaster recovery runs; nothing was changed.
        Stopped: It cannot go on; the message says what is left.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        asked = await bring_about(work, _stop(work))
        return Outputs(
            cluster_id=work.aim.cluster_id, cluster_name=work.aim.cluster_name, asked=asked
        )


def _stop(work: Work[Inputs, OneCluster]) -> Change:
    async def stage() -> Stage:
        cluster = await seen(work)
        if is_stopped(cluster):
            return Stage.DONE
        is_stopping = "STOPPING" in {cluster.task_status, *cluster.action_progress}
        return Stage.UNDER_WAY if is_stopping else Stage.NOT_BEGUN

    cluster_id = work.aim.cluster_id
    return Change(
        what=f"stop of cluster {work.aim.cluster_name}",
        stage=stage,
        ready=lambda: settled(work),
        act=lambda: clusters.stop_cluster(work.account, cluster_id=cluster_id),
        wait=lambda: clusters.wait_until_cluster_stopped(work.account, cluster_id=cluster_id),
    )
