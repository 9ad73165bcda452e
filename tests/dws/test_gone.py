"""What is there, not yet, or no more: only the service says so."""

from __future__ import annotations

from typing import Any

import pytest

from dws.errors import (
    NotFound,
    RequestFailed,
    ServerFault,
    Unreachable,
    WaitFailed,
)
from dws.operations.clusters import ListClusterDetails
from dws.operations.snapshots import ListSnapshotDetails
from dws.waiters import (
    cluster_gone,
    cluster_settled,
    cluster_task_finished,
    snapshot_gone,
    snapshot_ready,
)
from tests.dws.instant_clock import InstantClock
from tests.dws.region import Region, Shown, busy, phases
from tests.dws.script import Script, Told, client_on, refused, told

LOOK = ListClusterDetails(cluster_id="c1")


SNAPSHOT = ListSnapshotDetails(snapshot_id="s1")


GONE = refused(404, "DWS.3027")


async def waited(waiter: Any, region: Region, operation: Any = LOOK, **how: Any) -> Any:
    async with client_on(Script(region)) as client:
        return await waiter.wait(client, operation, **how)


@pytest.mark.parametrize(
    "answer",
    [
        GONE,
        refused(404, "DWS.0047"),
        refused(401, "DWS.0047"),
        refused(403, "DWS.0015"),
        refused(400, "DWS.0015"),
        refused(400, "DWS.0001"),
    ],
    ids=lambda answer: answer.content.decode()[:30],
)
async def test_the_services_own_word_ends_the_wait_for_an_end(
    instant: InstantClock, answer: Told
) -> None:
    region = Region(c1=phases((0, {"status": "DELETING"}), (100, answer)))

    assert await waited(cluster_gone, region) is None
    assert instant.now() >= 100


async def test_a_cluster_that_is_listed_as_deleted_is_gone(instant: InstantClock) -> None:
    region = Region(c1=phases((0, {"status": "DELETING"}), (100, {"status": "DELETED"})))

    cluster = await waited(cluster_gone, region)

    assert cluster.status == "DELETED"


@pytest.mark.parametrize("waiter", [cluster_gone, snapshot_gone])
@pytest.mark.parametrize(
    "answer",
    [
        Told(404),
        Told(404, b"<html>Not Found</html>", {"content-type": "text/html"}),
        refused(404, "APIGW.0101"),
        refused(404, "APIG.0101"),
        told(404, {"error": {"code": 404, "message": "no", "title": "Not Found"}}),
        Told(302, b"", {"location": "https://elsewhere"}),
        refused(403, "APIGW.0302"),
    ],
    ids=lambda answer: f"{answer.status}{answer.content.decode()[:32]}",
)
async def test_a_404_of_anybody_else_never_means_gone(
    instant: InstantClock, waiter: Any, answer: Told
) -> None:
    what, operation = ("clusters", LOOK) if waiter is cluster_gone else ("snapshots", SNAPSHOT)
    region = Region(what, c1=phases((0, answer)), s1=phases((0, answer)))

    with pytest.raises(RequestFailed) as caught:
        await waited(waiter, region, operation)

    assert not isinstance(caught.value, NotFound)


@pytest.mark.parametrize("answer", [Told(503), Told(200), Told(200, b"{}"), Told(200, b"<html>")])
async def test_an_outage_never_means_gone(instant: InstantClock, answer: Told) -> None:
    region = Region(c1=phases((0, answer)))

    with pytest.raises((ServerFault, Unreachable)):
        await waited(cluster_gone, region)


async def test_a_new_snapshot_may_show_up_late(instant: InstantClock) -> None:
    late: list[tuple[float, Shown]] = [
        (0, refused(404, "DWS.5149")),
        (60, {"status": "CREATING"}),
        (300, {"status": "AVAILABLE"}),
    ]

    found = await waited(snapshot_ready, Region("snapshots", s1=phases(*late)), SNAPSHOT)

    assert found.status == "AVAILABLE"


@pytest.mark.parametrize(
    ("waiter", "what", "operation"),
    [(snapshot_ready, "snapshots", SNAPSHOT), (cluster_settled, "clusters", LOOK)],
)
async def test_what_never_shows_up_is_told_after_two_minutes(
    instant: InstantClock, waiter: Any, what: str, operation: Any
) -> None:
    with pytest.raises(WaitFailed, match="it does not exist"):
        await waited(waiter, Region(what), operation)

    assert 120 <= instant.now() <= 200


async def test_a_cluster_that_vanishes_has_no_task_that_ends(instant: InstantClock) -> None:
    region = Region(c1=phases((0, busy("GROWING")), (100, GONE)))

    with pytest.raises(WaitFailed, match="it does not exist"):
        await waited(cluster_task_finished, region)
