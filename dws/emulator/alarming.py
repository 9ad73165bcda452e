"""
Alarms: what is wrong in the world, and since when.

What is wrong now follows from the state of the world. When something happens to a cluster it is
looked at, shortly after too, and what is wrong is written down, so that it is told also once it is
over. What came to be wrong since the last look is told as well, but not written: reads change
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dws.emulator.due import effect
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.load import UNREACHABLE, Load
from dws.emulator.quotas import clusters_of
from dws.emulator.records import Cluster, Event
from dws.emulator.world import World

REMEMBERED_S = 30 * 86400.0
"""How long alarms are kept (user guide, dws_01_1241)."""
LOOKS_AFTER_S = (0.0, 90.0, 900.0)
"""When a cluster to which something happened is looked at (assumed)."""
LEVELS = ("urgent", "important", "minor", "prompt")
DISK_PERCENT = {"urgent": 85.0, "important": 80.0}
BROKEN_NODES = frozenset({"300", "303", "305"})
"""Unavailable, creation failed, deletion failed (reference 5.2.6)."""
BROKEN_PAIRS = frozenset({"abnormal", "create_failed", "start_failed", "stop_failed"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of alarm."""

    id: str
    name: str
    level: str


# 01010 and 21 are of the samples of 5.8.2 and 5.8.1, 1, 6, 9, 20 and 27 of the user guide; the
# numbers of the others and all levels but those of the samples are assumed.
STATUS = Kind("DWS_01010", "Cluster status is abnormal.", "urgent")
NODE = Kind("DWS_01011", "Node status is abnormal.", "urgent")
READONLY = Kind("DWS_01012", "Cluster is read-only.", "urgent")
UNBALANCED = Kind("DWS_01013", "Cluster is unbalanced.", "important")
TASK = Kind("DWS_01014", "Cluster task failed.", "important")
SNAPSHOT = Kind("DWS_01015", "Snapshot creation failed.", "important")
RECOVERY = Kind("DWS_01016", "Disaster recovery is abnormal.", "important")
DISK = Kind("DWS_2000000006_1", "Node data disk usage exceeds the threshold", "important")
DISK_URGENT = Kind("DWS_2000000006_2", "Node data disk usage exceeds the threshold", "urgent")
KINDS = (
    STATUS,
    NODE,
    READONLY,
    UNBALANCED,
    TASK,
    SNAPSHOT,
    RECOVERY,
    Kind("DWS_2000000001_1", "Node CPU usage exceeds the threshold", "urgent"),
    DISK,
    DISK_URGENT,
    Kind("DWS_2000000009_1", "Node data disk I/O usage exceeds the threshold", "important"),
    Kind("DWS_2000000020_1", "SQL probe of the cluster takes too long", "urgent"),
    Kind("DWS_2000000021_1", "File handle usage exceeds the threshold", "urgent"),
    Kind("DWS_2000000027_1", "Node memory usage exceeds the threshold", "urgent"),
)
_BY_ID = {kind.id: kind for kind in KINDS}


@kept
@dataclass(slots=True)
class Alarm:
    """Something wrong with a cluster."""

    id: str
    """The cluster, the kind, what of it is wrong, and since when."""
    project_id: str
    cluster_id: str
    cluster_name: str
    kind_id: str
    about: str
    """What of the cluster is wrong: a node, a snapshot, a pair; empty for itself."""
    says: str
    since: float
    until: float | None = None

    @property
    def kind(self) -> Kind:
        return _BY_ID[self.kind_id]

    @property
    def subject(self) -> tuple[str, str, str]:
        """What tells it from other alarms of its time."""
        return self.cluster_id, self.kind_id, self.about


def alarms(world: World, project_id: str) -> list[Alarm]:
    """What is or was wrong in a project, the newest first."""
    found = [a for a in world.of(Alarm).values() if a.project_id == project_id]
    told = []
    for cluster in clusters_of(world, project_id):
        told += _compared(world, cluster, [a for a in found if a.cluster_id == cluster.id])
    gone = [a for a in found if world.clusters[a.cluster_id].deleted_at is not None]
    return sorted(told + gone, key=lambda alarm: (alarm.since, alarm.id), reverse=True)


def wrong(world: World, cluster: Cluster) -> Iterator[Alarm]:
    """What is wrong with a cluster now."""
    yield from _of_state(cluster)
    yield from _of_nodes(cluster)
    yield from _of_disks(world, cluster)
    yield from _of_snapshots(world, cluster)
    yield from _of_pairs(world, cluster)


