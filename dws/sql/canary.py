"""Rows of our own in a database, to tell by them what came through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dws.errors import DatabaseRefused
from dws.sql.connection import Database, Row

SCHEMA = "dws_runbook"
TABLE = f"{SCHEMA}.runbook_canary"
_TAKEN = {"42P06", "42P07", "42710", "23505"}
"""What a database says to the second of two who make the same schema or table."""


@dataclass(frozen=True)
class Written:
    """A canary row: its number in its run, and when it was written by the database's clock."""

    number: int
    at: datetime


class Canary:
    """
    The canary rows of one run, in a table of a schema of their own.

    The user needs the right to create a schema once; schema and table stay.
    """

    def __init__(self, database: Database, run_id: str) -> None:
        self._database = database
        self._run_id = run_id

    async def prepare(self) -> None:
        """
        Make the table if it is missing.

        Raises:
            DatabaseReadOnly, DatabaseRefused: It cannot be made.
            NoAnswer: The connection broke.
        """
        # GaussDB(DWS) descends from PostgreSQL 9.2, whose CREATE SCHEMA knows no IF NOT EXISTS.
        known = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s"
        if not await self._database.rows(known, SCHEMA):
            await self._made(f"CREATE SCHEMA {SCHEMA}")
        await self._made(
            f"CREATE TABLE IF NOT EXISTS {TABLE} (run_id varchar(64) NOT NULL, number bigint "
            "NOT NULL, written_at timestamp with time zone NOT NULL, PRIMARY KEY (run_id, number))"
        )

    async def write(self, number: int) -> Written:
        """
        Write a row; one that is there already is left as it is.

        Raises:
            DatabaseReadOnly, DatabaseRefused: Nothing was written.
            NoAnswer: The connection broke: it may be there.
        """
        own = (self._run_id, number)
        await self._database.change(
            f"INSERT INTO {TABLE} SELECT %s::varchar, %s::bigint, clock_timestamp() "
            f"WHERE NOT EXISTS (SELECT 1 FROM {TABLE} WHERE run_id = %s AND number = %s)",
            *own,
            *own,
        )
        read = f"SELECT written_at FROM {TABLE} WHERE run_id = %s AND number = %s"
        (at,) = await self._database.row(read, *own)
        return Written(number, at)

    async def written(self) -> tuple[Written, ...]:
        """
        The rows of the run that are there, by number; none if the table is missing.

        Raises:
            DatabaseRefused: They may not be read.
            NoAnswer: The connection broke.
        """
        return tuple(
            Written(int(number), at)
            for number, at in await self._read(
                f"SELECT number, written_at FROM {TABLE} WHERE run_id = %s ORDER BY number"
            )
        )

    async def count(self) -> int:
        """How many rows of the run are there; 0 if the table is missing."""
        query = f"SELECT count(*) FROM {TABLE} WHERE run_id = %s"
        found = await self._read(query)
        return int(found[0][0]) if found else 0

    async def clear(self) -> int:
        """Delete the rows of the run, and no others; how many there were."""
        return await self._database.change(
            f"DELETE FROM {TABLE} WHERE run_id = %s",
            self._run_id,
        )

    async def _read(self, query: str) -> list[Row]:
        try:
            return await self._database.rows(query, self._run_id)
        except DatabaseRefused as error:
            if error.sqlstate in {"42P01", "3F000"}:
                return []
            raise

    async def _made(self, statement: str) -> None:
        try:
            await self._database.change(statement)
        except DatabaseRefused as error:
            if error.sqlstate not in _TAKEN:
                raise
