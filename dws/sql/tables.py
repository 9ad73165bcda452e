"""The tables that people made in a database, and what a statement on one needs to know of it."""

from __future__ import annotations

from dataclasses import dataclass

from dws.sql.comparison import Column
from dws.sql.connection import Database

_FIRST_OF_USERS = 16384
"""Ids below are of the system itself, in PostgreSQL as in GaussDB: so are schemas like cstore."""

_TABLES = f"""
SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND c.oid >= {_FIRST_OF_USERS}
AND (n.oid >= {_FIRST_OF_USERS} OR n.nspname = 'public')
AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
AND c.relpersistence <> 't'
AND NOT EXISTS (
    SELECT 1 FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_class parent ON parent.oid = i.inhparent
    WHERE i.inhrelid = c.oid AND parent.relkind = 'p')
ORDER BY n.nspname, c.relname
"""
"""Partitions are part of their table: in GaussDB they are no tables, in PostgreSQL leaves."""

_COLUMNS = """
SELECT attname, pg_catalog.format_type(atttypid, atttypmod), attnotnull, attnum
FROM pg_catalog.pg_attribute
WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""

_KEYS = """
SELECT indkey::text FROM pg_catalog.pg_index
WHERE indrelid = %s AND indisunique AND indisvalid AND indexprs IS NULL AND indpred IS NULL
ORDER BY indisprimary DESC, indnatts, indexrelid LIMIT 1
"""

_DATABASES = """
SELECT datname FROM pg_catalog.pg_database
WHERE datallowconn AND NOT datistemplate ORDER BY datname
"""


@dataclass(frozen=True)
class Table:
    """
    A table.

    Attributes:
        is_backed_up: Not so are foreign tables, and unlogged ones: a crash empties them.
    """

    oid: int
    schema_name: str
    name: str
    is_backed_up: bool

    @property
    def quoted(self) -> str:
        """Its name as a statement has it."""
        return f"{quoted(self.schema_name)}.{quoted(self.name)}"


@dataclass(frozen=True)
class Shape:
    """
    The columns of a table.

    Attributes:
        key: Names of those that tell its rows apart; empty if no index says so.
    """

    columns: tuple[Column, ...]
    key: tuple[str, ...]


def quoted(name: str) -> str:
    """A name as a statement has it."""
    return '"' + name.replace('"', '""') + '"'


async def databases_of(database: Database) -> tuple[str, ...]:
    """Names of all databases of the cluster that let one in."""
    return tuple(name for (name,) in await database.rows(_DATABASES))


async def tables_of(database: Database) -> tuple[Table, ...]:
    """All tables of people in the database, temporary ones left out."""
    return tuple(
        Table(oid, schema, name, is_backed_up=_letter(kind) != "f" and _letter(persistence) == "p")
        for oid, schema, name, kind, persistence in await database.rows(_TABLES)
    )


async def is_there(database: Database, table: Table) -> bool:
    """Whether the table is still of that name."""
    known = (
        "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
        "ON n.oid = c.relnamespace WHERE c.oid = %s AND n.nspname = %s AND c.relname = %s"
    )
    return bool(await database.rows(known, table.oid, table.schema_name, table.name))


async def shape_of(database: Database, table: Table) -> Shape:
    """The columns of a table, and its key."""
    told = await database.rows(_COLUMNS, table.oid)
    names = {number: name for name, _, _, number in told}
    keys = await database.rows(_KEYS, table.oid)
    numbers = [int(number) for number in keys[0][0].split()] if keys else []
    return Shape(
        columns=tuple(
            Column(name=name, type=kind, is_required=required) for name, kind, required, _ in told
        ),
        key=tuple(names[number] for number in numbers if number in names),
    )


def _letter(told: str | bytes) -> str:
    # The type "char" of the catalogue comes as bytes from some versions of the driver.
    return told.decode() if isinstance(told, bytes) else told
