"""
When to look next.

Progress and the usual duration say when the end is due: looks are wide apart before and close
together around it. A 15-minute job that tells its progress is seen to end within 2 s, at
some 25 requests; `tests/benchmarks` measures it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

SHORTEST_S = 1.5
"""The least between two looks: half of it is what the end is noticed late."""
LATEST_S = 5.0
"""The most that the end of steady progress is noticed late."""
FIRST_S = 10.0
"""When to look a second time: a task shows up some seconds after its request."""
LONGEST_S = 120.0
"""The most between two looks, so that a person sees that something goes on."""


@dataclass(frozen=True)
class _Mark:
    at: float
    percent: float


@dataclass
class Pace:
    """
    Guesses the end of one wait from what each look saw. Times are seconds of `dws.clock`.

    Args:
        usual: Shortest and longest usual duration.
        started: When the wait began.
    """

    usual: tuple[timedelta, timedelta]
    started: float
    _first: _Mark | None = field(default=None, init=False)
    _last: _Mark | None = field(default=None, init=False)
    _looks: int = field(default=0, init=False)

    def saw(self, now: float, percent: float | None) -> None:
        """Tell that a look found this progress; None if it told none."""
        self._looks += 1
        if percent is None:
            return
        if self._last is None or percent < self._last.percent:
            self._first = _Mark(now, percent)  # the first, or of another phase
        self._last = _Mark(now, percent)

    def earliest(self) -> float:
        """The soonest that the end can be due."""
        if rate := self._rate(+1.0):
            last = self._seen()
            return last.at + max(0.0, 99.0 - last.percent) / rate
        return self.started + self.usual[0].total_seconds()

    def latest(self) -> float:
        """The latest that the end is expected."""
        if rate := self._rate(-1.0):
            last = self._seen()
            return last.at + (100.0 - last.percent) / rate
        return max(self.earliest(), self.started + self.usual[1].total_seconds())

    def due(self, now: float) -> float:
        """When to look next."""
        return now + self._step(now)

    def _step(self, now: float) -> float:
        if self._looks <= 1:
            return min(FIRST_S, max(SHORTEST_S, (self.earliest() - now) * 0.6))
        cap = min(LONGEST_S, max(15.0, 0.08 * (self.latest() - self.started)))
        ahead = self.earliest() - now
        if ahead > 0:
            return min(cap, max(SHORTEST_S, ahead * 0.6))
        # Around the end: close together where it is well known, wider the less it is.
        step = 0.05 * (self.latest() - self.earliest())
        if self._rate(-1.0):
            step = min(step, LATEST_S)
        overdue = max(0.0, now - self.latest())
        return min(cap, max(SHORTEST_S, step, 0.15 * overdue))

    def _rate(self, doubt: float) -> float:
        """Percent a second; whole percents are known to within one, which ``doubt`` adds."""
        if self._first is None or self._last is None or self._last.percent <= self._first.percent:
            return 0.0
        passed = self._last.at - self._first.at
        gained = self._last.percent - self._first.percent + doubt
        return max(gained, 0.0) / passed if passed > 0 else 0.0

    def _seen(self) -> _Mark:
        if self._last is None:
            raise RuntimeError("no progress was seen yet")
        return self._last
