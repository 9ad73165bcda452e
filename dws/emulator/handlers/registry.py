"""Which function answers which operation, and with which status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from dws.emulator.call import Answer
from dws.emulator.world import World
from dws.operation import Operation, OperationT

Json = dict[str, Any]
Answered = Json | list[Json] | Answer
"""What a handler answers: bare lists the host calls of reference 5.14, an `Answer` is a file."""


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a request is handled."""

    user: str
    project_id: str


@dataclass(frozen=True, slots=True)
class Handler:
    """What answers an operation."""

    answer: Callable[[World, Any, Caller], Answered]
    status: int


AnsweredT = TypeVar("AnsweredT", bound=Answered)
HANDLERS: dict[type[Operation[Any]], Handler] = {}


def handles(
    cls: type[OperationT], *, status: int = 200
) -> Callable[
    [Callable[[World, OperationT, Caller], AnsweredT]],
    Callable[[World, OperationT, Caller], AnsweredT],
]:
    """Register the decorated function as the answer to one operation."""

    def register(
        answer: Callable[[World, OperationT, Caller], AnsweredT],
    ) -> Callable[[World, OperationT, Caller], AnsweredT]:
        HANDLERS[cls] = Handler(answer, status)
        return answer

    return register
