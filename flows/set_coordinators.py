"""Bring a cluster to a number of coordinators, the nodes that take queries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from prefect import flow
from pydantic import BaseModel, ConfigDict

from dws.told.nodes import Coordinators
from flows.declared.set_coordinators import ACTION, Inputs, Outputs, may_have, superfluous
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.procedure import OneCluster, Work, on_cluster, seen
from tasks import clusters, nodes
from tasks.action import Level

_BUSY = frozenset({"ADD_CN_ING", "DEL_CN_ING"})


class Planned(BaseModel):
    """What is to be done, remembered before it is begun: a second run sees it half done."""

    model_config = ConfigDict(frozen=True)

    removed: dict[str, str]
    """Names of those to take away, by id; empty if some are to be added."""


@flow(name="set-coordinators", flow_run_name="set-coordinators-{cluster}", retries=0)
async def set_coordinators(
    account: str, cluster: str, coordinators: int, *, run_id: str | None = None
) -> Outputs:
    """
    Add coordinators, or take some away, until there are as many as told.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        coordinators: How many there are to be in the end.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: The cluster is not well, or may not have so many; nothing was changed.
        Stopped: It cannot go on; the message says what is left.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, coordinators=coordinators)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        planned = await work.once("planned", Planned, lambda: _planned(work))
        change = _removal(work, planned) if planned.removed else _addition(work)
        await bring_about(work, change)
        left = await _told(work)
        return Outputs(
            cluster_id=work.aim.cluster_id,
            cluster_name=work.aim.cluster_name,
            coordinators=tuple(item.name or item.id for item in left.instances),
            removed=tuple(planned.removed.values()),
        )


async def _planned(work: Work[Inputs, OneCluster]) -> Planned:
    # What someone else has begun is waited for: it may lead to the very number.
    await settled(work)
    told = await _told(work)
    allowed = may_have(work.aim.cluster_name, told, work.inputs.coordinators)
    if allowed.level is Level.BLOCK:
        raise work.stop(allowed.told)
    doomed = superfluous(told, work.inputs.coordinators)
    return Planned(removed={item.id: item.name or item.id for item in doomed})


def _addition(work: Work[Inputs, OneCluster]) -> Change:
    async def act() -> None:
        # The total, by the table of reference 5.2.40; its sample reads as if it added so many.
        await nodes.batch_create_cluster_cn(
            work.account, cluster_id=work.aim.cluster_id, num=work.inputs.coordinators
        )

    async def stage() -> Stage:
        if await _is_at_work(work):
            return Stage.UNDER_WAY
        here = len((await _told(work)).instances)
        if here > work.inputs.coordinators:
            raise work.stop(
                f"cluster {work.aim.cluster_name} has {here} coordinators, more than the "
                f"{work.inputs.coordinators} wanted; begin a new run to take some away"
            )
        return Stage.DONE if here == work.inputs.coordinators else Stage.NOT_BEGUN

    return _change(work, "addition of coordinators to", stage, act)


def _removal(work: Work[Inputs, OneCluster], planned: Planned) -> Change:
    async def doomed() -> list[str]:
        return [item.id for item in (await _told(work)).instances if item.id in planned.removed]

    async def act() -> None:
        await nodes.batch_delete_cluster_cn(
            work.account, cluster_id=work.aim.cluster_id, instances=await doomed()
        )

    async def stage() -> Stage:
        if await _is_at_work(work):
            return Stage.UNDER_WAY
        return Stage.NOT_BEGUN if await doomed() else Stage.DONE

    return _change(work, "removal of coordinators from", stage, act)


def _change(
    work: Work[Inputs, OneCluster],
    what: str,
    stage: Callable[[], Awaitable[Stage]],
    act: Callable[[], Awaitable[None]],
) -> Change:
    account, cluster_id = work.account, work.aim.cluster_id
    return Change(
        what=f"{what} cluster {work.aim.cluster_name}",
        stage=stage,
        ready=lambda: settled(work),
        act=act,
        wait=lambda: clusters.wait_until_cluster_task_finished(account, cluster_id=cluster_id),
    )


async def _is_at_work(work: Work[Inputs, OneCluster]) -> bool:
    cluster = await seen(work)
    return not _BUSY.isdisjoint({cluster.task_status, *cluster.action_progress})


async def _told(work: Work[Inputs, OneCluster]) -> Coordinators:
    return await nodes.list_cluster_cn(work.account, cluster_id=work.aim.cluster_id)
