"""
Copies of snapshots in other regions, and the parameters of the backup tool.

The other regions are other addresses, which are not emulated: the copies show in figures alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dws.emulator.due import effect
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.records import Cluster, Event, Snapshot
from dws.emulator.world import World

DAY_S = 86400.0


@kept
@dataclass(slots=True)
class Abroad:
    """Where the snapshots of a cluster are copied to; the id is the cluster's."""

    id: str
    project_id: str
    region: str
    target_project_id: str
    is_on: bool
    keep_days: int


@kept
@dataclass(slots=True)
class CopyAbroad:
    """A copy; the id is the snapshot's."""

    id: str
    cluster_id: str
    size_gb: float
    ends: float


@kept
@dataclass(slots=True)
class Roach:
    """Parameters of the backup tool of a cluster, whose id it has; values by type and key."""

    id: str
    values: dict[str, dict[str, str]] = field(
        # The one parameter, and its value, that reference 5.3.24 knows.
        default_factory=lambda: {"backup": {"parallel-process": "20"}}
    )


def begin_copy(world: World, snapshot: Snapshot) -> None:
    """Have a snapshot copied that is complete, if those of its cluster are."""
    told = world.of(Abroad).get(snapshot.cluster_id)
    if told and told.is_on and snapshot.status == "AVAILABLE":
        due = world.now + world.lasting_s("copy_abroad", snapshot.name)
        world.at(due, "snapshot_copied_abroad", snapshot.id)


@effect
def snapshot_copied_abroad(world: World, event: Event) -> None:
    snapshot = world.snapshots[event.target]
    told = world.of(Abroad).get(snapshot.cluster_id)
    # One that is gone before it was copied, or is no more to be, is not (assumed).
    if told is None or not told.is_on or snapshot.deleted_at is not None:
        return
    ends = world.now + told.keep_days * DAY_S
    world.keep(CopyAbroad(snapshot.id, snapshot.cluster_id, snapshot.size_gb, ends))
    world.at(ends, "copy_abroad_expired", snapshot.id)


@effect
def copy_abroad_expired(world: World, event: Event) -> None:
    copy = world.of(CopyAbroad).get(event.target)
    if copy:
        world.forget(copy)


def size_gb(world: World, cluster_id: str) -> float:
    """How much the copies of a cluster's snapshots take."""
    copies = world.of(CopyAbroad).values()
    return sum(copy.size_gb for copy in copies if copy.cluster_id == cluster_id)


def roach(world: World, cluster_id: str) -> Roach:
    """The parameters of the backup tool of a cluster."""
    return world.of(Roach).get(cluster_id) or Roach(cluster_id)


@listens
def forget(world: World, cluster: Cluster, what: str) -> None:
    """Drop the settings of a cluster that is gone. Copies stay for their days (assumed)."""
    if what not in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        return
    if told := world.of(Abroad).get(cluster.id):
        world.forget(told)
    world.forget(roach(world, cluster.id))
