"""
Canary rows in two clusters of a pair, at a steady pace, while one takes over from the other.

What each cluster acknowledged is kept in the database of runs. A cluster that does not take rows
is asked again and again: that it does not is what is measured.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

from dws import clock
from dws.errors import BadSetting, DwsError, WaitTimedOut, WrongPassword
from dws.sql.canary import Canary
from dws.sql.connection import connected
from dws.sql.login import Login
from tasks import sql
from tasks.acknowledged import Acknowledged
from tasks.run import Run

ASK_EVERY_S = 5.0
"""How often it is looked whether something has been seen."""
LOOK_UP_EVERY_S = 15.0
"""How often the address of a cluster is asked for that the service did not tell."""
LOCKED_OUT_S = 60.0
"""A cluster locks an account after some refused passwords: seldom enough not to."""


@dataclass
class Writer:
    """
    Writes the rows.

    Attributes:
        former: Id of the cluster that is the primary at first.
        wanted: Id of the one that takes over; it is tried once `takes_over` is true.
        every: How often each is asked to take a row.
    """

    run: Run
    account: str
    former: str
    wanted: str
    every: timedelta
    takes_over: bool = False
    refused: dict[str, str] = field(default_factory=dict)
    """Why each did not take its last row."""
    number: int = 0

    @property
    def log(self) -> Acknowledged:
        """What was acknowledged, by this and earlier attempts of the run."""
        return Acknowledged(self.run)

    async def until_accepted(self, site: str, rows: int, *, within: timedelta) -> None:
        """
        Wait until a cluster has acknowledged so many rows.

        Raises:
            WaitTimedOut: It has not in time; the message tells why it took the last one not.
        """
        until = clock.now() + within.total_seconds()
        while len(self.log.accepted(site)) < rows:
            if clock.now() >= until:
                why = self.refused.get(site, "it was not asked yet")
                raise WaitTimedOut(f"cluster {site} took no canary row within {within}: {why}")
            await clock.sleep(min(ASK_EVERY_S, self.every.total_seconds()))

    async def write_on(self, site: str, is_asked: Callable[[], bool]) -> None:
        """Ask a cluster for ever, whenever it is to be asked."""
        while True:
            pause_s = self.every.total_seconds()
            if is_asked():
                pause_s = max(await self._session(site), pause_s)
            await clock.sleep(pause_s)

    async def _session(self, site: str) -> float:
        """Write rows until one is not taken; answers how long to leave the cluster alone."""
        try:
            login = await sql.login_to(self.account, site)
        except (DwsError, BadSetting) as error:
            self._failed(site, error)
            return LOOK_UP_EVERY_S
        while True:
            try:
                await self._rows(site, login)
            except WrongPassword as error:
                self._failed(site, error)
                await clock.sleep(LOCKED_OUT_S)
            except DwsError as error:
                self._failed(site, error)
                await clock.sleep(self.every.total_seconds())

    async def _rows(self, site: str, login: Login) -> None:
        async with connected(login) as database:
            canary = Canary(database, self.run.id)
            if site == self.wanted:
                # It has none of ours if nothing was synchronised since the rows began.
                await canary.prepare()
            while True:
                due = clock.now() + self.every.total_seconds()
                self.number += 1
                number = self.number
                await canary.write(number)
                self.log.keep(site, number, accepted=True, at=now_s())
                await clock.sleep(due - clock.now())

    def _failed(self, site: str, error: Exception) -> None:
        self.refused[site] = str(error)
        if site == self.former:
            self.log.keep(site, self.number, accepted=False, at=now_s())


def now_s() -> float:
    """The time of day, in seconds since 1970, by the clock in use."""
    return clock.time_of_day().timestamp()


@asynccontextmanager
async def writing(writer: Writer) -> AsyncIterator[Writer]:
    """
    Let the rows be written meanwhile.

    Raises:
        Exception: What the writing itself broke with, but for what clusters refuse.
    """
    highest = writer.log.highest()
    writer.number = highest.number if highest else 0
    tasks = [
        asyncio.create_task(writer.write_on(writer.former, lambda: True)),
        asyncio.create_task(writer.write_on(writer.wanted, lambda: writer.takes_over)),
    ]
    try:
        yield writer
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def prepare(account: str, cluster_id: str) -> None:
    """
    Make the table of the canary rows if it is missing.

    Raises:
        DatabaseReadOnly, DatabaseRefused, NotSent, NoAnswer: The cluster does not let us.
        NoSuchThing, BadSetting, RequestFailed, Unreachable: As of a login.
    """
    async with sql.database_of(account, cluster_id) as database:
        await Canary(database, "").prepare()


async def present(account: str, cluster_id: str, run_id: str) -> frozenset[int]:
    """
    The numbers of the rows of a run that a cluster has.

    Raises:
        DatabaseRefused, NotSent, NoAnswer: They cannot be read.
        NoSuchThing, BadSetting, RequestFailed, Unreachable: As of a login.
    """
    async with sql.database_of(account, cluster_id) as database:
        return frozenset(row.number for row in await Canary(database, run_id).written())
