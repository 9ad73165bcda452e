"""Times of the week in which something may be done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from dws.shapes import Cluster

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_TEXT = re.compile(
    r"(?:(?P<days>[A-Z]{3}(?:[-,][A-Z]{3})*) )?"
    r"(?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d)"
    r"(?: (?P<zone>[A-Za-z][\w+/-]*))?"
)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """
    A stretch of certain days, e.g. from ten in the evening to five in the morning.

    Attributes:
        days: Weekdays on which it opens, 0 for Monday.
        opens: Local time.
        closes: Local time; of the next day unless it is later than ``opens``.
        zone: Time zone of both.
    """

    days: frozenset[int]
    opens: time
    closes: time
    zone: ZoneInfo

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Read ``[DAYS ]22:00-05:00[ Europe/Berlin]``: every day and UTC unless told.

        Days are as ``SUN``, ``MON-FRI`` or ``SAT,SUN``.

        Raises:
            ValueError: It is none; the message says how to write one.
        """
        found = _TEXT.fullmatch(text)
        try:
            if found is None:
                raise ValueError  # noqa: TRY301 - told below, as all others
            return cls(
                days=_days(found["days"]),
                opens=time.fromisoformat(found["opens"]),
                closes=time.fromisoformat(found["closes"]),
                zone=ZoneInfo(found["zone"] or "UTC"),
            )
        except (ValueError, LookupError, OSError):
            raise ValueError(
                f"{text!r} is no window; write it as '22:00-05:00', 'SUN 01:00-04:00' or "
                "'MON-FRI 22:00-05:00 Europe/Berlin'"
            ) from None

    def __str__(self) -> str:
        days = "" if len(self.days) == len(DAYS) else f"{_spelled(self.days)} "
        return f"{days}{self.opens:%H:%M}-{self.closes:%H:%M} {self.zone.key}"

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at a moment."""
        return self.closing(at) is not None

    def closing(self, at: datetime) -> datetime | None:
        """When it closes, if it is open at that moment."""
        for begins, ends in self._around(at, days_before=1, days_after=0):
            if begins <= at < ends:
                return ends
        return None

    def opening(self, at: datetime) -> datetime:
        """When it next opens: ``at`` itself if it is open then."""
        if self.is_open(at):
            return at
        return min(
            begins for begins, _ in self._around(at, days_before=0, days_after=8) if begins >= at
        )

    def _around(
        self, at: datetime, *, days_before: int, days_after: int
    ) -> list[tuple[datetime, datetime]]:
        today = at.astimezone(self.zone).date()
        dates = [today + _DAY * shift for shift in range(-days_before, days_after + 1)]
        overnight = _DAY if self.closes <= self.opens else timedelta()
        return [
            (
                datetime.combine(date, self.opens, self.zone).astimezone(at.tzinfo),
                datetime.combine(date + overnight, self.closes, self.zone).astimezone(at.tzinfo),
            )
            for date in dates
            if date.weekday() in self.days
        ]

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """As text in JSON, in the journal and in parameters."""
        return core_schema.no_info_plain_validator_function(
            _read,
            serialization=core_schema.to_string_ser_schema(),
            json_schema_input_schema=handler(str),
        )


def maintenance_window(cluster: Cluster) -> Window | None:
    """When the service itself may work on the cluster; None if it tells no such time."""
    told = cluster.maintain_window
    if told is None or not (told.day and told.start_time and told.end_time):
        return None
    # The day comes as ``Wed``, the times as ``HH:mm`` in UTC (reference 5.2.13).
    return Window.parse(f"{told.day[:3].upper()} {told.start_time[:5]}-{told.end_time[:5]}")


def _read(value: object) -> Window:
    return value if isinstance(value, Window) else Window.parse(str(value))


def _days(text: str | None) -> frozenset[int]:
    if text is None:
        return frozenset(range(len(DAYS)))
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        found |= {(begin + more) % 7 for more in range((end - begin) % 7 + 1)}
    return frozenset(found)


def _spelled(days: frozenset[int]) -> str:
    firsts = [day for day in sorted(days) if (day - 1) % 7 not in days]
    return ",".join(_stretch(first, days) for first in firsts)


def _stretch(first: int, days: frozenset[int]) -> str:
    last = next(day for day in range(first, first + 7) if (day + 1) % 7 not in days) % 7
    return DAYS[first] if last == first else f"{DAYS[first]}-{DAYS[last]}"
