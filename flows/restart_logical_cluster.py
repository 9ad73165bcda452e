"""Restart a logical cluster, once per run."""

from __future__ import annotations

from prefect import flow

from dws.told.logical_clusters import LogicalClusters
from flows.declared.restart_logical_cluster import ACTION, Inputs, Outputs
from flows.steps.change import bring_about
from flows.steps.logical import Known, known_once, logical_change
from flows.steps.procedure import on_cluster
from tasks import logical_clusters


@flow(
    name="restart-logical-cluster",
    flow_run_name="restart-logical-cluster-{cluster}-{name}",
    retries=0,
)
async def restart_logical_cluster(
    account: str, cluster: str, name: str, *, run_id: str | None = None
) -> Outputs:
    """
    Restart a logical cluster, and answer when it runs again.

    Killed at any moment and started again with the same ``run_id`` it has restarted it once.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        name: Name of the logical cluster.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: There is no such cluster or logical cluster; nothing was changed.
        Refused: It may not be restarted now, or the cluster is not well; nothing was changed.
        Stopped: The restart failed; the message says why.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, name=name)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        before = await known_once(work, name)
        change = logical_change(
            work,
            f"restart of logical cluster {name}",
            is_so=lambda told: _was_restarted(told, name, before),
            act=lambda: logical_clusters.restart_logical_cluster(
                account, cluster_id=work.aim.cluster_id, logical_cluster_id=before.id
            ),
            own=lambda told: told.named(name),
            acted_at=before.acted_at,
        )
        await bring_about(work, change)
        return Outputs(
            cluster_id=work.aim.cluster_id,
            cluster_name=work.aim.cluster_name,
            logical_cluster_id=before.id,
        )


def _was_restarted(told: LogicalClusters, name: str, before: Known) -> bool:
    """Whether its last action is a restart that worked, and another than the last one before."""
    found = told.named(name)
    action = found.action_info if found else None
    return (
        action is not None
        and action.action_name == "Restart"
        and action.start_time != before.acted_at
        and action.result == "success"
    )
