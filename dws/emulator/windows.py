"""Windows of a calendar: the months, days and hours in which a stage of a plan rules. UTC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

DAY_S = 86400
HORIZON_DAYS = 366 * 8 + 2
"""A 29th of February comes again within eight years."""
_FIRST, _LAST = date(2027, 12, 31), date(2030, 1, 2)
"""A leap year and a plain one, with the nights around them: all that can ever overlap does here."""


@dataclass(frozen=True, slots=True)
class Window:
    """Some hours of some days of some months; no numbers are all."""

    months: frozenset[int]
    days: frozenset[int]
    start_s: int
    lasting_s: int
    """A day at most."""

    def begins_on(self, day: date) -> bool:
        """Whether it begins on a day."""
        return day.month in self.months and day.day in self.days

    def ever_begins(self) -> bool:
        """Whether there is such a day: none is the 30th of February alone."""
        leap = (date(2028, 1, 1) + timedelta(days=n) for n in range(366))
        return any(self.begins_on(day) for day in leap)

    def holds(self, moment: float) -> bool:
        """Whether a moment is within it."""
        return any(start <= moment < start + self.lasting_s for start in self._around(moment))

    def next_start(self, after: float) -> float | None:
        """When it begins next, after a moment; None if it never does."""
        today = datetime.fromtimestamp(after, UTC).date()
        starts = (self._start(today + timedelta(days=n)) for n in range(HORIZON_DAYS))
        return next((start for start in starts if start is not None and start > after), None)

    def next_bound(self, after: float) -> float | None:
        """When it begins or ends next, after a moment."""
        ends = [start + self.lasting_s for start in self._around(after)]
        bounds = [*(end for end in ends if end > after), self.next_start(after)]
        return min((bound for bound in bounds if bound is not None), default=None)

    def overlaps(self, other: Window) -> bool:
        """Whether there is a moment within both."""
        spans = sorted([*self._spans(), *other._spans()])
        return any(later[0] < earlier[1] for earlier, later in pairwise(spans))

    def _spans(self) -> Iterator[tuple[float, float]]:
        for n in range((_LAST - _FIRST).days):
            start = self._start(_FIRST + timedelta(days=n))
            if start is not None:
                yield start, start + self.lasting_s

    def _around(self, moment: float) -> list[float]:
        today = datetime.fromtimestamp(moment, UTC).date()
        starts = [self._start(today - timedelta(days=n)) for n in (1, 0)]
        return [start for start in starts if start is not None]

    def _start(self, day: date) -> float | None:
        if not self.begins_on(day):
            return None
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        return midnight + self.start_s


def window(month: str, day: str, start: str, end: str) -> Window:
    """
    A window as a stage tells it.

    Args:
        month: Numbers joined by commas; none is every month. ``day`` likewise.
        start: ``hh:mm:ss``. An ``end`` that is not after it is of the next day.
    """
    begins, ends = _seconds(start), _seconds(end)
    lasting = ends - begins if ends > begins else DAY_S - begins + ends
    return Window(_numbers(month, 12), _numbers(day, 31), begins, lasting)


def _numbers(text: str, highest: int) -> frozenset[int]:
    told = frozenset(int(part) for part in text.split(",") if part.strip())
    return told or frozenset(range(1, highest + 1))


def _seconds(clock: str) -> int:
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds
