"""What `flows.scale_in` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from typing import Literal

from pydantic import Field

from dws.client import Client
from dws.lookup import disaster_recoveries_of, find_cluster, logical_clusters_of
from dws.operations.scaling import CheckClusterShrink, ListClusterScaleInNumbers
from dws.sent.scaling import ParallelJobs
from dws.shapes import Cluster
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.cluster_size import is_physical, nodes_in_use
from tasks.preconditions import cluster_target, is_free_of_recovery, is_well, is_writable
from tasks.protection import not_protected
from tasks.windows import Window

CheckItem = Literal["guc", "schema", "disk"]
CHECKS: dict[CheckItem, str] = {
    "guc": "global parameters are in the way: restart the cluster if they wait for that",
    "schema": "tables are in the way: end their redistribution first",
    "disk": "its data does not fit on the nodes that would be left: free space, or keep more",
}
"""The checks of reference 5.2.55, and what cures each (assumed)."""
RING = (3, 4)
"""How many nodes go together (reference 5.2.30)."""


class Inputs(OnCluster):
    """How small the cluster is to be."""

    nodes: int = Field(ge=3, le=255, title="How many nodes hold its data in the end")
    online: bool = Field(default=False, title="Let queries go on; it takes longer")
    parallel_jobs: ParallelJobs | None = Field(
        default=None, title="How many tables are moved at once; the service's choice if not told"
    )
    force_backup: bool = Field(default=True, title="Take a snapshot first")
    need_agency: bool = Field(default=False, title="Authorize the service; long ones need it")
    window: Window | None = Field(default=None, title="When it may begin; at once if not told")


class Outputs(OfCluster):
    """What the cluster is now."""

    nodes: int
    """Nodes that hold data."""
    asked: bool
    """False if it had so many nodes already, or someone else had begun it."""
    is_balanced: bool
    """False: a switchback is due; queries are slower, and nothing else."""


ACTION = Action(
    name="scale_in",
    title="Take nodes from a cluster, those that came last first",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.scale_in:scale_in",
    usual=(timedelta(minutes=20), timedelta(hours=4)),
    preview="flows.declared.scale_in:preview",
    briefing=Briefing(
        changes="The nodes that came last are taken away; their data moves to those that stay.",
        interrupts="Queries are interrupted from its beginning to its end, unless online.",
        waits=("clusters.cluster_settled", "clusters.cluster_task_finished"),
        by_hand=(
            "Run it again. After CLUSTER_SHRINK_FAILED or SHRINK_CHECK_FAILED see to what the "
            "cluster's events name, then begin a new run. Nodes come back by scale-out."
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
    target = cluster_target(account, cluster)
    fewer = nodes_in_use(cluster) - inputs.nodes
    if fewer <= 0:
        findings = [is_well(cluster), is_no_scale_out(cluster, inputs)]
        return Preview(targets=(target,), findings=tuple(findings))
    told = await client.call(ListClusterScaleInNumbers(cluster_id=cluster.id))
    allowed = offered(told.shrink_sequence)
    findings = [
        not_protected(cluster),
        is_well(cluster),
        is_writable(cluster),
        is_free_of_recovery(cluster, await disaster_recoveries_of(client, cluster.id)),
        is_physical(cluster, await logical_clusters_of(client, cluster.id)),
        may_go(cluster, inputs.nodes, allowed),
    ]
    count = next_count(fewer, allowed)
    if count:
        findings += [item async for item in _checked(client, cluster, count)]
    return Preview(
        targets=(target,),
        changes=tuple(_changes(cluster, inputs, count)),
        findings=tuple(findings),
    )


def is_no_scale_out(cluster: Cluster, inputs: Inputs) -> Finding:
    """Whether the cluster would not become larger."""
    present = nodes_in_use(cluster)
    if inputs.nodes == present:
        return Finding("cluster shrinks", Level.PASS, f"it has {present} nodes already")
    told = (
        f"nodes={inputs.nodes}: cluster {cluster.name} has {present}; "
        "to add nodes run scale-out-with-redistribution"
    )
    return Finding("cluster shrinks", Level.BLOCK, told)


def offered(told: Sequence[int | None]) -> tuple[int, ...]:
    """How many nodes may go, fewest first."""
    return tuple(sorted(count for count in told if count))


def next_count(fewer: int, allowed: Sequence[int]) -> int | None:
    """
    How many nodes to take away now, that ``fewer`` are taken away in the end; None: impossible.

    What the service offers at once may be less than what is wanted. What is left over must then
    consist of rings, or the cluster would be left half-way.
    """
    if fewer in allowed:
        return fewer
    if not allowed or fewer < allowed[-1]:
        return None
    return allowed[-1] if _is_rings(fewer - allowed[-1]) else None


def may_go(cluster: Cluster, nodes: int, allowed: Sequence[int]) -> Finding:
    """Whether so many nodes can be left: whole rings go, in the reverse order of their coming."""
    present = nodes_in_use(cluster)
    check = "the service lets so many nodes go"
    if next_count(present - nodes, allowed):
        return Finding(check, Level.PASS, f"{', '.join(map(str, allowed))} may go at once")
    possible = ", ".join(str(present - count) for count in allowed) or f"none but {present}"
    told = (
        f"nodes={nodes}: cluster {cluster.name} has {present}, and whole rings go, those that "
        f"came last first; possible numbers: {possible}"
    )
    return Finding(check, Level.BLOCK, told)


async def _checked(client: Client, cluster: Cluster, count: int) -> AsyncIterator[Finding]:
    for item in CHECKS:
        asked = CheckClusterShrink(cluster_id=cluster.id, shrink_count=count, check_item=item)
        yield passes(cluster, count, item, is_passed=(await client.call(asked)).is_passed)


def passes(cluster: Cluster, count: int, item: CheckItem, *, is_passed: bool) -> Finding:
    """What a check of the service means for so many nodes that are to go."""
    check = f"the service's scale-in check: {item}"
    if is_passed:
        return Finding(check, Level.PASS, f"{count} nodes may go")
    told = f"cluster {cluster.name} may not lose {count} nodes ({item}): {CHECKS[item]}"
    return Finding(check, Level.BLOCK, told)


def _is_rings(nodes: int) -> bool:
    small, large = RING
    return any((nodes - large * count) % small == 0 for count in range(nodes // large + 1))


def _changes(cluster: Cluster, inputs: Inputs, count: int | None) -> Iterator[str]:
    present = nodes_in_use(cluster)
    how = "online" if inputs.online else "offline"
    nodes = f"from {present} to {inputs.nodes} nodes"
    yield f"shrink cluster {cluster.name} ({cluster.id}) {how} {nodes}"
    if count and count < present - inputs.nodes:
        yield f"in several steps, {count} nodes first"
