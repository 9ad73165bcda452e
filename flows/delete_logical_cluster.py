"""Delete a logical cluster and its data; its nodes are free then."""

from __future__ import annotations

from prefect import flow

from dws.told.logical_clusters import LogicalCluster, LogicalClusters
from flows.declared.delete_logical_cluster import ACTION, Inputs, Outputs
from flows.steps.change import bring_about
from flows.steps.guarding import unprotected
from flows.steps.logical import known_once, logical_change
from flows.steps.procedure import on_cluster
from tasks import logical_clusters


@flow(
    name="delete-logical-cluster",
    flow_run_name="delete-logical-cluster-{cluster}-{name}",
    retries=0,
)
async def delete_logical_cluster(
    account: str, cluster: str, name: str, *, run_id: str | None = None
) -> Outputs:
    """
    Delete a logical cluster for good, and answer when it is gone.

    It is found once, by its name: a second run of the same id deletes that one and no other.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        name: Name of the logical cluster; never the first one.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: There is no such cluster or logical cluster; nothing was changed.
        Refused: It is the first one, protected, or the cluster is not well; nothing was changed.
        Stopped: The deletion failed; the message says why.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, name=name)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        before = await known_once(work, name)
        change = logical_change(
            work,
            f"deletion of logical cluster {name}",
            is_so=lambda told: _with_id(told, before.id) is None,
            act=lambda: logical_clusters.delete_logical_cluster(
                account, cluster_id=work.aim.cluster_id, logical_cluster_id=before.id
            ),
            own=lambda told: _with_id(told, before.id),
            acted_at=before.acted_at,
            allowed=lambda: unprotected(work, work.aim.cluster_id),
        )
        await bring_about(work, change)
        return Outputs(
            cluster_id=work.aim.cluster_id,
            cluster_name=work.aim.cluster_name,
            logical_cluster_id=before.id,
            nodes_freed=before.nodes,
        )


def _with_id(told: LogicalClusters, id_: str) -> LogicalCluster | None:
    return next((one for one in told.logical_clusters if one.logical_cluster_id == id_), None)
