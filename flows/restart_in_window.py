"""Restart a cluster when its users sleep: for parameters that wait for it, say."""

from __future__ import annotations

from prefect import flow

from flows.declared.restart_in_window import ACTION, Inputs, Outputs
from flows.steps.opening import window_opens
from flows.steps.procedure import on_cluster
from flows.steps.restart import restarted, was_begun
from tasks import clusters
from tasks.own_run import own_run
from tasks.run import Run
from tasks.windows import Window, maintenance_window


@flow(name="restart-in-window", flow_run_name="restart-in-window-{cluster}", retries=0)
async def restart_in_window(
    account: str,
    cluster: str,
    *,
    window: Window | None = None,
    now_or_never: bool = False,
    run_id: str | None = None,
) -> Outputs:
    """
    Restart a cluster while a window is open, and answer when it is well again.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state, with one restart.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        window: When it may be restarted; the cluster's own maintenance window if not told.
        now_or_never: Refuse if the window is closed, in place of waiting for it.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: The cluster is not well, a disaster recovery runs, or the window is closed;
            nothing was changed.
        Stopped: It cannot go on; the message says what is left.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, window=window, now_or_never=now_or_never)
    async with own_run(run_id) as run:
        chosen = window or await _own_window(run, account, cluster)
        if not was_begun(run):
            await window_opens(run, account, ACTION, inputs, chosen)
        async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
            asked = await restarted(work, chosen)
            return Outputs(
                cluster_id=work.aim.cluster_id,
                cluster_name=work.aim.cluster_name,
                window=str(chosen),
                asked=asked,
            )


async def _own_window(run: Run, account: str, cluster: str) -> Window | None:
    """That of the cluster which the run has begun with, whatever is called so by now."""
    begun = run.recall("aim")
    cluster_id = (
        begun["cluster_id"] if begun else (await clusters.find_cluster(account, cluster)).id
    )
    # Lists do not tell the window.
    found = await clusters.cluster_with_id(account, cluster_id)
    return maintenance_window(found) if found else None
