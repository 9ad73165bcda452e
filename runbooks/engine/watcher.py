"""Whom a run tells what it is at, while it is at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from dws.waiter import Progress


class Watcher(Protocol):
    """Somebody who looks at a run: a terminal, a pipe, a machine."""

    def step_began(self, step: str, uses: str) -> None:
        """A step begins, or is gone on with."""

    def step_ended(self, step: str, status: str, told: str) -> None:
        """A step ended; ``told`` is its error, or empty."""

    def progressed(self, step: str, progress: Progress) -> None:
        """A wait looked."""

    def noted(self, step: str, what: str, details: Mapping[str, Any]) -> None:
        """Something was done or found."""


class Nobody:
    """Looks away."""

    def step_began(self, step: str, uses: str) -> None: ...

    def step_ended(self, step: str, status: str, told: str) -> None: ...

    def progressed(self, step: str, progress: Progress) -> None: ...

    def noted(self, step: str, what: str, details: Mapping[str, Any]) -> None: ...
