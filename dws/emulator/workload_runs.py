"""Running resource management plans: which stage rules when, and what it does to the pools."""

from __future__ import annotations

from dws.emulator import pools
from dws.emulator.due import effect
from dws.emulator.faults import StuckFault, TaskFailsFault
from dws.emulator.lifecycle import USABLE
from dws.emulator.records import Cluster, Event
from dws.emulator.refused import Refused
from dws.emulator.workload_plans import (
    IS_STARTED,
    IS_STOPPED,
    Declined,
    PlanEntry,
    PlanStage,
    WorkloadPlan,
    plans_of,
    sets,
    wanted_pools,
)
from dws.emulator.world import World

FEWEST_STAGES = 2
"""Seen: Terraform's provider, as that only one plan of a cluster may be started."""
MOST_ENTRIES = 1000
"""How much of what it did a plan keeps (assumed)."""


def start(world: World, cluster: Cluster, plan: WorkloadPlan) -> None:
    """
    Start a plan: the stage whose time it is rules at once.

    Raises:
        Declined: It is started.
        Refused: It has too few stages, another one is started, or resources are not managed
            (assumed: this code for all three).
    """
    if plan.is_started:
        raise Declined(IS_STARTED, "the workload plan has been started")
    if len(plan.stages) < FEWEST_STAGES:
        raise _not_allowed(f"A plan needs {FEWEST_STAGES} stages before it can be started.")
    if any(other.is_started for other in plans_of(world, cluster)):
        raise _not_allowed("Another plan of the cluster is started.")
    if not pools.switch_of(world, cluster).is_on:
        raise _not_allowed("Resource management is switched off.")
    plan.is_started, plan.current, plan.by_hand = True, "", False
    plan.turn += 1
    if _is_stuck(world, plan):
        world.keep(plan)  # it says that it is started, and does nothing
        return
    ruling = _ruling(plan, world.now)
    if ruling:
        _enter(world, cluster, plan, ruling)
    _await_next(world, plan)
    world.keep(plan)


def stop(world: World, plan: WorkloadPlan) -> None:
    """
    Stop a plan.

    Raises:
        Declined: It is stopped.
    """
    if not plan.is_started:
        raise Declined(IS_STOPPED, "the workload plan has been stopped")
    plan.is_started, plan.current, plan.by_hand = False, "", False
    plan.turn += 1
    world.keep(plan)


def switch(world: World, cluster: Cluster, plan: WorkloadPlan, stage: PlanStage) -> None:
    """
    Let a stage rule at once.

    Raises:
        Declined: The plan is stopped. That this code says so here too is assumed.
    """
    if not plan.is_started:
        raise Declined(IS_STOPPED, "the workload plan is stopped, start it first")
    if not _is_stuck(world, plan) and _enter(world, cluster, plan, stage):
        plan.by_hand = True
    world.keep(plan)


@effect
def plan_stage_due(world: World, event: Event) -> None:
    plan = world.of(WorkloadPlan).get(event.target)
    if plan is None or event.arguments != [str(plan.turn)]:
        return
    ruling = _ruling(plan, event.due)
    if ruling:
        plan.by_hand = False
        _enter(world, world.clusters[plan.cluster_id], plan, ruling)
    elif not plan.by_hand:
        # The pools stay as the stage set them (assumed).
        plan.current = ""
    _await_next(world, plan)
    world.keep(plan)


def _ruling(plan: WorkloadPlan, now: float) -> PlanStage | None:
    return next((stage for stage in plan.stages if stage.window().holds(now)), None)


def _await_next(world: World, plan: WorkloadPlan) -> None:
    bounds = (stage.window().next_bound(world.now) for stage in plan.stages)
    due = min((bound for bound in bounds if bound is not None), default=None)
    if due is not None:
        world.at(due, "plan_stage_due", plan.id, str(plan.turn))


def _is_stuck(world: World, plan: WorkloadPlan) -> bool:
    """Whether a request is to have no effect; the plan remembers if one is to fail."""
    fault = world.fate()
    plan.fails_as = fault.task_status if isinstance(fault, TaskFailsFault) else ""
    return isinstance(fault, StuckFault)


def _enter(world: World, cluster: Cluster, plan: WorkloadPlan, stage: PlanStage) -> bool:
    failure = plan.fails_as or _change_pools(world, cluster, stage)
    plan.fails_as = ""
    plan.entries = [*plan.entries, PlanEntry(world.now, stage.name, failure)][-MOST_ENTRIES:]
    if not failure:
        plan.current = stage.id
    return not failure


def _change_pools(world: World, cluster: Cluster, stage: PlanStage) -> str:
    """Set the pools as a stage wants them; answers why they could not be."""
    if cluster.status not in USABLE:
        return f"the cluster is {cluster.status}"
    if not pools.switch_of(world, cluster).is_on:
        return "resource management is switched off"
    try:
        wanted = wanted_pools(world, cluster, stage)
        pools.require_fitting(world, cluster, wanted)
    except Refused as refused:
        return refused.message
    for pool in wanted:
        world.keep(pool)
    return ""


def drop_pool(world: World, cluster: Cluster, name: str) -> None:
    """
    Take a pool out of all stages, as it is deleted.

    Raises:
        Refused: A started plan sets it (assumed).
    """
    holding = [plan for plan in plans_of(world, cluster) if sets(plan, name)]
    if any(plan.is_started for plan in holding):
        raise _not_allowed(f"A started plan sets the pool {name}.")
    for plan in holding:
        for stage in plan.stages:
            stage.queues.pop(name, None)
        world.keep(plan)


def _not_allowed(why: str) -> Refused:
    return Refused(400, "DWS.5045", why)
