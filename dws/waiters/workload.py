"""Waits for resource management."""

from __future__ import annotations

from datetime import timedelta

from dws.operations.workload import ShowWorkloadPlan
from dws.told.workload import Plan, PlanReply
from dws.waiter import Busy, Done, Failed, Verdict, Waiter
from dws.waiters.judging import asked


def judge_plan(plan: Plan) -> Verdict:
    """A stage of the started plan rules."""
    if plan.status == 0:
        return Failed("the plan is not started")
    if plan.current_stage:
        return Done()
    return Busy("waiting for its next stage")


def _plan(reply: PlanReply) -> Plan:
    return reply.workload_plan


plan_effective = Waiter(
    look=ShowWorkloadPlan,
    item=_plan,
    judge=judge_plan,
    many=None,
    key=asked("plan_id"),
    usual=(timedelta(0), timedelta(hours=12)),
    gives=Plan,
    within=timedelta(days=1),
)
"""A stage of the started plan rules; a plan whose stages are months away takes a longer wait."""
