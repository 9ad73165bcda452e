"""Operations by name and by area."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import groupby
from typing import Any

from dws.operation import Operation
from dws.operations import area_of, catalogue
from runbooks.calling.mistakes import BadCall


def operation_named(name: str) -> type[Operation[Any]]:
    """
    The operation of that official name.

    Raises:
        BadCall: There is none; tells names that come close.
    """
    found = catalogue().get(name)
    if found is None:
        raise BadCall([f"no operation {name!r}; {_close_to(name)}"])
    return found


def listed(area: str) -> str:
    """
    All operations of an area, or of all if it is empty, as a table for people.

    Raises:
        BadCall: There is no such area.
    """
    by_area = sorted(catalogue().values(), key=lambda cls: (area_of(cls), cls.__name__))
    areas = {found: list(operations) for found, operations in groupby(by_area, key=area_of)}
    if area and area not in areas:
        raise BadCall([f"no area {area!r}; there are {', '.join(areas)}"])
    chosen = {area: areas[area]} if area else areas
    return "\n".join(line for found in chosen.items() for line in _table(*found))


def first_line(cls: type[Operation[Any]]) -> str:
    """What an operation does, in a line."""
    return inspect.cleandoc(cls.__doc__ or "").partition("\n")[0]


def _table(area: str, operations: list[type[Operation[Any]]]) -> Iterator[str]:
    widest = max(len(cls.__name__) for cls in operations)
    yield area
    for cls in operations:
        route = cls.route
        yield f"  {cls.__name__:<{widest}}  {route.repeat.value:<10}  {first_line(cls)}"
        yield f"  {'':<{widest}}  {route.method:<10}  {route.path}"


def _close_to(name: str) -> str:
    by_small = {known.lower(): known for known in catalogue()}
    close = get_close_matches(name.lower(), by_small, n=4)
    close += [small for small in by_small if name.lower() in small and small not in close][:4]
    if not close:
        return "see: runbook call --list"
    return f"close to it: {', '.join(by_small[small] for small in close)}"
