"""What `flows.lift_read_only` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pydantic import Field

from dws.client import Client
from dws.lookup import data_disks_of, find_cluster
from dws.shapes import Cluster
from dws.told.monitoring import Disk
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import cluster_target, is_no_older_than, is_well

SINCE_VERSION = "1.7.2"
"""Reference 5.2.37."""


class Inputs(OnCluster):
    """Which cluster is to be writable again, and how full its disks may be for that."""

    fullest_percent: float = Field(
        default=80.0,
        ge=1,
        le=90,
        title="Refuse if a data disk is fuller; with 90 percent a cluster becomes read-only",
    )


class Outputs(OfCluster):
    """What is writable now."""

    fullest_disk_percent: float
    """How full its fullest data disk is."""
    asked: bool
    """False if the cluster was writable already."""


ACTION = Action(
    name="lift_read_only",
    title="Make a cluster writable that full disks had made read-only",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.lift_read_only:lift_read_only",
    usual=(timedelta(seconds=5), timedelta(minutes=1)),
    preview="flows.declared.lift_read_only:preview",
    briefing=Briefing(
        changes="The cluster takes writes again; nothing is deleted to make room.",
        interrupts="Queries go on.",
        waits=("clusters.cluster_settled",),
        by_hand="Nothing: run it again. If it becomes read-only again, free or add disk space.",
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
    if is_writable(cluster):
        finding = Finding("cluster is read-only", Level.PASS, f"{cluster.name} is writable")
        return Preview(targets=(cluster_target(account, cluster),), findings=(finding,))
    disks = await data_disks_of(client, cluster.id)
    return Preview(
        targets=(cluster_target(account, cluster),),
        changes=(f"make cluster {cluster.name} ({cluster.id}) writable",),
        findings=(
            is_well(cluster),
            is_no_older_than(cluster, SINCE_VERSION, "lifting read-only"),
            has_room(cluster.name, disks, inputs.fullest_percent),
        ),
    )


def is_writable(cluster: Cluster) -> bool:
    """Whether the cluster takes writes."""
    return "READONLY" not in cluster.flags


def fullest(disks: Sequence[Disk]) -> Disk | None:
    """The fullest of disks; None if the monitoring tells of none how full it is."""
    known = [disk for disk in disks if disk.percent is not None]
    return max(known, key=lambda disk: disk.percent or 0.0, default=None)


def has_room(cluster: str, disks: Sequence[Disk], limit_percent: float) -> Finding:
    """Whether no disk is so full that the cluster would be read-only again at once."""
    check = "disks have room"
    worst = fullest(disks)
    if worst is None:
        told = f"the monitoring tells no disks of cluster {cluster}; look for it, and run it again"
        return Finding(check, Level.BLOCK, told)
    told = f"disk {worst.disk_name} of node {worst.instance_name or worst.host_name} is "
    told += f"{worst.percent:.1f}% full"
    if (worst.percent or 0.0) <= limit_percent:
        return Finding(check, Level.PASS, f"{told}, the fullest of cluster {cluster}")
    return Finding(
        check,
        Level.BLOCK,
        f"cluster {cluster}: {told}, more than fullest_percent={limit_percent:g}; drop or vacuum "
        "tables, or grow the cluster first, else it is read-only again at once",
    )
