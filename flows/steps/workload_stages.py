"""The stages of a resource management plan that is stopped, made as they are wanted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from dws.told import workload as told
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.procedure import OneCluster, Work
from tasks import workload
from tasks.workload_wanted import Stage as PlanStage
from tasks.workload_wanted import collides

AnyWork = Work[Any, OneCluster]
Look = Callable[[], Awaitable[told.Plan]]


async def apply_stages(work: AnyWork, plan_id: str, look: Look) -> bool:
    """
    See to it that a plan has the stages of the inputs and no others; whether this run changed any.

    What would rule at the same time as another one that is still there goes first, and is added
    anew: the service refuses two at once.

    Args:
        look: The plan with its stages, as it is now.
    """
    wanted: dict[str, PlanStage] = {stage.name: stage for stage in work.inputs.stages}
    present = (await look()).stage_list
    doomed = [stage for stage in present if _must_go(stage, wanted, present)]
    changed = [await bring_about(work, _removal(work, plan_id, look, one)) for one in doomed]
    changed += [
        await bring_about(work, _presence(work, plan_id, look, one)) for one in wanted.values()
    ]
    return any(changed)


def _must_go(stage: told.Stage, wanted: dict[str, PlanStage], present: list[told.Stage]) -> bool:
    becomes = wanted.get(stage.stage_name)
    if becomes is None:
        return True
    others = [other for other in present if other.stage_id != stage.stage_id]
    return not becomes.is_told(stage) and any(collides(becomes, other) for other in others)


def _removal(work: AnyWork, plan_id: str, look: Look, doomed: told.Stage) -> Change:
    async def stage() -> Stage:
        ids = {one.stage_id for one in (await look()).stage_list}
        return Stage.NOT_BEGUN if doomed.stage_id in ids else Stage.DONE

    async def act() -> None:
        await workload.delete_workload_plan_stage(
            work.account,
            cluster_id=work.aim.cluster_id,
            plan_id=plan_id,
            stage_id=doomed.stage_id,
        )

    what = f"removal of stage {doomed.stage_name}"
    return Change(what=what, stage=stage, ready=lambda: settled(work), act=act)


def _presence(work: AnyWork, plan_id: str, look: Look, wanted: PlanStage) -> Change:
    account, cluster_id = work.account, work.aim.cluster_id

    async def found() -> told.Stage | None:
        stages = (await look()).stage_list
        return next((one for one in stages if one.stage_name == wanted.name), None)

    async def stage() -> Stage:
        present = await found()
        return Stage.DONE if present and wanted.is_told(present) else Stage.NOT_BEGUN

    async def act() -> None:
        present = await found()
        if present is None:
            await workload.add_workload_plan_stage(
                account,
                cluster_id=cluster_id,
                plan_id=plan_id,
                workload_plan_stage=wanted.as_new(),
            )
            return
        await workload.update_workload_plan_stage(
            account,
            cluster_id=cluster_id,
            plan_id=plan_id,
            stage_id=present.stage_id,
            workload_plan_stage=wanted.as_change(),
        )

    what = f"stage {wanted.name}"
    return Change(what=what, stage=stage, ready=lambda: settled(work), act=act)
