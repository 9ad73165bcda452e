"""The requests that were received."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from dws.emulator.clock import told

MOST = 100_000
"""How many are kept; older ones are forgotten."""


@dataclass(slots=True)
class Entry:
    """One request. Its status is 0 until, and unless, an answer is sent."""

    method: str
    path: str
    operation: str | None
    at: float
    status: int = 0


class Log:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=MOST)

    def add(self, entry: Entry) -> Entry:
        """Note a request."""
        self._entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget them."""
        self._entries.clear()

    def told(self) -> list[dict[str, Any]]:
        """All of them, as JSON."""
        return [
            {
                "method": entry.method,
                "path": entry.path,
                "operation": entry.operation,
                "status": entry.status,
                "at": told(entry.at),
            }
            for entry in self._entries
        ]
