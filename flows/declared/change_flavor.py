"""What `flows.change_flavor` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pydantic import Field

from dws.client import Client
from dws.lookup import disaster_recoveries_of, find_cluster
from dws.operations.account import ListTargetFlavors, TargetFlavor
from dws.operations.scaling import ShowClusterFlavor
from dws.shapes import Cluster
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import cluster_target, is_free_of_recovery, is_well, is_writable
from tasks.windows import Window


class Inputs(OnCluster):
    """Which kind of nodes the cluster is to have."""

    flavor: str = Field(min_length=1, title="Name or id of the kind of nodes to change to")
    force_backup: bool = Field(default=True, title="Take a snapshot first")
    online: bool = Field(default=False, title="Let queries go on, where the release can")
    window: Window | None = Field(default=None, title="When it may begin; at once if not told")


class Outputs(OfCluster):
    """Which kind of nodes the cluster has now."""

    flavor: str
    """Name of the kind of its nodes."""
    asked: bool
    """False if it was of that kind already, or someone else had begun it."""


ACTION = Action(
    name="change_flavor",
    title="Change the kind of nodes of a cluster",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.change_flavor:change_flavor",
    usual=(timedelta(minutes=15), timedelta(minutes=45)),
    preview="flows.declared.change_flavor:preview",
    briefing=Briefing(
        changes="All nodes get other CPUs and memory; data, disks and addresses stay.",
        interrupts="Queries end as it begins, and are refused to its end, unless online.",
        waits=("clusters.cluster_settled", "clusters.cluster_task_finished"),
        by_hand=(
            "Run it again. After FLAVOR_RESIZING_FAILED see to the cluster's events; to get the "
            "old kind back, run this with it."
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
    present = (await client.call(ShowClusterFlavor(cluster_id=cluster.id))).flavor
    if inputs.flavor in {present.id, present.spec_name}:
        return Preview(targets=(target,), findings=(is_well(cluster),))
    asked = ListTargetFlavors(flavor_id=present.id, cluster_id=cluster.id)
    offered = (await client.call(asked)).flavors
    how = "online" if inputs.online else "offline"
    kinds = f"from {present.spec_name} to {inputs.flavor}"
    return Preview(
        targets=(target,),
        changes=(f"change the nodes of cluster {cluster.name} ({cluster.id}) {how} {kinds}",),
        findings=(
            is_well(cluster),
            is_writable(cluster),
            is_free_of_recovery(cluster, await disaster_recoveries_of(client, cluster.id)),
            is_offered(cluster, inputs, offered),
        ),
    )


def chosen(inputs: Inputs, offered: Sequence[TargetFlavor]) -> TargetFlavor | None:
    """The kind of nodes that is wanted, of those that the service offers."""
    return next((item for item in offered if inputs.flavor in {item.id, item.name}), None)


def is_offered(cluster: Cluster, inputs: Inputs, offered: Sequence[TargetFlavor]) -> Finding:
    """Whether the service offers the kind of nodes for the cluster."""
    check = "the service offers the flavor"
    if found := chosen(inputs, offered):
        return Finding(check, Level.PASS, f"{found.name}: {found.vcpus} vCPUs")
    others = sorted(item.name or item.id for item in offered if not item.is_current_flavor)
    told = (
        f"flavor={inputs.flavor!r}: cluster {cluster.name} cannot change to it; "
        f"choose of {', '.join(others) or 'none: there is no other'}"
    )
    return Finding(check, Level.BLOCK, told)
