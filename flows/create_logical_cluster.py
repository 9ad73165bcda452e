"""Create a logical cluster of free nodes, or make a whole physical cluster one."""

from __future__ import annotations

from prefect import flow
from pydantic import BaseModel

from dws.lookup import NoSuchThing
from dws.sent.logical_clusters import NewLogicalCluster
from dws.told.logical_clusters import LogicalClusters
from flows.declared.create_logical_cluster import ACTION, Inputs, Outputs, is_logical
from flows.steps.change import bring_about
from flows.steps.logical import listed, logical_change
from flows.steps.procedure import OneCluster, Work, on_cluster
from tasks import logical_clusters
from tasks.rings import as_sent, nodes_in, with_nodes


class Way(BaseModel):
    """How it is made, found before the first change."""

    converts: bool


@flow(
    name="create-logical-cluster",
    flow_run_name="create-logical-cluster-{cluster}-{name}",
    retries=0,
)
async def create_logical_cluster(  # noqa: PLR0913 - what an operator may tell
    account: str,
    cluster: str,
    name: str,
    nodes: int | None = None,
    *,
    convert: bool = False,
    run_id: str | None = None,
) -> Outputs:
    """
    See to it that a cluster has a logical cluster of this name and size; at once if it has.

    Killed at any moment and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        name: Name of the logical cluster.
        nodes: How many it is to have; rings of the free ones must sum up to it.
        convert: Whether a physical cluster is made this one, with all its nodes and for good.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: There are no such nodes, it has another size, or the cluster is not well or not
            logical; nothing was changed.
        Stopped: It could not be made; the message says why.
        WaitTimedOut: It was not in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, name=name, nodes=nodes, convert=convert)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        way = await work.once("way", Way, lambda: _way(work))
        change = logical_change(
            work,
            f"logical cluster {name}",
            is_so=lambda told: _is_made(told, name),
            act=lambda: _convert(work) if way.converts else _create(work),
            own=lambda told: told.named(name),
        )
        asked = await bring_about(work, change)
        made = (await listed(work)).named(name)
        if made is None:
            raise NoSuchThing(f"logical cluster {name} was made, and has gone again")
        return Outputs(
            cluster_id=work.aim.cluster_id,
            cluster_name=work.aim.cluster_name,
            logical_cluster_id=made.logical_cluster_id,
            nodes=nodes_in(made.cluster_rings),
            asked=asked,
        )


async def _way(work: Work[Inputs, OneCluster]) -> Way:
    return Way(converts=not is_logical(await listed(work)))


def _is_made(told: LogicalClusters, name: str) -> bool:
    found = told.named(name)
    return found is not None and found.status not in {"Failed", "Unavailable", "Deleted"}


async def _convert(work: Work[Inputs, OneCluster]) -> None:
    account, cluster_id = work.account, work.aim.cluster_id
    # The switch shows the pages of it in the console (reference 5.2.20).
    await logical_clusters.enable_logical_cluster(account, cluster_id=cluster_id, enable=True)
    await logical_clusters.convert_to_logical_cluster(
        account, cluster_id=cluster_id, name=work.inputs.name
    )


async def _create(work: Work[Inputs, OneCluster]) -> None:
    account, cluster_id, inputs = work.account, work.aim.cluster_id, work.inputs
    free = await logical_clusters.list_logical_cluster_rings(account, cluster_id=cluster_id)
    chosen = with_nodes(free.cluster_rings, inputs.nodes or 0)
    if not chosen:
        raise work.stop(f"logical cluster {inputs.name}: no free rings of {inputs.nodes} nodes")
    await logical_clusters.create_logical_cluster(
        account,
        cluster_id=cluster_id,
        logical_cluster=NewLogicalCluster(
            logical_cluster_name=inputs.name, cluster_rings=as_sent(chosen)
        ),
    )
