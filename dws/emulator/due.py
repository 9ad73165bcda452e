"""Effects of what falls due, by kind: functions, so that the world itself is data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dws.emulator.records import Event

if TYPE_CHECKING:
    from dws.emulator.world import World

Effect = Callable[["World", Event], None]

EFFECTS: dict[str, Effect] = {}


def effect(register: Effect) -> Effect:
    """Register the decorated function as the effect of the events of its name."""
    EFFECTS[register.__name__] = register
    return register
