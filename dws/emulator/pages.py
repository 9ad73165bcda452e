"""Pages of lists: so many records, after so many."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def page(found: list[T], offset: int | None, limit: int | None) -> list[T]:
    """The records that are asked for; all that follow the offset where no limit is told."""
    start = max(offset or 0, 0)
    return found[start:] if limit is None else found[start : start + limit]
