"""A PostgreSQL for all tests of this folder, and a fresh database of it for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count

import pytest
from pydantic import SecretStr

from dws.sql.connection import connected
from dws.sql.login import Address, Login
from tests import postgres

_numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    with postgres.serving() as server:
        yield server


@pytest.fixture
async def login(server: postgres.Server) -> AsyncIterator[Login]:
    """A login to an empty database, which is dropped after the test."""
    whole = Login(
        cluster_name="demo",
        addresses=(Address("127.0.0.1", server.port),),
        database="postgres",
        user=postgres.ADMIN,
        password=SecretStr(postgres.PASSWORD),
    )
    name = f"db{next(_numbers)}"
    async with connected(whole) as database:
        await database.change(f"CREATE DATABASE {name}")
        yield whole.to(name)
        await database.change(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
