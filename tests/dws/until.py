"""Letting others work until something is so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(is_so: Callable[[], bool]) -> None:
    """Return as soon as it is so; no time passes but that of the others."""
    while not is_so():  # noqa: ASYNC110 - what is waited for tells no event
        await asyncio.sleep(0)
