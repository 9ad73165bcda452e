"""When a runbook may be begun; one that was begun is gone on with at any time."""

from __future__ import annotations

from datetime import datetime

from dws import clock
from tasks.windows import Window


def closed_now(window: str | None) -> str:
    """Why a run is not to be begun now; empty if it may be."""
    now = clock.wall()
    if window is None or Window.parse(window).is_open(now):
        return ""
    told = Window.parse(window)
    return f"outside of its window, {told}; it opens {_shown(told.opening(now), told)}"


def standing(window: str) -> str:
    """``open until ...`` or ``closed until ...``, for people."""
    now, told = clock.wall(), Window.parse(window)
    end = told.closing(now)
    if end:
        return f"open until {_shown(end, told)}"
    return f"closed until {_shown(told.opening(now), told)}"


def _shown(time: datetime, window: Window) -> str:
    return f"{time.astimezone(window.zone):%a %Y-%m-%d %H:%M %Z}"
