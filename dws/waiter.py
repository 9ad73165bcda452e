"""How waiting is told: look, judge, look again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, ParamSpec, TypeVar

from pydantic import BaseModel

from dws import clock
from dws.client import Client
from dws.errors import (
    DwsError,
    NotFound,
    ServerFault,
    Throttled,
    Unreachable,
    WaitFailed,
    WaitTimedOut,
)
from dws.operation import Operation
from dws.pace import FIRST_S, Pace
from dws.watch import Many, Sight, Watch

P = ParamSpec("P")
R = TypeVar("R", bound=BaseModel)
I = TypeVar("I")  # noqa: E741 - the item that is waited for

OUTAGE = timedelta(minutes=15)
"""How long the service may stay silent during a wait before the wait gives up."""


@dataclass(frozen=True)
class Done:
    """What was waited for has come."""


@dataclass(frozen=True)
class Busy:
    """
    Not yet; the service is at something, and may tell how far.

    Attributes:
        remaining_s: What the service itself expects; None if it tells nothing.
        figures: What it tells beside the percentage, for people.
    """

    doing: str
    percent: float | None = None
    remaining_s: float | None = None
    figures: str = ""


@dataclass(frozen=True)
class Failed:
    """It will never come."""

    why: str


Verdict = Done | Busy | Failed


@dataclass(frozen=True)
class Progress:
    """
    How far a wait is.

    Attributes:
        what: What is waited for, e.g. ``snapshot rb-0123456789ab``.
        phase: What the service is at, in its own word, e.g. ``CREATING``.
        percent: How far that phase is; None if the service does not tell.
        elapsed_s: Seconds of the cloud since the wait began.
        remaining_s: How long it will still take, as far as can be told.
        figures: What the service tells beside the percentage, e.g. ``12 of 40 tables``.
        is_over: Whether this is the last word of the wait: what it waited for has come.
    """

    what: str
    phase: str
    percent: float | None
    elapsed_s: float
    remaining_s: float | None
    is_over: bool = False
    figures: str = ""


Tell = Callable[[Progress], None]


def nobody(progress: Progress) -> None:
    """Who is told where nobody wants to be."""
    del progress


@dataclass(frozen=True)
class Waiter(Generic[P, R, I]):
    """
    Looks until a judge says it is done.

    Attributes:
        look: The operation to look with.
        item: What of its reply is judged.
        judge: Says of each item whether the wait is over.
        many: How several waits look at once; None if each looks alone.
        key: What ``many`` knows the item of an operation by.
        usual: Shortest and longest usual duration.
        gives: The type of the item; None where its end is that it is gone.
        within: How long to wait at most.
        first_after: Until then idleness proves nothing, unless work was seen: a task shows up
            some seconds after its request.
        gaps: Phases that another may follow after a while in which all looks idle.
        if_absent: The verdict if the resource does not exist.
        appears_within: How long a new resource may take to show up.
    """

    look: Callable[P, Operation[R]]
    item: Callable[[R], I]
    judge: Callable[[I], Verdict]
    many: Many[I] | None
    key: Callable[[Operation[R]], str]
    usual: tuple[timedelta, timedelta]
    within: timedelta
    gives: type[BaseModel] | None = None
    first_after: timedelta = timedelta(0)
    gaps: Mapping[str, timedelta] = field(default_factory=dict)
    if_absent: Verdict = Failed("it does not exist")
    appears_within: timedelta = timedelta(0)

    async def wait(
        self,
        client: Client,
        operation: Operation[R],
        *,
        tell: Tell = nobody,
        kind: str | None = None,
        within: timedelta | None = None,
    ) -> I | None:
        """
        Return when done, with the item as last seen; None if it is absent, and that is well.

        Args:
            tell: Is told after each look how far it is, and that it is over.
            kind: What to call such an item in progress and errors, before its name or key; the
                operation's name if not told.

        Raises:
            WaitFailed: The judge said it will never come.
            WaitTimedOut: It did not come in time. It still may.
            DwsError: The service refused a look, or was silent for a quarter of an hour.
        """
        longest = self.within if within is None else within
        return await _Wait(self, client, operation, tell, kind, longest).run()


@dataclass
class _Wait(Generic[R, I]):
    """One wait, under way."""

    waiter: Waiter[..., R, I]
    client: Client
    operation: Operation[R]
    tell: Tell
    kind: str | None
    within: timedelta
    called: str | None = None
    started: float = field(default_factory=clock.now)
    phase: str | None = None
    idle_since: float | None = None
    silent_since: float | None = None
    has_told: bool = False

    def __post_init__(self) -> None:
        self.pace = Pace(self.waiter.usual, self.started)
        self.key = self.waiter.key(self.operation)

    async def run(self) -> I | None:
        watch = self._watch()
        due = self.started
        with watch.joined(self.key, self._alone) as member:
            while True:
                sight = await watch.look(member, due, self.pace.latest())
                verdict = self._believed(self._verdict(sight))
                if isinstance(verdict, Done):
                    self._end()
                    return sight.item
                if isinstance(verdict, Failed):
                    raise WaitFailed(f"{self._called()}: {verdict.why}")
                due = self._next(verdict)

    def _watch(self) -> Watch[I]:
        if self.waiter.many is not None:
            return self.client.watches.on(self.waiter.many)
        return Watch(self.client, Many(lambda: self.operation, lambda _: (), str))

    async def _alone(self) -> I:
        return self.waiter.item(await self.client.call(self.operation))

    def _verdict(self, sight: Sight[I]) -> Verdict:
        if sight.item is not None:
            self.silent_since = None
            self._meet(sight.item)
            return self.waiter.judge(sight.item)
        if isinstance(sight.error, NotFound):
            return self._absent()
        return self._silent(sight.error)

    def _absent(self) -> Verdict:
        young = clock.now() - self.started < self.waiter.appears_within.total_seconds()
        return Busy("not shown yet") if young else self.waiter.if_absent

    def _silent(self, error: DwsError | None) -> Verdict:
        """An outage of minutes must not end a wait of hours; a refusal must."""
        if error is None or not isinstance(error, Unreachable | ServerFault | Throttled):
            raise error or WaitFailed(f"{self._called()}: nothing was seen")
        self.silent_since = self.silent_since if self.silent_since is not None else clock.now()
        if clock.now() - self.silent_since > OUTAGE.total_seconds():
            raise error
        return Busy("the service does not answer")

    def _believed(self, verdict: Verdict) -> Verdict:
        """Idleness may be a gap between two tasks, or come before the first."""
        if isinstance(verdict, Busy):
            self.idle_since = None
            if self.silent_since is None:  # an outage is no phase of the work
                self.phase = verdict.doing
        if not isinstance(verdict, Done):
            return verdict
        now = clock.now()
        if self.idle_since is None:
            self.idle_since = now
        if self.phase is None:
            trusted = now - self.started >= self.waiter.first_after.total_seconds()
        else:
            gap = self.waiter.gaps.get(self.phase, timedelta(0))
            trusted = now - self.idle_since >= gap.total_seconds()
        return verdict if trusted else Busy("idle, but more may follow")

    def _next(self, verdict: Busy) -> float:
        now = clock.now()
        self.pace.saw(now, verdict.percent)
        self.tell(self._progress(verdict, now))
        self.has_told = True
        deadline = self.started + self.within.total_seconds()
        if now >= deadline:
            raise WaitTimedOut(
                f"{self._called()}: still {verdict.doing} after {self.within}; it may yet come"
            )
        due = now + FIRST_S if self.idle_since is not None else self.pace.due(now)
        return min(due, deadline)

    def _progress(self, verdict: Busy, now: float) -> Progress:
        guessed = (self.pace.earliest() + self.pace.latest()) / 2 - now
        ahead = guessed if verdict.remaining_s is None else verdict.remaining_s
        return Progress(
            what=self._called(),
            phase=verdict.doing,
            percent=verdict.percent,
            elapsed_s=now - self.started,
            remaining_s=ahead if ahead > 0 else None,
            figures=verdict.figures,
        )

    def _end(self) -> None:
        if not self.has_told:
            return  # it had come at the first look
        elapsed = clock.now() - self.started
        self.tell(Progress(self._called(), "done", 100.0, elapsed, None, is_over=True))

    def _meet(self, item: I) -> None:
        """People know things by their names; what was told once keeps its name."""
        name = getattr(item, "name", None)
        if self.called is None and self.kind and name:
            self.called = f"{self.kind} {name}"

    def _called(self) -> str:
        if self.called is None:
            self.called = f"{self.kind or type(self.operation).__name__} {self.key}"
        return self.called
