"""
Restore single tables of a snapshot into its cluster.

The job's id is the only proof that tables were replaced: it is remembered as soon as it is told.
Where the answer got lost, the cluster's task tells that it is under way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prefect import flow

from dws.shapes import Cluster
from flows.declared.restore_tables import ACTION, Inputs, Outputs, the_snapshot
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.procedure import OneCluster, Work, procedure, seen
from tasks import clusters, snapshots, sql
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


@dataclass(frozen=True)
class _Restore:
    """The restore of all tables: one job."""

    work: Restoring

    @property
    def change(self) -> Change:
        return Change(
            what=f"restore of tables of {self.work.aim.snapshot_name}",
            stage=self.stage,
            ready=lambda: settled(self.work),
            act=self.act,
            wait=self.wait,
        )

    async def stage(self) -> Stage:
        run = self.work.run
        if run.recall("restored") is not None:
            return Stage.DONE
        if run.recall("job") is not None or _restores(await seen(self.work)):
            return Stage.UNDER_WAY
        # Names that were free at the beginning and are taken now tell of an answer that got lost.
        is_asked = self.work.has_changed and not self.work.inputs.replace
        if is_asked and len(await _there(self.work)) == len(self.work.inputs.tables):
            return Stage.DONE
        return Stage.NOT_BEGUN

    async def act(self) -> None:
        told = await snapshots.restore_table(
            self.work.account,
            snapshot_id=self.work.aim.snapshot_id,
            case_sensitive=True,
            database=self.work.inputs.database,
            restore_table_list=self.work.inputs.sources,
            target_table_list=self.work.inputs.targets,
        )
        self.work.run.remember("job", told.job_id)

    async def wait(self) -> None:
        job_id = self.work.run.recall("job")
        if job_id is None:
            await settled(self.work)
        else:
            await snapshots.wait_until_table_restored(self.work.account, job_id=job_id)
        self.work.run.remember("restored", value=True)


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
    wanted = [f"{one.schema_name}.{one.table_name}" for one in work.inputs.targets]
    there = await _there(work)
    if absent := [name for name in wanted if name not in there]:
        raise work.stop(f"restored by its job, and not there: {', '.join(absent)}")
    return tuple(wanted)


async def _counted(work: Restoring, moves: Sequence[Move]) -> dict[str, int]:
    """How many rows the restored tables have; of none: only that they could be counted."""
    if not work.inputs.count:
        return {}
    tables = [(move.target.schema_name, move.target.table_name) for move in moves]
    cluster_id, database = work.aim.cluster_id, work.inputs.database
    counts = await sql.count_rows(work.account, cluster_id, database, tables)
    return {".".join(table): count for table, count in zip(tables, counts, strict=True)}
