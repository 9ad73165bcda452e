"""
Imports that wait until they are needed.

A command module imports nothing but click, so that every ``--help`` answers at once; what it
does lies behind a reference that is imported when the command runs.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def deferred(reference: str) -> Any:
    """What ``package.module:attribute`` names, imported now."""
    module, _, attribute = reference.partition(":")
    return getattr(import_module(module), attribute)
