from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dws.errors import RequestFailed, WaitTimedOut
from dws.lookup import find_cluster
from dws.operation import Operation
from dws.operations.logical_clusters import ConvertToLogicalCluster
from dws.operations.scaling import ResizeCluster, ShowClusterRedistribution
from dws.sent.scaling import ScaleOut
from flows.scale_out_with_redistribution import scale_out_with_redistribution as scale_out
from tasks.credentials import connect
from tasks.run import Refused, Stopped
from tasks.windows import Window
from tests.cloud import Cloud
from tests.virtual_clock import NOON, VirtualClock

pytestmark = pytest.mark.usefixtures("clock")

SLOW = {
    "clusters": [{"name": "demo", "data_gb": 120}],
    "durations": {"snapshot": 300, "gap": 40, "grow": 1000, "redistribute": 5 * 3600},
}
"""Begins at noon; its redistribution takes five hours."""
slowly = pytest.mark.parametrize("cloud", [SLOW], indirect=True)


def world(**cluster: Any) -> dict[str, Any]:
    return {"clusters": [{"name": "demo", **cluster}]}


def changed(cloud: Cloud) -> list[str]:
    """What was asked for, but for the check that changes nothing."""
    return [name for name in cloud.changes() if name != "CheckGrowCluster"]


def nodes(cloud: Cloud) -> int:
    return int(cloud.state()["clusters"][0]["nodes"])


async def test_a_cluster_grows_and_its_data_is_spread(cloud: Cloud, account: str) -> None:
    left = await scale_out(account, "demo", 6, run_id="r1")

    assert changed(cloud) == ["ResizeCluster", "ExecuteRedistributionCluster"]
    assert (nodes(cloud), left.nodes) == (6, 6)
    assert cloud.clusters() == {"demo": "AVAILABLE"}
    assert (left.asked, left.retries, left.suspensions, left.is_balanced) == (True, 0, 0, True)


async def test_a_second_run_of_the_same_id_changes_nothing_more(cloud: Cloud, account: str) -> None:
    await scale_out(account, "demo", 6, run_id="r1")

    left = await scale_out(account, "demo", 6, run_id="r1")

    assert changed(cloud) == ["ResizeCluster", "ExecuteRedistributionCluster"]
    assert left.nodes == 6


async def test_a_cluster_that_is_so_large_is_left_as_it_is(cloud: Cloud, account: str) -> None:
    left = await scale_out(account, "demo", 3, run_id="r1")

    assert cloud.changes() == []
    assert not left.asked


async def test_fewer_nodes_are_refused_with_the_cure(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match=r"nodes=2: cluster demo has 3; .* run scale-in"):
        await scale_out(account, "demo", 2, run_id="r1")

    assert cloud.changes() == []


PAIR = {
    "clusters": [{"name": "demo"}, {"name": "other"}],
    "disaster_recoveries": [{"name": "dr-1", "primary": "demo", "standby": "other"}],
}
QUOTA = {"clusters": [{"name": "demo"}], "quotas": {"instances": 5}}


@pytest.mark.parametrize(
    ("cloud", "told"),
    [
        (PAIR, r"dr-1 \(running\); pause that first"),
        (QUOTA, r"may not grow to 6 nodes: .*quota instances is 5"),
        (world(sub_status="READONLY"), "READONLY; free disk space"),
        (world(version="8.1.1.100"), "redistribution needs 8.1.1.200: upgrade"),
        (world(status="FROZEN"), "its status is FROZEN"),
        (world(task="RESIZE_FAILURE"), "RESIZE_FAILURE; repair it first"),
        (world(task="WAITING_REDISTRIBUTION"), "run this with nodes=3 first"),
    ],
    indirect=["cloud"],
)
async def test_what_is_in_the_way_is_told_before_any_change(
    cloud: Cloud, account: str, told: str
) -> None:
    with pytest.raises(Refused, match=told):
        await scale_out(account, "demo", 6, run_id="r1")

    assert changed(cloud) == []


@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated"])
@pytest.mark.parametrize("operation", ["ResizeCluster", "ExecuteRedistributionCluster"])
async def test_a_lost_answer_asks_once(
    cloud: Cloud, account: str, kind: str, operation: str
) -> None:
    cloud.fault(kind, operation)

    await scale_out(account, "demo", 6, run_id="r1")

    assert (nodes(cloud), cloud.clusters()) == (6, {"demo": "AVAILABLE"})
    sent = len(cloud.requests(operation))
    assert sent == (2 if kind == "reset" else 1)


