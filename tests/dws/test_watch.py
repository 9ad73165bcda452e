"""Looks shared by many waits: what they cost, and that one waiter's trouble is not another's."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from dws.client import Client
from dws.errors import RequestFailed, ServerFault, WaitFailed
from dws.operations.clusters import ListClusterDetails
from dws.operations.snapshots import ListSnapshotDetails
from dws.waiters import cluster_gone, cluster_settled, snapshot_ready
from tests.dws.instant_clock import InstantClock
from tests.dws.region import IDLE, Region, busy, growing, phases
from tests.dws.script import Script, Told, client_on, refused
from tests.dws.until import until

SOON = 10.0
"""Seconds of the wall after which something hangs."""


def look(name: str) -> ListClusterDetails:
    return ListClusterDetails(cluster_id=name)


async def settled(client: Client, *names: str, waiter: Any = cluster_settled) -> list[Any]:
    waits = (waiter.wait(client, look(name)) for name in names)
    async with asyncio.timeout(SOON):
        return await asyncio.gather(*waits, return_exceptions=True)


def others() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]


async def test_what_a_list_lacks_is_asked_for_by_itself(instant: InstantClock) -> None:
    """Absence from a list proves nothing: lists lag."""
    region = Region(
        c1=phases((0, busy("X")), (60, IDLE)),
        c2=phases((0, busy("X")), (60, IDLE)),
    )
    region.listed = {"c1"}

    async with client_on(Script(region)) as client:
        found = await settled(client, "c1", "c2")

    assert [item.id for item in found] == ["c1", "c2"]
    assert "c2" in region.asked
    assert "c1" not in region.asked


async def test_what_a_list_lacks_is_gone_only_by_the_services_own_word(
    instant: InstantClock,
) -> None:
    """c1 is gone; c2 is still there, although no list shows it; c3 answers with a proxy's page."""
    region = Region(
        c2=phases((0, {"status": "DELETING"}), (200, {"status": "DELETED"})),
        c3=phases((0, Told(404, b"<html>"))),
    )
    region.listed = set()

    async with client_on(Script(region)) as client:
        gone, deleted, odd = await settled(client, "c1", "c2", "c3", waiter=cluster_gone)

    assert gone is None
    assert deleted.status == "DELETED"
    assert type(odd) is RequestFailed


@pytest.mark.parametrize("answer", [refused(404, "DWS.0047"), refused(401, "DWS.0047")])
async def test_a_list_that_is_not_found_makes_nothing_gone(
    instant: InstantClock, answer: Told
) -> None:
    deleting = phases((0, {"status": "DELETING"}), (200, {"status": "DELETED"}))
    region = Region(c1=deleting, c2=deleting)
    region.list_answer = answer

    async with client_on(Script(region)) as client:
        found = await settled(client, "c1", "c2", waiter=cluster_gone)

    assert [getattr(item, "status", item) for item in found] == ["DELETED", "DELETED"]
    assert instant.now() >= 200


@pytest.mark.parametrize("answer", [refused(403, "DWS.5036"), refused(404, "APIGW.0101")])
async def test_a_refused_list_is_told_to_all(instant: InstantClock, answer: Told) -> None:
    region = Region(c1=phases((0, busy("X"))), c2=phases((0, busy("X"))))
    region.list_answer = answer

    async with client_on(Script(region)) as client:
        found = await settled(client, "c1", "c2")

    assert [type(error) for error in found] == [RequestFailed, RequestFailed]
    assert region.asked == ["list"]


async def test_an_outage_of_the_list_is_told_to_all_in_the_end(instant: InstantClock) -> None:
    region = Region(c1=phases((0, busy("X"))), c2=phases((0, busy("X"))))
    region.list_answer = Told(503)

    async with client_on(Script(region)) as client:
        found = await settled(client, "c1", "c2")

    assert [type(error) for error in found] == [ServerFault, ServerFault]
    assert instant.now() >= 15 * 60


async def test_a_failure_of_one_is_not_one_of_the_others(instant: InstantClock) -> None:
    region = Region(
        c1=phases((0, busy("GROWING")), (60, busy("RESIZE_FAILURE"))),
        c2=phases((0, busy("GROWING")), (300, IDLE)),
        c3=phases((0, busy("GROWING")), (60, refused(403, "DWS.5036"))),
    )

    async with client_on(Script(region)) as client:
        failed, fine, refused_one = await settled(client, "c1", "c2", "c3")

    assert isinstance(failed, WaitFailed)
    assert fine.id == "c2"
    assert type(refused_one) is RequestFailed


