"""Which function answers which operation, and with which status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dws.emulator.world import World
from dws.operation import Operation, OperationT

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a request is handled."""

    user: str
    project_id: str


@dataclass(frozen=True, slots=True)
class Handler:
    """What answers an operation."""

    answer: Callable[[World, Any, Caller], Json]
    status: int


HANDLERS: dict[type[Operation[Any]], Handler] = {}


def handles(
    cls: type[OperationT], *, status: int = 200
) -> Callable[
    [Callable[[World, OperationT, Caller], Json]], Callable[[World, OperationT, Caller], Json]
]:
    """Register the decorated function as the answer to one operation."""

    def register(
        answer: Callable[[World, OperationT, Caller], Json],
    ) -> Callable[[World, OperationT, Caller], Json]:
        HANDLERS[cls] = Handler(answer, status)
        return answer

    return register
