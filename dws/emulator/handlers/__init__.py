"""What the emulator does for each operation; one module per area, as in `dws.operations`."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from dws.emulator.handlers.registry import HANDLERS, Caller, Handler

for _module in pkgutil.iter_modules(__path__, f"{__name__}."):
    import_module(_module.name)  # registers its handlers and effects

__all__ = ["HANDLERS", "Caller", "Handler"]
