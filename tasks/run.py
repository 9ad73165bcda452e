"""
The run that a task or flow belongs to: its id, what it remembers, whom it tells.

The engine opens one around each step; a flow started without a runbook is its own run.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Engine

from dws.client import Client
from dws.errors import DwsError
from dws.waiter import Progress
from tasks.store import Facts, database

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Refused(DwsError):
    """A run must not go on; nothing was changed by it."""


class Stopped(DwsError):
    """A run cannot go on, and something was changed by it; the message says what is left."""


class Listener(Protocol):
    """Whom a run tells what it is at."""

    def progressed(self, progress: Progress) -> None:
        """A wait looked, and this is how far it is. Comes every few seconds of real time."""

    def noted(self, what: str, details: Mapping[str, Any]) -> None:
        """Something worth keeping was done or found. ``details`` is JSON."""


class Silence:
    """Tells nobody."""

    def progressed(self, progress: Progress) -> None: ...

    def noted(self, what: str, details: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True)
class Run:
    """
    One run, or one step of it.

    Attributes:
        id: Unique per journal; matches `RUN_ID`.
        scope: Tells two steps of a run apart; empty for a flow of its own.
        engine: The database it remembers in.
        clients: Open clients by name of account; closed with the run.
    """

    id: str
    scope: str = ""
    engine: Engine = field(default_factory=database)
    listener: Listener = field(default_factory=Silence)
    clients: dict[str, Client] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not RUN_ID.fullmatch(self.id):
            raise ValueError(
                f"run id {self.id!r}: use 1 to 64 letters, digits, '.', '_' or '-', "
                "a letter or digit first"
            )

    def recall(self, name: str) -> Any:
        """What was remembered under a name, by this or an earlier attempt; None if nothing."""
        return self._facts().recall(name)

    def remember(self, name: str, value: Any) -> Any:
        """Write a JSON value down before it is needed; the first one holds for ever."""
        return self._facts().remember(name, value)

    def recall_latest(self, name: str) -> Any:
        """What was remembered last by `remember_latest` under a name; None if nothing."""
        return next(reversed(self._series(name)), None)

    def remember_latest(self, name: str, value: Any) -> Any:
        """Write a JSON value down that holds until the next of that name; earlier ones stay."""
        return self.remember(f"{name} {len(self._series(name)) + 1}", value)

    def note(self, what: str, **details: Any) -> None:
        """Tell that something was done or found."""
        self.listener.noted(what, details)

    def _series(self, name: str) -> list[Any]:
        told: list[Any] = []
        while (value := self.recall(f"{name} {len(told) + 1}")) is not None:
            told.append(value)
        return told

    def _facts(self) -> Facts:
        return Facts(self.engine, self.id, self.scope)


_current: ContextVar[Run | None] = ContextVar("run", default=None)


def current() -> Run | None:
    """The run around the caller; None outside of any."""
    return _current.get()


@asynccontextmanager
async def running(run: Run) -> AsyncIterator[Run]:
    """Make a run the one around all that is called inside; closes its clients at the end."""
    token = _current.set(run)
    try:
        yield run
    finally:
        _current.reset(token)
        while run.clients:
            _, client = run.clients.popitem()
            await client.aclose()
