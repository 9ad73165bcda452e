"""See to it that a cluster has the external data sources that it should, OBS and MRS."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from prefect import flow
from pydantic import BaseModel

from dws.operations.data_sources import DataSource, Reconfigured
from flows.declared.apply_data_sources import (
    ACTION,
    CONFIGURING,
    CREATING,
    DELETING,
    NEEDS_RESTART,
    NOT_CONFIGURED,
    NOT_CREATED,
    UPDATING,
    Inputs,
    Outputs,
    Source,
    Todo,
    is_same,
    named,
    others,
    todo,
)
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.procedure import OneCluster, Work, on_cluster
from tasks import clusters, data_sources


class Removed(BaseModel):
    """One that is to be deleted; by its id, since another may get its name."""

    id: str
    name: str


class Plan(BaseModel):
    """What is to be done, found before the first change."""

    replaced: dict[str, Removed]
    """By name of what takes its place."""
    updated: tuple[str, ...]
    """Names."""
    others: tuple[Removed, ...]


@flow(name="apply-data-sources", flow_run_name="apply-data-sources-{cluster}", retries=0)
async def apply_data_sources(  # noqa: PLR0913 - what an operator may tell
    account: str,
    cluster: str,
    sources: tuple[Source, ...] = (),
    *,
    replace: bool = False,
    remove_others: bool = False,
    run_id: str | None = None,
) -> Outputs:
    """
    See to it that a cluster has these data sources; those that are as wanted are left alone.

    Passwords of users of MRS are settings: `tasks.source_passwords`. Killed at any moment and
    started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        sources: The data sources, known by their names.
        replace: Whether one that cannot be changed is deleted and made anew.
        remove_others: Whether all that are not told are deleted, after the others are there.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: One must be made anew, a password or database is missing, or the cluster is not
            well; nothing was changed.
        Stopped: A task failed; the message says which.
        WaitTimedOut: One did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, sources=sources, replace=replace, remove_others=remove_others)
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        plan = await work.once("plan", Plan, lambda: _planned(work))
        changed = [source.name for source in inputs.sources if await _apply(work, plan, source)]
        changed += [one.name for one in plan.others if await bring_about(work, _removal(work, one))]
        waiting = [s.name for s in await _listed(work) if s.configure_status == NEEDS_RESTART]
        return Outputs(
            cluster_id=work.aim.cluster_id,
            cluster_name=work.aim.cluster_name,
            changed=tuple(changed),
            waits_for_restart=tuple(waiting),
        )


async def _planned(work: Work[Inputs, OneCluster]) -> Plan:
    present = await _listed(work)
    told = [(named(present, source.name), source) for source in work.inputs.sources]
    return Plan(
        replaced={
            source.name: Removed(id=found.id, name=found.name)
            for found, source in told
            if found and todo(source, found) is Todo.REPLACE
        },
        updated=tuple(source.name for found, source in told if todo(source, found) is Todo.UPDATE),
        others=tuple(Removed(id=one.id, name=one.name) for one in others(work.inputs, present)),
    )


async def _listed(work: Work[Inputs, OneCluster]) -> list[DataSource]:
    told = await data_sources.list_data_source(work.account, cluster_id=work.aim.cluster_id)
    return told.data_sources


async def _apply(work: Work[Inputs, OneCluster], plan: Plan, source: Source) -> bool:
    """Whether this run changed anything."""
    if source.name in plan.updated:
        return await bring_about(work, _update(work, source))
    old = plan.replaced.get(source.name)
    removed = await bring_about(work, _removal(work, old)) if old else False
    return await bring_about(work, _creation(work, source)) or removed


def _is_changing(found: DataSource) -> bool:
    return found.status in {CREATING, DELETING} or found.configure_status in {CONFIGURING, UPDATING}


def _creation(work: Work[Inputs, OneCluster], source: Source) -> Change:
    what = f"data source {source.name}"

    async def stage() -> Stage:
        found = named(await _listed(work), source.name)
        if found is None:
            return Stage.NOT_BEGUN
        if _is_changing(found):
            return Stage.UNDER_WAY
        if found.status == NOT_CREATED or found.configure_status == NOT_CONFIGURED:
            why = found.fail_reason or "no reason told"
            raise work.stop(f"{what} could not be made: {why}; run it anew with replace=true")
        if not is_same(source, found):
            raise work.stop(f"{what} was made by another in another way: look who did")
        return Stage.DONE

    return _change(work, what, stage, lambda: _create(work, source))


async def _create(work: Work[Inputs, OneCluster], source: Source) -> None:
    await data_sources.connect_data_source(
        work.account,
        cluster_id=work.aim.cluster_id,
        type=source.type,
        name=source.name,
        user=source.user,
        mrs_cluster=source.mrs_cluster,
        database=source.database,
        description=source.description,
    )


def _update(work: Work[Inputs, OneCluster], source: Source) -> Change:
    async def found() -> DataSource:
        present = named(await _listed(work), source.name)
        if present is None:
            raise work.stop(f"data source {source.name} has gone; run it anew")
        return present

    async def stage() -> Stage:
        present = await found()
        if _is_changing(present):
            return Stage.UNDER_WAY
        return Stage.DONE if todo(source, present) is Todo.KEEP else Stage.NOT_BEGUN

    async def act() -> None:
        agency = source.user if source.type == "OBS" else None
        await data_sources.update_data_source(
            work.account,
            cluster_id=work.aim.cluster_id,
            ext_data_source_id=(await found()).id,
            reconfigure=Reconfigured(agency=agency),
        )

    return _change(work, f"update of data source {source.name}", stage, act)


def _removal(work: Work[Inputs, OneCluster], one: Removed) -> Change:
    async def stage() -> Stage:
        found = next((s for s in await _listed(work) if s.id == one.id), None)
        if found is None:
            return Stage.DONE
        return Stage.UNDER_WAY if _is_changing(found) else Stage.NOT_BEGUN

    async def act() -> None:
        await data_sources.delete_data_source(
            work.account, cluster_id=work.aim.cluster_id, ext_data_source_id=one.id
        )

    return _change(work, f"removal of data source {one.name}", stage, act)


def _change(
    work: Work[Inputs, OneCluster],
    what: str,
    stage: Callable[[], Awaitable[Stage]],
    act: Callable[[], Awaitable[object]],
) -> Change:
    cluster_id = work.aim.cluster_id
    return Change(
        what=what,
        stage=stage,
        ready=lambda: settled(work),
        act=act,
        wait=lambda: clusters.wait_until_cluster_task_finished(work.account, cluster_id=cluster_id),
    )
