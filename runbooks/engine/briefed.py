"""What a person wants to know of an action before it is run, line by line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from dws.waiter import Waiter
from dws.waiters import waiters
from runbooks.engine.plan_text import usual
from tasks.action import Action

WIDTH = 90
"""Characters of a line."""
_LABEL = 12


def lines(action: Action) -> Iterator[str]:
    """Its briefing, with the bounds of its waits; nothing if it has none."""
    briefing = action.briefing
    if briefing is None:
        return
    yield from _told("changes", briefing.changes)
    yield from _told("queries", briefing.interrupts)
    known: Mapping[str, Waiter[..., Any, Any]] = waiters()
    for name in briefing.waits:
        yield from _told("waits for", _bounds(name, known[name]))
    yield from _told("by hand", briefing.by_hand)


def _bounds(name: str, waiter: Waiter[..., Any, Any]) -> str:
    usually = usual(*waiter.usual) or "under a minute"
    return f"{name}: usually {usually}, at most {_hours(waiter.within)}"


def _hours(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    return f"{minutes / 60:g} h" if minutes >= 120 else f"{minutes} min"


def _told(label: str, text: str) -> Iterator[str]:
    wrapped = textwrap.wrap(" ".join(text.split()), WIDTH - _LABEL) or [""]
    yield f"{label:{_LABEL}}{wrapped[0]}"
    yield from (" " * _LABEL + line for line in wrapped[1:])
