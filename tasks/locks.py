"""
One change per target at a time: leases in the database of runs.

A lease belongs to a run id. The same id takes it over at once, as after a crash; another waits
for its end or its expiry. Each taking raises the fencing token, so that who lost a lease while
it was frozen can be told from who holds it. Leases expire by the clock of the database, where that
has one of its own: those of several hosts differ.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Double,
    Engine,
    and_,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from dws.errors import DwsError
from dws.waiter import Progress
from tasks.run import Refused, Run
from tasks.store import locks

LEASE_S = 60.0
"""How long a lease outlives a killed holder, in seconds of the wall."""
RENEW_S = 15.0
ASK_S = 1.0
"""How often one who waits asks again."""


class LockLost(DwsError):
    """Another run took the lock over; this one must not change the target any more."""


@dataclass(frozen=True)
class Lease:
    """
    A lock, held.

    Attributes:
        target: What is locked, e.g. ``dws/default/cluster/<id>``.
        owner: Id of the run that holds it.
        holder: Host and process that hold it.
        token: Number of this taking; each is higher than all before.
    """

    engine: Engine
    target: str
    owner: str
    holder: str
    token: int

    def ensure(self) -> None:
        """
        Make sure that the lock is still held: before each change.

        Raises:
            LockLost: It is not.
        """
        if not self._renewed():
            raise LockLost(f"the lock {self.target} was taken over from run {self.owner}")

    def release(self) -> None:
        """Let the next one have it; does nothing if it was taken over."""
        # The row stays: the tokens must go on rising.
        with self.engine.begin() as connection:
            connection.execute(update(locks).where(self._mine()).values(expires=0.0))

    def _renewed(self) -> bool:
        expires = _now(self.engine) + LEASE_S
        statement = update(locks).where(self._mine()).values(expires=expires)
        with self.engine.begin() as connection:
            return connection.execute(statement).rowcount == 1

    def _mine(self) -> ColumnElement[bool]:
        return and_(locks.c.target == self.target, locks.c.token == self.token)

    async def keep(self) -> None:
        """Renew the lease until cancelled, or lost; a database that is away is asked again."""
        while self._renewed_or_unknown():  # noqa: ASYNC110 - it waits for time, not for an event
            await asyncio.sleep(RENEW_S)

    def _renewed_or_unknown(self) -> bool:
        try:
            return self._renewed()
        except SQLAlchemyError:
            # A failure that lasts is told by the next change, which makes sure of the lease.
            return True


def cluster_lock(account: str, cluster_id: str) -> str:
    """The name of the lock on a cluster."""
    return f"dws/{account}/cluster/{cluster_id}"


def pair_lock(account: str, pair: str) -> str:
    """The name of the lock on a disaster recovery; it is taken before those on its clusters."""
    return f"dws/{account}/dr/{pair}"


@asynccontextmanager
async def holding(run: Run, target: str, *, waits: bool = True) -> AsyncIterator[Lease]:
    """
    Hold the lock on a target for a run.

    Args:
        waits: Whether to wait while another run holds it, however long; else it is refused.

    Raises:
        Refused: Another run holds it, and ``waits`` is false.
    """
    lease = await _taken(run, target, waits=waits)
    keeping = asyncio.create_task(lease.keep())
    try:
        yield lease
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        lease.release()


async def _taken(run: Run, target: str, *, waits: bool) -> Lease:
    began = time.monotonic()
    while True:
        lease = _take(run, target)
        if lease is not None:
            return lease
        owner = _owner(run.engine, target)
        if not waits:
            raise Refused(f"{target} is locked by run {owner}; wait for its end, or resume it")
        waited = time.monotonic() - began
        run.listener.progressed(
            Progress(f"lock {target}", f"held by run {owner}", None, waited, None)
        )
        await asyncio.sleep(ASK_S)


def _take(run: Run, target: str) -> Lease | None:
    holder = f"{socket.gethostname()[:40]}:{os.getpid()}"
    now = _now(run.engine)
    free = or_(locks.c.owner == run.id, locks.c.expires < now)
    taking = (
        update(locks)
        .where(locks.c.target == target, free)
        .values(owner=run.id, holder=holder, token=locks.c.token + 1, expires=now + LEASE_S)
    )
    with run.engine.begin() as connection:
        taken = connection.execute(taking).rowcount == 1
        known = select(locks.c.token).where(locks.c.target == target)
        token = connection.execute(known).scalar_one_or_none()
    if taken and token is not None:
        return Lease(run.engine, target, run.id, holder, token)
    return _first(run, target, holder) if token is None else None


def _first(run: Run, target: str, holder: str) -> Lease | None:
    row = {
        "target": target,
        "owner": run.id,
        "holder": holder,
        "token": 1,
        "expires": _now(run.engine) + LEASE_S,
    }
    try:
        with run.engine.begin() as connection:
            connection.execute(insert(locks).values(row))
    except IntegrityError:
        return None
    return Lease(run.engine, target, run.id, holder, 1)


def _now(engine: Engine) -> ColumnElement[float]:
    """Seconds since 1970 as all count them who share the database: their own clocks differ."""
    if engine.dialect.name == "postgresql":
        return cast(func.extract("epoch", func.clock_timestamp()), Double)
    return literal(time.time())


def _owner(engine: Engine, target: str) -> str:
    with engine.connect() as connection:
        found = connection.execute(select(locks.c.owner).where(locks.c.target == target))
        return str(found.scalar_one_or_none() or "nobody any more")
