"""When a runbook may be begun: hours of some days of the week, in a time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dws import clock
from runbooks.engine.hours import Hours, hours
from runbooks.engine.model import Window
from runbooks.engine.zones import bad_zone

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_RANGE = re.compile(r"([A-Z]{3})(?:-([A-Z]{3}))?")


def misfits(window: Window) -> Iterator[tuple[str, str]]:
    """What is wrong with a window, as ``(key, what)``."""
    try:
        hours(window.hours)
    except ValueError as error:
        yield "hours", str(error)
    try:
        days(window.days)
    except ValueError as error:
        yield "days", str(error)
    if why := bad_zone(window.timezone):
        yield "timezone", why


def days(text: str) -> frozenset[int]:
    """
    The days of the week that a text like ``MON-FRI`` or ``SAT,SUN`` says; Monday is 0.

    Raises:
        ValueError: It says none.
    """
    found: set[int] = set()
    for part in text.upper().split(","):
        told = _RANGE.fullmatch(part.strip())
        if told is None or not {told[1], told[2] or told[1]} <= set(_DAYS):
            raise ValueError(f"{text!r} names no days: write them as MON-FRI, or SAT,SUN")
        first, last = _DAYS.index(told[1]), _DAYS.index(told[2] or told[1])
        found |= {(first + more) % 7 for more in range((last - first) % 7 + 1)}
    return frozenset(found)


def closes(window: Window, at: datetime) -> datetime | None:
    """When the window that is open at that time closes; None if it is closed."""
    for begin, end in _spans(window, at, range(-1, 1)):
        if begin <= at < end:
            return end
    return None


def opens(window: Window, at: datetime) -> datetime:
    """When it opens next after that time."""
    return next(begin for begin, _ in _spans(window, at, range(9)) if begin > at)


def closed_now(window: Window | None) -> str:
    """Why a run is not to be begun now; empty if it may be."""
    now = clock.wall()
    if window is None or closes(window, now):
        return ""
    told = f"{window.hours} {window.days} {window.timezone}"
    return f"outside of its window, {told}; it opens {_shown(opens(window, now))}"


def standing(window: Window) -> str:
    """``open until ...`` or ``closed until ...``, for people."""
    now = clock.wall()
    end = closes(window, now)
    return f"open until {_shown(end)}" if end else f"closed until {_shown(opens(window, now))}"


def _shown(time: datetime) -> str:
    return f"{time:%a %Y-%m-%d %H:%M %Z}"


def _spans(window: Window, at: datetime, offsets: range) -> Iterator[tuple[datetime, datetime]]:
    zone, wanted, part = ZoneInfo(window.timezone), days(window.days), hours(window.hours)
    today = at.astimezone(zone).date()
    for offset in offsets:
        date = today + timedelta(days=offset)
        if date.weekday() in wanted:
            yield _span(part, datetime(date.year, date.month, date.day, tzinfo=zone))


def _span(part: Hours, day: datetime) -> tuple[datetime, datetime]:
    begin = day.replace(hour=part.begin.hour, minute=part.begin.minute)
    end = day.replace(hour=part.end.hour, minute=part.end.minute)
    return begin, end if end > begin else end + timedelta(days=1)
