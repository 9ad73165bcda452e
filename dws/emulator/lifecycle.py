"""What a cluster may do when: busy refusals, work that begins and work that ends."""

from __future__ import annotations

from dataclasses import dataclass

from dws.emulator.faults import StuckFault, TaskFailsFault
from dws.emulator.happenings import happened
from dws.emulator.records import Cluster, Pair, Phase, Work
from dws.emulator.refused import busy
from dws.emulator.world import World

USABLE = frozenset({"AVAILABLE"})
DR_ACTIVE = frozenset({"starting", "running", "stopping", "switchovering"})
"""States in which a disaster recovery pair holds both clusters (facts/service_and_peers A8)."""
PARKED = frozenset({"WAITING_REDISTRIBUTION", "REDISTRIBUTION_PAUSED"})
"""Ends of tasks that refuse all others until redistribution ran (facts/service_and_peers A10)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phase to be: what shows, and for how many seconds."""

    action: str
    lasting_s: float


def require_idle(world: World, cluster: Cluster) -> None:
    """
    See that a cluster may begin something.

    Raises:
        Refused: It is busy, was busy a moment ago, or is not usable.
    """
    if cluster.work or world.now < cluster.settles_at or cluster.failure in PARKED:
        raise busy()
    if cluster.status not in USABLE:
        raise busy()


def require_free_of_dr(world: World, cluster: Cluster) -> None:
    """
    See that no running disaster recovery holds a cluster.

    Raises:
        Refused: One does. That it is told as busy is assumed.
    """
    if any(cluster.id in {pair.primary_id, pair.standby_id} for pair in _active(world)):
        raise busy()


def require_not_standby(world: World, cluster: Cluster) -> None:
    """
    See that a cluster may be backed up, which the standby of a disaster recovery may not.

    Raises:
        Refused: It is one. That it is told as busy is assumed.
    """
    if any(pair.standby_id == cluster.id for pair in _active(world)):
        raise busy()


def begin(
    world: World,
    cluster: Cluster,
    stretches: list[Stretch],
    effect: str,
    *arguments: str,
    shows_at_once: bool = False,
) -> Work:
    """
    Let a cluster begin a task, and its effect fall due at the end.

    The task shows after a lag; other changes are refused at once. The effect's arguments are
    the number of the work and those given here.
    """
    start = world.now
    if not shows_at_once:
        start += world.spec.durations.lag.total_seconds()
    phases = []
    for stretch in stretches:
        phases.append(Phase(stretch.action, start, start + stretch.lasting_s))
        start += stretch.lasting_s
    work = Work(world.next_number(), world.operation, phases)
    match world.fate():
        case TaskFailsFault(task_status=status):
            work.fails_as = status
        case StuckFault():
            work.is_stuck = True
        case _:
            pass
    cluster.work = work
    world.touch(cluster)
    if not work.is_stuck:
        world.at(work.ends, effect, cluster.id, str(work.number), *arguments)
    happened(world, cluster, f"{work.operation}.started")
    return work


def ending(world: World, cluster_id: str, number: str) -> Cluster | None:
    """The cluster whose work ends now; None if that work was broken off meanwhile."""
    cluster = world.clusters[cluster_id]
    if cluster.work is None or str(cluster.work.number) != number:
        return None
    return cluster


def end(world: World, cluster: Cluster) -> str | None:
    """
    End the work of a cluster.

    Returns:
        What it failed as; None if it worked.
    """
    fails_as = cluster.work.fails_as if cluster.work else None
    operation = cluster.work.operation if cluster.work else world.operation
    cluster.work = None
    cluster.updated = world.now
    cluster.recent_event += 1
    # Seen: DWS.7023 may come just after the last task ended (facts/service_and_peers B5).
    cluster.settles_at = world.now + world.spec.durations.settle.total_seconds()
    world.touch(cluster)
    happened(world, cluster, f"{operation}.{'failed' if fails_as else 'done'}")
    return fails_as


def clear_failure(world: World, cluster: Cluster) -> None:
    """Forget the failed last task, as a new one begins (assumed)."""
    cluster.failure = None
    if cluster.resize and cluster.resize.status != "GROWING":
        cluster.resize = None
    world.touch(cluster)


def _active(world: World) -> list[Pair]:
    return [p for p in world.pairs.values() if p.deleted_at is None and p.status in DR_ACTIVE]
