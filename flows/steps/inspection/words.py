"""Figures as people read them: with their units, and times in UTC."""

from __future__ import annotations

from datetime import datetime, timedelta

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def span(told: timedelta) -> str:
    """A length of time in its two greatest units: ``2 d 3 h``, ``26 h``, ``12 min``."""
    minutes = round(told.total_seconds() / 60)
    if told >= 2 * _DAY:
        days, rest = divmod(round(minutes / 60), 24)
        return f"{days} d {rest} h" if rest else f"{days} d"
    if told >= 2 * _HOUR:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{minutes} min" if minutes else f"{told.total_seconds():.0f} s"


def percent(told: float) -> str:
    """``78.5 %``"""
    return f"{told:.1f} %"


def points(told: float) -> str:
    """A difference of percentages: ``12.3 points``."""
    return f"{told:.1f} points"


def moment(told: datetime | None) -> str:
    """``2026-11-21 06:00 UTC``; words where there is none."""
    return f"{told:%Y-%m-%d %H:%M} UTC" if told else "time not told"
