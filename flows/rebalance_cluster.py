"""Balance a cluster again, after a node had failed and come back."""

from __future__ import annotations

from prefect import flow

from flows.declared.rebalance_cluster import ACTION, Inputs, Outputs, is_balanced, is_whole
from flows.steps.change import Change, Stage, bring_about
from flows.steps.opening import settled_inside, window_opens
from flows.steps.procedure import OneCluster, Work, on_cluster, seen
from tasks import clusters
from tasks.action import Level
from tasks.own_run import own_run
from tasks.windows import Window

_SWITCHING = "ACTIVE_STANDY_SWITCHOVER"
"""So spelled by the service."""


@flow(name="rebalance-cluster", flow_run_name="rebalance-cluster-{cluster}", retries=0)
async def rebalance_cluster(
    account: str, cluster: str, *, window: Window | None = None, run_id: str | None = None
) -> Outputs:
    """
    Switch an unbalanced cluster back, and answer when it is balanced; at once if it is.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        window: When it may be done; at once if not told.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: A node is away, the cluster is not well, or too old; nothing was changed.
        Stopped: It cannot go on; the message says what is left.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, window=window)
    async with own_run(run_id) as run:
        if run.recall("changed") is None:
            await window_opens(run, account, ACTION, inputs, window)
        async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
            asked = await bring_about(work, _switch_back(work))
            return Outputs(
                cluster_id=work.aim.cluster_id, cluster_name=work.aim.cluster_name, asked=asked
            )


def _switch_back(work: Work[Inputs, OneCluster]) -> Change:
    async def stage() -> Stage:
        cluster = await seen(work)
        if _SWITCHING in {cluster.task_status, *cluster.action_progress}:
            return Stage.UNDER_WAY
        return Stage.DONE if is_balanced(cluster) else Stage.NOT_BEGUN

    async def ready() -> None:
        await settled_inside(work, work.inputs.window)
        whole = is_whole(await seen(work))
        if whole.level is Level.BLOCK:
            raise work.stop(whole.told)

    account, cluster_id = work.account, work.aim.cluster_id
    return Change(
        what=f"switchback of cluster {work.aim.cluster_name}",
        stage=stage,
        ready=ready,
        act=lambda: clusters.switch_over_cluster(account, cluster_id=cluster_id),
        wait=lambda: clusters.wait_until_cluster_balanced(account, cluster_id=cluster_id),
    )
