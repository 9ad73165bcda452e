"""When operational tasks may run, and how they write times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from dws.values import moment

LOOKS_AHEAD_DAYS = 62
"""The longest between two windows: a day that a month lacks."""


def offset(told: str | None) -> timedelta:
    """The offset that ``+0800`` means."""
    if not told:
        return timedelta(0)
    away = timedelta(hours=int(told[1:3]), minutes=int(told[3:5]))
    return -away if told[0] == "-" else away


def seconds(told: str | None, zone: timedelta) -> float | None:
    """A time of a task in seconds since 1970."""
    found = moment(told) if told else None
    return None if found is None else float(found.timestamp() - zone.total_seconds())


def written(at: float | None, zone: timedelta = timedelta(0)) -> str | None:
    """A time as tasks tell it."""
    if at is None:
        return None
    return f"{datetime.fromtimestamp(at, UTC) + zone:%Y-%m-%d %H:%M:%S}"


def windows(told: dict[str, Any], after: float) -> Iterator[tuple[float, float]]:
    """The windows of a task that close after a time, in order."""
    zone = offset(told["time_zone"])
    first, last = seconds(told["start_time"], zone) or 0.0, seconds(told["end_time"], zone)
    if last is None:
        return
    if told["type"] == "Date":
        if last > after and last > first:
            yield first, last
        return
    today = datetime.fromtimestamp(max(after, first), timezone(zone)).date()
    days = (today + timedelta(days=n - 1) for n in range(LOOKS_AHEAD_DAYS))
    spans = sorted(span for day in days for span in _of_day(told["white_list"], day, zone))
    for opens, closes in spans:
        opening, closing = max(opens, first), min(closes, last)
        if closing > after and opening < closing:
            yield max(opening, after), closing


def _of_day(
    windows: list[dict[str, str]], day: date, zone: timedelta
) -> Iterator[tuple[float, float]]:
    for window in windows:
        if _fits(window["date_type"], day):
            begins, ends = (
                datetime.combine(day, time.fromisoformat(window[key]), timezone(zone))
                for key in ("date_start", "date_end")
            )
            if ends <= begins:
                ends += timedelta(days=1)
            yield begins.timestamp(), ends.timestamp()


def _fits(date_type: str, day: date) -> bool:
    if date_type[0].isdigit():
        return int(date_type[:-2]) == day.day
    return date_type in {"everyday", f"{day:%a}"}
