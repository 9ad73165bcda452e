"""What `flows.restore_tables` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, field_validator

from dws.client import Client
from dws.lookup import NoSuchThing, cluster_with_id, disaster_recoveries_of
from dws.operations.snapshots import (
    CheckTableRestore,
    ListDatabases,
    ListDatabaseSchemas,
    ListSnapshots,
    TableName,
)
from dws.shapes import Cluster, Snapshot
from dws.told.snapshots import CheckedTables
from flows.declared.one_cluster import OfCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import cluster_target, is_free_of_recovery, is_well, is_writable
from tasks.protection import not_protected
from tasks.retention import is_good
from tasks.table_names import Move, Table


class Inputs(BaseModel):
    """Which tables of a snapshot are restored, and what they are to be called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    snapshot: str = Field(min_length=1, title="Name or id of the snapshot")
    database: str = Field(min_length=1, title="Database that the tables are in")
    tables: tuple[str, ...] = Field(
        min_length=1, title="Tables: schema.table=schema.new_name, or schema.table to replace it"
    )
    replace: bool = Field(default=False, title="Replace tables that are there: their data is lost")

    count: bool = Field(default=False, title="Count the rows of the restored tables by SQL")

    @field_validator("tables")
    @classmethod
    def _clear(cls, told: tuple[str, ...]) -> tuple[str, ...]:
        moves = [Move.parse(text) for text in told]
        targets = [move.target for move in moves]
        if twice := sorted({str(one) for one in targets if targets.count(one) > 1}):
            raise ValueError(f"{', '.join(twice)}: would be restored to twice")
        return told

    @property
    def moves(self) -> tuple[Move, ...]:
        """The tables, by their exact names."""
        return tuple(map(Move.parse, self.tables))

    @property
    def sources(self) -> list[TableName]:
        """What they are called in the snapshot, as the service wants it."""
        return [_named(move.source) for move in self.moves]

    @property
    def targets(self) -> list[TableName]:
        """What they are to be called, in the same order."""
        return [_named(move.target) for move in self.moves]


class Outputs(OfCluster):
    """What is there now."""

    snapshot_id: str
    snapshot_name: str
    restored: tuple[str, ...]
    """Names of the tables, as the service confirms them to be there."""
    rows: dict[str, int]
    """How many each table has, counted by SQL; empty if that was not asked for."""
    asked: bool