@pytest.mark.parametrize("status", [429, 503])
async def test_an_overloaded_service_is_asked_again(
    cloud: Cloud, account: str, status: int
) -> None:
    cloud.fault("http", "ResizeCluster", status=status)

    left = await scale_out(account, "demo", 6, run_id="r1")

    assert (left.nodes, nodes(cloud)) == (6, 6)


async def test_a_failed_growth_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "ResizeCluster", task_status="RESIZE_FAILURE")

    with pytest.raises(Stopped, match=r"growth of cluster demo: .*RESIZE_FAILURE"):
        await scale_out(account, "demo", 6, run_id="r1")

    assert nodes(cloud) == 3


async def test_a_failed_redistribution_is_retried(cloud: Cloud, account: str) -> None:
    fail(cloud)

    left = await scale_out(account, "demo", 6, run_id="r1")

    assert left.retries == 1
    assert changed(cloud).count("ExecuteRedistributionCluster") == 2
    assert cloud.clusters() == {"demo": "AVAILABLE"}


async def test_a_redistribution_that_fails_again_is_told_with_what_is_left(
    cloud: Cloud, account: str
) -> None:
    fail(cloud, times=2)

    with pytest.raises(Stopped, match=r"failed, and was retried 1 times \(.* of .* tables"):
        await scale_out(account, "demo", 6, run_id="r1")

    with pytest.raises(Stopped, match="was retried 1 times"):
        await scale_out(account, "demo", 6, run_id="r1")
    left = await scale_out(account, "demo", 6, run_id="r2")
    assert (left.asked, left.retries) == (False, 1)


def fail(cloud: Cloud, times: int = 1) -> None:
    failed = "REDISTRIBUTE_FAILURE"
    cloud.fault("task_fails", "ExecuteRedistributionCluster", task_status=failed, times=times)


async def test_parallel_jobs_and_mode_are_those_told(cloud: Cloud, account: str) -> None:
    await scale_out(account, "demo", 6, redistribution_mode="online", parallel_jobs=16, run_id="r1")

    async with connect(account) as client:
        cluster = await find_cluster(client, "demo")
        told = await client.call(ShowClusterRedistribution(cluster_id=cluster.id))
    config = told.redis_info.redis_conf
    assert config
    assert (config.redis_mode, config.parallel_jobs) == ("online", 16)


