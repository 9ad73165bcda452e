"""Rows of our own, by which one tells what came through."""

from __future__ import annotations

import asyncio

import pytest

from dws.errors import DatabaseReadOnly
from dws.sql.canary import TABLE, Canary
from dws.sql.connection import connected
from dws.sql.login import Login


async def test_what_was_written_is_read_back(login: Login) -> None:
    async with connected(login) as database:
        canary = Canary(database, "r1")
        await canary.prepare()
        rows = [await canary.write(number) for number in (1, 2, 3)]

        assert await canary.written() == tuple(rows)
        assert await canary.count() == 3
        assert rows[0].at <= rows[1].at <= rows[2].at


async def test_a_row_written_twice_is_the_first_one(login: Login) -> None:
    async with connected(login) as database:
        canary = Canary(database, "r1")
        await canary.prepare()
        first = await canary.write(1)

        assert await canary.write(1) == first
        assert await canary.count() == 1


async def test_runs_see_and_clear_their_own_rows_alone(login: Login) -> None:
    async with connected(login) as database:
        mine, other = Canary(database, "r1"), Canary(database, "r2")
        await mine.prepare()
        await mine.write(1)
        await other.write(1)

        assert await mine.clear() == 1
        assert (await mine.count(), await other.count()) == (0, 1)


async def test_a_database_without_the_table_has_no_rows(login: Login) -> None:
    async with connected(login) as database:
        canary = Canary(database, "r1")

        assert await canary.count() == 0
        assert await canary.written() == ()


async def test_two_may_prepare_at_once(login: Login) -> None:
    async def prepared(run_id: str) -> None:
        async with connected(login) as database:
            await Canary(database, run_id).prepare()

    await asyncio.gather(*(prepared(f"r{number}") for number in range(6)))

    async with connected(login) as database:
        assert await database.row(f"SELECT count(*) FROM {TABLE}") == (0,)


async def test_a_read_only_database_says_so(login: Login) -> None:
    async with connected(login) as database:
        await database.rows("SET default_transaction_read_only = on")

        with pytest.raises(DatabaseReadOnly):
            await Canary(database, "r1").prepare()
