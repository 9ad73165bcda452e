"""
Logical clusters: rings of a cluster that work for themselves, and what is done to them.

One thing is done at a time, and while it is the cluster shows nothing of it but refuses changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dws.emulator import lifecycle, rings
from dws.emulator.due import effect
from dws.emulator.durations import Kind
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import GAP, STUCK_AT, Cluster, Event, Phase
from dws.emulator.refused import Refused, name_taken
from dws.emulator.rings import Ring
from dws.emulator.world import World

ELASTIC = "elastic_group"
"""Where free rings are (reference 5.2.22)."""
LEAST_PERCENT = 10
"""What progress begins with (reference 5.2.7)."""
KINDS: dict[str, Kind] = {
    "Switch": "lc_convert",
    "Create": "lc_create",
    "Expand": "lc_edit",
    "Shrink": "lc_edit",
    "Restart": "lc_restart",
    "Delete": "lc_delete",
}
"""How long actions last."""
_FAILED = {"Create": "Failed", "Switch": "Failed", "Restart": "Unavailable"}
_MOVES = frozenset({"Expand", "Shrink"})


@kept
@dataclass(slots=True)
class Logical:
    """One logical cluster, and the last action on it."""

    id: str
    cluster_id: str
    name: str
    is_first: bool
    listed_from: float
    status: str = "Normal"
    action: str = ""
    span: Phase | None = None
    """When the action began, and when it ends."""
    is_stuck: bool = False
    result: str = ""
    logs: str | None = None
    mode: str = ""
    waiting_for_killing: int = 0
    kind: str = ""
    """``createFromPlan``, or empty."""

    def progress(self, now: float) -> int:
        """Percent of the last action; that of one that never ends stays where it is."""
        if self.result:
            return 100
        if self.is_stuck or self.span is None:
            return int(STUCK_AT.rstrip("%"))
        return max(LEAST_PERCENT, min(self.span.percent(now), 99))


@kept
@dataclass(slots=True)
class LogicalTask:
    """An action on a logical cluster, past or present."""

    id: str
    cluster_id: str
    type: str
    name: str
    started: float
    ended: float | None = None
    result: str = ""
    log: str = ""


def of(world: World, cluster: Cluster) -> list[Logical]:
    """The logical clusters of a cluster, in the order in which they came."""
    return [found for found in world.of(Logical).values() if found.cluster_id == cluster.id]


def with_id(world: World, cluster: Cluster, logical_id: str) -> Logical:
    """
    A logical cluster that is there.

    Raises:
        Refused: There is none (the words are the service's, the code is assumed).
    """
    known = world.of(Logical).get(logical_id)
    if known is None or known.cluster_id != cluster.id:
        raise Refused(404, "DWS.0047", f"logical cluster is not existed: {logical_id}.")
    return known


def owner_of(world: World, cluster: Cluster, name: str | None) -> str:
    """
    Who has the rings of the logical cluster of a name; of the free ones nobody has.

    Raises:
        Refused: There is none of that name.
    """
    wanted = name or ELASTIC
    for known in of(world, cluster):
        if known.name == wanted:
            return known.id
    if wanted == ELASTIC or not cluster.is_logical:
        return ""
    raise Refused(404, "DWS.0047", f"logical cluster is not existed: {wanted}.")


def available(world: World, cluster: Cluster) -> list[Ring]:
    """The rings that a logical cluster can be made of, oldest first."""
    if not cluster.is_logical:
        return rings.rings_of(world, cluster)
    return rings.removable(world, cluster, owner_of(world, cluster, ELASTIC))[::-1]


def chosen(cluster: Cluster, among: list[Ring], hosts: list[set[str]]) -> list[Ring]:
    """
    The rings that consist of hosts of these names.

    Raises:
        Refused: There is no such ring, or it is not free (assumed: by this code).
    """
    found = [rings.named(cluster, among, names) for names in hosts]
    there = [ring for ring in found if ring is not None]
    if len(there) < len(hosts) or len({ring.id for ring in there}) < len(there):
        raise Refused(400, "DWS.5048", "These hosts are no rings that can be used.")
    return there


def require_idle(world: World, cluster: Cluster) -> None:
    """
    See that something may be done to the logical clusters of a cluster.

    Raises:
        Refused: Something is done; told as the world's profile has it.
    """
    try:
        lifecycle.require_idle(world, cluster)
        lifecycle.require_free_of_dr(world, cluster)
    except Refused as refused:
        match world.spec.profile.logical_busy:
            case "417":
                raise Refused(417, refused.code, refused.message) from None
            case "200":
                # Seen: the code of a failure, and that of being busy for words (facts B5).
                raise Refused(200, "DWS.9999", refused.code) from None
            case "403":
                raise


def admit(world: World, cluster: Cluster, told: Mapping[str, int]) -> None:
    """Give a cluster logical clusters that are there from the beginning: rings by name."""
    loose = rings.rings_of(world, cluster)
    for name, count in told.items():
        made = _new(world, cluster, name)
        made.listed_from, made.action, made.result = world.now, "Create", "success"
        world.keep(made)
        for ring in loose[:count]:
            ring.owner = made.id
            world.keep(ring)
        loose = loose[count:]
    for ring in loose:
        world.keep(ring)
    cluster.is_logical = True
    world.touch(cluster)


def create(
    world: World, cluster: Cluster, name: str, wanted: list[Ring], kind: str = ""
) -> Logical:
    """
    Begin to make a logical cluster of some rings.

    Raises:
        Refused: Its name is taken.
    """
    if name == ELASTIC or any(known.name == name for known in of(world, cluster)):
        taken = name_taken("logical cluster", name)
        raise Refused(taken.status, taken.code, f"logical cluster already existed: {name}.")
    made = _new(world, cluster, name)
    made.kind = kind
    begin(world, cluster, made, "Create", wanted)
    return made


def convert(world: World, cluster: Cluster, name: str) -> None:
    """
    Begin to make all of a cluster its first logical cluster.

    Raises:
        Refused: It has logical clusters (assumed: by this code).
    """
    if cluster.is_logical or of(world, cluster):
        raise Refused(400, "DWS.5107", "The cluster is a logical cluster already.")
    begin(world, cluster, _new(world, cluster, name), "Switch", rings.rings_of(world, cluster))


def begin(world: World, cluster: Cluster, which: Logical, action: str, wanted: list[Ring]) -> None:
    """Begin an action, after which a logical cluster has the rings that are told."""
    lifecycle.clear_failure(world, cluster)
    length = world.lasting_s(KINDS[action], which.name)
    numbers = ",".join(ring.id for ring in wanted)
    task = LogicalTask(f"{world.next_number():012d}", cluster.id, action, which.name, world.now)
    stretches = [Stretch(GAP, length)]
    arguments = (which.id, task.id, numbers)
    work = lifecycle.begin(
        world, cluster, stretches, "logical_action_ended", *arguments, shows_at_once=True
    )
    which.action, which.span, which.result, which.logs = action, work.phases[0], "", None
    which.is_stuck = work.is_stuck
    which.status = "Redistributing" if action in _MOVES else which.status
    world.keep(which)
    world.keep(task)


@effect
def logical_action_ended(world: World, event: Event) -> None:
    number, logical_id, task_id, ids = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    # A logical cluster that fails does not show as a task of the cluster.
    fails_as = lifecycle.end(world, cluster)
    which, task = world.of(Logical)[logical_id], world.of(LogicalTask)[task_id]
    task.ended = world.now
    task.result = which.result = "failed" if fails_as else "success"
    task.log = which.logs = fails_as or f"{which.action} {which.name} successful."
    which.status = "Normal"
    if fails_as:
        lost = "Redistribute_failed" if which.action in _MOVES else "Normal"
        which.status = _FAILED.get(which.action, lost)
    world.keep(task)
    world.keep(which)
    if not fails_as:
        _take_effect(world, cluster, which, set(filter(None, ids.split(","))))


def note_growth(world: World, cluster: Cluster, name: str) -> None:
    """Write down that a cluster grew, in the history of who has the new rings."""
    if cluster.is_logical:
        task = LogicalTask(f"{world.next_number():012d}", cluster.id, "Grow", name, world.now)
        task.ended, task.result, task.log = world.now, "success", "Expand from outside success"
        world.keep(task)


def _new(world: World, cluster: Cluster, name: str) -> Logical:
    listed = world.now + world.spec.durations.lc_lag.total_seconds()
    is_first = not any(known.is_first for known in of(world, cluster))
    return Logical(world.new_id(), cluster.id, name, is_first, listed)


def _take_effect(world: World, cluster: Cluster, which: Logical, ids: set[str]) -> None:
    free = owner_of(world, cluster, ELASTIC)
    if which.action in {"Create", "Switch"}:
        cluster.is_logical = True
        world.touch(cluster)
    for ring in rings.settle(world, cluster):
        if ring.id in ids:
            ring.owner = which.id
        elif ring.owner == which.id and which.action != "Restart":
            ring.owner = free if free != which.id else ""
        world.keep(ring)
    if which.action == "Delete":
        world.forget(which)


@listens
def _forget(world: World, cluster: Cluster, what: str) -> None:
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        kinds: tuple[type[Logical | LogicalTask], ...] = (Logical, LogicalTask)
        for kind in kinds:
            for record in [r for r in world.of(kind).values() if r.cluster_id == cluster.id]:
                world.forget(record)
