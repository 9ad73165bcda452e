"""One change per target at a time: who holds a lock, who waits, who lost it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import Engine, event, select, text, update

from dws.waiter import Progress
from tasks import locks as module
from tasks.locks import LockLost, cluster_lock, holding
from tasks.run import Refused, Run
from tasks.store import locks, opened
from tests.dws.until import until

TARGET = cluster_lock("default", "c1")
SOON = 10.0
"""Seconds of the wall after which something hangs."""


@pytest.fixture
def engine(tmp_path) -> Iterator[Engine]:
    engine = opened(f"sqlite:///{tmp_path}/runs.db")
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def _asks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ASK_S", 0.005)


def expire(engine: Engine) -> None:
    """As if the holder had been dead for a while."""
    with engine.begin() as connection:
        connection.execute(update(locks).values(expires=time.time() - 0.001))


def expiry(engine: Engine) -> float:
    with engine.connect() as connection:
        return float(connection.execute(select(locks.c.expires)).scalar_one())


class Seen:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.waits: list[Progress] = []

    def progressed(self, progress: Progress) -> None:
        self.waits.append(progress)

    def noted(self, what: str, details: object) -> None: ...


async def test_a_lock_is_held_by_its_run(engine: Engine) -> None:
    async with holding(Run("r1", engine=engine), TARGET) as lease:
        lease.ensure()

        assert (lease.owner, lease.target, lease.token) == ("r1", TARGET, 1)
        assert expiry(engine) > time.time() + 50


async def test_another_run_is_refused_if_it_does_not_wait(engine: Engine) -> None:
    async with holding(Run("r1", engine=engine), TARGET):
        with pytest.raises(Refused, match=r"dws/default/cluster/c1 is locked by run r1"):
            async with holding(Run("r2", engine=engine), TARGET, waits=False):
                pytest.fail("two runs hold one lock")


async def test_another_target_is_free(engine: Engine) -> None:
    async with (
        holding(Run("r1", engine=engine), TARGET),
        holding(Run("r2", engine=engine), cluster_lock("default", "c2"), waits=False) as lease,
    ):
        assert lease.token == 1


async def test_another_run_waits_for_the_end_and_tells_for_whom(engine: Engine) -> None:
    seen = Seen()
    order: list[str] = []

    async def second() -> None:
        async with holding(Run("r2", engine=engine, listener=seen), TARGET) as lease:
            order.append("r2 holds")
            assert lease.token == 2

    async with asyncio.timeout(SOON):
        async with holding(Run("r1", engine=engine), TARGET):
            waiting = asyncio.create_task(second())
            await until(lambda: len(seen.waits) >= 3)
            order.append("r1 ends")
        await waiting

    assert order == ["r1 ends", "r2 holds"]
    assert seen.waits[0].what == f"lock {TARGET}"
    assert seen.waits[0].phase == "held by run r1"


async def test_the_same_run_takes_its_lock_over_at_once(engine: Engine) -> None:
    """As after a kill: the lease of the first attempt has not expired."""
    async with AsyncExitStack() as stack:
        killed = await stack.enter_async_context(holding(Run("r1", engine=engine), TARGET))

        async with holding(Run("r1", engine=engine), TARGET, waits=False) as lease:
            assert lease.token == killed.token + 1
            lease.ensure()
            with pytest.raises(LockLost, match="taken over from run r1"):
                killed.ensure()


async def test_a_lock_of_a_killed_run_is_free_once_it_expired(engine: Engine) -> None:
    async with AsyncExitStack() as stack:
        killed = await stack.enter_async_context(holding(Run("r1", engine=engine), TARGET))
        expire(engine)

        async with holding(Run("r2", engine=engine), TARGET, waits=False) as lease:
            lease.ensure()
            with pytest.raises(LockLost):
                killed.ensure()


async def test_one_who_lost_a_lock_does_not_release_that_of_the_other(engine: Engine) -> None:
    async with AsyncExitStack() as stack:
        killed = await stack.enter_async_context(holding(Run("r1", engine=engine), TARGET))
        expire(engine)
        async with holding(Run("r2", engine=engine), TARGET) as lease:
            killed.release()

            lease.ensure()
            with pytest.raises(Refused):
                async with holding(Run("r3", engine=engine), TARGET, waits=False):
                    pytest.fail("two runs hold one lock")


async def test_a_lease_that_expired_and_that_nobody_took_is_held_again(engine: Engine) -> None:
    async with holding(Run("r1", engine=engine), TARGET) as lease:
        expire(engine)

        lease.ensure()

        assert expiry(engine) > time.time() + 50


async def test_tokens_rise_for_ever(engine: Engine) -> None:
    tokens = []
    for run_id in ("r1", "r2", "r1", "r3"):
        async with holding(Run(run_id, engine=engine), TARGET) as lease:
            tokens.append(lease.token)

    assert tokens == [1, 2, 3, 4]


async def test_a_lock_is_free_after_an_error(engine: Engine) -> None:
    async def breaks() -> None:
        async with holding(Run("r1", engine=engine), TARGET):
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        await breaks()

    async with holding(Run("r2", engine=engine), TARGET, waits=False) as lease:
        assert lease.token == 2


async def test_a_lock_is_free_after_a_cancelled_wait(engine: Engine) -> None:
    seen = Seen()

    async def second() -> None:
        async with holding(Run("r2", engine=engine, listener=seen), TARGET):
            pytest.fail("two runs hold one lock")

    async with asyncio.timeout(SOON), holding(Run("r1", engine=engine), TARGET):
        waiting = asyncio.create_task(second())
        await until(lambda: bool(seen.waits))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    async with holding(Run("r3", engine=engine), TARGET, waits=False) as lease:
        assert lease.token == 2


async def test_a_lease_is_renewed_while_it_is_held(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RENEW_S", 0.005)

    async with asyncio.timeout(SOON), holding(Run("r1", engine=engine), TARGET):
        expire(engine)
        await until(lambda: expiry(engine) >= time.time() + 50)


async def test_a_lease_is_renewed_again_after_the_database_was_away(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RENEW_S", 0.005)
    failures: list[object] = []

    async with asyncio.timeout(SOON), holding(Run("r1", engine=engine), TARGET):
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE lock RENAME TO away"))
        event.listen(engine, "handle_error", failures.append)
        await until(lambda: len(failures) >= 2)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE away RENAME TO lock"))
        expire(engine)

        await until(lambda: expiry(engine) >= time.time() + 50)


async def test_a_lease_that_was_lost_is_not_renewed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RENEW_S", 0.0)
    async with AsyncExitStack() as stack, asyncio.timeout(SOON):
        killed = await stack.enter_async_context(holding(Run("r1", engine=engine), TARGET))
        await stack.enter_async_context(holding(Run("r1", engine=engine), TARGET))

        await killed.keep()

        with pytest.raises(LockLost):
            killed.ensure()


async def test_nothing_is_left_running_after_a_lock(engine: Engine) -> None:
    before = asyncio.all_tasks()

    async with holding(Run("r1", engine=engine), TARGET):
        assert len(asyncio.all_tasks() - before) == 1

    assert asyncio.all_tasks() == before


async def test_of_many_who_want_a_lock_one_at_a_time_holds_it(engine: Engine) -> None:
    holders: set[str] = set()
    tokens: list[int] = []

    async def work(run_id: str) -> None:
        async with holding(Run(run_id, engine=engine), TARGET) as lease:
            holders.add(run_id)
            assert holders == {run_id}
            tokens.append(lease.token)
            await asyncio.sleep(0)
            holders.discard(run_id)

    async with asyncio.timeout(SOON):
        await asyncio.gather(*(work(f"r{number}") for number in range(8)))

    assert tokens == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_cluster_is_locked_per_account() -> None:
    assert cluster_lock("prod", "c1") != cluster_lock("test", "c1")