ACTION = Action(
    name="restore_tables",
    title="Restore single tables of a snapshot into its cluster",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.DESTRUCTIVE,
    entry="flows.restore_tables:restore_tables",
    usual=(timedelta(minutes=3), timedelta(minutes=10)),
    preview="flows.declared.restore_tables:preview",
    briefing=Briefing(
        changes="Tables of a snapshot are restored into the cluster that it is of: under new "
        "names, or over the tables that are there, if told, whose present rows are lost.",
        interrupts="Queries go on; those on a table that is replaced fail (assumed). The cluster "
        "refuses other changes meanwhile.",
        waits=("clusters.cluster_settled", "snapshots.table_restored"),
        by_hand="If it failed, see which of the tables are there, drop those that are incomplete, "
        "and begin a new run. The snapshot is not touched.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would restore now.

    Raises:
        NoSuchThing: There is no such snapshot, or its cluster has gone.
        DwsError: The service refused or did not answer.
    """
    del run_id
    source = the_snapshot((await client.call(ListSnapshots())).snapshots, inputs.snapshot)
    cluster = await cluster_with_id(client, source.cluster_id)
    if cluster is None:
        raise NoSuchThing(
            f"snapshot={source.name!r}: its cluster {source.cluster_id} has gone; restore all of "
            "the snapshot to a new cluster"
        )
    findings = [
        is_usable(source),
        is_well(cluster),
        is_writable(cluster),
        is_free_of_recovery(cluster, await disaster_recoveries_of(client, cluster.id)),
        *((not_protected(cluster),) if inputs.replace else ()),
        await _database_is_there(client, cluster, inputs),
    ]
    if not any(finding.level is Level.BLOCK for finding in findings):
        findings += await _tables_fit(client, source, inputs)
    return Preview((cluster_target(account, cluster),), _changes(inputs, source), tuple(findings))


def the_snapshot(listed: Sequence[Snapshot], told: str) -> Snapshot:
    """
    The snapshot of that id, else of that name.

    Raises:
        NoSuchThing: There is none.
    """
    for item in (*(one for one in listed if one.id == told), *listed):
        if told in {item.id, item.name}:
            return item
    raise NoSuchThing(f"snapshot={told!r}: no snapshot has that name or id")


def is_usable(source: Snapshot) -> Finding:
    """Whether a snapshot can be restored."""
    check = "snapshot can be restored"
    if is_good(source):
        return Finding(check, Level.PASS, f"{source.name} is {source.status}")
    told = (
        f"snapshot={source.name!r} is {source.status}, of {source.size or 0:g} GB; choose another"
    )
    return Finding(check, Level.BLOCK, told)


async def _database_is_there(client: Client, cluster: Cluster, inputs: Inputs) -> Finding:
    check = "database and schemas are there"
    asked = ListDatabases(cluster_id=cluster.id, limit=1000)
    databases = [name async for page in client.pages(asked) for name in page.databases]
    if inputs.database not in databases:
        told = f"database={inputs.database!r}: cluster {cluster.name} has {', '.join(databases)}"
        return Finding(check, Level.BLOCK, told)
    schemas = await _schemas(client, cluster, inputs.database)
    wanted = {move.target.schema_name for move in inputs.moves}
    if absent := sorted(wanted - schemas):
        told = f"tables: database {inputs.database} has no schema {', '.join(absent)}; create it"
        return Finding(check, Level.BLOCK, told)
    return Finding(check, Level.PASS, f"{inputs.database}: {', '.join(sorted(wanted))}")


async def _schemas(client: Client, cluster: Cluster, database: str) -> set[str]:
    asked = ListDatabaseSchemas(cluster_id=cluster.id, database=database, limit=1000)
    return {name async for page in client.pages(asked) for name in page.schemas}


async def _tables_fit(client: Client, source: Snapshot, inputs: Inputs) -> list[Finding]:
    checked = (await client.call(check(inputs, source.id))).check_table_name_result
    return [_are_in_snapshot(checked, source), _are_free(checked, inputs)]


def check(inputs: Inputs, snapshot_id: str) -> CheckTableRestore:
    """What asks the service which names stand in the way; names are meant exactly."""
    return CheckTableRestore(
        snapshot_id=snapshot_id,
        case_sensitive=True,
        database=inputs.database,
        restore_table_list=inputs.sources,
        target_table_list=inputs.targets,
    )


def _are_in_snapshot(checked: CheckedTables, source: Snapshot) -> Finding:
    name = "tables are in the snapshot"
    if checked.restore_table_list:
        told = f"tables: snapshot {source.name} has no {', '.join(checked.restore_table_list)}"
        return Finding(name, Level.BLOCK, told)
    return Finding(name, Level.PASS, "all of them")


def _are_free(checked: CheckedTables, inputs: Inputs) -> Finding:
    name = "no table is replaced unasked"
    there = ", ".join(checked.target_table_list)
    if not there:
        return Finding(name, Level.PASS, "none of that name is there")
    if inputs.replace:
        return Finding(name, Level.WARN, f"{there}: replaced; the rows that are there now are lost")
    told = f"tables: {there} is there; tell another name, or replace=true to lose its present rows"
    return Finding(name, Level.BLOCK, told)


def _changes(inputs: Inputs, source: Snapshot) -> tuple[str, ...]:
    begun = f"{source.started:%Y-%m-%d %H:%M}" if source.started else "a time not told"
    verb = "RESTORE" if inputs.replace else "restore"
    return tuple(
        f"{verb} table {move.source} of {begun} as {move.target} in database {inputs.database}"
        for move in inputs.moves
    )


def _named(table: Table) -> TableName:
    return TableName(schema_name=table.schema_name, table_name=table.table_name)
