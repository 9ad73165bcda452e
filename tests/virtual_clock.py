"""Time that passes only when somebody waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""When a virtual clock begins: a Monday."""


class VirtualClock:
    """
    A clock for `dws.clock.use`: a wait takes no time and moves the emulator's clock instead.

    For one who waits. Of several who wait at once, each moves it for all.
    """

    def __init__(self, url: str) -> None:
        self._clock = f"{url}/_emulator/clock"
        self._seconds = 0.0

    def now(self) -> float:
        return self._seconds

    def time(self) -> datetime:
        return NOON + timedelta(seconds=self._seconds)

    async def sleep(self, seconds: float) -> None:
        self._seconds += seconds
        async with httpx.AsyncClient(verify=False, timeout=30.0) as http:
            (await http.post(self._clock, json={"advance_s": seconds})).raise_for_status()
