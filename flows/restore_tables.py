"""
Restore single tables of a snapshot into its cluster.

The job's id is the only proof that tables were replaced: it is remembered as soon as it is told.
Where the answer got lost, the cluster's task tells that it is under way, and new names that it
was done. Tables that are replaced tell nothing: only the service's record of tasks does.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from prefect import flow
from pydantic import BaseModel, ConfigDict

from dws.errors import NotSent, RequestFailed, ServerFault
from dws.shapes import Cluster
from flows.declared.restore_tables import ACTION, Inputs, Outputs, the_snapshot
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.procedure import OneCluster, Work, procedure, seen
from tasks import clusters, snapshots, sql
from tasks.action import Level
from tasks.protection import not_protected
from tasks.table_names import Move

RESTORING = "FINE_GRAINED_RESTORING"
"""The task of a cluster that restores tables (reference 5.2.13)."""


class Aim(OneCluster):
    """The cluster, and the snapshot that is meant, as found at the beginning."""

    snapshot_id: str
    snapshot_name: str


Restoring = Work[Inputs, Aim]


@flow(name="restore-tables", flow_run_name="restore-tables-{snapshot}", retries=0)
async def restore_tables(  # noqa: PLR0913 - each names one part of what is restored
    account: str,
    snapshot: str,
    database: str,
    tables: tuple[str, ...],
    *,
    replace: bool = False,
    count: bool = False,
    run_id: str | None = None,
) -> Outputs:
    """
    Restore tables of a snapshot into the cluster that it is of, and see them there.

    What it changes, interrupts and waits for is told by `ACTION.briefing`.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        snapshot: Name or id of the snapshot.
        database: The database that the tables are in.
        tables: ``schema.table=schema.new_name`` each, or ``schema.table`` for the same name. Names
            are read as SQL reads them: what has capitals or blanks is put in double quotes.
        replace: Whether tables that are there are replaced: the rows that they have now are lost.
        count: Whether the rows of the restored tables are counted by SQL; the account's password
            for databases is needed, which is tried before anything is changed.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing: There is no such snapshot, or its cluster has gone; nothing was changed.
        Refused: The cluster is not well, protected, read-only or in disaster recovery, or a name
            stands in the way; nothing was changed.
        WrongPassword, DatabaseRefused, BadSetting: Rows are to be counted, and the database does
            not let the account in.
        Stopped: The restore failed, or a table is not there after it.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(
        snapshot=snapshot, database=database, tables=tables, replace=replace, count=count
    )

    async def find() -> Aim:
        return await _aimed(account, inputs)

    async with procedure(ACTION, account, inputs, Aim, find=find, run_id=run_id) as work:
        await _counted(work, ())
        asked = await bring_about(work, _Restore(work).change)
        restored = await _confirmed(work)
        return Outputs(
            cluster_id=work.aim.cluster_id,
            cluster_name=work.aim.cluster_name,
            snapshot_id=work.aim.snapshot_id,
            snapshot_name=work.aim.snapshot_name,
            restored=restored,
            rows=await _counted(work, work.inputs.moves),
            asked=asked,
        )


async def _aimed(account: str, inputs: Inputs) -> Aim:
    source = the_snapshot((await snapshots.list_snapshots(account)).snapshots, inputs.snapshot)
    found = await clusters.cluster_with_id(account, source.cluster_id)
    return Aim(
        cluster_id=source.cluster_id,
        cluster_name=found.name if found else source.cluster_id,
        snapshot_id=source.id,
        snapshot_name=source.name,
    )


class Before(BaseModel):
    """What the service had on record when the run was about to ask for its restore."""

    model_config = ConfigDict(frozen=True)

    last: str | None
    """Id of the last restore of tables; empty if there was none, None if it keeps no record."""


