"""What `flows.resize_logical_cluster` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field

from dws.client import Client
from dws.lookup import disaster_recoveries_of, find_cluster
from dws.operations.logical_clusters import ListLogicalClusterRings, ListLogicalClusters
from dws.sent.logical_clusters import LogicalClusterName
from dws.told.logical_clusters import LogicalCluster, LogicalClusterRings
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.logical_preconditions import are_idle, is_allowed, is_sound, required
from tasks.preconditions import cluster_target, is_free_of_recovery, is_well, is_writable
from tasks.protection import not_protected
from tasks.rings import nodes_in, resized, sizes

Mode = Literal["insert", "read-only"]


class Inputs(OnCluster):
    """How large a logical cluster is to be."""

    name: LogicalClusterName = Field(title="Name of the logical cluster")
    nodes: int = Field(ge=3, title="Nodes that it is to have")
    mode: Mode = Field(default="insert", title="Online: insert; offline: read-only")
    kill_after_s: int = Field(
        default=0, ge=0, title="Seconds until queries in the way are killed; 0 means never"
    )


class Outputs(OfCluster):
    """How large it is now."""

    logical_cluster_id: str
    nodes_before: int
    nodes: int
    asked: bool
    """False if it had that size, or someone else had begun to give it that."""


ACTION = Action(
    name="resize_logical_cluster",
    title="Give a logical cluster more nodes or fewer",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.resize_logical_cluster:resize_logical_cluster",
    usual=(timedelta(minutes=10), timedelta(minutes=30)),
    preview="flows.declared.resize_logical_cluster:preview",
    briefing=Briefing(
        changes="Which rings the logical cluster has; its data is redistributed over them.",
        interrupts="In mode read-only nothing can be written meanwhile; queries are slower.",
        waits=("clusters.cluster_settled", "logical_clusters.logical_clusters_idle"),
        by_hand="If the redistribution failed the service keeps its data: repair it in the "
        "console, then run it anew.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to the logical cluster now.

    Raises:
        NoSuchThing, Ambiguous: A name does not tell one cluster, or one logical cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    cluster = await find_cluster(client, inputs.cluster)
    told = await client.call(ListLogicalClusters(cluster_id=cluster.id))
    known = required(told, cluster.name, inputs.name)
    target, present = cluster_target(account, cluster), nodes_in(known.cluster_rings)
    if present == inputs.nodes:
        so = Finding("it has that size", Level.PASS, f"{inputs.name} has {present} nodes already")
        return Preview((target,), findings=(so, is_sound(known)))
    rings = await client.call(ListLogicalClusterRings(cluster_id=cluster.id))
    pairs = await disaster_recoveries_of(client, cluster.id)
    shrinks = (not_protected(cluster),) if inputs.nodes < present else ()
    return Preview(
        targets=(target,),
        changes=(f"resize logical cluster {inputs.name} from {present} to {inputs.nodes} nodes",),
        findings=(
            is_well(cluster),
            is_writable(cluster),
            is_free_of_recovery(cluster, pairs),
            are_idle(cluster, told),
            is_sound(known),
            is_allowed("edit_enable", told, known),
            *shrinks,
            _can_have(known, rings, inputs),
        ),
    )


def _can_have(known: LogicalCluster, told: LogicalClusterRings, inputs: Inputs) -> Finding:
    check = "rings make that number of nodes"
    own, free, fixed = known.cluster_rings, told.cluster_rings, told.unshrinkable_cluster_rings
    if resized(own, free, fixed, inputs.nodes) is not None:
        return Finding(check, Level.PASS, f"{nodes_in(free)} nodes are free")
    can = ", ".join(map(str, sizes(own, free, fixed)))
    told_sizes = f"nodes={inputs.nodes}: whole rings are added or taken: choose of {can}"
    return Finding(check, Level.BLOCK, told_sizes)
