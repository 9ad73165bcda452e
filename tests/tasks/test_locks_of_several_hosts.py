"""Locks in PostgreSQL, taken by hosts whose clocks differ."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select

from tasks.locks import cluster_lock, holding
from tasks.run import Refused, Run
from tasks.store import locks, opened
from tests import postgres

TARGET = cluster_lock("default", "c1")
HOUR_S = 3600.0


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    with postgres.serving() as server:
        yield server


@pytest.fixture
def engine(server: postgres.Server) -> Iterator[Engine]:
    login = f"{postgres.ADMIN}:{postgres.PASSWORD}"
    engine = opened(f"postgresql://{login}@127.0.0.1:{server.port}/postgres")
    with engine.begin() as connection:
        connection.execute(locks.delete())
    yield engine
    engine.dispose()


def expiry(engine: Engine) -> float:
    with engine.connect() as connection:
        return float(connection.execute(select(locks.c.expires)).scalar_one())


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> float:
    """The clock of this host goes an hour before that of the database."""
    here = time.time
    monkeypatch.setattr(time, "time", lambda: here() + HOUR_S)
    return here()


async def test_a_host_whose_clock_is_ahead_does_not_take_a_lock_that_is_held(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = time.time
    async with holding(Run("r1", engine=engine), TARGET) as lease:
        monkeypatch.setattr(time, "time", lambda: here() + HOUR_S)

        with pytest.raises(Refused, match="locked by run r1"):
            async with holding(Run("r2", engine=engine), TARGET, waits=False):
                pytest.fail("two runs hold one lock")

        lease.ensure()


async def test_leases_expire_by_the_clock_of_the_database(engine: Engine, ahead: float) -> None:
    async with holding(Run("r1", engine=engine), TARGET):
        assert abs(expiry(engine) - ahead) < 120

    async with holding(Run("r2", engine=engine), TARGET, waits=False) as lease:
        lease.ensure()

        assert abs(expiry(engine) - ahead) < 120