@dataclass(frozen=True)
class _Restore:
    """
    The restore of all tables: one job.

    A cluster that restores tables may do so for somebody else: it counts as ours only when this
    run may have asked for it. What was refused for good was not asked for.
    """

    work: Restoring

    @property
    def change(self) -> Change:
        return Change(
            what=f"restore of tables of {self.work.aim.snapshot_name}",
            stage=self.stage,
            ready=self.ready,
            act=self.act,
            wait=self.wait,
        )

    async def stage(self) -> Stage:
        run = self.work.run
        if run.recall("restored") is not None:
            return Stage.DONE
        if run.recall("job") is not None:
            return Stage.UNDER_WAY
        if self._asked is None:
            return Stage.NOT_BEGUN
        if _restores(await seen(self.work)):
            return Stage.UNDER_WAY
        # Names that were free right before and are taken now tell of an answer that got lost.
        is_there = not self.work.inputs.replace and not await _absent(self.work)
        return Stage.DONE if is_there else Stage.NOT_BEGUN

    async def ready(self) -> None:
        """Wait until it is possible; look again at what may have come meanwhile."""
        await settled(self.work)
        if await self.stage() is not Stage.NOT_BEGUN:
            return
        if self.work.inputs.replace:
            await self._may_replace()
        elif there := await _there(self.work):
            raise self.work.stop(
                f"tables: {', '.join(there)} is there since the run began; see for it, and begin a "
                "new run with another name, or with replace=true to lose its present rows"
            )

    async def _may_replace(self) -> None:
        """What was written since a restore would be lost by a second one."""
        if self._asked is not None and await self._has_run() is not False:
            raise self.work.stop(
                "the tables may have been restored already: the answer got lost, and they are not "
                "restored twice, as rows written since would be lost; look at them, and begin a "
                "new run if they were not"
            )
        finding = not_protected(await seen(self.work))
        if finding.level is Level.BLOCK:
            raise self.work.stop(finding.told)

    async def act(self) -> None:
        before = self._asked or Before(last=await _last_restore(self.work))
        self.work.run.remember(self._asking, before.model_dump(mode="json"))
        try:
            told = await snapshots.restore_table(
                self.work.account,
                snapshot_id=self.work.aim.snapshot_id,
                case_sensitive=True,
                database=self.work.inputs.database,
                restore_table_list=self.work.inputs.sources,
                target_table_list=self.work.inputs.targets,
            )
        except (RequestFailed, NotSent) as error:
            if not isinstance(error, ServerFault):
                self.work.run.remember(_refused(self._asking), value=True)
            raise
        self.work.run.remember("job", told.job_id)

    async def wait(self) -> None:
        job_id = self.work.run.recall("job")
        if job_id is not None:
            await snapshots.wait_until_table_restored(self.work.account, job_id=job_id)
        else:
            await settled(self.work)
            # Of new names their presence tells; of replaced tables nothing but the record.
            if not self.work.inputs.replace or await self._has_run() is False:
                return
        self.work.run.remember("restored", value=True)

    @property
    def _asking(self) -> str:
        """The name of the asking that was not refused, or that comes next."""
        names = (f"asking {number}" for number in itertools.count(1))
        return next(name for name in names if self.work.run.recall(_refused(name)) is None)

    @property
    def _asked(self) -> Before | None:
        """What there was before an asking whose outcome is not known; None if there is none."""
        told = self.work.run.recall(self._asking)
        return None if told is None else Before.model_validate(told)

    async def _has_run(self) -> bool | None:
        """Whether tables were restored since the run asked; None if the service cannot tell."""
        last = await _last_restore(self.work)
        if last is None or self._asked is None or self._asked.last is None:
            return None
        return last != self._asked.last


def _refused(asking: str) -> str:
    return f"{asking} refused"


async def _last_restore(work: Restoring) -> str | None:
    return await clusters.last_task(work.account, work.aim.cluster_id, RESTORING)


def _restores(cluster: Cluster) -> bool:
    return RESTORING in {cluster.task_status, *cluster.action_progress}


async def _there(work: Restoring) -> list[str]:
    """Which of the tables that are wanted are there."""
    inputs = work.inputs
    found = await snapshots.check_table_restore(
        work.account,
        snapshot_id=work.aim.snapshot_id,
        case_sensitive=True,
        database=inputs.database,
        restore_table_list=inputs.sources,
        target_table_list=inputs.targets,
    )
    return found.check_table_name_result.target_table_list


async def _confirmed(work: Restoring) -> tuple[str, ...]:
    if absent := await _absent(work):
        raise work.stop(f"restored by its job, and not there: {', '.join(absent)}")
    return tuple(_wanted(work))


async def _absent(work: Restoring) -> list[str]:
    there = await _there(work)
    return [name for name in _wanted(work) if name not in there]


def _wanted(work: Restoring) -> list[str]:
    return [f"{one.schema_name}.{one.table_name}" for one in work.inputs.targets]


async def _counted(work: Restoring, moves: Sequence[Move]) -> dict[str, int]:
    """How many rows the restored tables have; of none: only that they could be counted."""
    if not work.inputs.count:
        return {}
    tables = [(move.target.schema_name, move.target.table_name) for move in moves]
    cluster_id, database = work.aim.cluster_id, work.inputs.database
    counts = await sql.count_rows(work.account, cluster_id, database, tables)
    return {".".join(table): count for table, count in zip(tables, counts, strict=True)}