@slowly
async def test_data_is_moved_within_the_window_alone(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    window = Window.parse("22:00-00:00")

    left = await scale_out(account, "demo", 6, window=window, run_id="r1")

    hours: dict[str, list[datetime]] = {"Execute": [], "Stop": [], "Restore": []}
    for sent in cloud.requests():
        kind = (sent["operation"] or "").partition("Redistribution")[0]
        if kind in hours and sent["method"] == "POST":
            hours[kind].append(datetime.fromisoformat(sent["at"]))
    begun, (first, second), (again, last) = hours["Execute"][0], hours["Stop"], hours["Restore"]
    assert left.suspensions == 2
    assert [near(first - begun), near(second - again)] == [2, 2]
    assert [near(again - first), near(last - second)] == [22, 22]
    assert near(clock.time() - NOON) == 2 * 24 + 11


def near(passed: timedelta) -> float:
    """Hours, to a tenth."""
    return round(passed.total_seconds() / 3600, 1)


@slowly
async def test_a_run_that_suspended_it_resumes_it_when_started_again(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("http", "RestoreRedistribution", status=400, code="DWS.0001")
    window = Window.parse("22:00-00:00")
    with pytest.raises(RequestFailed, match=r"DWS\.0001"):
        await scale_out(account, "demo", 6, window=window, run_id="r1")

    left = await scale_out(account, "demo", 6, window=window, run_id="r1")

    assert (left.nodes, left.suspensions) == (6, 2)
    assert changed(cloud).count("ResizeCluster") == 1


async def test_one_that_somebody_paused_is_left_so(cloud: Cloud, account: str) -> None:
    await pause(cloud, account)

    with pytest.raises(Refused, match="set resume_paused"):
        await scale_out(account, "demo", 6, run_id="r2")

    assert "RestoreRedistribution" not in changed(cloud)


async def test_one_that_somebody_paused_is_resumed_where_told(cloud: Cloud, account: str) -> None:
    await pause(cloud, account)

    left = await scale_out(account, "demo", 6, resume_paused=True, run_id="r2")

    assert changed(cloud)[-1] == "RestoreRedistribution"
    assert (left.asked, left.suspensions) == (False, 0)


async def pause(cloud: Cloud, account: str) -> None:
    """Let another run begin it, and be cut off after it paused."""
    window = Window.parse("12:00-12:30")
    with pytest.raises(WaitTimedOut):
        await scale_out(
            account,
            "demo",
            6,
            window=window,
            redistribution_within=timedelta(hours=1),
            run_id="r1",
        )


async def test_idle_nodes_that_are_missing_are_created_and_then_used(
    cloud: Cloud, account: str
) -> None:
    left = await scale_out(account, "demo", 6, use_idle_nodes=True, run_id="r1")

    assert changed(cloud) == [
        "ResizeCluster",
        "ResizeClusterWithExistedNodes",
        "ExecuteRedistributionCluster",
    ]
    assert (left.nodes, nodes(cloud)) == (6, 6)


async def test_idle_nodes_that_are_there_must_all_be_used(cloud: Cloud, account: str) -> None:
    cloud.fault("http", "ResizeClusterWithExistedNodes", status=400, code="DWS.0001")
    with pytest.raises(RequestFailed, match=r"DWS\.0001"):
        await scale_out(account, "demo", 6, use_idle_nodes=True, run_id="r1")

    with pytest.raises(Refused, match="3 idle nodes; set use_idle_nodes, or delete"):
        await scale_out(account, "demo", 6, run_id="r2")
    with pytest.raises(Refused, match="all must be used; take nodes=6"):
        await scale_out(account, "demo", 5, use_idle_nodes=True, run_id="r3")
    left = await scale_out(account, "demo", 6, use_idle_nodes=True, run_id="r4")

    assert changed(cloud).count("ResizeCluster") == 1
    assert left.nodes == 6


async def send(account: str, *operations: Operation[Any]) -> None:
    """Somebody else asks for something."""
    async with connect(account) as client:
        for operation in operations:
            await client.call(operation)


def id_of(cloud: Cloud) -> str:
    return str(cloud.state()["clusters"][0]["id"])


@slowly
@pytest.mark.parametrize("after_s", [0, 10, 320, 400, 1500])
async def test_a_growth_that_somebody_began_is_adopted(
    cloud: Cloud, account: str, after_s: int
) -> None:
    await send(account, ResizeCluster(cluster_id=id_of(cloud), scale_out=ScaleOut(count=3)))
    cloud.advance(after_s)

    left = await scale_out(account, "demo", 6, run_id="r1")

    assert changed(cloud) == ["ResizeCluster"]
    assert (left.nodes, left.asked) == (6, False)


@slowly
async def test_a_redistribution_that_somebody_began_keeps_to_the_window_too(
    cloud: Cloud, account: str
) -> None:
    await send(account, ResizeCluster(cluster_id=id_of(cloud), scale_out=ScaleOut(count=3)))
    cloud.advance(1800)

    left = await scale_out(account, "demo", 6, window=Window.parse("22:00-06:00"), run_id="r1")

    assert changed(cloud) == ["ResizeCluster", "StopRedistribution", "RestoreRedistribution"]
    assert (left.asked, left.suspensions) == (False, 1)


@slowly
async def test_a_window_that_opens_too_late_is_told(cloud: Cloud, account: str) -> None:
    with pytest.raises(WaitTimedOut, match="not done within 2:00:00, and 22:00-00:00 UTC opens"):
        await scale_out(
            account,
            "demo",
            6,
            window=Window.parse("22:00-00:00"),
            redistribution_within=timedelta(hours=2),
            run_id="r1",
        )


@slowly
async def test_a_growth_to_more_nodes_by_somebody_is_told(cloud: Cloud, account: str) -> None:
    await send(account, ResizeCluster(cluster_id=id_of(cloud), scale_out=ScaleOut(count=6)))
    cloud.advance(500)

    with pytest.raises(Refused, match="grows to 9 nodes by somebody, not to 6"):
        await scale_out(account, "demo", 6, run_id="r1")


async def test_a_cluster_of_logical_clusters_is_refused(cloud: Cloud, account: str) -> None:
    await send(account, ConvertToLogicalCluster(cluster_id=id_of(cloud), name="lc_1"))
    cloud.advance(3600)

    with pytest.raises(Refused, match="has logical clusters lc_1"):
        await scale_out(account, "demo", 6, run_id="r1")

    assert changed(cloud) == ["ConvertToLogicalCluster"]
