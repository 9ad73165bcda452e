"""
The one door to time.

``now`` and ``sleep`` count seconds of the cloud that is worked on: those of the wall, unless an
account lets them run faster, as an emulator does; so does ``time_of_day``, which windows of
procedures go by. ``wall`` is what tokens and signatures live by, what is written down with a time,
and what the windows and triggers of runbooks go by: a person tells them for the own week, and not
for that of a cloud which is rehearsed on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What counts the seconds of a cloud."""

    def now(self) -> float:
        """Seconds since some fixed moment."""

    def time(self) -> datetime:
        """The time of day of the cloud, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Let that many seconds pass, and others work."""


class ScaledClock:
    """The wall clock, ``speed`` times as fast."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed

    def now(self) -> float:
        return time.monotonic() * self.speed

    def time(self) -> datetime:
        # From midnight on, so that every process of a rehearsal has the same time.
        midnight = wall().replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + (wall() - midnight) * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


_clock: Clock = ScaledClock()


def now() -> float:
    """Seconds since some fixed moment, by the clock in use."""
    return _clock.now()


def time_of_day() -> datetime:
    """The time of day in UTC, by the clock in use: what windows of procedures go by."""
    return _clock.time()


async def sleep(seconds: float) -> None:
    """Let seconds pass by the clock in use, and others work. Never negative."""
    await _clock.sleep(max(seconds, 0.0))


def wall() -> datetime:
    """The time of day in UTC, which no emulator changes."""
    return datetime.now(UTC)


def use(clock: Clock) -> Clock:
    """Set the clock of this process; answers the one before it."""
    global _clock
    before, _clock = _clock, clock
    return before


@contextmanager
def using(clock: Clock) -> Iterator[None]:
    """Set the clock of this process for a while."""
    before = use(clock)
    try:
        yield
    finally:
        use(before)
