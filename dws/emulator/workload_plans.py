"""Resource management plans: stages that change the pools of a cluster by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dws.emulator import pools
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.pools import Json, ResourcePool
from dws.emulator.records import Cluster
from dws.emulator.refused import Refused
from dws.emulator.windows import Window, window
from dws.emulator.world import World
from dws.sent.workload import NewStage, Resource

MOST_PLANS, MOST_STAGES = 10, 48
"""Seen: the service's user guide, "Resource Management Plan"."""
NO_PLAN, NO_STAGE, IS_STARTED, IS_STOPPED = 103, 110, 113, 116
"""Result codes that come with status 200 (facts/service_and_peers B4.7)."""


class Declined(Exception):
    """
    A no that comes with status 200, as resource management says it.

    Attributes:
        code: Its ``workload_res_code``.
        words: Its ``workload_res_str``.
    """

    def __init__(self, code: int, words: str) -> None:
        super().__init__(code, words)
        self.code = code
        self.words = words


@dataclass(slots=True)
class PlanStage:
    """A stage of a plan."""

    id: str
    name: str
    month: str
    day: str
    start: str
    end: str
    queues: dict[str, dict[str, int]]
    """What each pool has meanwhile, in the words that the stage was told in."""

    def window(self) -> Window:
        """When it rules."""
        return window(self.month, self.day, self.start, self.end)


@dataclass(slots=True)
class PlanEntry:
    """What a plan did once."""

    at: float
    stage: str
    failure: str = ""


@kept
@dataclass(slots=True)
class WorkloadPlan:
    """A plan."""

    id: str
    project_id: str
    cluster_id: str
    name: str
    logical_cluster: str
    """The id of the logical cluster that it is for; empty outside them."""
    is_started: bool = False
    current: str = ""
    """The id of the stage that rules; empty if none does."""
    by_hand: bool = False
    """It was switched to, and rules until the next one begins."""
    turn: int = 0
    """Counts starts and stops: what fell due for an earlier turn is void."""
    fails_as: str = ""
    """What its next change of stage is to fail as."""
    stages: list[PlanStage] = field(default_factory=list)
    entries: list[PlanEntry] = field(default_factory=list)


def stage_as_told(stage_id: str, told: NewStage) -> PlanStage:
    """A stage as a request tells it."""
    return PlanStage(
        stage_id,
        told.stage_name,
        told.month or "",
        told.day or "",
        told.start_time,
        told.end_time or "00:00:00",
        {queue.queue_name: values(queue.queue_resources) for queue in told.queue_list},
    )


def values(resources: Sequence[Resource]) -> dict[str, int]:
    """How much is wanted of each resource."""
    return {resource.resource_name: resource.value for resource in resources}


def plans_of(world: World, cluster: Cluster, name: str | None = None) -> list[WorkloadPlan]:
    """The plans of a cluster; those of one logical cluster if its name is told."""
    return [
        plan
        for plan in world.of(WorkloadPlan).values()
        if plan.cluster_id == cluster.id
        and (not name or pools.logical_name(world, plan.logical_cluster) == name)
    ]


def plan_of(world: World, cluster: Cluster, plan_id: str) -> WorkloadPlan:
    """
    A plan that is there.

    Raises:
        Declined: There is none.
    """
    found = world.of(WorkloadPlan).get(plan_id)
    if found is None or found.cluster_id != cluster.id:
        raise Declined(NO_PLAN, "the workload plan does not exist")
    return found


def stage_of(plan: WorkloadPlan, stage_id: str) -> PlanStage:
    """
    A stage that is there.

    Raises:
        Declined: There is none.
    """
    found = next((stage for stage in plan.stages if stage.id == stage_id), None)
    if found is None:
        raise Declined(NO_STAGE, "the workload plan stage does not exist")
    return found


def require_stopped(plan: WorkloadPlan) -> None:
    """
    See that a plan may be changed.

    Raises:
        Declined: It is started. That this code says so of changes too is assumed.
    """
    if plan.is_started:
        raise Declined(IS_STARTED, "the workload plan has been started, stop it first")


