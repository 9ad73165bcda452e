"""
Records that areas add to the world, beside those that it is made of.

A kind of record is a dataclass of plain data with an ``id``; `kept` makes it one that a state file
holds, and ``world.of(Kind)`` answers all there are, by id.
"""

from __future__ import annotations

from typing import Protocol, TypeVar


class Kept(Protocol):
    """A record of an area."""

    @property
    def id(self) -> str:
        """Tells it from the others of its kind."""


KeptT = TypeVar("KeptT", bound=Kept)
KINDS: dict[str, type[Kept]] = {}


def kept(kind: type[KeptT]) -> type[KeptT]:
    """Register the decorated dataclass as a kind of record; its name must be its alone."""
    if KINDS.setdefault(kind.__name__, kind) is not kind:
        raise LookupError(f"two kinds of records are called {kind.__name__}")
    return kind
