"""How snapshots are taken, copied, kept in use, and dropped."""

from __future__ import annotations

from dws.emulator import abroad, births, contents, lifecycle
from dws.emulator.due import effect
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import Cluster, Event, Phase, Snapshot, Work
from dws.emulator.refused import busy, name_taken, not_usable
from dws.emulator.world import World


@effect
def snapshot_copied(world: World, event: Event) -> None:
    source_id, fails_as = event.arguments
    snapshot, source = world.snapshots[event.target], world.snapshots[source_id]
    if snapshot.status == "CREATING" and snapshot.deleted_at is None:
        finish(world, snapshot, source.size_gb, works=not fails_as)
        contents.copy(world, source.id, snapshot.id)
        world.data.copy_backup(source, snapshot)


@effect
def snapshot_deleted(world: World, event: Event) -> None:
    snapshot = world.snapshots[event.target]
    snapshot.deleted_at = snapshot.deleted_at or world.now
    world.touch(snapshot)


@effect
def snapshot_taken(world: World, event: Event) -> None:
    number, snapshot_id = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    fails_as = lifecycle.end(world, cluster)
    # The fault may tell the snapshot's status, or that of the cluster's task.
    cluster.failure = fails_as if (fails_as or "").endswith(("FAILED", "FAILURE")) else None
    finish(world, world.snapshots[snapshot_id], cluster.data_gb, works=not fails_as)


@effect
def automatic_snapshot_taken(world: World, event: Event) -> None:
    snapshot = world.snapshots[event.target]
    if snapshot.deleted_at is None:
        finish(world, snapshot, world.clusters[snapshot.cluster_id].data_gb, works=True)


def take_automatic(world: World, cluster: Cluster, work: Work) -> None:
    """Take the automated snapshot that the first phase of some work consists in."""
    snapshot = automatic(world, cluster)
    snapshot.making, snapshot.is_stuck = work.phases[0], work.is_stuck
    world.add(snapshot)
    world.data.back_up(cluster, snapshot)
    if not work.is_stuck:
        world.at(work.phases[0].ends, "automatic_snapshot_taken", snapshot.id)


def automatic(world: World, cluster: Cluster) -> Snapshot:
    """An automated snapshot to be; what it is called is assumed."""
    name = f"{cluster.name[:40]}-{births.backup_key(world.now)}-{world.next_number()}"
    return _new(world, cluster, name, "AUTOMATED")


def hold(world: World, snapshot: Snapshot, use: str, lasting_s: float) -> None:
    """
    Keep a snapshot for one kind of use.

    Raises:
        Refused: It is not AVAILABLE, or in use for something else: copying an automated snapshot
            and restoring it exclude each other (facts/service_and_peers C).
    """
    if snapshot.status != "AVAILABLE" and use != "delete":
        raise not_usable(snapshot.id, snapshot.status)
    if world.now < snapshot.held_until and snapshot.held_for != use:
        raise busy()
    snapshot.held_for = use
    snapshot.held_until = max(snapshot.held_until, world.now + lasting_s)
    world.touch(snapshot)


def require_free_name(world: World, project_id: str, name: str) -> None:
    """
    See that no snapshot has that name, in whatever case of letters.

    Raises:
        Refused: One has.
    """
    wanted = name.lower()
    for snapshot in world.snapshots.values():
        if snapshot.project_id != project_id or snapshot.deleted_at is not None:
            continue
        if snapshot.name.lower() == wanted:
            raise name_taken("snapshot", name)


def take(world: World, cluster: Cluster, name: str, description: str) -> tuple[Snapshot, Work]:
    """
    Begin to take a manual snapshot.

    Raises:
        Refused: The name is taken, the cluster busy or a standby.
    """
    require_free_name(world, cluster.project_id, name)
    lifecycle.require_idle(world, cluster)
    lifecycle.require_not_standby(world, cluster)
    lifecycle.clear_failure(world, cluster)
    snapshot = _new(world, cluster, name, "MANUAL")
    snapshot.description = description
    stretches = [Stretch("SNAPSHOTTING", world.lasting_s("snapshot", name))]
    work = lifecycle.begin(world, cluster, stretches, "snapshot_taken", snapshot.id)
    snapshot.making, snapshot.is_stuck = work.phases[0], work.is_stuck
    world.add(snapshot)
    # What is restored is the cluster as it was when the snapshot began (assumed).
    world.data.back_up(cluster, snapshot)
    return snapshot, work


def _new(world: World, cluster: Cluster, name: str, kind: str) -> Snapshot:
    return Snapshot(
        id=world.new_id(),
        project_id=cluster.project_id,
        name=name,
        cluster_id=cluster.id,
        cluster_name=cluster.name,
        status="CREATING",
        type=kind,
        started=world.now,
        version=cluster.version,
        user_name=cluster.user_name,
        backup_key=births.backup_key(world.now),
        passwords=list(cluster.passwords),
    )


def copied(world: World, source: Snapshot, name: str, description: str) -> Snapshot:
    """A copy to be, of an automated snapshot that is held for it."""
    copy = _new(world, world.clusters[source.cluster_id], name, "MANUAL")
    copy.description = description
    copy.making = Phase("COPYING", world.now, source.held_until)
    copy.backup_key, copy.level = source.backup_key, source.level
    copy.passwords = list(source.passwords)
    return copy


def finish(world: World, snapshot: Snapshot, size_gb: float, *, works: bool) -> None:
    """End the making of a snapshot."""
    snapshot.status = "AVAILABLE" if works else "UNAVAILABLE"
    snapshot.size_gb = size_gb if works else 0.0
    snapshot.finished = world.now
    snapshot.making = None
    world.touch(snapshot)
    if works:
        contents.copy(world, snapshot.cluster_id, snapshot.id)
        abroad.begin_copy(world, snapshot)


def is_being_taken(snapshot: Snapshot, work: Work | None) -> bool:
    """Whether the work of its cluster is the taking of a manual snapshot, and of this one."""
    if work is None or snapshot.making is None or snapshot.type != "MANUAL":
        return False
    return snapshot.making.action == work.phases[0].action == "SNAPSHOTTING"
