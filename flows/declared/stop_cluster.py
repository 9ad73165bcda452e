"""What `flows.stop_cluster` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta

from dws.client import Client
from dws.lookup import disaster_recoveries_of, find_cluster
from dws.shapes import Cluster
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import cluster_target, is_free_of_recovery, is_well


class Inputs(OnCluster):
    """Which cluster is to stand still."""


class Outputs(OfCluster):
    """What stands still now."""

    asked: bool
    """False if the cluster was stopped already, or someone else had begun to stop it."""


ACTION = Action(
    name="stop_cluster",
    title="Stop a cluster, and see it stopped",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.stop_cluster:stop_cluster",
    usual=(timedelta(minutes=2), timedelta(minutes=5)),
    preview="flows.declared.stop_cluster:preview",
    briefing=Briefing(
        changes="The cluster is stopped; its data, snapshots and addresses stay.",
        interrupts="Queries end as it begins, and are refused until the cluster is started.",
        waits=("clusters.cluster_settled", "clusters.cluster_stopped"),
        by_hand="Nothing: run it again. To get the cluster back, run start-cluster.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to the cluster now.

    Raises:
        NoSuchThing, Ambiguous: The name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    cluster = await find_cluster(client, inputs.cluster)
    if is_stopped(cluster):
        finding = Finding("cluster is available", Level.PASS, f"{cluster.name} is stopped already")
        return Preview(targets=(cluster_target(account, cluster),), findings=(finding,))
    pairs = await disaster_recoveries_of(client, cluster.id)
    return Preview(
        targets=(cluster_target(account, cluster),),
        changes=(f"stop cluster {cluster.name} ({cluster.id})",),
        findings=(is_well(cluster), is_free_of_recovery(cluster, pairs)),
    )


def is_stopped(cluster: Cluster) -> bool:
    """Whether the cluster stands still, and nothing is at work on it."""
    return cluster.status == "STOPPED" and not (cluster.task_status or cluster.action_progress)
