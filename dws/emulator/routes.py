"""Which operation a request is for: a tree of path segments, literal ones before arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dws.operation import Operation

_ARGUMENT = re.compile(r"{(\w+)}")


@dataclass(slots=True)
class _Branch:
    literal: dict[str, _Branch] = field(default_factory=dict)
    argument: _Branch | None = None
    leaves: dict[str, tuple[type[Operation[Any]], list[str]]] = field(default_factory=dict)
    """By method: the operation, and the names of the arguments on the way to it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The operation of a request, and its path arguments, still percent-encoded."""

    operation: type[Operation[Any]]
    arguments: dict[str, str]


class Routes:
    """Every route of some operations. To find one costs the number of its segments."""

    def __init__(self, operations: Iterable[type[Operation[Any]]]) -> None:
        self._root = _Branch()
        for operation in operations:
            self._plant(operation)

    def find(self, method: str, path: str) -> Found | None:
        """The operation that lives there; None if none does. The path is as sent, undecoded."""
        segments = path.split("/")[1:]
        found = _search(self._root, method, segments, 0)
        if found is None:
            return None
        (operation, names), values = found
        return Found(operation, dict(zip(names, values, strict=True)))

    def _plant(self, operation: type[Operation[Any]]) -> None:
        branch, names = self._root, []
        for segment in operation.route.path.split("/")[1:]:
            if named := _ARGUMENT.fullmatch(segment):
                names.append(named[1])
                branch.argument = branch.argument or _Branch()
                branch = branch.argument
            else:
                branch = branch.literal.setdefault(segment, _Branch())
        branch.leaves[operation.route.method] = (operation, names)


_Leaf = tuple[type[Operation[Any]], list[str]]


def _search(
    branch: _Branch, method: str, segments: list[str], at: int
) -> tuple[_Leaf, list[str]] | None:
    if at == len(segments):
        leaf = branch.leaves.get(method)
        return None if leaf is None else (leaf, [])
    segment = segments[at]
    if literal := branch.literal.get(segment):
        found = _search(literal, method, segments, at + 1)
        if found:
            return found
    if branch.argument is None or not segment:
        return None
    found = _search(branch.argument, method, segments, at + 1)
    if found:
        found[1].insert(0, segment)
    return found
