"""See to it that a cluster has a resource management plan, with its pools, and that it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from prefect import flow
from pydantic import BaseModel

from dws.sent.workload import NewQueue, QueueChange
from dws.told import workload as told
from flows.declared.apply_workload_plan import ACTION, Inputs, Outputs
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.procedure import OneCluster, Work, on_cluster
from flows.steps.workload_stages import apply_stages
from tasks import workload
from tasks.workload_difference import Present, difference, pool_difference
from tasks.workload_wanted import Pool, Values, as_resources, values_of
from tasks.workload_wanted import Stage as PlanStage

OurWork = Work[Inputs, OneCluster]


class Logged(BaseModel):
    """When the plan did something last, before this run."""

    at: datetime | None


@flow(name="apply-workload-plan", flow_run_name="apply-workload-plan-{cluster}", retries=0)
async def apply_workload_plan(  # noqa: PLR0913 - what an operator may tell
    account: str,
    cluster: str,
    plan: str,
    stages: tuple[PlanStage, ...] = (),
    pools: tuple[Pool, ...] = (),
    *,
    started: bool = True,
    logical_cluster: str | None = None,
    run_id: str | None = None,
) -> Outputs:
    """
    See to it that a cluster has a plan with these stages, and that it is started or not.

    Killed at any moment and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        plan: Name of the plan.
        stages: All its stages; others that it has are deleted.
        pools: Resource pools that there are to be; none is deleted.
        started: Whether the plan is to run.
        logical_cluster: The logical cluster that it is for, where there are some.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: Another plan runs, pools are missing or too much together, resources are not
            managed, or the cluster is not well; nothing was changed.
        Stopped: The plan failed to take effect; the message says why.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(
        cluster=cluster,
        plan=plan,
        stages=stages,
        pools=pools,
        started=started,
        logical_cluster=logical_cluster,
    )
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        changed = [await bring_about(work, _pool(work, pool)) for pool in inputs.pools]
        changed.append(await bring_about(work, _creation(work)))
        logged = await work.once("logged", Logged, lambda: _logged(work))
        present = await _shown(work)
        if difference(inputs.stages, (), Present({}, (), present)).stages:
            changed.append(await bring_about(work, _switched(work, started=False)))
            changed.append(await apply_stages(work, present.plan_id, lambda: _shown(work)))
        changed.append(await bring_about(work, _switched(work, started=started)))
        await _require_effect(work, logged)
        ruling = await _shown(work)
        return Outputs(
            cluster_id=work.aim.cluster_id,
            cluster_name=work.aim.cluster_name,
            plan_id=ruling.plan_id,
            current_stage=ruling.current_stage or None,
            changed=any(changed),
        )


def _pool(work: OurWork, wanted: Pool) -> Change:
    account, cluster_id, owner = work.account, work.aim.cluster_id, work.inputs.logical_cluster

    async def left() -> tuple[bool, Values]:
        names = await workload.list_workload_queue(
            account, cluster_id=cluster_id, logical_cluster_name=owner
        )
        if wanted.name not in names.workload_queue_name_list:
            return False, wanted.values
        shown = await workload.show_workload_queue(
            account, cluster_id=cluster_id, queue_name=wanted.name, logical_cluster_name=owner
        )
        present = values_of(shown.workload_queue)
        return True, pool_difference(wanted, present, work.inputs.stages)

    async def stage() -> Stage:
        _, values = await left()
        return Stage.NOT_BEGUN if values else Stage.DONE

    async def act() -> None:
        is_there, values = await left()
        await (_set(work, wanted.name, values) if is_there else _add(work, wanted))

    return _change(work, f"resource pool {wanted.name}", stage, act)


async def _add(work: OurWork, wanted: Pool) -> None:
    queue = NewQueue(
        workload_queue_name=wanted.name,
        logical_cluster_name=work.inputs.logical_cluster,
        workload_resource_item_list=as_resources(wanted.values),
    )
    await workload.add_workload_queue(
        work.account, cluster_id=work.aim.cluster_id, workload_queue=queue
    )


async def _set(work: OurWork, name: str, values: Values) -> None:
    change = QueueChange(
        workload_queue_name=name,
        logical_cluster_name=work.inputs.logical_cluster,
        resource_item_list=as_resources(values),
    )
    await workload.update_queue_resources(
        work.account, cluster_id=work.aim.cluster_id, queue_name=name, workload_queue=change
    )


def _creation(work: OurWork) -> Change:
    async def stage() -> Stage:
        return Stage.NOT_BEGUN if await _listed(work) is None else Stage.DONE

    async def act() -> None:
        await workload.create_workload_plan(
            work.account,
            cluster_id=work.aim.cluster_id,
            plan_name=work.inputs.plan,
            logical_cluster_name=work.inputs.logical_cluster,
        )

    return _change(work, f"creation of plan {work.inputs.plan}", stage, act)


def _switched(work: OurWork, *, started: bool) -> Change:
    """Started or stopped; that it is so already the service tells as a refusal, 113 or 116."""
    ask = workload.start_workload_plan if started else workload.stop_workload_plan

    async def stage() -> Stage:
        plan = await _shown(work)
        return Stage.DONE if (plan.status == 1) is started else Stage.NOT_BEGUN

    async def act() -> None:
        plan = await _shown(work)
        await ask(work.account, cluster_id=work.aim.cluster_id, plan_id=plan.plan_id)

    return _change(work, f"{'start' if started else 'stop'} of plan {work.inputs.plan}", stage, act)


async def _listed(work: OurWork) -> told.Plan | None:
    listed = await workload.list_workload_plans(
        work.account,
        cluster_id=work.aim.cluster_id,
        logical_cluster_name=work.inputs.logical_cluster,
    )
    return next((plan for plan in listed.plan_list if plan.plan_name == work.inputs.plan), None)


async def _shown(work: OurWork) -> told.Plan:
    """
    The plan with its stages.

    Raises:
        Refused, Stopped: It has gone.
    """
    plan = await _listed(work)
    if plan is None:
        raise work.stop(f"plan {work.inputs.plan} of {work.aim.cluster_name} has gone")
    shown = await workload.show_workload_plan(
        work.account, cluster_id=work.aim.cluster_id, plan_id=plan.plan_id
    )
    return shown.workload_plan


async def _logged(work: OurWork) -> Logged:
    entry = await _last_entry(work)
    return Logged(at=entry.exec_time if entry else None)


async def _last_entry(work: OurWork) -> told.PlanLog | None:
    plan = await _shown(work)
    logs = await workload.list_plan_exec_logs(
        work.account, cluster_id=work.aim.cluster_id, plan_id=plan.plan_id
    )
    return next(iter(logs.plan_logs), None)


async def _require_effect(work: OurWork, before: Logged) -> None:
    """A plan may be started, and its stage fail to change the pools: only its log tells."""
    entry = await _last_entry(work)
    if entry is None or entry.exec_time == before.at or entry.exec_result in {0, None}:
        return
    why = f"{entry.stage_info}: {entry.exec_log or 'no reason told'}"
    raise work.stop(f"plan {work.inputs.plan} is started, and its stage took no effect: {why}")


def _change(
    work: OurWork,
    what: str,
    stage: Callable[[], Awaitable[Stage]],
    act: Callable[[], Awaitable[object]],
) -> Change:
    return Change(what=what, stage=stage, ready=lambda: settled(work), act=act)
