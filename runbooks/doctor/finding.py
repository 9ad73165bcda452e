"""What a look found, and how it is told."""

from __future__ import annotations

import enum
from dataclasses import dataclass

WITHIN_S = 10.0
"""How long any one look may take."""


class Level(enum.Enum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    """Runs work, but not as one would want."""
    BAD = "bad"
    """Runs do not work."""
    SKIPPED = "skipped"
    """It could not be looked at, as something else is bad."""


@dataclass(frozen=True)
class Finding:
    """
    One thing that was looked at.

    Attributes:
        check: What was looked at.
        told: What was found.
        cure: What to do about it; empty where all is well.
    """

    check: str
    level: Level
    told: str
    cure: str = ""

    def __str__(self) -> str:
        head = f"{self.level.value:<7}  {self.check}: {self.told}"
        return f"{head}\n{'':9}-> {self.cure}" if self.cure else head


def ok(check: str, told: str) -> Finding:
    """All is well."""
    return Finding(check, Level.OK, told)


def warn(check: str, told: str, cure: str) -> Finding:
    """Runs work, but not as one would want."""
    return Finding(check, Level.WARN, told, cure)


def bad(check: str, told: str, cure: str) -> Finding:
    """Runs do not work."""
    return Finding(check, Level.BAD, told, cure)


def skipped(check: str, told: str) -> Finding:
    """Something else is bad."""
    return Finding(check, Level.SKIPPED, told)