@listens
def watch(world: World, cluster: Cluster, what: str) -> None:
    """Look at a cluster to which something happened."""
    del what
    for after_s in LOOKS_AFTER_S:
        world.at(world.now + after_s, "alarms_looked_at", cluster.id)


@effect
def alarms_looked_at(world: World, event: Event) -> None:
    cluster = world.clusters[event.target]
    known = [a for a in world.of(Alarm).values() if a.cluster_id == cluster.id]
    for alarm in known:
        if alarm.until is not None and alarm.until < world.now - REMEMBERED_S:
            world.forget(alarm)
    for alarm in _compared(world, cluster, known):
        world.keep(alarm)


def _compared(world: World, cluster: Cluster, known: list[Alarm]) -> list[Alarm]:
    """What was known, ended where it is over, and what is new."""
    present = {a.subject: a for a in wrong(world, cluster)} if cluster.deleted_at is None else {}
    told = []
    for alarm in known:
        goes_on = alarm.until is None and present.pop(alarm.subject, None) is not None
        is_over = alarm.until is not None or goes_on
        told.append(alarm if is_over else replace(alarm, until=world.now))
    return told + list(present.values())


def _alarm(cluster: Cluster, kind: Kind, says: str, since: float, about: str = "") -> Alarm:
    number = f"{cluster.id}:{kind.id}:{about}:{since:.3f}"
    return Alarm(number, cluster.project_id, cluster.id, cluster.name, kind.id, about, says, since)


def _of_state(cluster: Cluster) -> Iterator[Alarm]:
    since = cluster.updated
    if cluster.status in UNREACHABLE:
        yield _alarm(cluster, STATUS, f"cluster_status: {cluster.status}", since)
    if "READONLY" in cluster.sub_status:
        yield _alarm(cluster, READONLY, f"sub_status: {cluster.sub_status}", since)
    if "UNBALANCED" in cluster.sub_status:
        yield _alarm(cluster, UNBALANCED, f"sub_status: {cluster.sub_status}", since)
    failure = cluster.failure or ""
    if failure.endswith(("FAILED", "FAILURE")):
        yield _alarm(cluster, TASK, f"task_status: {failure}", since)


def _of_nodes(cluster: Cluster) -> Iterator[Alarm]:
    for node in cluster.nodes:
        if node.status in BROKEN_NODES:
            says = f"instance_id: {node.id}, instance_name: {node.name}, status: {node.status}"
            yield _alarm(cluster, NODE, says, cluster.updated, node.id)


def _of_disks(world: World, cluster: Cluster) -> Iterator[Alarm]:
    load = Load(world, cluster)
    since = load.stocks[-1].since if load.stocks else cluster.created
    for node in cluster.nodes:
        percent = load.disk_percent(node.id, "vdb", world.now)
        level = next((name for name, least in DISK_PERCENT.items() if percent > least), None)
        if level:
            says = (
                f"instance_id: {node.id}, instance_name: {node.name}, disk_name: /dev/vdb, "
                f"usage: {percent}%, threshold: {DISK_PERCENT[level]:.0f}%"
            )
            kind = DISK_URGENT if level == "urgent" else DISK
            yield _alarm(cluster, kind, says, since, node.id)


def _of_snapshots(world: World, cluster: Cluster) -> Iterator[Alarm]:
    """The newest snapshot counts alone: with one that works it is over (assumed)."""
    ended = [s for s in world.snapshots_of(cluster.id) if s.status != "CREATING"]
    newest = max(ended, key=lambda snapshot: snapshot.started, default=None)
    if newest is not None and newest.status == "UNAVAILABLE":
        says = f"snapshot_id: {newest.id}, snapshot_name: {newest.name}"
        yield _alarm(cluster, SNAPSHOT, says, newest.finished or newest.started, newest.id)


def _of_pairs(world: World, cluster: Cluster) -> Iterator[Alarm]:
    for pair in world.pairs.values():
        is_ours = pair.primary_id == cluster.id and pair.deleted_at is None
        if is_ours and pair.status in BROKEN_PAIRS:
            says = f"disaster_recovery: {pair.name}, status: {pair.status}"
            yield _alarm(cluster, RECOVERY, says, pair.synced or pair.created, pair.id)
