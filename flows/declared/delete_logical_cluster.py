"""What `flows.delete_logical_cluster` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from dws.client import Client
from dws.lookup import disaster_recoveries_of, find_cluster, snapshots_of
from dws.operations.logical_clusters import ListLogicalClusters
from dws.sent.logical_clusters import LogicalClusterName
from dws.shapes import Cluster
from dws.told.logical_clusters import LogicalCluster
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.logical_preconditions import are_idle, is_allowed, required
from tasks.preconditions import can_go_back, cluster_target, is_free_of_recovery, is_well
from tasks.protection import not_protected
from tasks.rings import nodes_in


class Inputs(OnCluster):
    """Which logical cluster is deleted."""

    name: LogicalClusterName = Field(title="Name of the logical cluster to delete")


class Outputs(OfCluster):
    """What is gone now."""

    logical_cluster_id: str
    nodes_freed: int


ACTION = Action(
    name="delete_logical_cluster",
    title="Delete a logical cluster and its data",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.DESTRUCTIVE,
    entry="flows.delete_logical_cluster:delete_logical_cluster",
    usual=(timedelta(minutes=1), timedelta(minutes=5)),
    preview="flows.declared.delete_logical_cluster:preview",
    briefing=Briefing(
        changes="The logical cluster and its data are gone for good; its nodes are free.",
        interrupts="Its queries end; the other logical clusters go on.",
        waits=("clusters.cluster_settled", "logical_clusters.logical_clusters_idle"),
        by_hand="If the deletion failed, run it anew.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would delete now.

    Raises:
        NoSuchThing, Ambiguous: A name does not tell one cluster, or one logical cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    cluster = await find_cluster(client, inputs.cluster)
    told = await client.call(ListLogicalClusters(cluster_id=cluster.id))
    known = required(told, cluster.name, inputs.name)
    pairs = await disaster_recoveries_of(client, cluster.id)
    nodes = nodes_in(known.cluster_rings)
    return Preview(
        targets=(cluster_target(account, cluster),),
        changes=(f"DELETE {inputs.name} of {cluster.name} with its data; nodes set free: {nodes}",),
        findings=(
            not_protected(cluster),
            _is_not_first(cluster, known),
            is_well(cluster),
            is_free_of_recovery(cluster, pairs),
            are_idle(cluster, told),
            is_allowed("delete_enable", told, known),
            can_go_back(cluster, await snapshots_of(client, cluster.id)),
        ),
    )


def _is_not_first(cluster: Cluster, known: LogicalCluster) -> Finding:
    check = "it is not the first one"
    if not known.first_logical_cluster:
        return Finding(check, Level.PASS, "another one is")
    told = f"name={known.logical_cluster_name!r}: the first logical cluster of {cluster.name}"
    return Finding(check, Level.BLOCK, f"{told} cannot be deleted but with the whole cluster")
