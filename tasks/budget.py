"""How many of several targets may fail before no more are begun."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from dws.errors import DwsError

T = TypeVar("T")

Errors = Annotated[str, Field(pattern=r"^(\d{1,6}|(\d|[1-9]\d|100)%)$")]
"""A number of targets, ``2``, or a share of them, ``10%``."""


def allowed(errors: str, total: int) -> int:
    """How many may fail: a share is rounded down, so that of 9 targets 10 % are none."""
    if errors.endswith("%"):
        return total * int(errors.removesuffix("%")) // 100
    return int(errors)


@dataclass
class Tally(Generic[T]):
    """
    What became of the targets.

    Attributes:
        failed: With the error of each. One whose outcome is unknown is among them.
        not_begun: Those that were left out, as too many had failed.
    """

    done: list[T] = field(default_factory=list)
    failed: list[tuple[T, DwsError]] = field(default_factory=list)
    not_begun: list[T] = field(default_factory=list)


async def over_each(
    targets: Sequence[T],
    act: Callable[[T], Awaitable[object]],
    *,
    max_parallel: int,
    max_errors: int,
) -> Tally[T]:
    """
    Do something to each of several targets, so many at once, in their order.

    No new target is begun once more than ``max_errors`` have failed; those under way are finished.

    Raises:
        Exception: What is no failure of a target, such as a database of runs that is away. Those
            under way have been cancelled then: none goes on behind the caller's back.
    """
    tally: Tally[T] = Tally()
    left = iter(targets)
    try:
        async with asyncio.TaskGroup() as workers:
            for _ in range(max_parallel):
                workers.create_task(_worker(left, act, tally, max_errors))
    except BaseExceptionGroup as broken:
        raise broken.exceptions[0] from broken
    tally.not_begun.extend(left)
    return tally


async def _worker(
    left: Iterator[T], act: Callable[[T], Awaitable[object]], tally: Tally[T], max_errors: int
) -> None:
    while len(tally.failed) <= max_errors:
        try:
            target = next(left)
        except StopIteration:
            return
        try:
            await act(target)
        except DwsError as error:
            tally.failed.append((target, error))
        else:
            tally.done.append(target)
