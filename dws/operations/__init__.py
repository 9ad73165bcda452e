"""
The catalogue: every operation of the API, one module per area.

To add an operation, write its class in the module of its area. Nothing else
lists operations by hand; tasks, emulator and runbooks find it here.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from dws.operation import Operation


@cache
def catalogue() -> Mapping[str, type[Operation[Any]]]:
    """All operations, by official name."""
    modules = [import_module(info.name) for info in pkgutil.iter_modules(__path__, f"{__name__}.")]
    return MappingProxyType(
        {
            name: cls
            for module in modules
            for name, cls in inspect.getmembers(module, _is_operation)
            if cls.__module__ == module.__name__
        }
    )


def area_of(operation: type[Operation[Any]]) -> str:
    """The area an operation belongs to, e.g. ``snapshots``: the name of its module."""
    return operation.__module__.rpartition(".")[2]


def _is_operation(member: object) -> bool:
    # Pydantic leaves parametrized bases such as Operation[Nothing] in the module: not ours.
    return inspect.isclass(member) and issubclass(member, Operation) and "[" not in member.__name__
