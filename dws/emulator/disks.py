"""How full disks are: a cluster whose disks are all but full becomes read-only."""

from __future__ import annotations

from dws.emulator.due import effect
from dws.emulator.flags import drop_flags, flags, raise_flags
from dws.emulator.happenings import listens
from dws.emulator.records import Cluster, Event
from dws.emulator.world import World

READONLY = "READONLY"
IDLE = "199"
"""The status of nodes that hold no data."""
FULL = 0.9
"""The share of the disks from which on a cluster is read-only (assumed)."""
LOOK_AFTER_S = 60.0
"""How long after a change of its size a cluster's disks are looked at again (assumed)."""
GRACE_S = 600.0
"""How long a cluster with full disks stays writable once made so (assumed)."""
_CHANGES = ("Resize", "Expand", "Shrink", "Restore", "ExecuteFlavorChange")
"""Operations that change how much there is, or how much fits, by how their names begin."""


def capacity_gb(cluster: Cluster) -> float:
    """How much data fits into a cluster (assumed: the disks of nodes in use, no copies)."""
    holding = sum(node.status != IDLE for node in cluster.nodes)
    return float(holding * cluster.node_disk_gb)


def are_full(cluster: Cluster) -> bool:
    """Whether the disks of a cluster are so full that it becomes read-only."""
    return cluster.data_gb >= FULL * capacity_gb(cluster)


def make_writable(world: World, cluster: Cluster) -> None:
    """Make a read-only cluster writable; if its disks stay full, only for a while (assumed)."""
    drop_flags(world, cluster, READONLY)
    if are_full(cluster):
        world.at(world.now + GRACE_S, "disks_looked_at", cluster.id)


@effect
def disks_looked_at(world: World, event: Event) -> None:
    cluster = world.clusters[event.target]
    if cluster.deleted_at is not None:
        return
    if are_full(cluster):
        raise_flags(world, cluster, READONLY)
    elif READONLY in flags(cluster):
        drop_flags(world, cluster, READONLY)


@listens
def _look_again(world: World, cluster: Cluster, what: str) -> None:
    if what.startswith(_CHANGES) and what.endswith(".done"):
        world.at(world.now + LOOK_AFTER_S, "disks_looked_at", cluster.id)
