"""Plans that make logical clusters and delete them again, at the times they tell."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from dws.emulator import cron, logical, rings
from dws.emulator.due import effect
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.records import Cluster, Event
from dws.emulator.refused import Refused
from dws.emulator.world import World

FROM_PLAN = "createFromPlan"
DONE = frozenset({"finished", "failed"})


@dataclass(slots=True)
class PlannedAction:
    """What a plan does, and when."""

    id: str
    type: str
    """``create`` or ``delete``"""
    strategy: str
    status: str = "waiting"
    next: float | None = None
    previous: float | None = None
    failed_reason: str = ""


@kept
@dataclass(slots=True)
class LogicalPlan:
    """A plan for one logical cluster."""

    id: str
    cluster_id: str
    name: str
    nodes: int
    is_periodic: bool
    user: str
    main: str
    starts: float | None
    ends: float | None
    updated: float
    actions: list[PlannedAction] = field(default_factory=list)
    is_disabled: bool = False
    round: int = 0
    """Counts changes of the plan: what was due before them is not done."""

    def status(self) -> str:
        """``disabled, failed, finished, waiting``: the worst of what its actions are."""
        if self.is_disabled:
            return "disabled"
        states = {action.status for action in self.actions}
        if states <= DONE:
            return "failed" if "failed" in states else "finished"
        return "waiting"


def of(world: World, cluster: Cluster) -> list[LogicalPlan]:
    """The plans of a cluster."""
    return [plan for plan in world.of(LogicalPlan).values() if plan.cluster_id == cluster.id]


def with_id(world: World, cluster: Cluster, plan_id: str) -> LogicalPlan:
    """
    A plan that is there.

    Raises:
        Refused: There is none (assumed: by this code).
    """
    known = world.of(LogicalPlan).get(plan_id)
    if known is None or known.cluster_id != cluster.id:
        raise Refused(404, "DWS.0047", f"The plan does not exist: {plan_id}.")
    return known


def schedule(world: World, plan: LogicalPlan) -> None:
    """
    Let the actions of a plan fall due from now on.

    Raises:
        Refused: A strategy is no time.
    """
    after = max(world.now, plan.starts or 0.0)
    moments = [_next(plan, action, after) for action in plan.actions]
    for action, moment in zip(plan.actions, moments, strict=True):
        if action.status == "waiting" or plan.is_periodic:
            action.next = moment
            action.status = "waiting" if moment is not None else "finished"
    plan.round += 1
    plan.updated = world.now
    world.keep(plan)
    for action in plan.actions:
        _set(world, plan, action)


def change(world: World, plan: LogicalPlan, wanted: dict[str, tuple[str | None, str]]) -> None:
    """
    Give actions of a plan, by id, another type and time.

    Raises:
        Refused: There is no such action, or a strategy is no time.
    """
    unknown = wanted.keys() - {action.id for action in plan.actions}
    if unknown:
        raise Refused(404, "DWS.0047", f"The plan has no action {min(unknown)}.")
    before = plan.actions
    plan.actions = [_changed(action, *wanted.get(action.id, (None, ""))) for action in before]
    try:
        schedule(world, plan)
    except Refused:
        plan.actions = before
        raise
    if plan.is_disabled:
        rest(world, plan)


def rest(world: World, plan: LogicalPlan) -> None:
    """Let a plan do nothing."""
    plan.is_disabled = True
    plan.round += 1
    plan.updated = world.now
    for action in plan.actions:
        action.next = None
    world.keep(plan)


@effect
def logical_plan_fired(world: World, event: Event) -> None:
    action_id, number = event.arguments
    plan = world.of(LogicalPlan).get(event.target)
    if plan is None or str(plan.round) != number:
        return
    action = next(found for found in plan.actions if found.id == action_id)
    action.previous, action.failed_reason = world.now, ""
    try:
        _do(world, world.clusters[plan.cluster_id], plan, action)
    except Refused as refused:
        action.failed_reason = refused.message
    ended = "failed" if action.failed_reason else "finished"
    action.next = _next(plan, action, world.now) if plan.is_periodic else None
    action.status = ended if action.next is None else "waiting"
    world.keep(plan)
    _set(world, plan, action)


def _do(world: World, cluster: Cluster, plan: LogicalPlan, action: PlannedAction) -> None:
    logical.require_idle(world, cluster)
    if action.type == "create":
        world.operation = "CreateLogicalCluster"
        wanted = rings.first(logical.available(world, cluster), plan.nodes)
        if wanted is None:
            raise Refused(400, "DWS.5047", f"There are no free rings of {plan.nodes} nodes.")
        logical.create(world, cluster, plan.name, wanted, FROM_PLAN)
        return
    world.operation = "DeleteLogicalCluster"
    known = logical.with_id(world, cluster, logical.owner_of(world, cluster, plan.name))
    if known.is_first:
        raise Refused(400, "DWS.5095", "the first logical cluster can't be deleted")
    logical.begin(world, cluster, known, "Delete", [])


def _changed(action: PlannedAction, kind: str | None, strategy: str) -> PlannedAction:
    if not strategy:
        return action
    return replace(action, type=kind or action.type, strategy=strategy, status="waiting")


def _next(plan: LogicalPlan, action: PlannedAction, after: float) -> float | None:
    try:
        if action.strategy.isdigit():
            moment: float | None = int(action.strategy) / 1000
            moment = moment if moment and moment > after else None
        else:
            moment = cron.read(action.strategy).next(after)
    except (ValueError, OverflowError) as error:
        raise Refused(400, "DWS.5065", f"Invalid format: strategy: {error}.") from None
    is_over = moment is not None and plan.ends is not None and moment > plan.ends
    return None if is_over else moment


def _set(world: World, plan: LogicalPlan, action: PlannedAction) -> None:
    if action.next is not None:
        world.at(action.next, "logical_plan_fired", plan.id, action.id, str(plan.round))


@listens
def _forget(world: World, cluster: Cluster, what: str) -> None:
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        for plan in of(world, cluster):
            world.forget(plan)
