"""Taking the fingerprint of the databases of a cluster: several tables at a time."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from dws.errors import DatabaseRefused
from dws.sql.comparison import Fingerprint, Sample, TablePrint
from dws.sql.connection import Database, connected
from dws.sql.login import Login
from dws.sql.tables import (
    Shape,
    Table,
    databases_of,
    is_there,
    quoted,
    shape_of,
    tables_of,
)

_GONE = {"42P01", "3F000", "42703", "XX000"}
"""What a database says of a table, schema or column that is no more, and of its size by id."""


class Bounds(BaseModel):
    """
    From where on a table is sampled, and how much at a time is asked of the cluster.

    Attributes:
        rows: The checksum of a table with more is of about so many of its rows.
        size_gb: The same by the size of the table on disk.
        sessions: How many tables are read at a time; each is one session.
        within: How long one table may take, in time of the wall.
    """

    model_config = ConfigDict(frozen=True)

    rows: int = Field(default=20_000_000, ge=1)
    size_gb: float = Field(default=50.0, gt=0)
    sessions: int = Field(default=4, ge=1, le=32)
    within: timedelta = timedelta(hours=1)


async def fingerprint(
    login: Login,
    bounds: Bounds,
    *,
    databases: Sequence[str] = (),
    like: Fingerprint | None = None,
) -> Fingerprint:
    """
    What is in the databases of a cluster now.

    Tables are read one by one, not in one transaction: what is written meanwhile may be in some
    and not in others. One that is dropped meanwhile is not in it.

    Args:
        login: To any database of the cluster.
        databases: Which; all if none is told.
        like: An earlier fingerprint, whose samples are taken again: else they could not be
            compared.

    Raises:
        DatabaseRefused: A table may not be read by this user, or took too long.
        WrongPassword, Unreachable: As of a login and a connection.
    """
    async with connected(login) as database:
        present = await databases_of(database)
    chosen = tuple(name for name in present if not databases or name in databases)
    found = [await _of_database(login.to(name), bounds, like) for name in chosen]
    return Fingerprint(
        databases=chosen,
        tables=tuple(table for tables, _ in found for table in tables),
        left_out=tuple(path for _, paths in found for path in paths),
    )


async def _of_database(
    login: Login, bounds: Bounds, like: Fingerprint | None
) -> tuple[list[TablePrint], list[str]]:
    async with connected(login) as database:
        tables = await tables_of(database)
    kept = [table for table in tables if table.is_backed_up]
    left_out = [
        f"{login.database}.{table.schema_name}.{table.name}"
        for table in tables
        if not table.is_backed_up
    ]
    queue, done = iter(kept), list[TablePrint]()
    readers = [
        asyncio.create_task(_reader(login, bounds, like, queue, done))
        for _ in range(min(bounds.sessions, len(kept)))
    ]
    try:
        await asyncio.gather(*readers)
    finally:
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
    return sorted(done, key=lambda table: table.path), left_out


async def _reader(
    login: Login,
    bounds: Bounds,
    like: Fingerprint | None,
    queue: Iterator[Table],
    done: list[TablePrint],
) -> None:
    """One session that takes one table after the other."""
    async with connected(login, statement_within=bounds.within) as database:
        for table in queue:
            done += await _if_there(database, table, bounds, like)


async def _if_there(
    database: Database, table: Table, bounds: Bounds, like: Fingerprint | None
) -> list[TablePrint]:
    """One that was dropped since it was listed is left out: it is not there."""
    try:
        found = await _of_table(database, table, bounds, like)
    except DatabaseRefused as error:
        if error.sqlstate not in _GONE or await is_there(database, table):
            raise
        return []
    # One that was dropped and made anew has another id, by which no columns are found.
    return [found] if found.columns or await is_there(database, table) else []


async def _of_table(
    database: Database, table: Table, bounds: Bounds, like: Fingerprint | None
) -> TablePrint:
    shape = await shape_of(database, table)
    name = database.login.database
    earlier = like.table(f"{name}.{table.schema_name}.{table.name}") if like else None
    sample = earlier.sample if earlier else await _sample(database, table, shape, bounds)
    if sample and not set(sample.by) <= {item.name for item in shape.columns}:
        sample = None  # columns were dropped: the tables differ anyhow
    rows, checksum = await _summed(database, table, shape, sample)
    return TablePrint(
        database=name,
        schema_name=table.schema_name,
        name=table.name,
        columns=shape.columns,
        rows=rows,
        checksum=checksum,
        sample=sample,
    )


async def _sample(database: Database, table: Table, shape: Shape, bounds: Bounds) -> Sample | None:
    size, rows = await database.row(
        f"SELECT pg_catalog.pg_table_size({table.oid}), count(*) FROM {table.quoted}"
    )
    one_of = math.ceil(max(rows / bounds.rows, (size or 0) / (bounds.size_gb * 2**30)))
    if one_of <= 1:
        return None
    return Sample(one_of=one_of, by=shape.key or tuple(item.name for item in shape.columns))


async def _summed(
    database: Database, table: Table, shape: Shape, sample: Sample | None
) -> tuple[int, str]:
    names = [item.name for item in shape.columns]
    digest = _bits(_text(names), 15)
    if sample:
        chosen = f"{_bits(_text(sample.by), 8)} % {sample.one_of} = 0"
        digest = f"CASE WHEN {chosen} THEN {digest} END"
    rows, checksum = await database.row(
        f"SELECT count(*), coalesce(sum({digest}), 0)::text FROM {table.quoted} AS t"
    )
    return int(rows), str(checksum)


def _text(names: Sequence[str]) -> str:
    """A row, or some columns of it, as text: null and empty differ, and so do all divisions."""
    return f"ROW({', '.join(f't.{quoted(name)}' for name in names)})::text"


def _bits(text: str, digits: int) -> str:
    """The first hexadecimal digits of the MD5 of a text, at most 15, as a number."""
    return f"('x' || substr(md5({text}), 1, {digits}))::bit({4 * digits})::bigint"
