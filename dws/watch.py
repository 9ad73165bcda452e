"""
Looks shared by many waits.

Who waits alone for a cluster asks for that cluster. As soon as several wait on one account, one
list request at a time serves them all: a hundred cost what one costs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from dws import clock
from dws.errors import DwsError, NotFound
from dws.operation import Operation, ReplyT
from dws.pace import SHORTEST_S

I = TypeVar("I")  # noqa: E741 - the item that is looked at

BUDGET = 21
"""How many shared looks one wait should cost at most; then they come at most every 30 s."""
SPENT_S = 30.0


class Caller(Protocol):
    """What carries out operations: a client."""

    async def call(self, op: Operation[ReplyT]) -> ReplyT: ...


@dataclass(frozen=True)
class Many(Generic[I]):
    """
    How to look at all items at once.

    Attributes:
        look: Makes the operation that lists them.
        items: What of its reply is the list.
        key: What tells an item from the others.
    """

    look: Callable[[], Operation[Any]]
    items: Callable[[Any], Sequence[I]]
    key: Callable[[I], str]


@dataclass(frozen=True)
class Sight(Generic[I]):
    """What a look found: an item, or the error that it ended in."""

    item: I | None = None
    error: DwsError | None = None


@dataclass(eq=False)
class Member(Generic[I]):
    """
    One wait, as its watch knows it.

    Attributes:
        key: Which item it waits for.
        alone: Looks at that item only.
        looks: Shared looks since it joined.
        due: When it wants the next look; None while it does not wait for one.
        latest: When it expects its end at the latest.
    """

    key: str
    alone: Callable[[], Any]
    looks: int = 0
    due: float | None = None
    latest: float = 0.0
    seen: asyncio.Future[Sight[I]] | None = field(default=None, repr=False)


class Watch(Generic[I]):
    """The waits on one kind of item of one account, and the looks on their behalf."""

    def __init__(self, caller: Caller, many: Many[I]) -> None:
        self._caller = caller
        self._many = many
        self._members: set[Member[I]] = set()
        self._changed = asyncio.Event()
        self._ticker: asyncio.Task[None] | None = None
        self._last: float | None = None

    @contextmanager
    def joined(self, key: str, alone: Callable[[], Any]) -> Iterator[Member[I]]:
        """Be one of those who are looked for."""
        member: Member[I] = Member(key, alone)
        self._members.add(member)
        try:
            yield member
        finally:
            self._members.discard(member)
            member.seen = member.due = None
            self._changed.set()

    async def look(self, member: Member[I], due: float, latest: float) -> Sight[I]:
        """What the next look finds; it comes at ``due``, or before if another wants one."""
        member.due, member.latest = due, latest
        seen: asyncio.Future[Sight[I]] = asyncio.get_running_loop().create_future()
        member.seen = seen
        self._changed.set()
        if self._ticker is None or self._ticker.done():
            self._ticker = asyncio.create_task(self._tick())
            self._ticker.add_done_callback(self._ended)
        return await seen

    async def aclose(self) -> None:
        """End the looks."""
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)

    def _ended(self, ticker: asyncio.Task[None]) -> None:
        """Nobody is to wait for looks that will not come."""
        closed = RuntimeError("the client was closed during a wait")
        error = closed if ticker.cancelled() else ticker.exception()
        if error is None:
            return
        for member in self._members:
            if member.seen is not None and not member.seen.done():
                member.seen.set_exception(error)

    async def _tick(self) -> None:
        while waiting := [member for member in self._members if member.due is not None]:
            self._changed.clear()
            if not await self._until(self._next(waiting)):
                continue
            # Those who would have waited longer are told as well: it costs nothing.
            now = [member for member in self._members if member.due is not None]
            if len(self._members) > 1:
                await self._all(now)
            elif now:
                await self._one(now[0])

    def _next(self, waiting: list[Member[I]]) -> float:
        wanted = min(member.due or 0.0 for member in waiting)
        if len(self._members) == 1 or self._last is None:
            return wanted
        left = max(1, BUDGET - max(member.looks for member in waiting))
        ahead = max(member.latest for member in waiting) - clock.now()
        return max(wanted, self._last + min(SPENT_S, max(SHORTEST_S, ahead / left)))

    async def _until(self, moment: float) -> bool:
        """Sleep; whether it was not cut short by somebody who joined, left or wants a look."""
        sleep = asyncio.create_task(clock.sleep(moment - clock.now()))
        change = asyncio.create_task(self._changed.wait())
        try:
            await asyncio.wait({sleep, change}, return_when=asyncio.FIRST_COMPLETED)
            return sleep.done()
        finally:
            for task in (sleep, change):
                task.cancel()
            await asyncio.gather(sleep, change, return_exceptions=True)

    async def _one(self, member: Member[I]) -> None:
        try:
            sight: Sight[I] = Sight(item=await member.alone())
        except DwsError as error:
            sight = Sight(error=error)
        _tell(member, sight)

    async def _all(self, members: list[Member[I]]) -> None:
        found: dict[str, I] = {}
        try:
            reply = await self._caller.call(self._many.look())
            found = {self._many.key(item): item for item in self._many.items(reply)}
        except NotFound:
            pass  # of the list: it says nothing of the items
        except DwsError as error:
            for member in members:
                _tell(member, Sight(error=error))
            return
        finally:
            self._last = clock.now()
        absent = [member for member in members if member.key not in found]
        for member in members:
            member.looks += 1
            if member.key in found:
                _tell(member, Sight(item=found[member.key]))
        # Absence from a list proves nothing: lists lag. The items themselves are asked for.
        await asyncio.gather(*(self._one(member) for member in absent))


def _tell(member: Member[Any], sight: Sight[Any]) -> None:
    seen, member.seen, member.due = member.seen, None, None
    if seen is not None and not seen.done():
        seen.set_result(sight)


class Watches:
    """The watches of one client, by kind of item."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._watches: dict[Hashable, Watch[Any]] = {}

    def on(self, many: Many[I]) -> Watch[I]:
        """The watch on that kind of item."""
        return self._watches.setdefault(many, Watch(self._caller, many))

    async def aclose(self) -> None:
        """End all looks."""
        for watch in self._watches.values():
            await watch.aclose()
