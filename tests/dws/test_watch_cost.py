"""What shared looks cost: a hundred waits what one costs."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from dws.client import Client
from dws.clock import ScaledClock, using
from dws.operations.clusters import ListClusterDetails, RestartCluster
from dws.settings import Account
from dws.shapes import Cluster
from dws.waiters import cluster_settled, cluster_task_finished
from tests.cloud import Cloud
from tests.dws.instant_clock import InstantClock
from tests.dws.region import Region, growing
from tests.dws.script import Script, client_on

SOON = 10.0
"""Seconds of the wall after which something hangs."""


def look(name: str) -> ListClusterDetails:
    return ListClusterDetails(cluster_id=name)


async def settled(client: Client, *names: str, waiter: Any = cluster_settled) -> list[Any]:
    waits = (waiter.wait(client, look(name)) for name in names)
    async with asyncio.timeout(SOON):
        return await asyncio.gather(*waits, return_exceptions=True)


async def cost(count: int, lasts: float) -> tuple[int, int, float]:
    """Lists, other requests, and lateness of so many waits."""
    clock = InstantClock()
    region = Region(**{f"c{n}": growing("RESTORING", lasts) for n in range(count)})
    with using(clock):
        async with client_on(Script(region)) as client:
            found = await settled(client, *region.items)
    assert all(isinstance(item, Cluster) for item in found)
    lists = region.asked.count("list")
    return lists, len(region.asked) - lists, clock.now() - lasts


@pytest.mark.parametrize("lasts", [60.0, 300.0, 900.0, 3600.0])
async def test_a_hundred_waits_cost_what_one_costs(lasts: float) -> None:
    lists_of_one, alone, _ = await cost(1, lasts)
    lists, others_asked, late = await cost(100, lasts)

    assert lists_of_one == 0
    assert others_asked == 0
    assert lists <= 1.1 * alone + 1
    assert late <= 31.0


async def test_a_hundred_waits_for_a_quarter_of_an_hour_are_noticed_in_seconds() -> None:
    lists, _, late = await cost(100, 900.0)

    assert late <= 5.0
    assert lists <= 30


async def test_waits_that_end_at_different_times_are_told_each_at_its_own() -> None:
    clock = InstantClock()
    ends: dict[str, float] = {}
    region = Region(**{f"c{n}": growing("RESTORING", 300.0 + 10 * n) for n in range(20)})

    async def one(client: Client, name: str) -> None:
        await cluster_settled.wait(client, look(name))
        ends[name] = clock.now()

    with using(clock):
        async with client_on(Script(region)) as client, asyncio.timeout(SOON):
            await asyncio.gather(*(one(client, name) for name in region.items))

    late = [ends[f"c{n}"] - (300.0 + 10 * n) for n in range(20)]
    assert all(0 <= seconds <= 35 for seconds in late)
    assert region.asked.count("list") <= 60


FLEET = {
    "clusters": [{"name": "dws-{n}", "count": 100, "data_gb": 1}],
    "durations": {"restart": 240},
}


async def test_a_fleet_on_an_emulator_is_waited_for_with_lists_alone(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud: Cloud = serve(FLEET, speed=600)
    for name, value in {
        "DWS_ENDPOINT": cloud.url,
        "DWS_USERNAME": "testname",
        "DWS_PASSWORD": "Passw0rd",
        "DWS_PROJECT_NAME": "eu-de",
    }.items():
        monkeypatch.setenv(name, value)
    ids = [cluster["id"] for cluster in cloud.state()["clusters"]]

    with using(ScaledClock(600.0)):
        async with Account.from_environment().client() as client, asyncio.timeout(30):
            calls = (client.call(RestartCluster(cluster_id=one)) for one in ids)
            await asyncio.gather(*calls)
            waits = (
                cluster_task_finished.wait(client, look(one), within=timedelta(hours=12))
                for one in ids
            )
            found = await asyncio.gather(*waits)

    assert {cluster.id for cluster in found if cluster} == set(ids)
    assert cloud.requests("ListClusterDetails") == []
    assert len(cloud.requests("ListClusters")) <= 40
