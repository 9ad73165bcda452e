"""
Typed client of the GaussDB(DWS) API.

What it offers is imported when it is asked for: whoever wants the operations alone does not wait
for HTTP.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dws.client import Client
    from dws.errors import BadSetting, DwsError
    from dws.operation import Operation, Repeat
    from dws.settings import Account

__all__ = ["Account", "BadSetting", "Client", "DwsError", "Operation", "Repeat"]

_HOMES = {
    "Account": "dws.settings",
    "BadSetting": "dws.errors",
    "Client": "dws.client",
    "DwsError": "dws.errors",
    "Operation": "dws.operation",
    "Repeat": "dws.operation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'dws' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
