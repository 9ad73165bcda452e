"""The last task of each kind of every cluster, with its steps: what a progress page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.records import GAP, Cluster, Phase
from dws.emulator.render import bare_moment
from dws.emulator.world import World, id_from


@dataclass(slots=True)
class PastTask:
    """A task of a cluster, running or past. A newer one of the kind takes its place."""

    id: str
    """The name of the operation and the first step."""
    number: int
    operation: str
    phases: list[Phase]
    submitted: float
    is_stuck: bool = False
    ended: float | None = None
    failure: str = ""

    def status(self, now: float) -> str:
        """``WAITING, RUNNING, SUCCESS, FAILED``."""
        if self.ended is not None:
            return "FAILED" if self.failure else "SUCCESS"
        return "WAITING" if now < self.phases[0].begins else "RUNNING"

    def status_of(self, phase: Phase, now: float) -> str:
        """The same of one of its steps."""
        if self.ended is not None and phase is self.phases[-1]:
            return self.status(now)
        if now < phase.begins or (self.is_stuck and phase is not self.phases[0]):
            return "WAITING"
        return "RUNNING" if self.is_stuck or now < phase.ends else "SUCCESS"


@kept
@dataclass(slots=True)
class ClusterTasks:
    """The last tasks of a cluster, by their own ids."""

    id: str
    tasks: dict[str, PastTask] = field(default_factory=dict)


def steps(task: PastTask) -> list[Phase]:
    """The steps of a task that show."""
    return [phase for phase in task.phases if phase.action != GAP]


def last_task(world: World, cluster: Cluster, action: str) -> PastTask | None:
    """The last task of a cluster that showed an action, or failed as it; None if none did."""
    found = [task for task in _of(world, cluster).tasks.values() if action in _names(task)]
    return max(found, key=lambda task: task.number, default=None)


def _names(task: PastTask) -> set[str]:
    failure = set() if task.ended is None else {task.failure}
    return failure | {phase.action for phase in steps(task)}


def told(task: PastTask, cluster: Cluster, action: str, now: float) -> dict[str, Any]:
    """A task with its steps, as the SDK knows it; each step an item of its own (assumed)."""
    return {
        "id": id_from(f"{cluster.id}:{task.id}:{task.number}"),
        "action_name": action,
        "status": task.status(now),
        "cluster_name": cluster.name,
        "submit_time": bare_moment(task.submitted),
        "items": [
            {"item_name": phase.action, "sub_items": [_step(task, phase, now)]}
            for phase in steps(task)
        ],
    }


def _step(task: PastTask, phase: Phase, now: float) -> dict[str, Any]:
    status = task.status_of(phase, now)
    is_over = status in {"SUCCESS", "FAILED"}
    ahead = -1 if task.is_stuck else max(0, int(phase.ends - now))
    return {
        "sub_item_name": phase.action,
        "status": status,
        "detail": task.failure if status == "FAILED" else "",
        "begin_time": None if now < phase.begins else bare_moment(phase.begins),
        "end_time": bare_moment(phase.ends) if is_over else None,
        "estimated_time": 0 if is_over else ahead,
    }


@listens
def _record(world: World, cluster: Cluster, what: str) -> None:
    operation, _, happening = what.rpartition(".")
    work = cluster.work
    known = _of(world, cluster)
    if happening == "started" and work and work.operation == operation:
        name = f"{operation}:{work.phases[0].action}"
        task = PastTask(name, work.number, operation, work.phases, world.now)
        # The fate of the work is settled when it begins, and shows when it ends.
        task.is_stuck, task.failure = work.is_stuck, work.fails_as or ""
        known.tasks[name] = task
        world.keep(known)
    if happening in {"done", "failed"}:
        for task in known.tasks.values():
            if task.operation == operation and task.ended is None:
                task.ended = world.now
                world.keep(known)


@listens
def _forget(world: World, cluster: Cluster, what: str) -> None:
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        world.forget(_of(world, cluster))


def _of(world: World, cluster: Cluster) -> ClusterTasks:
    return world.of(ClusterTasks).get(cluster.id) or ClusterTasks(cluster.id)
