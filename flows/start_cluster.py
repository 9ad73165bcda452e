"""Start a cluster that was stopped: in the morning, say."""

from __future__ import annotations

from prefect import flow

from dws.errors import WaitFailed
from dws.waiter import Done
from dws.waiters import judge_cluster
from flows.declared.start_cluster import ACTION, Inputs, Outputs
from flows.steps.change import Change, Stage, bring_about
from flows.steps.procedure import OneCluster, Work, on_cluster, seen
from tasks import clusters


@flow(name="start-cluster", flow_run_name="start-cluster-{cluster}", retries=0)
async def start_cluster(account: str, cluster: str, *, run_id: str | None = None) -> Outputs:
    """
    Start a stopped cluster, and answer when it is available; at once if it is.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: The cluster is neither stopped nor available; nothing was changed.
        Stopped: It cannot go on; the message says what is left.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        asked = await bring_about(work, _start(work))
        return Outputs(
            cluster_id=work.aim.cluster_id, cluster_name=work.aim.cluster_name, asked=asked
        )


def _start(work: Work[Inputs, OneCluster]) -> Change:
    async def stage() -> Stage:
        cluster = await seen(work)
        if isinstance(judge_cluster(cluster), Done):
            return Stage.DONE
        is_starting = "STARTING" in {cluster.task_status, *cluster.action_progress}
        return Stage.UNDER_WAY if is_starting else Stage.NOT_BEGUN

    async def ready() -> None:
        """One that is being stopped must stand still first."""
        cluster = await seen(work)
        if cluster.status == "STOPPED" and not cluster.task_status:
            return
        try:
            await clusters.wait_until_cluster_stopped(work.account, cluster_id=cluster.id)
        except WaitFailed as error:
            raise work.stop(str(error)) from error

    cluster_id = work.aim.cluster_id
    return Change(
        what=f"start of cluster {work.aim.cluster_name}",
        stage=stage,
        ready=ready,
        act=lambda: clusters.start_cluster(work.account, cluster_id=cluster_id),
        wait=lambda: clusters.wait_until_cluster_started(work.account, cluster_id=cluster_id),
    )
