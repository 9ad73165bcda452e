"""
The life of disaster recovery pairs: made, started, stopped, turned, rebuilt, parted.

While a pair turns its status says so only after a while: before, it is still ``running``
(facts/service_and_peers C). That a request in the wrong state is told as busy is assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dws.emulator import durations, lifecycle, matching, replication
from dws.emulator.due import effect
from dws.emulator.faults import StuckFault, TaskFailsFault
from dws.emulator.records import Event, Pair, Phase
from dws.emulator.refused import Refused, busy
from dws.emulator.versions import require_version
from dws.emulator.world import World

STARTABLE = frozenset({"unstart", "stopped", "start_failed"})
STOPPABLE = frozenset({"running", "stop_failed"})
CHANGEABLE = frozenset({"unstart", "stopped"})
DELETABLE = STARTABLE | {"create_failed", "stop_failed", "abnormal"}
"""Reference 5.12.2, 5.12.7, 5.12.11, 5.12.13."""
FAILOVER_SINCE = "8.1.2"  # reference 5.12.9, 5.12.10
_LASTING: Mapping[str, durations.Kind] = {
    "creating": "dr_create",
    "starting": "dr_start",
    "stopping": "dr_stop",
    "switchovering": "dr_switch",
    "deleting": "dr_delete",
}


def create(world: World, pair: Pair) -> None:
    """
    Begin to make a pair.

    Raises:
        Refused: The two clusters do not go together, or are busy.
    """
    matching.require_free_name(world, pair.project_id, pair.name)
    primary, standby = world.clusters[pair.primary_id], world.clusters[pair.standby_id]
    if refusal := matching.unfit(world, primary, standby):
        raise refusal
    _require_idle(world, pair)
    world.add(pair)
    pair.status = "unstart"
    _move(world, pair, "creating", "pair_created")


def start(world: World, pair: Pair) -> None:
    """
    Begin to let the standby follow.

    Raises:
        Refused: It does already, or a cluster is busy.
    """
    _require(pair, STARTABLE)
    _require_idle(world, pair)
    pair.used_period = pair.sync_period
    _move(world, pair, "starting", "pair_started")


def stop(world: World, pair: Pair) -> None:
    """
    Begin to let the standby follow no more.

    Raises:
        Refused: It does not follow.
    """
    _require(pair, STOPPABLE)
    _move(world, pair, "stopping", "pair_stopped")


def delete(world: World, pair: Pair) -> None:
    """
    Begin to part two clusters. Once more is the same as once (assumed).

    Raises:
        Refused: It is running, or something else is done to it.
    """
    if pair.status != "deleting":
        _require(pair, DELETABLE)
        _move(world, pair, "deleting", "pair_deleted")


def switch_over(world: World, pair: Pair) -> None:
    """
    Begin to swap the roles, with a last synchronisation. Production is away meanwhile.

    Raises:
        Refused: It does not run, or a cluster is busy.
    """
    _require(pair, frozenset({"running"}))
    _require_idle(world, pair)
    _move(world, pair, "switchovering", "pair_switched", lags=True)
    if pair.moving:
        world.at(pair.moving.begins, "production_away", pair.id, str(pair.task))


def fail_over(world: World, pair: Pair) -> None:
    """
    Begin to make the standby the primary, without one.

    Raises:
        Refused: Nothing is wrong with the pair, the standby is no better, or the version too old.
    """
    _require_version(world, pair)
    is_wrong = pair.status == "abnormal" or not replication.is_healthy(world, pair.primary_id)
    if pair.status not in {"running", "abnormal"} or pair.has_failed_over or not is_wrong:
        raise _not_now(pair)
    if not replication.is_healthy(world, pair.standby_id):
        raise busy()
    _move(world, pair, "switchovering", "pair_failed_over", lags=True)


def recover(world: World, pair: Pair) -> None:
    """
    Begin to rebuild the standby of a pair that failed over.

    Raises:
        Refused: It did not, a cluster is busy or not available yet, or the version too old.
    """
    _require_version(world, pair)
    _require(pair, frozenset({"abnormal"}))
    if not pair.has_failed_over:
        raise _not_now(pair)
    _require_idle(world, pair)
    standby = world.clusters[pair.standby_id]
    lifecycle.clear_failure(world, standby)
    stretches = [lifecycle.Stretch("DR_RECOVERING", world.lasting_s("dr_recover", pair.name))]
    # That the pair is starting meanwhile is assumed; the cluster's task is documented.
    lifecycle.begin(world, standby, stretches, "pair_recovered", pair.id)
    pair.status, pair.used_period = "starting", pair.sync_period
    world.touch(pair)


def change_period(world: World, pair: Pair, period: str) -> None:
    """
    Say how often the standby is brought up to date, from the next start on.

    Raises:
        Refused: It is not stopped.
    """
    _require(pair, CHANGEABLE)
    pair.sync_period = period
    world.touch(pair)


@effect
def pair_created(world: World, event: Event) -> None:
    _arrive(world, event, lambda pair: _settle(world, pair, "unstart"))


@effect
def pair_started(world: World, event: Event) -> None:
    def run(pair: Pair) -> None:
        pair.started = world.now
        replication.follow(world, pair)

    _arrive(world, event, run)


@effect
def pair_stopped(world: World, event: Event) -> None:
    _arrive(world, event, lambda pair: _settle(world, pair, "stopped"))


@effect
def pair_deleted(world: World, event: Event) -> None:
    def part(pair: Pair) -> None:
        pair.deleted_at = world.now
        _settle(world, pair, "deleted")

    _arrive(world, event, part)


@effect
def production_away(world: World, event: Event) -> None:
    pair = world.pairs[event.target]
    if str(pair.task) == event.arguments[0]:
        _set_status(world, pair.primary_id, "UNAVAILABLE")


@effect
def pair_switched(world: World, event: Event) -> None:
    pair = world.pairs[event.target]
    if str(pair.task) != event.arguments[0]:
        return
    _set_status(world, pair.primary_id, "AVAILABLE")

    def swap(pair: Pair) -> None:
        # The last synchronisation, before the roles are swapped: nothing is lost.
        replication.follow(world, pair)
        _swap(world, pair)

    _arrive(world, event, swap)


@effect
def pair_failed_over(world: World, event: Event) -> None:
    def promote(pair: Pair) -> None:
        _swap(world, pair)
        replication.break_off(world, pair)
        pair.has_failed_over = True
        if not replication.is_healthy(world, pair.standby_id):
            # Somebody of the service repairs it in time (assumed).
            due = world.now + world.lasting_s("dr_repair", pair.name)
            world.at(due, "former_primary_repaired", pair.standby_id)

    _arrive(world, event, promote)


@effect
def cluster_broken(world: World, event: Event) -> None:
    """A disaster, told by the world file; a pair notices it at its next synchronisation."""
    if world.clusters[event.target].deleted_at is None:
        _set_status(world, event.target, "UNAVAILABLE")


@effect
def former_primary_repaired(world: World, event: Event) -> None:
    if world.clusters[event.target].deleted_at is None:
        _set_status(world, event.target, "AVAILABLE")


@effect
def pair_recovered(world: World, event: Event) -> None:
    number, pair_id = event.arguments
    standby = lifecycle.ending(world, event.target, number)
    if standby is None:
        return
    pair = world.pairs[pair_id]
    standby.failure = lifecycle.end(world, standby)
    if standby.failure:
        pair.status = "abnormal"
        world.touch(pair)
        return
    pair.started = world.now
    replication.follow(world, pair)


def _move(world: World, pair: Pair, through: str, effect: str, *, lags: bool = False) -> None:
    begins = world.now + (world.spec.durations.lag.total_seconds() if lags else 0.0)
    pair.before, pair.status, pair.is_stuck = pair.status, through, False
    pair.task = world.next_number()
    pair.moving = Phase(through, begins, begins + world.lasting_s(_LASTING[through], pair.name))
    world.touch(pair)
    fails_as = ""
    match world.fate():
        case TaskFailsFault(task_status=status):
            fails_as = status
        case StuckFault():
            pair.is_stuck = True
            return
    world.at(pair.moving.ends, effect, pair.id, str(pair.task), fails_as)


def _arrive(world: World, event: Event, done: Callable[[Pair], None]) -> None:
    pair = world.pairs[event.target]
    number, fails_as = event.arguments
    if str(pair.task) != number:
        return
    pair.moving = None
    world.touch(pair)
    if fails_as:
        pair.status = fails_as
    else:
        done(pair)


def _settle(world: World, pair: Pair, status: str) -> None:
    pair.status = status
    pair.backup = pair.restore = None
    pair.waiting.clear()
    world.touch(pair)


def _swap(world: World, pair: Pair) -> None:
    pair.turned = world.now
    pair.primary_id, pair.standby_id = pair.standby_id, pair.primary_id
    pair.primary_bucket, pair.standby_bucket = pair.standby_bucket, pair.primary_bucket


def _set_status(world: World, cluster_id: str, status: str) -> None:
    cluster = world.clusters[cluster_id]
    cluster.status = status
    world.touch(cluster)


def _require(pair: Pair, statuses: frozenset[str]) -> None:
    if pair.status not in statuses:
        raise _not_now(pair)


def _not_now(pair: Pair) -> Refused:
    return Refused(403, "DWS.7023", f"The disaster recovery is {pair.status}: not allowed.")


def _require_idle(world: World, pair: Pair) -> None:
    for cluster_id in (pair.primary_id, pair.standby_id):
        lifecycle.require_idle(world, world.clusters[cluster_id])


def _require_version(world: World, pair: Pair) -> None:
    for cluster_id in (pair.primary_id, pair.standby_id):
        require_version(world.clusters[cluster_id], FAILOVER_SINCE)
