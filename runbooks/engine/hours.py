"""A part of the day as runbooks write it: ``22:00-05:00`` ends on the next day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

_HOURS = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")


@dataclass(frozen=True)
class Hours:
    """From a time of the day, included, to another, excluded; that of the next day if earlier."""

    begin: time
    end: time

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"


def hours(text: str) -> Hours:
    """
    Read a part of the day.

    Raises:
        ValueError: It is none, or has no length.
    """
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no time window: write it as 22:00-05:00")
    told = Hours(_time(found[1], found[2], text), _time(found[3], found[4], text))
    if told.begin == told.end:
        raise ValueError(f"{text!r} ends when it begins; for the whole day leave it out")
    return told


def _time(hour: str, minute: str, told: str) -> time:
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise ValueError(f"{told!r}: there is no {hour}:{minute}") from None
