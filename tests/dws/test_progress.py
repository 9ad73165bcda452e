"""What a wait tells while it lasts."""

from __future__ import annotations

from typing import Any

import pytest

from dws.operations.clusters import ListClusterDetails
from dws.waiter import Progress
from dws.waiters import (
    cluster_settled,
    cluster_task_finished,
)
from tests.dws.instant_clock import InstantClock
from tests.dws.region import IDLE, Region, Shown, busy, growing, phases
from tests.dws.script import Script, Told, client_on

LOOK = ListClusterDetails(cluster_id="c1")


DOWN = Told(503, b"<html>", {"retry-after": "0"})
"""The service fails, and asks not to be left alone: calls end at once."""


async def waited(waiter: Any, region: Region, operation: Any = LOOK, **how: Any) -> Any:
    async with client_on(Script(region)) as client:
        return await waiter.wait(client, operation, **how)


async def test_each_look_tells_how_far_a_wait_is(instant: InstantClock) -> None:
    tells: list[Progress] = []

    await waited(
        cluster_settled,
        Region(c1=growing("RESTORING", 900)),
        tell=tells.append,
        kind="cluster",
    )

    assert {told.what for told in tells} == {"cluster c1"}
    assert {told.phase for told in tells[:-1]} == {"RESTORING"}
    assert (tells[-1].phase, tells[-1].percent, tells[-1].is_over) == ("done", 100.0, True)
    assert not any(told.is_over for told in tells[:-1])
    percents = [told.percent for told in tells if told.percent is not None]
    assert percents == sorted(percents)
    assert percents[0] == 0.0
    assert percents[-1] >= 90.0
    assert [told.elapsed_s for told in tells] == sorted(told.elapsed_s for told in tells)
    for told_of in tells[3:]:
        if told_of.remaining_s is not None:
            assert abs(told_of.elapsed_s + told_of.remaining_s - 900) <= 0.35 * 900


@pytest.mark.parametrize(
    "shown",
    [
        [(0, IDLE)],
        [(0, DOWN), (5, IDLE)],
        [(0, busy("REBOOTING")), (60, IDLE)],
    ],
    ids=["idle", "outage", "task"],
)
async def test_whoever_was_told_of_a_wait_is_told_of_its_end(
    instant: InstantClock, shown: list[tuple[float, Shown]]
) -> None:
    tells: list[Progress] = []

    await waited(cluster_task_finished, Region(c1=phases(*shown)), tell=tells.append)

    assert [told.is_over for told in tells] == [False] * (len(tells) - 1) + [True]
    assert len(tells) > 1


async def test_what_has_come_at_the_first_look_is_not_told(instant: InstantClock) -> None:
    tells: list[Progress] = []

    await waited(cluster_settled, Region(c1=phases((0, IDLE))), tell=tells.append)

    assert tells == []


async def test_a_wait_without_a_name_is_called_by_what_it_looks_at(instant: InstantClock) -> None:
    tells: list[Progress] = []

    await waited(cluster_settled, Region(c1=growing("X", 20)), tell=tells.append)

    assert tells[0].what == "ListClusterDetails c1"
