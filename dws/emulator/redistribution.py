"""
How the tables of a cluster move to new nodes: waiting, running, paused, failed, done.

A redistribution moves bytes at an even speed; which tables are done follows from their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dws.emulator import lifecycle
from dws.emulator.due import effect
from dws.emulator.faults import StuckFault, TaskFailsFault
from dws.emulator.flags import drop_flags, raise_flags
from dws.emulator.happenings import happened, listens
from dws.emulator.kept import kept
from dws.emulator.load import Load
from dws.emulator.records import Cluster, Event, Phase, Work
from dws.emulator.refused import busy
from dws.emulator.tables import Table, tables
from dws.emulator.world import World

ACTION = "REDISTRIBUTING"
WAITING = "WAITING_REDISTRIBUTION"
PAUSED = "REDISTRIBUTION_PAUSED"
FAILED = "REDISTRIBUTE_FAILURE"
FAILED_FLAG = "REDISTRIBUTION-FAILURE"
USUAL_JOBS = 4
RATE_BYTES_S = 100 * 2**20
"""What four jobs move offline in a second (assumed); online half of it."""
SHORTEST_S = 60.0
PAUSING_S = 10.0
"""How long a suspended redistribution finishes what it is at (assumed)."""
_STATUS = {WAITING: "WAITING", PAUSED: "PAUSE", FAILED: "FAIL"}


@kept
@dataclass(slots=True)
class Redistribution:
    """The last redistribution of a cluster; its id is the cluster's."""

    id: str
    total_bytes: int
    base_s: float
    """How long four jobs take offline."""
    status: str = "WAITING"
    """``WAITING, RUNNING, PAUSING, PAUSE, SUCCESS, FAIL``"""
    mode: str = "offline"
    jobs: int = USUAL_JOBS
    policy: str = "default"
    orders: dict[str, int] = field(default_factory=dict)
    """By schema and table; smaller ones first."""
    done_bytes: float = 0.0
    """What was moved until `since`."""
    done_tables: list[str] = field(default_factory=list)
    """Tables that are done whatever the order becomes."""
    since: float = 0.0
    started: float | None = None
    ended: float | None = None
    is_paused_by_user: bool = False
    is_stuck: bool = False
    failures: int = 0
    was: str = ""
    """The status before; the database tells it for a while longer."""
    turned: float = 0.0
    logical_cluster: str = ""

    @property
    def bytes_s(self) -> float:
        """How much moves in a second."""
        if self.is_stuck:
            return 0.0
        slower = 0.5 if self.mode == "online" else 1.0
        return self.total_bytes / self.base_s * self.jobs / USUAL_JOBS * slower

    def done(self, now: float) -> float:
        """How many bytes were moved."""
        if self.status not in {"RUNNING", "PAUSING"}:
            return self.done_bytes
        moved = self.bytes_s * max(now - self.since, 0.0)
        return min(self.done_bytes + moved, self.total_bytes)

    def shown(self, now: float) -> str:
        """The status that the service tells."""
        return "PREPARE" if self.status == "RUNNING" and now < self.since else self.status

    def turn(self, world: World, status: str) -> None:
        """Go over to another status; what was moved so far is written down."""
        self.done_bytes = self.done(world.now)
        self.was, self.status, self.turned = self.status, status, world.now
        self.since = world.now


def found(world: World, cluster: Cluster) -> Redistribution | None:
    """The redistribution that a cluster is at or had; None if it never had one."""
    known = world.of(Redistribution).get(cluster.id)
    status = _STATUS.get(cluster.failure or "")
    # A world file may tell that a cluster waits; then there is no more to it.
    if status and (known is None or known.status != status):
        return _new(world, cluster, status)
    return known


def moved(world: World, cluster: Cluster) -> list[Table]:
    """The tables of a cluster that hold data to be moved: those of users."""
    found = tables(world, Load(world, cluster), world.now)
    return [table for table in found if table.size_bytes and table.schema != "pg_catalog"]


def wait(world: World, cluster: Cluster, mode: str, jobs: int, owner: str) -> None:
    """Let a cluster wait until it is told to redistribute."""
    waiting = _new(world, cluster, "WAITING")
    waiting.mode, waiting.jobs, waiting.logical_cluster = mode, jobs, owner
    world.keep(waiting)
    cluster.failure = WAITING
    world.touch(cluster)


def start(world: World, cluster: Cluster, mode: str, jobs: int) -> None:
    """
    Start a redistribution that a cluster waits for, or one that failed.

    Raises:
        Refused: It waits for none.
    """
    begun = _ready(world, cluster, {WAITING, FAILED})
    begun.mode, begun.jobs = mode, jobs
    _meet_fate(world, cluster, begun)


def resume(world: World, cluster: Cluster) -> None:
    """
    Go on with a paused redistribution, or try a failed one again.

    Raises:
        Refused: There is none.
    """
    _meet_fate(world, cluster, _ready(world, cluster, {PAUSED, FAILED}))


