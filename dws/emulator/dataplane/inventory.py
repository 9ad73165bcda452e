"""What is in a database: its schemas and tables, with their sizes; and tables moved between two."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg import sql

from dws.emulator.data_plane import Found, Restored
from dws.emulator.dataplane.postmaster import Connection, Postmaster

_DATABASES = "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY datname"
_TABLES = """
SELECT n.nspname, coalesce(c.relname, ''), coalesce(pg_get_userbyid(c.relowner), ''),
       coalesce(pg_total_relation_size(c.oid), 0)
  FROM pg_namespace n
  LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'm')
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY 1, 2
"""
_COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod), attnotnull
  FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
 ORDER BY attnum
"""


def found(server: Postmaster) -> list[Found]:
    """All tables of users; a schema without any is there with an empty name."""
    with server.connect("postgres") as connection:
        databases = [str(row[0]) for row in connection.execute(_DATABASES)]
    return [one for database in databases for one in _inside(server, database)]


def move(source: Postmaster, target: Postmaster, database: str, moved: Sequence[Restored]) -> None:
    """
    Copy tables with their columns and rows, not their indexes and defaults; one of that name that
    is there is replaced. All of them or none.

    Raises:
        psycopg.Error: One is not there, or not to be made.
    """
    with source.connect(database) as there, target.connect(database) as here:
        (owner,) = here.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        ).fetchone() or ("",)
        # As the administrator, whose tables they are to be.
        here.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(str(owner))))
        with here.transaction():
            for one in moved:
                _copy(there, here, one)


def _inside(server: Postmaster, database: str) -> list[Found]:
    with server.connect(database) as connection:
        rows = connection.execute(_TABLES).fetchall()
    return [
        Found(database, str(schema), str(table), str(owner), int(str(size)))
        for schema, table, owner, size in rows
    ]


def _copy(there: Connection, here: Connection, one: Restored) -> None:
    source, target = sql.Identifier(*one.source), sql.Identifier(*one.target)
    columns = there.execute(_COLUMNS, [source.as_string(there)]).fetchall()
    told = sql.SQL(", ").join(_column(*map(str, column)) for column in columns)
    schema = sql.Identifier(one.target[0])
    here.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema))
    here.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(target))
    here.execute(sql.SQL("CREATE TABLE {} ({})").format(target, told))
    reads = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT (FORMAT binary)").format(source)
    writes = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(target)
    with there.cursor().copy(reads) as rows, here.cursor().copy(writes) as into:
        for block in rows:
            into.write(block)


def _column(name: str, kind: str, is_required: str) -> psycopg.sql.Composed:
    # The type is the catalogue's own word for it.
    told = sql.SQL(f"{kind} NOT NULL" if is_required == "True" else kind)
    return sql.SQL("{} ").format(sql.Identifier(name)) + told
