"""The emulated clock: as fast as told, and movable by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from dws import clock


@dataclass
class EmulatedClock:
    """
    Maps the wall's time to that of the emulated cloud; both in seconds since 1970.

    Emulated time began at the wall's, runs ``speed`` times as fast, and is moved on by hand.
    """

    speed: float
    base_wall: float
    base_emulated: float
    advanced: float = 0.0

    @classmethod
    def starting(cls, speed: float) -> EmulatedClock:
        """A clock that begins now."""
        now = _wall()
        return cls(speed, now, now)

    def now(self) -> float:
        """The time of resources and durations."""
        return self.base_emulated + (_wall() - self.base_wall) * self.speed + self.advanced

    def wall(self) -> float:
        """The time of tokens, signatures and the ``Date`` header: the wall's, moved by hand."""
        return _wall() + self.advanced

    def run_at(self, speed: float) -> None:
        """Go on from here at another speed."""
        now = self.now()
        self.base_wall, self.base_emulated = _wall(), now - self.advanced
        self.speed = speed


def told(moment: float) -> str:
    """A time as our own control interface writes it: ISO 8601, UTC, milliseconds."""
    written = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    return written.replace("+00:00", "Z")


def _wall() -> float:
    return clock.wall().timestamp()
