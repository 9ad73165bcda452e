"""What `flows.rebalance_cluster` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from dws.client import Client
from dws.lookup import find_cluster
from dws.shapes import Cluster
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import cluster_target, is_no_older_than, is_open, is_well
from tasks.windows import Window

SINCE_VERSION = "8.1.1.202"
"""Reference 5.2.36."""


class Inputs(OnCluster):
    """Which cluster is to be balanced, and when."""

    window: Window | None = Field(
        default=None, title="When it may be done, e.g. '22:00-05:00'; at once if not told"
    )


class Outputs(OfCluster):
    """What is balanced now."""

    asked: bool
    """False if it was balanced already, or someone else had begun to balance it."""


ACTION = Action(
    name="rebalance_cluster",
    title="Return the primaries of an unbalanced cluster to their nodes",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.rebalance_cluster:rebalance_cluster",
    usual=(timedelta(minutes=1), timedelta(minutes=5)),
    preview="flows.declared.rebalance_cluster:preview",
    briefing=Briefing(
        changes="Primaries that had moved to other nodes return to their own; data stay.",
        interrupts="Queries are interrupted for some seconds while the primaries return.",
        waits=("clusters.cluster_settled", "clusters.cluster_balanced"),
        by_hand="Nothing: run it again.",
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
    if is_balanced(cluster):
        finding = Finding("cluster is unbalanced", Level.PASS, f"{cluster.name} is balanced")
        return Preview(targets=(cluster_target(account, cluster),), findings=(finding,))
    findings = [
        is_well(cluster),
        is_whole(cluster),
        is_no_older_than(cluster, SINCE_VERSION, "switching back"),
    ]
    if inputs.window is not None:
        findings.append(is_open(inputs.window))
    return Preview(
        targets=(cluster_target(account, cluster),),
        changes=(f"return the primaries of cluster {cluster.name} ({cluster.id})",),
        findings=tuple(findings),
    )


def is_balanced(cluster: Cluster) -> bool:
    """Whether all primaries are on their own nodes."""
    return "UNBALANCED" not in cluster.flags


def is_whole(cluster: Cluster) -> Finding:
    """Whether no node is away: primaries cannot return to one that is (assumed)."""
    check = "no node is away"
    if "DEGRADED" not in cluster.flags:
        return Finding(check, Level.PASS, f"its state is {cluster.sub_status or 'NORMAL'}")
    told = f"cluster {cluster.name} is DEGRADED; wait until its failed node is back"
    return Finding(check, Level.BLOCK, told)
