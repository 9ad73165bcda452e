"""What `flows.scale_out_with_redistribution` takes and gives, and looks at before it begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from pydantic import Field

from dws.client import Client
from dws.lookup import disaster_recoveries_of, find_cluster, logical_clusters_of
from dws.operations.scaling import CheckGrowCluster
from dws.sent.scaling import CheckedScaleOut, ParallelJobs
from dws.shapes import Cluster
from dws.waiter import Done
from dws.waiters import judge_cluster
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.cluster_size import idle_nodes, is_physical, nodes_in_use
from tasks.preconditions import (
    cluster_target,
    is_free_of_recovery,
    is_no_older_than,
    is_well,
    is_writable,
)
from tasks.windows import Window

REDISTRIBUTES_SINCE = "8.1.1.200"
"""The first version that can be told to redistribute (reference 5.2.31)."""
PAUSED = "REDISTRIBUTION_PAUSED"
UNFINISHED = frozenset({"WAITING_REDISTRIBUTION", PAUSED, "REDISTRIBUTE_FAILURE"})
"""Ends of a growth whose data is not redistributed yet; the cluster does nothing else before."""

PASSING = frozenset({"status", "state"})
"""Kinds of hindrances that may pass and are waited for: it is busy (words are assumed)."""


class Inputs(OnCluster):
    """How large the cluster is to be, and how its data comes to the new nodes."""

    nodes: int = Field(ge=1, le=256, title="How many nodes hold its data in the end")
    redistribution_mode: Literal["offline", "online"] = Field(
        default="offline", title="offline: tables are read-only meanwhile, and it is faster"
    )
    parallel_jobs: ParallelJobs = Field(default=4, title="How many tables are moved at once")
    window: Window | None = Field(
        default=None, title="When data may be moved, e.g. 'MON-FRI 22:00-05:00 Europe/Berlin'"
    )
    use_idle_nodes: bool = Field(
        default=False, title="Grow by idle nodes; those that are missing are created before"
    )
    force_backup: bool = Field(
        default=True, title="Take a snapshot before a growth by idle nodes; others always do"
    )
    retries: int = Field(default=1, ge=0, le=10, title="How often to retry what failed to move")
    resume_paused: bool = Field(
        default=False, title="Go on with a redistribution that somebody else has paused"
    )
    redistribution_within: timedelta = Field(
        default=timedelta(days=7), gt=timedelta(0), title="How long the redistribution may take"
    )


class Outputs(OfCluster):
    """What the cluster is now."""

    nodes: int
    """Nodes that hold data."""
    asked: bool
    """False if it had grown already, or someone else had begun it."""
    suspensions: int
    """How often this run paused the redistribution, because its window closed."""
    retries: int
    """How often it was tried again after a failure."""
    is_balanced: bool
    """False: a switchback is due; queries are slower, and nothing else."""


ACTION = Action(
    name="scale_out_with_redistribution",
    title="Grow a cluster to a number of nodes, and spread its data over them",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.scale_out_with_redistribution:scale_out_with_redistribution",
    usual=(timedelta(minutes=30), timedelta(hours=8)),
    preview="flows.declared.scale_out_with_redistribution:preview",
    briefing=Briefing(
        changes=(
            "Nodes are added, which cost from then on; the service takes a snapshot before. "
            "The data stays, and is spread over all nodes."
        ),
        interrupts=(
            "Queries end as the growth begins, and the cluster is read-only or unavailable for "
            "minutes. While data is moved, a table is read-only (offline) or slower (online)."
        ),
        waits=(
            "clusters.cluster_settled",
            "clusters.cluster_task_finished",
            "clusters.cluster_grown",
            "scaling.redistribution_at_rest",
        ),
        by_hand=(
            "Run it again. After a failed growth the service rolls back: have RESIZE_FAILURE "
            "repaired first. The new nodes stay, and cost; scale-in takes them away."
        ),
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
    findings = [
        may_begin(cluster, inputs),
        is_no_older_than(cluster, REDISTRIBUTES_SINCE, "redistribution"),
        is_free_of_recovery(cluster, await disaster_recoveries_of(client, cluster.id)),
        is_physical(cluster, await logical_clusters_of(client, cluster.id)),
        is_no_scale_in(cluster, inputs),
        *idle_nodes_fit(cluster, inputs),
    ]
    grows = inputs.nodes > nodes_in_use(cluster)
    if grows:
        findings.append(is_writable(cluster))
    if grows and isinstance(judge_cluster(cluster), Done):
        findings += await grow_check(client, cluster, inputs)
    return Preview(
        targets=(cluster_target(account, cluster),),
        changes=tuple(_changes(cluster, inputs)),
        findings=tuple(findings),
    )


def may_begin(cluster: Cluster, inputs: Inputs) -> Finding:
    """Whether the cluster is well, or all that is left to do is to move its data."""
    task = cluster.task_status or ""
    if task not in UNFINISHED:
        return is_well(cluster)
    check = "cluster is available"
    if inputs.nodes > nodes_in_use(cluster):
        told = (
            f"cluster {cluster.name} is {task}: its data must be redistributed before it grows "
            f"again; run this with nodes={nodes_in_use(cluster)} first"
        )
        return Finding(check, Level.BLOCK, told)
    if task == PAUSED and not inputs.resume_paused:
        told = f"cluster {cluster.name} is {task} by somebody; set resume_paused to go on with it"
        return Finding(check, Level.BLOCK, told)
    return Finding(check, Level.PASS, f"it is {task}")


def is_no_scale_in(cluster: Cluster, inputs: Inputs) -> Finding:
    """Whether the cluster would not become smaller."""
    present = nodes_in_use(cluster)
    if inputs.nodes >= present:
        return Finding("cluster grows", Level.PASS, f"{present} nodes hold its data")
    told = (
        f"nodes={inputs.nodes}: cluster {cluster.name} has {present}; "
        "to take nodes away run scale-in"
    )
    return Finding("cluster grows", Level.BLOCK, told)


def idle_nodes_fit(cluster: Cluster, inputs: Inputs) -> Iterator[Finding]:
    """Whether all idle nodes would be used, as reference 5.2.22 demands."""
    idle, more = idle_nodes(cluster), inputs.nodes - nodes_in_use(cluster)
    if not idle or more <= 0:
        return
    check = "idle nodes are used"
    if not inputs.use_idle_nodes:
        cure = "set use_idle_nodes, or delete them first"
        yield Finding(check, Level.BLOCK, f"cluster {cluster.name} has {idle} idle nodes; {cure}")
    elif idle > more:
        told = (
            f"nodes={inputs.nodes}: cluster {cluster.name} has {idle} idle nodes, and all must "
            f"be used; take nodes={nodes_in_use(cluster) + idle}, or delete some"
        )
        yield Finding(check, Level.BLOCK, told)
    else:
        yield Finding(check, Level.PASS, f"{idle} of the {more} nodes to add are there")


async def grow_check(client: Client, cluster: Cluster, inputs: Inputs) -> list[Finding]:
    """
    What the service itself has against the growth.

    Raises:
        DwsError: The service refused or did not answer.
    """
    checked = await client.call(asked_check(cluster, inputs))
    check = "the service's grow-check"
    if not checked.data:
        return [Finding(check, Level.PASS, "nothing is in the way")]
    blocks = [found for found in checked.hindrances if found.type not in PASSING]
    return [
        Finding(
            check,
            Level.BLOCK if found in blocks else Level.WARN,
            f"cluster {cluster.name} may not grow to {inputs.nodes} nodes: "
            f"{found.reason or found.desc} ({found.type})",
        )
        for found in checked.data
        if not found.passed
    ]


def asked_check(cluster: Cluster, inputs: Inputs) -> CheckGrowCluster:
    """The grow-check of what a run would ask for first."""
    more = inputs.nodes - nodes_in_use(cluster)
    missing = more - idle_nodes(cluster)
    creates = inputs.use_idle_nodes and missing > 0
    return CheckGrowCluster(
        cluster_id=cluster.id,
        scale_out=CheckedScaleOut(count=missing if creates else more),
        create_node_only=creates,
        expand_with_existed_node=inputs.use_idle_nodes and not creates,
        auto_redistribute=False,
    )


def _changes(cluster: Cluster, inputs: Inputs) -> Iterator[str]:
    present, idle = nodes_in_use(cluster), idle_nodes(cluster)
    more = inputs.nodes - present
    if more > 0:
        if inputs.use_idle_nodes and more > idle:
            yield f"create {more - idle} idle nodes in cluster {cluster.name}"
        yield f"grow cluster {cluster.name} ({cluster.id}) from {present} to {inputs.nodes} nodes"
    if more > 0 or (cluster.task_status or "") in UNFINISHED:
        when = f" within {inputs.window}" if inputs.window else ""
        yield (
            f"redistribute its data {inputs.redistribution_mode} by {inputs.parallel_jobs} "
            f"parallel jobs{when}"
        )
