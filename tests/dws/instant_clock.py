"""Time that passes at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta


class InstantClock:
    """
    A clock for `dws.clock.use` that needs no emulator: a sleep is over at once.

    Attributes:
        slept: The seconds that each sleep was to take, in order.
    """

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._seconds = 0.0

    def now(self) -> float:
        return self._seconds

    def time(self) -> datetime:
        return datetime(2026, 3, 2, 12, tzinfo=UTC) + timedelta(seconds=self._seconds)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.slept.append(seconds)
        self._seconds += seconds
