"""A change with a wanted end: look, act, wait, look."""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from dws import clock
from dws.errors import RequestFailed, Unreachable, WaitFailed
from flows.steps.procedure import InputsT, OneClusterT, Work
from tasks import clusters
from tasks.beginning import ATTEMPTS, LOOK_EVERY_S, LOOKS, may_pass, was_asked


class Stage(enum.Enum):
    """How far a change is."""

    NOT_BEGUN = "not begun"
    UNDER_WAY = "under way"
    DONE = "done"


Ready = Callable[[], Awaitable[object]]


async def _at_once() -> None:
    """The change is done as soon as it was accepted."""


@dataclass(frozen=True)
class Change:
    """
    One change, told by its end.

    Attributes:
        what: What is changed, in at most 100 characters: ``stop of cluster demo``.
        stage: Looks how far it is, whoever began it. Raises if it can never be.
        act: Asks for it, once.
        ready: Is called before each act: waits until it is possible, makes sure it is allowed.
        wait: Waits for the end of what is under way; raises `WaitFailed` if that failed.
    """

    what: str
    stage: Callable[[], Awaitable[Stage]]
    act: Ready
    ready: Ready = _at_once
    wait: Ready = _at_once


async def bring_about(work: Work[Any, Any], change: Change) -> bool:
    """
    See to it that a change is made; whether this run asked for it.

    What is so already is left alone, what is under way is waited for and then looked at. An act
    whose answer got lost is followed by looking; what an earlier attempt had asked for may show up
    late, and is given a minute before it is asked for again. That it is asked for is remembered
    before.

    Raises:
        Refused, Stopped: It failed, or was done and is not so; the error tells which change.
        RequestFailed, Unreachable: It was refused, or not taken in three attempts.
        WaitTimedOut: It has not ended in time; it still may.
    """
    return await _Attempts(work, change).made()


@dataclass
class _Attempts:
    work: Work[Any, Any]
    change: Change

    async def made(self) -> bool:
        for attempt in range(1, ATTEMPTS + 1):
            stage = await self._stage()
            if stage is Stage.NOT_BEGUN:
                await self.change.ready()
                # What was waited for may have been this very change, begun by another attempt.
                stage = await self.change.stage()
            if stage is Stage.NOT_BEGUN and not await self._act(attempt):
                continue
            if stage is not Stage.DONE:
                await self._waited()
            if await self._is_so():
                return self._ended()
        raise self.work.stop(f"{self.change.what}: it was asked for, and is not so; see for it")

    async def _stage(self) -> Stage:
        """What was asked for and is not seen may only be late."""
        return await self._shown(late=was_asked(self.work.run, self.change.what))

    async def _shown(self, *, late: bool) -> Stage:
        return await self._looked(LOOKS if late else 1, lambda seen: seen is not Stage.NOT_BEGUN)

    async def _is_so(self) -> bool:
        return await self._looked(LOOKS, lambda stage: stage is Stage.DONE) is Stage.DONE

    async def _looked(self, looks: int, is_enough: Callable[[Stage], bool]) -> Stage:
        for remaining in reversed(range(looks)):
            stage = await self.change.stage()
            if is_enough(stage) or not remaining:
                return stage
            await clock.sleep(LOOK_EVERY_S)
        raise AssertionError("the last look answers")

    async def _act(self, attempt: int) -> bool:
        """Ask for it; whether it was taken, as far as can be seen."""
        was_before = was_asked(self.work.run, self.change.what)
        self.work.changing()
        self.work.run.remember(f"asked for {self.change.what}", attempt)
        try:
            await self.change.act()
        except (RequestFailed, Unreachable) as error:
            # What is refused for good at the first time of asking was begun by nobody of ours.
            if await self._shown(late=was_before or may_pass(error)) is not Stage.NOT_BEGUN:
                self.work.run.note(f"{self.change.what} adopted", after=str(error))
                return True
            if attempt == ATTEMPTS or not may_pass(error):
                raise
            return False
        self.work.run.note(f"{self.change.what} begun")
        return True

    async def _waited(self) -> None:
        try:
            await self.change.wait()
        except WaitFailed as error:
            raise self.work.stop(f"{self.change.what}: {error}") from error

    def _ended(self) -> bool:
        is_own = was_asked(self.work.run, self.change.what)
        self.work.run.note(
            f"{self.change.what} done" if is_own else f"{self.change.what}: so already"
        )
        return is_own


async def settled(work: Work[InputsT, OneClusterT]) -> None:
    """
    Wait until the cluster is available and idle.

    Raises:
        Refused, Stopped: It never will be.
        WaitTimedOut: It was not in time.
    """
    try:
        await clusters.wait_until_cluster_settled(work.account, cluster_id=work.aim.cluster_id)
    except WaitFailed as error:
        raise work.stop(f"{error}; cluster {work.aim.cluster_name} was left as it is") from error
