"""A session in a database of a cluster: opened, asked, closed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import psycopg

from dws.errors import DatabaseRefused, WrongPassword
from dws.sql import refusal
from dws.sql.login import Login

CONNECT_WITHIN_S = 10
"""For how long each address is tried, in seconds of the wall."""
STATEMENT_WITHIN = timedelta(minutes=10)

_SESSION = """
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
SET intervalstyle = 'postgres';
SET extra_float_digits = 3;
SET bytea_output = 'hex';
SET statement_timeout = {timeout_ms}
"""
"""Two sessions with these write equal values as equal text. All known to PostgreSQL 9.2."""

Row = tuple[Any, ...]


class Database:
    """
    A session. Each statement is a transaction of its own, and one goes at a time.

    Statements are written with ``%s`` for parameters; ``%`` itself is ``%%`` where there are any.
    """

    def __init__(self, login: Login, session: psycopg.AsyncConnection[Row]) -> None:
        self.login = login
        self._session = session

    async def rows(self, statement: str, *parameters: object) -> list[Row]:
        """
        What a query answers.

        Raises:
            DatabaseRefused: The database refused it; nothing of it was done.
            NoAnswer: The connection broke; what was done is unknown.
        """
        cursor = await self._asked(statement, parameters)
        return await cursor.fetchall() if cursor.description else []

    async def row(self, statement: str, *parameters: object) -> Row:
        """
        The only row that a query answers.

        Raises:
            DatabaseRefused: The query was refused, or answered none or several.
            NoAnswer: The connection broke.
        """
        found = await self.rows(statement, *parameters)
        if len(found) != 1:
            raise DatabaseRefused(f"{self.login}: {len(found)} rows instead of one: {statement}")
        return found[0]

    async def change(self, statement: str, *parameters: object) -> int:
        """
        Carry out a statement that changes something; how many rows it changed.

        Raises:
            DatabaseReadOnly, DatabaseRefused: Nothing was done.
            NoAnswer: The connection broke; what was done is unknown.
        """
        return (await self._asked(statement, parameters)).rowcount

    async def _asked(
        self, statement: str, parameters: Sequence[object]
    ) -> psycopg.AsyncCursor[Row]:
        try:
            return await self._session.execute(statement.encode(), parameters or None)
        except psycopg.Error as error:
            refused = refusal.of_statement(self.login, statement, error)
        raise refused


@asynccontextmanager
async def connected(
    login: Login, *, statement_within: timedelta = STATEMENT_WITHIN
) -> AsyncIterator[Database]:
    """
    A session in a database, closed at the end.

    Args:
        statement_within: How long one statement may take, in time of the wall.

    Raises:
        WrongPassword: The database does not accept the user with this password.
        DatabaseRefused: It refuses the login for another reason, e.g. there is no such database.
        NotSent: It does not answer, is starting or full, or cannot prove who it is.
    """
    session = await _opened(login)
    try:
        database = Database(login, session)
        timeout_ms = int(statement_within.total_seconds() * 1000)
        await database.rows(_SESSION.format(timeout_ms=timeout_ms))
        yield database
    finally:
        await session.close()


@asynccontextmanager
async def connected_by_either(
    first: Login, second: Login, *, statement_within: timedelta = STATEMENT_WITHIN
) -> AsyncIterator[Database]:
    """
    A session by the first login, else by the second: for a password that is being changed.

    Whose login was accepted is told by `Database.login`. Each refused try counts towards the
    lock that a cluster puts on an account after some ten of them.

    Raises:
        WrongPassword: Neither is accepted.
        DatabaseRefused, NotSent: As `connected`.
    """
    accepted = first
    try:
        async with connected(first):
            pass
    except WrongPassword:
        accepted = second
    async with connected(accepted, statement_within=statement_within) as database:
        yield database


async def _opened(login: Login) -> psycopg.AsyncConnection[Row]:
    options: dict[str, Any] = login.encryption()
    try:
        return await psycopg.AsyncConnection.connect(
            host=",".join(address.host for address in login.addresses),
            port=",".join(str(address.port) for address in login.addresses),
            dbname=login.database,
            user=login.user,
            password=login.password.get_secret_value(),
            connect_timeout=CONNECT_WITHIN_S,
            application_name="dws-runbook",
            options="",
            gssencmode="disable",
            # A peer that died without a word is found out within a minute.
            keepalives_idle=30,
            keepalives_interval=10,
            keepalives_count=3,
            autocommit=True,
            # GaussDB's coordinators plan a prepared statement apart from its data nodes.
            prepare_threshold=None,
            **options,
        )
    except psycopg.Error as error:
        refused = refusal.of_login(login, error)
    # Raised out here, so that the driver's error is no part of it: its frames hold the password.
    raise refused
