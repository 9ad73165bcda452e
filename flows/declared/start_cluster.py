"""What `flows.start_cluster` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta

from dws.client import Client
from dws.lookup import find_cluster
from dws.shapes import Cluster
from dws.waiter import Done, Failed
from dws.waiters import judge_cluster
from dws.waiters.clusters import judge_start
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import cluster_target


class Inputs(OnCluster):
    """Which cluster is to run."""


class Outputs(OfCluster):
    """What runs now."""

    asked: bool
    """False if the cluster ran already, or someone else had begun to start it."""


ACTION = Action(
    name="start_cluster",
    title="Start a stopped cluster, and see it available",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.start_cluster:start_cluster",
    usual=(timedelta(minutes=3), timedelta(minutes=6)),
    preview="flows.declared.start_cluster:preview",
    briefing=Briefing(
        changes="A stopped cluster runs again; nothing else.",
        interrupts="No: there are none while it is stopped.",
        waits=("clusters.cluster_stopped", "clusters.cluster_started"),
        by_hand="Nothing: run it again. If the service says that it failed, ask its support.",
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
    runs = isinstance(judge_cluster(cluster), Done)
    return Preview(
        targets=(cluster_target(account, cluster),),
        changes=() if runs else (f"start cluster {cluster.name} ({cluster.id})",),
        findings=(can_be_started(cluster),),
    )


def can_be_started(cluster: Cluster) -> Finding:
    """Whether the cluster is stopped, about to be, or runs; not one that failed."""
    verdict = judge_start(cluster)
    if isinstance(verdict, Failed):
        told = f"cluster {cluster.name}: {verdict.why}; only a stopped one can be started"
        return Finding("can be started", Level.BLOCK, told)
    return Finding("can be started", Level.PASS, f"its state is {cluster.status}")
