"""What `flows.create_logical_cluster` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from dws.client import Client
from dws.lookup import disaster_recoveries_of, find_cluster
from dws.operations.logical_clusters import ListLogicalClusterRings, ListLogicalClusters
from dws.sent.logical_clusters import LogicalClusterName
from dws.shapes import Cluster
from dws.told.logical_clusters import LogicalCluster, LogicalClusters, RingTold
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.logical_preconditions import FREE, are_idle, is_sound
from tasks.preconditions import cluster_target, is_free_of_recovery, is_well
from tasks.rings import nodes_in, reachable, with_nodes


class Inputs(OnCluster):
    """The logical cluster that there is to be."""

    name: LogicalClusterName = Field(title="Name of the logical cluster")
    nodes: int | None = Field(default=None, ge=3, title="Nodes of it; all when it is converted")
    convert: bool = Field(
        default=False, title="Whether a physical cluster is made this logical one, for good"
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.name == FREE:
            raise ValueError(
                f"name={FREE!r}: that is what the free nodes are called; choose another"
            )
        if self.nodes is None and not self.convert:
            raise ValueError("nodes: tell how many it is to have")
        return self


class Outputs(OfCluster):
    """What there is now."""

    logical_cluster_id: str
    nodes: int
    asked: bool
    """False if it was there already, or someone else had begun to make it."""


ACTION = Action(
    name="create_logical_cluster",
    title="Create a logical cluster, or make a physical cluster one",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.create_logical_cluster:create_logical_cluster",
    usual=(timedelta(minutes=5), timedelta(minutes=15)),
    preview="flows.declared.create_logical_cluster:preview",
    briefing=Briefing(
        changes="Free nodes become a logical cluster. With convert a physical cluster becomes one "
        "as a whole, with all its data; there is no way back.",
        interrupts="No; but a conversion restarts the database (assumed).",
        waits=("clusters.cluster_settled", "logical_clusters.logical_clusters_idle"),
        by_hand="One that failed stays listed: run delete-logical-cluster, then this anew.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would make now.

    Raises:
        NoSuchThing, Ambiguous: The name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    cluster = await find_cluster(client, inputs.cluster)
    told = await client.call(ListLogicalClusters(cluster_id=cluster.id))
    target = cluster_target(account, cluster)
    if present := told.named(inputs.name):
        findings = (is_sound(present), _has_nodes(cluster, present, inputs))
        return Preview((target,), findings=findings)
    free = (await client.call(ListLogicalClusterRings(cluster_id=cluster.id))).cluster_rings
    pairs = await disaster_recoveries_of(client, cluster.id)
    return Preview(
        targets=(target,),
        changes=(_change(cluster, told, inputs),),
        findings=(
            is_well(cluster),
            is_free_of_recovery(cluster, pairs),
            are_idle(cluster, told),
            _can_be_made(cluster, told, inputs, free),
        ),
    )


def is_logical(told: LogicalClusters) -> bool:
    """Whether a cluster is made of logical ones."""
    return bool(told.logical_clusters)


def _change(cluster: Cluster, told: LogicalClusters, inputs: Inputs) -> str:
    if is_logical(told):
        made = f"create logical cluster {inputs.name}"
        return f"{made} of {inputs.nodes} free nodes of cluster {cluster.name}"
    return f"convert cluster {cluster.name} to logical cluster {inputs.name}, FOR GOOD"


def _has_nodes(cluster: Cluster, present: LogicalCluster, inputs: Inputs) -> Finding:
    check = "it is of the wanted size"
    nodes = nodes_in(present.cluster_rings)
    if present.action_info and present.action_info.completed is False:
        told = f"{present.action_info.action_name} of {inputs.name} is under way; it is waited for"
        return Finding(check, Level.WARN, told)
    if inputs.nodes in {None, nodes}:
        told = f"{cluster.name} has {inputs.name} already, of {nodes} nodes"
        return Finding(check, Level.PASS, told)
    told = f"nodes={inputs.nodes}: {inputs.name} is there with {nodes}; run resize-logical-cluster"
    return Finding(check, Level.BLOCK, told)


def _can_be_made(
    cluster: Cluster, told: LogicalClusters, inputs: Inputs, free: Sequence[RingTold]
) -> Finding:
    check = "there are nodes for it"
    if not is_logical(told):
        return _can_be_converted(cluster, inputs, nodes_in(free))
    if inputs.nodes is None:
        cure = f"cluster {cluster.name} is logical already: tell nodes"
        return Finding(check, Level.BLOCK, cure)
    if with_nodes(free, inputs.nodes) is None:
        known = ", ".join(str(nodes) for nodes in reachable(free) if nodes) or "none"
        cure = "shrink another by resize-logical-cluster, or scale the cluster out"
        why = f"nodes={inputs.nodes}: the free rings of {cluster.name} make {known}; {cure}"
        return Finding(check, Level.BLOCK, why)
    return Finding(check, Level.PASS, f"{nodes_in(free)} nodes are free")


def _can_be_converted(cluster: Cluster, inputs: Inputs, nodes: int) -> Finding:
    check = "it may be converted"
    if not inputs.convert:
        told = f"cluster {cluster.name} is physical; tell convert=true to make all of it"
        return Finding(check, Level.BLOCK, f"{told} logical cluster {inputs.name}, for good")
    if inputs.nodes not in {None, nodes}:
        told = f"nodes={inputs.nodes}: all {nodes} nodes become the first one; leave nodes out"
        return Finding(check, Level.BLOCK, told)
    return Finding(check, Level.WARN, f"{cluster.name} can never be made physical again")
