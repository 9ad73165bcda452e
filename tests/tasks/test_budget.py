from __future__ import annotations

import asyncio

import pytest
from pydantic import TypeAdapter, ValidationError

from dws.errors import NoAnswer, WaitTimedOut
from tasks.budget import Errors, allowed, over_each


@pytest.mark.parametrize(
    ("errors", "total", "most"),
    [("0", 50, 0), ("3", 50, 3), ("10%", 50, 5), ("10%", 9, 0), ("100%", 7, 7), ("33%", 10, 3)],
)
def test_a_share_is_rounded_down(errors: str, total: int, most: int) -> None:
    assert allowed(errors, total) == most


@pytest.mark.parametrize("told", ["", "-1", "101%", "1.5", "ten", "05%"])
def test_other_bounds_are_refused(told: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Errors).validate_python(told)


class Targets:
    """Twelve targets of which some fail; remembers how many were under way at once."""

    def __init__(self, *failing: int) -> None:
        self.failing = failing
        self.under_way = 0
        self.most = 0
        self.begun: list[int] = []

    async def act(self, target: int) -> None:
        self.begun.append(target)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        if target in self.failing:
            raise NoAnswer("nobody knows") if target % 2 else WaitTimedOut("still at it")


async def test_so_many_are_under_way_at_once_and_no_more() -> None:
    targets = Targets()

    tally = await over_each(range(12), targets.act, max_parallel=4, max_errors=0)

    assert targets.most == 4
    assert targets.begun == list(range(12))
    assert sorted(tally.done) == targets.begun


@pytest.mark.parametrize(("max_errors", "begun"), [(0, 3), (1, 6), (2, 12)])
async def test_no_target_is_begun_once_more_than_allowed_failed(
    max_errors: int, begun: int
) -> None:
    targets = Targets(2, 5)

    tally = await over_each(range(12), targets.act, max_parallel=1, max_errors=max_errors)

    assert targets.begun == list(range(begun))
    assert tally.not_begun == list(range(begun, 12))
    assert [target for target, _ in tally.failed] == [2, 5][: max_errors + 1]


async def test_those_under_way_are_finished() -> None:
    targets = Targets(0)

    tally = await over_each(range(12), targets.act, max_parallel=4, max_errors=0)

    assert sorted([*tally.done, 0]) == targets.begun
    assert len(tally.not_begun) == 12 - len(targets.begun)
    assert len(targets.begun) <= 8


async def test_a_mistake_of_ours_is_no_failure_of_a_target() -> None:
    async def act(target: int) -> None:
        raise KeyError(target)

    with pytest.raises(KeyError):
        await over_each(range(3), act, max_parallel=1, max_errors=3)


async def test_none_goes_on_after_a_mistake_of_ours() -> None:
    ended: list[int] = []

    async def act(target: int) -> None:
        if target == 0:
            await asyncio.sleep(0)
            raise KeyError(target)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(target)

    before = asyncio.all_tasks()
    with pytest.raises(KeyError):
        await over_each(range(9), act, max_parallel=3, max_errors=9)

    assert sorted(ended) == [1, 2]
    assert asyncio.all_tasks() == before
