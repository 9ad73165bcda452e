from __future__ import annotations

from typing import Any

import pytest

from dws.client import Client
from dws.errors import WaitFailed
from dws.operations.logical_clusters import (
    CreateLogicalCluster,
    DeleteLogicalCluster,
    ListLogicalClusterRings,
    ListLogicalClusters,
)
from dws.sent.logical_clusters import ClusterRing, NewLogicalCluster
from dws.told.logical_clusters import LogicalClusters
from dws.waiter import Busy, Done, Failed, Verdict
from dws.waiters.logical_clusters import (
    judge_idleness,
    judge_logical_clusters,
    logical_cluster_action_completed,
    logical_clusters_idle,
)
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock

WORLD = {"clusters": [{"name": "big", "nodes": 9}]}
with_rings = pytest.mark.parametrize("cloud", [WORLD], indirect=True)
OLD, NEW = "2024-04-13 07:17:49", "2024-04-13 08:00:32"


def action(result: str, start: str = OLD, *, percent: int = 100) -> dict[str, Any]:
    done = {"action_name": "Create", "completed": bool(result), "progress": percent}
    info = {**done, "result": result, "start_time": start, "logs": None}
    return {"logical_cluster_name": "one", "action_info": info}


def listed(*known: dict[str, Any], free: bool | None = True) -> LogicalClusters:
    told = {"logical_clusters": list(known), "count": len(known), "add_enable": free}
    return LogicalClusters.model_validate(told)


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (listed(), Done()),
        (listed(free=False), Busy("other work")),
        (listed(action("success")), Done()),
        (listed(action("success"), free=None), Done()),
        (listed(action("success"), free=False), Busy("other work")),
        (listed(action("", percent=10)), Busy("Create", 10)),
        (listed(action("success"), action("", NEW, percent=40)), Busy("Create", 40)),
        (listed(action("failed")), Failed("Create of one failed")),
        (listed(action("success"), action("failed", NEW)), Failed("Create of one failed")),
        (listed(action("failed"), action("success", NEW)), Done()),
        (listed({"logical_cluster_name": "elastic_group", "action_info": None}), Done()),
    ],
)
def test_the_last_action_is_judged(told: LogicalClusters, verdict: Verdict) -> None:
    assert judge_logical_clusters(told) == verdict


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (listed(), Done()),
        (listed(free=None), Done()),
        (listed(free=False), Busy("other work")),
        (listed(action("failed")), Done()),
        (listed(action("success"), action("", NEW, percent=40)), Busy("Create", 40)),
    ],
)
def test_idleness_is_judged_whatever_failed_before(told: LogicalClusters, verdict: Verdict) -> None:
    assert judge_idleness(told) == verdict


async def creation(client: Client, cluster_id: str, name: str) -> CreateLogicalCluster:
    free = await client.call(ListLogicalClusterRings(cluster_id=cluster_id))
    ring = ClusterRing.model_validate(free.cluster_rings[0].model_dump())
    wanted = NewLogicalCluster(logical_cluster_name=name, cluster_rings=[ring])
    return CreateLogicalCluster(cluster_id=cluster_id, logical_cluster=wanted)


@with_rings
async def test_a_new_logical_cluster_is_waited_for_although_it_is_listed_late(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    cluster_id = cloud.state()["clusters"][0]["id"]
    look = ListLogicalClusters(cluster_id=cluster_id)

    for name in ("one", "two"):
        await client.call(await creation(client, cluster_id, name))
        done = await logical_cluster_action_completed.wait(client, look)

    assert done
    names = [known.logical_cluster_name for known in done.logical_clusters]
    assert names == ["one", "two", "elastic_group"]
    two = done.logical_clusters[1]
    await client.call(
        DeleteLogicalCluster(cluster_id=cluster_id, logical_cluster_id=two.logical_cluster_id)
    )
    left = await logical_cluster_action_completed.wait(client, look)
    assert left
    assert [k.logical_cluster_name for k in left.logical_clusters] == ["one", "elastic_group"]


@with_rings
async def test_a_failed_creation_ends_the_wait(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    cluster_id = cloud.state()["clusters"][0]["id"]
    cloud.fault("task_fails", "CreateLogicalCluster", task_status="list index out of range")
    await client.call(await creation(client, cluster_id, "one"))

    with pytest.raises(WaitFailed, match="list index out of range"):
        await logical_cluster_action_completed.wait(
            client, ListLogicalClusters(cluster_id=cluster_id)
        )


@with_rings
async def test_the_end_of_an_action_is_waited_for_also_if_it_fails(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    cluster_id = cloud.state()["clusters"][0]["id"]
    cloud.fault("task_fails", "CreateLogicalCluster", task_status="list index out of range")
    await client.call(await creation(client, cluster_id, "one"))

    done = await logical_clusters_idle.wait(client, ListLogicalClusters(cluster_id=cluster_id))

    assert done
    assert done.logical_clusters[0].status == "Failed"