async def test_a_wait_that_is_cancelled_leaves_the_others_alone(instant: InstantClock) -> None:
    region = Region(**{name: growing("X", 600) for name in ("c1", "c2", "c3")})

    async with client_on(Script(region)) as client, asyncio.timeout(SOON):
        waits = [
            asyncio.create_task(cluster_settled.wait(client, look(name))) for name in region.items
        ]
        await until(lambda: instant.now() >= 100)
        waits[0].cancel()
        found = await asyncio.gather(*waits, return_exceptions=True)

    assert isinstance(found[0], asyncio.CancelledError)
    assert [getattr(item, "id", item) for item in found[1:]] == ["c2", "c3"]


async def test_the_last_of_many_goes_on_alone(instant: InstantClock) -> None:
    region = Region(c1=growing("X", 60), c2=growing("X", 600))

    async with client_on(Script(region)) as client:
        await settled(client, "c1", "c2")

    assert region.asked[0] == "list"
    assert region.asked[-1] == "c2"


async def test_who_joins_later_is_looked_for_as_well(instant: InstantClock) -> None:
    region = Region(c1=growing("X", 900), c2=growing("X", 300))

    async with client_on(Script(region)) as client, asyncio.timeout(SOON):
        first = asyncio.create_task(cluster_settled.wait(client, look("c1")))
        await until(lambda: instant.now() >= 100)
        second = await cluster_settled.wait(client, look("c2"))
        at = instant.now()
        await first

    assert second is not None
    assert 300 <= at <= 335


async def test_two_waits_for_the_same_cluster_both_end(instant: InstantClock) -> None:
    region = Region(c1=growing("X", 300))

    async with client_on(Script(region)) as client:
        found = await settled(client, "c1", "c1")

    assert [item.id for item in found] == ["c1", "c1"]


async def test_waits_on_clusters_and_snapshots_do_not_mix(instant: InstantClock) -> None:
    clusters = Region(c1=growing("X", 60), c2=growing("X", 60))
    snapshots = Region(
        "snapshots",
        s1=phases((0, {"status": "CREATING"}), (60, {"status": "AVAILABLE"})),
        s2=phases((0, {"status": "AVAILABLE"})),
    )

    def both(request: httpx.Request) -> Told:
        return (snapshots if "snapshots" in request.url.path else clusters)(request)

    async with client_on(Script(both)) as client, asyncio.timeout(SOON):
        found = await asyncio.gather(
            *(cluster_settled.wait(client, look(name)) for name in clusters.items),
            *(
                snapshot_ready.wait(client, ListSnapshotDetails(snapshot_id=name))
                for name in snapshots.items
            ),
        )

    assert [getattr(item, "id", None) for item in found] == ["c1", "c2", "s1", "s2"]


async def test_nothing_is_left_running_after_the_waits(instant: InstantClock) -> None:
    before = others()

    async with client_on(Script(Region(c1=growing("X", 60), c2=growing("X", 60)))) as client:
        await settled(client, "c1", "c2")
        await asyncio.sleep(0)
        during = others() - before

    assert during == set()


async def test_a_wait_ends_when_its_client_is_closed(instant: InstantClock) -> None:
    before = others()
    client = client_on(Script(Region(c1=growing("X", 1e9), c2=growing("X", 1e9))))
    waits = [asyncio.create_task(cluster_settled.wait(client, look(n))) for n in ("c1", "c2")]
    await until(lambda: instant.now() >= 100)

    await client.aclose()

    async with asyncio.timeout(SOON):
        found = await asyncio.gather(*waits, return_exceptions=True)
    assert [type(error) for error in found] == [RuntimeError, RuntimeError]
    assert others() == before


@pytest.mark.parametrize("names", [[""], [".."], ["", "c1"]])
async def test_a_look_that_cannot_be_asked_is_told_instead_of_waited_for(
    instant: InstantClock, names: list[str]
) -> None:
    """Whatever ends the looks ends the waits: nobody waits for a look that will not come."""
    region = Region(c1=growing("X", 60))

    async with client_on(Script(region)) as client:
        found = await settled(client, *names)

    assert isinstance(found[0], ValueError)


async def test_a_wait_after_one_that_broke_works(instant: InstantClock) -> None:
    async with client_on(Script(Region(c1=growing("X", 60)))) as client:
        await settled(client, "")
        found = await settled(client, "c1")

    assert found[0].id == "c1"
