"""Give a logical cluster more nodes or fewer: rings of free ones, or rings set free."""

from __future__ import annotations

from prefect import flow

from dws.told.logical_clusters import LogicalClusters
from flows.declared.resize_logical_cluster import ACTION, Inputs, Mode, Outputs
from flows.steps.change import bring_about
from flows.steps.guarding import unprotected
from flows.steps.logical import Known, known_once, listed, logical_change
from flows.steps.procedure import OneCluster, Work, on_cluster
from tasks import logical_clusters
from tasks.logical_preconditions import required
from tasks.rings import as_sent, nodes_in, resized


@flow(
    name="resize-logical-cluster",
    flow_run_name="resize-logical-cluster-{cluster}-{name}",
    retries=0,
)
async def resize_logical_cluster(  # noqa: PLR0913 - what an operator may tell
    account: str,
    cluster: str,
    name: str,
    nodes: int,
    *,
    mode: Mode = "insert",
    kill_after_s: int = 0,
    run_id: str | None = None,
) -> Outputs:
    """
    See to it that a logical cluster has so many nodes; at once if it has.

    Its first ring stays with it. Killed at any moment and started again with the same ``run_id``
    it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        name: Name of the logical cluster.
        nodes: How many it is to have; whole rings are added or taken.
        mode: ``insert``: online; ``read-only``: offline.
        kill_after_s: Seconds until queries in the way are killed; 0 means never.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: There is no such cluster or logical cluster; nothing was changed.
        Refused: No rings make that number, it is protected from shrinking, or it is not well;
            nothing was changed.
        Stopped: The redistribution failed; the message says why.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, name=name, nodes=nodes, mode=mode, kill_after_s=kill_after_s)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        before = await known_once(work, name)
        change = logical_change(
            work,
            f"resize of logical cluster {name}",
            is_so=lambda told: _has(told, name, nodes),
            act=lambda: _resize(work, before),
            own=lambda told: told.named(name),
            acted_at=before.acted_at,
            allowed=lambda: _may_shrink(work),
        )
        asked = await bring_about(work, change)
        return Outputs(
            cluster_id=work.aim.cluster_id,
            cluster_name=work.aim.cluster_name,
            logical_cluster_id=before.id,
            nodes_before=before.nodes,
            nodes=nodes,
            asked=asked,
        )


def _has(told: LogicalClusters, name: str, nodes: int) -> bool:
    found = told.named(name)
    return (
        found is not None
        and nodes_in(found.cluster_rings) == nodes
        and found.status != "Redistribute_failed"
    )


async def _may_shrink(work: Work[Inputs, OneCluster]) -> None:
    """If it shrinks: by now others may have given it more nodes than it had at first."""
    now = required(await listed(work), work.aim.cluster_name, work.inputs.name)
    if nodes_in(now.cluster_rings) > work.inputs.nodes:
        await unprotected(work, work.aim.cluster_id)


async def _resize(work: Work[Inputs, OneCluster], before: Known) -> None:
    account, cluster_id, inputs = work.account, work.aim.cluster_id, work.inputs
    own = required(await listed(work), work.aim.cluster_name, inputs.name).cluster_rings
    told = await logical_clusters.list_logical_cluster_rings(account, cluster_id=cluster_id)
    rings = resized(own, told.cluster_rings, told.unshrinkable_cluster_rings, inputs.nodes)
    if rings is None:
        raise work.stop(f"logical cluster {inputs.name}: no rings make {inputs.nodes} nodes now")
    await logical_clusters.update_logical_cluster(
        account,
        cluster_id=cluster_id,
        logical_cluster_id=before.id,
        cluster_rings=as_sent(rings),
        mode=inputs.mode,
        waiting_for_killing=inputs.kill_after_s,
    )