def put_stage(world: World, cluster: Cluster, plan: WorkloadPlan, stage: PlanStage) -> None:
    """
    Add a stage to a plan, or put it in the place of the one with its id.

    Raises:
        Refused: It does not fit: by its pools, its time, its name, or beside the others
            (assumed: by the codes of a value out of range and of a duplicate).
    """
    others = [other for other in plan.stages if other.id != stage.id]
    if len(others) >= MOST_STAGES:
        raise Refused(400, "DWS.5038", f"A plan may have {MOST_STAGES} stages.")
    if any(other.name == stage.name for other in others):
        raise Refused(400, "DWS.5039", f"The plan has a stage {stage.name}.")
    if not stage.window().ever_begins():
        raise Refused(400, "DWS.5038", "There is no such day in these months.")
    for other in others:
        if stage.window().overlaps(other.window()):
            raise Refused(400, "DWS.5038", f"The stage overlaps the stage {other.name}.")
    pools.require_fitting(world, cluster, wanted_pools(world, cluster, stage))
    _place(plan, stage)
    world.keep(plan)


def _place(plan: WorkloadPlan, stage: PlanStage) -> None:
    ids = [other.id for other in plan.stages]
    if stage.id in ids:
        plan.stages[ids.index(stage.id)] = stage
    else:
        plan.stages.append(stage)


def wanted_pools(world: World, cluster: Cluster, stage: PlanStage) -> list[ResourcePool]:
    """
    The pools as a stage wants them.

    Raises:
        Refused: One is not there.
    """
    return [
        pools.changed(pools.pool_of(world, cluster, name), told)
        for name, told in stage.queues.items()
    ]


def sets(plan: WorkloadPlan, name: str) -> bool:
    """Whether a stage of a plan sets a pool."""
    return any(name in stage.queues for stage in plan.stages)


def plan_told(world: World, plan: WorkloadPlan, *, in_full: bool = False) -> Json:
    """A plan; its stages in full alone, as the samples have it."""
    current = next((stage.name for stage in plan.stages if stage.id == plan.current), None)
    stages = [stage_told(plan, stage, world.now) for stage in plan.stages] if in_full else None
    return {
        "status": int(plan.is_started),
        "cluster_id": plan.cluster_id,
        "project_id": plan.project_id,
        "plan_id": plan.id,
        "plan_name": plan.name,
        "current_stage": current,
        "logical_cluster_name": pools.logical_name(world, plan.logical_cluster) or None,
        "stage_list": stages,
    }


def stage_told(plan: WorkloadPlan, stage: PlanStage, now: float) -> Json:
    """A stage; months and days not told are all there are (assumed)."""
    following = stage.window().next_start(now)
    return {
        "month": stage.month or ",".join(map(str, range(1, 13))),
        "day": stage.day or ",".join(map(str, range(1, 32))),
        "plan_id": plan.id,
        "stage_id": stage.id,
        "stage_name": stage.name,
        "start_time": stage.start,
        "end_time": stage.end,
        "next_valid_time": None if following is None else _written(following),
        "queue_list": [
            {
                "queue_name": name,
                "queue_resources": [pools.resource_told(*item) for item in told.items()],
            }
            for name, told in stage.queues.items()
        ],
    }


def entry_told(entry: PlanEntry) -> Json:
    """What a plan did, in the words of the sample of reference 5.7.21."""
    at = datetime.fromtimestamp(entry.at, UTC).isoformat(sep=" ", timespec="microseconds")
    said = f"|ERROR| {entry.failure}" if entry.failure else "|INFO| start change stage."
    return {
        "exec_time": _written(entry.at),
        "stage_info": entry.stage,
        "exec_result": int(bool(entry.failure)),
        "exec_log": f"{at} UTC {said}",
    }


def _written(moment: float) -> str:
    return datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%d %H:%M:%S")


@listens
def _forget(world: World, cluster: Cluster, what: str) -> None:
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        for plan in plans_of(world, cluster):
            world.forget(plan)