def suspend(world: World, cluster: Cluster) -> None:
    """
    Pause a running redistribution, soon.

    Raises:
        Refused: None runs.
    """
    running = world.of(Redistribution).get(cluster.id)
    if running is None or running.shown(world.now) != "RUNNING" or cluster.work is None:
        raise busy()
    running.turn(world, "PAUSING")
    running.is_paused_by_user = True
    world.keep(running)
    due = world.now + PAUSING_S
    world.at(due, "redistribution_paused", cluster.id, str(cluster.work.number))


def at_rest(world: World, cluster: Cluster) -> Redistribution:
    """
    A redistribution whose order and speed may be changed: one that waits or is paused.

    Raises:
        Refused: There is none (assumed: told as busy).
    """
    return _ready(world, cluster, {WAITING, PAUSED})


def begin(
    world: World, cluster: Cluster, begun: Redistribution, fails_as: str | None, *, stuck: bool
) -> None:
    """Let a redistribution run from where it is; if it is to fail, then half way."""
    lifecycle.clear_failure(world, cluster)
    drop_flags(world, cluster, FAILED_FLAG)
    raise_flags(world, cluster, ACTION)
    begun.turn(world, "RUNNING")
    begun.is_stuck, begun.is_paused_by_user, begun.ended = stuck, False, None
    begun.since = world.now + world.spec.durations.lag.total_seconds()
    begun.started = begun.started or world.now
    world.keep(begun)
    cluster.work = _work(world, begun, fails_as)
    world.touch(cluster)
    happened(world, cluster, f"{cluster.work.operation}.started")
    if stuck:
        return
    left_s = cluster.work.ends - begun.since
    due = begun.since + (left_s / 2 if fails_as else left_s)
    world.at(due, "redistribution_ended", cluster.id, str(cluster.work.number))


@effect
def redistribution_ended(world: World, event: Event) -> None:
    cluster = lifecycle.ending(world, event.target, event.arguments[0])
    if cluster is None:
        return
    fails_as = lifecycle.end(world, cluster)
    ended = world.of(Redistribution)[cluster.id]
    drop_flags(world, cluster, ACTION)
    ended.turn(world, "FAIL" if fails_as else "SUCCESS")
    if fails_as:
        raise_flags(world, cluster, FAILED_FLAG)
        cluster.failure = fails_as
        ended.failures += 1
    else:
        ended.done_bytes = ended.total_bytes
    ended.ended = world.now
    world.keep(ended)


@effect
def redistribution_paused(world: World, event: Event) -> None:
    cluster = lifecycle.ending(world, event.target, event.arguments[0])
    if cluster is None or cluster.work is None:
        return
    paused = world.of(Redistribution)[cluster.id]
    paused.turn(world, "PAUSE")
    world.keep(paused)
    cluster.work = None
    cluster.failure = PAUSED
    drop_flags(world, cluster, ACTION)
    happened(world, cluster, "StopRedistribution.done")


def _ready(world: World, cluster: Cluster, tasks: set[str]) -> Redistribution:
    ready = found(world, cluster)
    if cluster.work or cluster.failure not in tasks or ready is None:
        raise busy()
    return ready


def _meet_fate(world: World, cluster: Cluster, begun: Redistribution) -> None:
    fails_as, stuck = None, False
    match world.fate():
        case TaskFailsFault(task_status=status):
            fails_as = status
        case StuckFault():
            stuck = True
        case _:
            pass
    begin(world, cluster, begun, fails_as, stuck=stuck)


def after_growth(
    world: World, cluster: Cluster, mode: str, jobs: int, owner: str
) -> Redistribution:
    """A redistribution to begin at once."""
    begun = _new(world, cluster, "WAITING")
    begun.mode, begun.jobs, begun.logical_cluster = mode, jobs, owner
    return begun


def _work(world: World, begun: Redistribution, fails_as: str | None) -> Work:
    # The phase began when it would have, at this speed, had it run all the while: so its
    # percentage is that of the bytes.
    speed = begun.bytes_s or begun.total_bytes / begun.base_s
    begins = begun.since - begun.done_bytes / speed
    work = Work(world.next_number(), world.operation, [])
    work.phases = [Phase(ACTION, min(begins, begun.since), begins + begun.total_bytes / speed)]
    work.fails_as, work.is_stuck = fails_as, begun.is_stuck
    return work


def _new(world: World, cluster: Cluster, status: str) -> Redistribution:
    world.data.start([cluster])
    total = max(sum(table.size_bytes for table in moved(world, cluster)), 1)
    told = world.spec.durations.redistribute
    base_s = told.total_seconds() if told else max(total / RATE_BYTES_S, SHORTEST_S)
    return Redistribution(cluster.id, total, max(base_s, 1.0), status)


@listens
def _forget(world: World, cluster: Cluster, what: str) -> None:
    known = world.of(Redistribution).get(cluster.id)
    if known and what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        world.forget(known)
