"""
Synchronisations of a running disaster recovery: a backup of the primary, restored on the standby.

Each begins a period after the one before. A fault of ``StartDisasterRecovery`` strikes the start
first and then, one by one, the synchronisations that it lets follow: ``stuck`` leaves the standby
behind, ``task_fails`` makes the pair ``abnormal``, and with the word ``UNAVAILABLE`` breaks the
primary as well.
"""

from __future__ import annotations

from dws.emulator import births, contents, durations
from dws.emulator.due import effect
from dws.emulator.faults import StuckFault, TaskFailsFault
from dws.emulator.happenings import listens
from dws.emulator.records import Cluster, Event, Pair, Phase
from dws.emulator.world import World

HEALTHY = frozenset({"AVAILABLE"})


def follow(world: World, pair: Pair) -> None:
    """Let a pair run from now on, its standby as new as its primary."""
    pair.status, pair.synced = "running", world.now
    pair.task = world.next_number()
    pair.backup = pair.restore = None
    pair.waiting.clear()
    pair.has_failed_over = pair.is_stuck = False
    world.data.begin_synchronisation(pair)
    _bring(world, pair)
    due = world.now + durations.period_s(pair.used_period)
    world.at(due, "pair_backup_begun", pair.id, str(pair.task))
    world.touch(pair)


def is_healthy(world: World, cluster_id: str) -> bool:
    """Whether a cluster is there and works."""
    cluster = world.clusters[cluster_id]
    return cluster.deleted_at is None and cluster.status in HEALTHY


@effect
def pair_backup_begun(world: World, event: Event) -> None:
    pair = _running(world, event)
    if pair is None:
        return
    if not (is_healthy(world, pair.primary_id) and is_healthy(world, pair.standby_id)):
        break_off(world, pair)
        return
    match _fate(world):
        case TaskFailsFault(task_status=status):
            _break(world, pair, status)
            return
        case StuckFault():
            pair.is_stuck = True
        case _:
            pass
    number = event.arguments[0]
    ends = world.now + world.lasting_s("dr_backup", pair.name)
    pair.backup = Phase("Backup", world.now, ends)
    pair.waiting.append(births.backup_key(world.now))
    world.data.begin_synchronisation(pair)
    world.touch(pair)
    if not pair.is_stuck:
        world.at(ends, "pair_restore_begun", pair.id, number)
    longest = ends - world.now + world.lasting_s("dr_restore", pair.name)
    period = max(durations.period_s(pair.used_period), longest + 1)
    world.at(world.now + period, "pair_backup_begun", pair.id, number)


@effect
def pair_restore_begun(world: World, event: Event) -> None:
    pair = _running(world, event)
    if pair:
        ends = world.now + world.lasting_s("dr_restore", pair.name)
        pair.restore = Phase("Restore", world.now, ends)
        world.touch(pair)
        world.at(ends, "pair_restored", pair.id, event.arguments[0])


@effect
def pair_restored(world: World, event: Event) -> None:
    pair = _running(world, event)
    if pair and pair.backup:
        # What is restored is the primary as it was when its backup began.
        pair.synced = pair.backup.begins
        pair.waiting.clear()
        _bring(world, pair)
        world.touch(pair)


def break_off(world: World, pair: Pair) -> None:
    """Let a pair be abnormal: nothing is synchronised any more."""
    pair.status, pair.task, pair.moving = "abnormal", world.next_number(), None
    world.touch(pair)


@listens
def notice(world: World, cluster: Cluster, what: str) -> None:
    """A pair that loses one of its clusters is abnormal (assumed)."""
    if what not in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        return
    for pair in world.pairs.values():
        if pair.deleted_at is None and cluster.id in {pair.primary_id, pair.standby_id}:
            break_off(world, pair)


def _running(world: World, event: Event) -> Pair | None:
    pair = world.pairs[event.target]
    is_same = str(pair.task) == event.arguments[0] and pair.deleted_at is None
    return pair if is_same and pair.status == "running" else None


def _fate(world: World) -> TaskFailsFault | StuckFault | None:
    return world.faults.for_task("StartDisasterRecovery")


def _break(world: World, pair: Pair, status: str) -> None:
    break_off(world, pair)
    if status == "UNAVAILABLE":
        primary = world.clusters[pair.primary_id]
        primary.status = status
        world.touch(primary)


def _bring(world: World, pair: Pair) -> None:
    primary, standby = world.clusters[pair.primary_id], world.clusters[pair.standby_id]
    standby.data_gb = primary.data_gb
    contents.copy(world, primary.id, standby.id)
    world.data.end_synchronisation(pair)
    world.touch(standby)
