"""Waits: what ends them, what does not, and what they tell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dws.errors import (
    RequestFailed,
    ServerFault,
    Unauthenticated,
    WaitFailed,
    WaitTimedOut,
)
from dws.operations.account import ListJobDetails
from dws.operations.clusters import ListClusterDetails
from dws.operations.snapshots import ListSnapshotDetails
from dws.waiters import (
    cluster_settled,
    cluster_task_finished,
    job_finished,
)
from tests.dws.instant_clock import InstantClock
from tests.dws.region import IDLE, Region, busy, growing, phases
from tests.dws.script import Script, Told, client_on, refused, told

LOOK = ListClusterDetails(cluster_id="c1")
SNAPSHOT = ListSnapshotDetails(snapshot_id="s1")
DOWN = Told(503, b"<html>", {"retry-after": "0"})
"""The service fails, and asks not to be left alone: calls end at once."""
GONE = refused(404, "DWS.3027")


async def waited(waiter: Any, region: Region, operation: Any = LOOK, **how: Any) -> Any:
    async with client_on(Script(region)) as client:
        return await waiter.wait(client, operation, **how)


async def test_an_idle_cluster_is_settled_at_the_first_look(instant: InstantClock) -> None:
    region = Region(c1=phases((0, IDLE)))

    cluster = await waited(cluster_settled, region)

    assert cluster.id == "c1"
    assert (region.asked, instant.now()) == (["c1"], 0.0)


async def test_idleness_right_after_a_request_proves_nothing(instant: InstantClock) -> None:
    region = Region(c1=phases((0, IDLE), (8, busy("REBOOTING")), (200, IDLE)))

    await waited(cluster_task_finished, region)

    assert instant.now() >= 200


async def test_a_task_that_never_shows_is_taken_for_done_after_half_a_minute(
    instant: InstantClock,
) -> None:
    region = Region(c1=phases((0, IDLE)))

    await waited(cluster_task_finished, region)

    assert 30 <= instant.now() <= 60


async def test_an_outage_right_after_a_request_is_not_its_task(instant: InstantClock) -> None:
    region = Region(c1=phases((0, DOWN), (5, IDLE), (25, busy("REBOOTING")), (200, IDLE)))

    await waited(cluster_task_finished, region)

    assert instant.now() >= 200


SCALE_OUT = [(0, IDLE), (5, busy("SNAPSHOTTING")), (100, IDLE), (150, busy("GROWING")), (400, IDLE)]


@pytest.mark.parametrize("waiter", [cluster_task_finished, cluster_settled])
async def test_the_gap_in_a_scale_out_is_not_its_end(instant: InstantClock, waiter: Any) -> None:
    """python-otcextensions 334."""
    first = 1 if waiter is cluster_settled else 0
    region = Region(c1=phases(*[(0, busy("SNAPSHOTTING"))][:first], *SCALE_OUT[first:]))

    await waited(waiter, region)

    assert instant.now() >= 400


async def test_an_outage_in_the_gap_of_a_scale_out_is_not_its_end(instant: InstantClock) -> None:
    region = Region(
        c1=phases(
            (0, busy("SNAPSHOTTING")),
            (90, DOWN),
            (105, IDLE),
            (150, busy("GROWING")),
            (400, IDLE),
        )
    )

    await waited(cluster_task_finished, region)

    assert instant.now() >= 400


@pytest.mark.parametrize("task", ["RESIZE_FAILURE", "WAITING_REDISTRIBUTION"])
async def test_a_state_that_leads_nowhere_ends_a_wait(instant: InstantClock, task: str) -> None:
    region = Region(c1=phases((0, busy("GROWING")), (100, busy(task))))

    with pytest.raises(WaitFailed, match=rf"cluster c1: .*{task}"):
        await waited(cluster_task_finished, region, kind="cluster")

    assert 100 <= instant.now() <= 200


async def test_a_word_that_is_not_known_is_waited_for(instant: InstantClock) -> None:
    region = Region(c1=phases((0, busy("POLISHING")), (100, {"status": "NEW"}), (200, IDLE)))

    await waited(cluster_settled, region)

    assert instant.now() >= 200


@pytest.mark.parametrize(
    "outage", [Told(503), Told(500), refused(429, "APIGW.0308"), Told(200, b"<")]
)
async def test_an_outage_of_ten_minutes_does_not_end_a_wait(
    instant: InstantClock, outage: Told
) -> None:
    region = Region(
        c1=phases(
            (0, busy("REBOOTING")),
            (60, outage),
            (660, busy("REBOOTING")),
            (960, outage),
            (1560, IDLE),
        )
    )

    cluster = await waited(cluster_settled, region)

    assert cluster.status == "AVAILABLE"


async def test_an_outage_of_half_an_hour_ends_a_wait_with_what_it_was(
    instant: InstantClock,
) -> None:
    region = Region(c1=phases((0, busy("REBOOTING")), (60, Told(503))))

    with pytest.raises(ServerFault):
        await waited(cluster_settled, region)

    assert 60 + 15 * 60 <= instant.now() <= 60 + 20 * 60


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(403, "DWS.5036"), RequestFailed),
        (refused(400, "DWS.0100"), RequestFailed),
        (refused(401, "APIGW.0301"), Unauthenticated),
    ],
)
async def test_a_refusal_ends_a_wait_at_once(
    instant: InstantClock, answer: Told, error: type[RequestFailed]
) -> None:
    region = Region(c1=phases((0, busy("REBOOTING")), (5, answer)))

    with pytest.raises(RequestFailed) as caught:
        await waited(cluster_settled, region)

    assert type(caught.value) is error
    assert len(region.asked) == 2


async def test_what_takes_too_long_is_told_and_may_yet_come(instant: InstantClock) -> None:
    region = Region(c1=growing("RESTORING", 10_000))

    with pytest.raises(
        WaitTimedOut, match=r"cluster c1: still RESTORING after 0:10:00; it may yet come"
    ):
        await waited(cluster_settled, region, kind="cluster", within=timedelta(minutes=10))

    assert instant.now() == 600
    assert region.at[-1] == 600


async def test_what_comes_at_the_last_moment_has_come(instant: InstantClock) -> None:
    region = Region(c1=phases((0, busy("RESTORING")), (600, IDLE)))

    cluster = await waited(cluster_settled, region, within=timedelta(minutes=10))

    assert cluster.id == "c1"


async def test_who_does_not_want_to_wait_looks_once(instant: InstantClock) -> None:
    region = Region(c1=phases((0, busy("RESTORING"))))

    with pytest.raises(WaitTimedOut):
        await waited(cluster_settled, region, within=timedelta(0))

    assert region.asked == ["c1"]


async def test_a_job_is_looked_at_until_its_end(instant: InstantClock) -> None:
    def answer(_: object) -> Told:
        now = instant.now()
        done = {"status": "SUCCESS"} if now >= 600 else {"status": "RUNNING"}
        return told(200, {"job_id": "j1", "progress": f"{min(now / 6, 99):.0f}%", **done})

    async with client_on(Script(answer)) as client:
        job = await job_finished.wait(client, ListJobDetails(job_id="j1"))

    assert job is not None
    assert job.status == "SUCCESS"
    assert 600 <= instant.now() <= 605


async def test_the_time_of_other_waits_does_not_count(instant: InstantClock) -> None:
    async with client_on(Script(Region(c1=phases((0, IDLE))))) as client:
        await cluster_task_finished.wait(client, LOOK)
        before = instant.now()
        await cluster_task_finished.wait(client, LOOK)

    assert instant.now() - before >= 30
