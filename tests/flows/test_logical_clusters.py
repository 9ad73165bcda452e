"""Procedures on logical clusters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pydantic import ValidationError

from dws.lookup import NoSuchThing
from dws.operations.logical_clusters import (
    ListLogicalClusters,
    ListLogicalClusterTasks,
    RestartLogicalCluster,
)
from flows.create_logical_cluster import create_logical_cluster
from flows.delete_logical_cluster import delete_logical_cluster
from flows.resize_logical_cluster import resize_logical_cluster
from flows.restart_logical_cluster import restart_logical_cluster
from tasks.run import Refused, Stopped
from tests.cloud import Cloud
from tests.flows.service import id_of, protect, told, while_waiting
from tests.virtual_clock import VirtualClock

pytestmark = pytest.mark.usefixtures("clock")

BIG: dict[str, Any] = {"name": "big", "nodes": 12, "logical_clusters": {"one": 1, "two": 1}}
WORLD: dict[str, Any] = {"clusters": [BIG]}
with_two = pytest.mark.parametrize("cloud", [WORLD], indirect=True)
PHYSICAL = {"clusters": [{"name": "big", "nodes": 6}]}
physical = pytest.mark.parametrize("cloud", [PHYSICAL], indirect=True)
Flow = Callable[..., Awaitable[Any]]


async def nodes() -> dict[str, int]:
    """Nodes by name of what is listed."""
    listed = (await told(ListLogicalClusters(cluster_id=await id_of("big")))).logical_clusters
    return {
        one.logical_cluster_name: sum(len(ring.ring_hosts) for ring in one.cluster_rings)
        for one in listed
    }


@with_two
async def test_one_is_made_of_free_nodes_once(cloud: Cloud, account: str) -> None:
    lefts = [
        await create_logical_cluster(account, "big", "etl", 3, run_id=run_id)
        for run_id in ("r1", "r1", "r2")
    ]

    assert cloud.changes() == ["CreateLogicalCluster"]
    assert await nodes() == {"one": 3, "two": 3, "etl": 3, "elastic_group": 3}
    assert [(left.nodes, left.asked) for left in lefts] == [(3, True), (3, True), (3, False)]


@with_two
async def test_a_size_that_free_rings_do_not_make_is_refused(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="nodes=4: the free rings of big make 3, 6; shrink another"):
        await create_logical_cluster(account, "big", "etl", 4, run_id="r1")
    with pytest.raises(Refused, match="two is there with 3; run resize-logical-cluster"):
        await create_logical_cluster(account, "big", "two", 6, run_id="r2")

    assert cloud.changes() == []


@physical
async def test_a_physical_cluster_is_converted_only_if_told(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="big is physical; tell convert=true"):
        await create_logical_cluster(account, "big", "main", 3, run_id="r1")
    with pytest.raises(Refused, match="all 6 nodes become the first one"):
        await create_logical_cluster(account, "big", "main", 3, convert=True, run_id="r2")
    assert cloud.changes() == []

    for run_id in ("r3", "r3", "r4"):
        await create_logical_cluster(account, "big", "main", convert=True, run_id=run_id)

    assert cloud.changes() == ["EnableLogicalCluster", "ConvertToLogicalCluster"]
    assert await nodes() == {"main": 6}


@with_two
async def test_the_name_of_the_free_nodes_cannot_be_had(cloud: Cloud, account: str) -> None:
    with pytest.raises(ValidationError, match="what the free nodes are called"):
        await create_logical_cluster(account, "big", "elastic_group", 3, run_id="r1")


@with_two
async def test_one_that_could_not_be_made_is_told(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "CreateLogicalCluster", task_status="list index out of range")

    with pytest.raises(Stopped, match="Create failed: list index out of range; it is Failed"):
        await create_logical_cluster(account, "big", "etl", 3, run_id="r1")
    with pytest.raises(Refused, match="logical cluster etl is Failed: Create failed"):
        await create_logical_cluster(account, "big", "etl", 3, run_id="r2")


@with_two
@pytest.mark.parametrize(("nodes_", "free"), [(6, 3), (9, 0)])
async def test_one_grows_and_shrinks_back(
    cloud: Cloud, account: str, nodes_: int, free: int
) -> None:
    for run_id in ("r1", "r1", "r2"):
        await resize_logical_cluster(account, "big", "two", nodes_, run_id=run_id)
    assert (await nodes())["two"] == nodes_
    assert (await nodes()).get("elastic_group", 0) == free

    for run_id in ("r3", "r3", "r4"):
        left = await resize_logical_cluster(account, "big", "two", 3, run_id=run_id)

    assert await nodes() == {"one": 3, "two": 3, "elastic_group": 6}
    assert cloud.changes() == ["UpdateLogicalCluster", "UpdateLogicalCluster"]
    assert (left.nodes_before, left.asked) == (3, False)


@with_two
async def test_a_size_that_rings_do_not_make_is_refused(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match=r"nodes=5: whole rings .*: choose of 3, 6, 9"):
        await resize_logical_cluster(account, "big", "two", 5, run_id="r1")

    assert cloud.changes() == []


@with_two
async def test_a_failed_redistribution_is_told_and_not_called_done(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("task_fails", "UpdateLogicalCluster", task_status="disk full")

    with pytest.raises(Stopped, match="Expand failed: disk full; it is Redistribute_failed"):
        await resize_logical_cluster(account, "big", "two", 6, run_id="r1")
    with pytest.raises(Refused, match="two is Redistribute_failed: Expand failed disk full"):
        await resize_logical_cluster(account, "big", "two", 6, run_id="r2")


@with_two
async def test_a_restart_is_done_once_per_run(cloud: Cloud, account: str) -> None:
    for run_id in ("r1", "r1"):
        await restart_logical_cluster(account, "big", "two", run_id=run_id)
    assert cloud.changes() == ["RestartLogicalCluster"]

    await restart_logical_cluster(account, "big", "two", run_id="r2")

    assert cloud.changes() == ["RestartLogicalCluster"] * 2


@with_two
async def test_a_failed_restart_is_told_and_the_next_run_may_mend_it(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("task_fails", "RestartLogicalCluster", task_status="no answer")
    with pytest.raises(Stopped, match="Restart failed: no answer; it is Unavailable"):
        await restart_logical_cluster(account, "big", "two", run_id="r1")

    await restart_logical_cluster(account, "big", "two", run_id="r2")

    listed = await told(ListLogicalClusters(cluster_id=await id_of("big")))
    assert [one.status for one in listed.logical_clusters] == ["Normal"] * 3


@with_two
async def test_one_is_deleted_and_its_nodes_are_free(cloud: Cloud, account: str) -> None:
    for _ in range(2):
        left = await delete_logical_cluster(account, "big", "two", run_id="r1")

    assert cloud.changes() == ["DeleteLogicalCluster"]
    assert await nodes() == {"one": 3, "elastic_group": 9}
    assert left.nodes_freed == 3
    with pytest.raises(NoSuchThing, match="name='two': the logical clusters of big are: one"):
        await delete_logical_cluster(account, "big", "two", run_id="r2")


@with_two
async def test_the_first_one_is_not_deleted(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="the first logical cluster of big cannot be deleted"):
        await delete_logical_cluster(account, "big", "one", run_id="r1")

    assert cloud.changes() == []


@with_two
async def test_a_failed_deletion_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "DeleteLogicalCluster", task_status="locked")

    with pytest.raises(Stopped, match="Delete failed: locked"):
        await delete_logical_cluster(account, "big", "two", run_id="r1")

    assert "two" in await nodes()


SAFE = {"clusters": [{**BIG, "nodes": 12, "tags": {"runbook-protected": ""}}]}


@pytest.mark.parametrize("cloud", [SAFE], indirect=True)
async def test_a_protected_cluster_loses_no_data_and_no_nodes(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="has the tag runbook-protected"):
        await delete_logical_cluster(account, "big", "two", run_id="r1")
    await resize_logical_cluster(account, "big", "two", 6, run_id="r2")

    with pytest.raises(Refused, match="has the tag runbook-protected"):
        await resize_logical_cluster(account, "big", "two", 3, run_id="r3")


@with_two
@pytest.mark.parametrize(
    ("flow", "arguments"), [(delete_logical_cluster, ()), (resize_logical_cluster, (3,))]
)
async def test_a_cluster_protected_while_it_waits_loses_no_data_and_no_nodes(
    cloud: Cloud, account: str, clock: VirtualClock, flow: Flow, arguments: Any
) -> None:
    await resize_logical_cluster(account, "big", "two", 6, run_id="r1")
    listed = await told(ListLogicalClusters(cluster_id=await id_of("big")))
    one = listed.logical_clusters[0].logical_cluster_id
    await told(RestartLogicalCluster(cluster_id=await id_of("big"), logical_cluster_id=one))
    while_waiting(clock, lambda: protect("big"))

    with pytest.raises(Refused, match="has the tag runbook-protected=rows are rescued"):
        await flow(account, "big", "two", *arguments, run_id="r2")

    assert (await nodes())["two"] == 6


PAIR = {
    "clusters": [BIG, {"name": "other"}],
    "disaster_recoveries": [{"name": "dr-1", "primary": "big", "standby": "other"}],
}
CALLS = pytest.mark.parametrize(
    ("flow", "arguments", "operation"),
    [
        (create_logical_cluster, ("etl", 3), "CreateLogicalCluster"),
        (resize_logical_cluster, ("two", 6), "UpdateLogicalCluster"),
        (restart_logical_cluster, ("two",), "RestartLogicalCluster"),
        (delete_logical_cluster, ("two",), "DeleteLogicalCluster"),
    ],
)


@pytest.mark.parametrize("cloud", [PAIR], indirect=True)
@CALLS
async def test_a_running_recovery_refuses_all_of_them(
    cloud: Cloud, account: str, flow: Flow, arguments: Any, operation: str
) -> None:
    with pytest.raises(Refused, match=r"dr-1 \(running\); pause that first"):
        await flow(account, "big", *arguments, run_id="r1")

    assert cloud.changes() == []


@with_two
@CALLS
@pytest.mark.parametrize("kind", ["lost_reply", "reset"])
async def test_a_lost_answer_does_it_once(
    cloud: Cloud, account: str, flow: Flow, arguments: Any, operation: str, kind: str
) -> None:
    cloud.fault(kind, operation)

    await flow(account, "big", *arguments, run_id="r1")

    done = await told(ListLogicalClusterTasks(cluster_id=await id_of("big")))
    assert len(done.logical_cluster_tasks) == 1


@pytest.mark.parametrize(
    "cloud",
    [{**WORLD, "profile": {"logical_busy": word}} for word in ("403", "417", "200")],
    indirect=True,
)
async def test_what_another_does_is_waited_for(cloud: Cloud, account: str) -> None:
    cluster_id = await id_of("big")
    listed = await told(ListLogicalClusters(cluster_id=cluster_id))
    two = listed.logical_clusters[1].logical_cluster_id
    await told(RestartLogicalCluster(cluster_id=cluster_id, logical_cluster_id=two))

    await create_logical_cluster(account, "big", "etl", 3, run_id="r1")

    assert cloud.changes() == ["RestartLogicalCluster", "CreateLogicalCluster"]


@with_two
@CALLS
async def test_a_busy_refusal_just_then_is_outlived(
    cloud: Cloud, account: str, flow: Flow, arguments: Any, operation: str
) -> None:
    cloud.fault("http", operation, status=417, code="DWS.7023")

    await flow(account, "big", *arguments, run_id="r1")

    assert cloud.changes() == [operation]
