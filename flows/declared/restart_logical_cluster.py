"""What `flows.restart_logical_cluster` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from dws.client import Client
from dws.lookup import disaster_recoveries_of, find_cluster
from dws.operations.logical_clusters import ListLogicalClusters
from dws.sent.logical_clusters import LogicalClusterName
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Preview
from tasks.logical_preconditions import are_idle, is_allowed, required
from tasks.preconditions import cluster_target, is_free_of_recovery, is_well


class Inputs(OnCluster):
    """Which logical cluster is restarted."""

    name: LogicalClusterName = Field(title="Name of the logical cluster")


class Outputs(OfCluster):
    """What runs again now."""

    logical_cluster_id: str


ACTION = Action(
    name="restart_logical_cluster",
    title="Restart a logical cluster, once per run",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.restart_logical_cluster:restart_logical_cluster",
    usual=(timedelta(seconds=30), timedelta(minutes=2)),
    preview="flows.declared.restart_logical_cluster:preview",
    briefing=Briefing(
        changes="Nothing is kept changed: the logical cluster is restarted.",
        interrupts="It serves no queries for about half a minute; the other ones do.",
        waits=("clusters.cluster_settled", "logical_clusters.logical_clusters_idle"),
        by_hand="If it does not come back, run it anew.",
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
    pairs = await disaster_recoveries_of(client, cluster.id)
    return Preview(
        targets=(cluster_target(account, cluster),),
        changes=(f"restart logical cluster {inputs.name} of cluster {cluster.name}",),
        findings=(
            is_well(cluster),
            is_free_of_recovery(cluster, pairs),
            are_idle(cluster, told),
            is_allowed("restart_enable", told, known),
        ),
    )
