"""When a cron expression fires next: Quartz's, with seconds first, as the service takes them."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

_MONTHS = {name.upper(): n for n, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {
    name: n for n, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], start=1)
}
_PART = re.compile(r"(\*|\w+(?:-\w+)?)(?:/(\d+))?")
_LONGEST = timedelta(days=5 * 366)
"""Who asks for the 29th of February waits for four years, and nobody longer."""


@dataclass(frozen=True, slots=True)
class Cron:
    """
    The moments an expression means, in UTC.

    ``weekdays`` counts from 1, Sunday, as in the samples of reference 5.3.11.
    """

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def next(self, after: float) -> float | None:
        """The first moment after another; None if there is none within five years."""
        start = datetime.fromtimestamp(after, UTC)
        day = start.replace(hour=0, minute=0, second=0, microsecond=0)
        while day - start < _LONGEST:
            if self._has(day):
                for hour, minute, second in product(self.hours, self.minutes, self.seconds):
                    moment = day.replace(hour=hour, minute=minute, second=second).timestamp()
                    if moment > after:
                        return moment
            day += timedelta(days=1)
        return None

    def _has(self, day: datetime) -> bool:
        return (
            day.month in self.months
            and day.day in self.days
            and day.isoweekday() % 7 + 1 in self.weekdays
        )


def read(text: str) -> Cron:
    """
    Read an expression: second, minute, hour, day of the month, month, weekday, and maybe year.

    Knows ``*``, ``?``, lists, ranges, steps and names; not Quartz's ``L``, ``W``, ``#`` and no
    year but ``*`` (assumed: the console makes none of these).

    Raises:
        ValueError: It is none of these.
    """
    fields = text.split()
    if len(fields) == 7 and fields.pop() != "*":
        raise ValueError("no year may be told")
    if len(fields) != 6:
        raise ValueError("a cron expression has six fields, seconds first")
    seconds, minutes, hours, days, months, weekdays = fields
    return Cron(
        _values(seconds, 0, 59),
        _values(minutes, 0, 59),
        _values(hours, 0, 23),
        frozenset(_values(days, 1, 31)),
        frozenset(_values(months, 1, 12, _MONTHS)),
        frozenset(_values(weekdays, 1, 7, _WEEKDAYS)),
    )


def _values(
    field: str, low: int, high: int, names: dict[str, int] | None = None
) -> tuple[int, ...]:
    if field == "?":
        return tuple(range(low, high + 1))
    found: set[int] = set()
    for part in field.split(","):
        matched = _PART.fullmatch(part)
        if matched is None:
            raise ValueError(f"{part!r} means no time")
        span, step = matched[1], matched[2]
        first, last = _span(span, low, high, names or {})
        # "2/8" is every 8 from 2 on; "2" alone is 2.
        last = high if step and "-" not in span else last
        found.update(range(first, last + 1, int(step or 1) or 1))
    return tuple(sorted(found))


def _span(text: str, low: int, high: int, names: dict[str, int]) -> tuple[int, int]:
    if text == "*":
        return low, high
    ends = [names.get(end.upper()) or _number(end) for end in text.split("-")]
    first, last = ends[0], ends[-1]
    if not low <= first <= last <= high:
        raise ValueError(f"{text!r} is not within {low} to {high}")
    return first, last


def _number(text: str) -> int:
    if not text.isdigit():
        raise ValueError(f"{text!r} is no number")
    return int(text)
