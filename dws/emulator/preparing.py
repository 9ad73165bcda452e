"""Idle nodes that are prepared, so that growing by them is quicker."""

from __future__ import annotations

from dataclasses import dataclass

from dws.emulator import jobs
from dws.emulator.due import effect
from dws.emulator.faults import StuckFault, TaskFailsFault
from dws.emulator.growing import idle_nodes
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.records import STUCK_AT, Cluster, Event, Job, Phase, Work
from dws.emulator.refused import Refused, busy
from dws.emulator.world import World

RETRYABLE = frozenset({"FAIL", "WAIT_RETRY"})


@kept
@dataclass(slots=True)
class Preparing:
    """The last preparation of idle nodes of a cluster; its id is the cluster's."""

    id: str
    number: int
    span: Phase
    nodes: list[str]
    """Ids."""
    is_stuck: bool = False
    ended_as: str = ""
    """``SUCCESS, FAIL, WAIT_RETRY``; empty until then."""

    def status(self, now: float) -> str:
        """The word of the service."""
        if self.ended_as:
            return self.ended_as
        return "INIT" if now < self.span.begins else "PREPARING"

    def progress(self, now: float) -> str:
        """How far it is."""
        return STUCK_AT if self.is_stuck else f"{self.span.percent(now)}%"


def prepare(world: World, cluster: Cluster, count: int, *, retries: bool) -> Job:
    """
    Begin to prepare idle nodes. The cluster itself does nothing, and stays free (assumed).

    Raises:
        Refused: There are not so many, it is at it, or there is nothing to try again.
    """
    known = world.of(Preparing).get(cluster.id)
    if known and not known.ended_as:
        raise busy()
    if retries and (known is None or known.ended_as not in RETRYABLE):
        raise Refused(400, "DWS.5047", "No preparation has failed: there is nothing to retry.")
    idle = idle_nodes(cluster)
    if len(idle) < count:
        raise Refused(400, "DWS.5047", f"There are {len(idle)} idle nodes, not {count}.")
    begins = world.now + world.spec.durations.lag.total_seconds()
    span = Phase("PREPARING", begins, begins + world.lasting_s("prepare_nodes", cluster.name))
    work = Work(world.next_number(), world.operation, [span])
    _meet_fate(world, work)
    world.keep(Preparing(cluster.id, work.number, span, idle[:count], work.is_stuck))
    if not work.is_stuck:
        arguments = (str(work.number), work.fails_as or "")
        world.at(span.ends, "nodes_prepared", cluster.id, *arguments)
    return jobs.start(world, cluster.id, "expandPreparationJob", work)  # its name is assumed


def is_prepared(world: World, cluster: Cluster) -> bool:
    """Whether all idle nodes of a cluster are prepared."""
    known = world.of(Preparing).get(cluster.id)
    if known is None or known.ended_as != "SUCCESS":
        return False
    return set(idle_nodes(cluster)) <= set(known.nodes)


@effect
def nodes_prepared(world: World, event: Event) -> None:
    number, fails_as = event.arguments
    known = world.of(Preparing).get(event.target)
    if known and str(known.number) == number:
        failed = fails_as if fails_as in RETRYABLE else "FAIL"
        known.ended_as = failed if fails_as else "SUCCESS"
        world.keep(known)


def _meet_fate(world: World, work: Work) -> None:
    match world.fate():
        case TaskFailsFault(task_status=status):
            work.fails_as = status
        case StuckFault():
            work.is_stuck = True
        case _:
            pass


@listens
def _forget(world: World, cluster: Cluster, what: str) -> None:
    known = world.of(Preparing).get(cluster.id)
    if known and what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        world.forget(known)
