"""Waiting for a window of the week to open, as a task."""

from __future__ import annotations

from datetime import datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from dws import clock
from dws.waiter import Progress
from tasks.progress import shown
from tasks.windows import Window

SOONEST_S = 30.0
SHARE = 0.1
"""Of the time that is left: a wait of days looks at the clock some sixty times."""


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def wait_until_open(window: Window) -> None:
    """Answer when the window is open; at once if it is."""
    began = clock.time_of_day()
    opening = window.opening(began)
    async with shown() as tell:
        while (now := clock.time_of_day()) < opening:
            tell(_progress(window, began, now, opening))
            left_s = (opening - now).total_seconds()
            await clock.sleep(min(left_s, max(SOONEST_S, left_s * SHARE)))
        if opening > began:
            tell(_progress(window, began, opening, opening))


def _progress(window: Window, began: datetime, now: datetime, opening: datetime) -> Progress:
    left = opening - now
    return Progress(
        what=f"window {window}",
        phase="open" if not left else f"closed until {opening:%Y-%m-%d %H:%M} UTC",
        percent=100.0 * (1 - left / max(opening - began, timedelta(seconds=1))),
        elapsed_s=(now - began).total_seconds(),
        remaining_s=left.total_seconds(),
        is_over=not left,
    )
