from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dws.errors import RequestFailed
from dws.operations.clusters import RestartCluster
from dws.operations.disaster_recovery import ListDisasterRecover, StartDisasterRecovery
from flows.declared.scale_in import next_count
from flows.scale_in import scale_in
from tasks.run import Refused, Stopped
from tasks.windows import Window
from tests.cloud import Cloud
from tests.flows.service import id_of, protect, told, while_waiting
from tests.virtual_clock import NOON, VirtualClock

pytestmark = pytest.mark.usefixtures("clock")


def world(**cluster: Any) -> dict[str, Any]:
    return {"clusters": [{"name": "demo", "nodes": 9, **cluster}]}


nine = pytest.mark.parametrize("cloud", [world()], indirect=True)


def nodes(cloud: Cloud) -> int:
    return int(cloud.state()["clusters"][0]["nodes"])


@nine
async def test_nodes_are_taken_down_to_the_number_wanted(cloud: Cloud, account: str) -> None:
    left = await scale_in(account, "demo", 3, run_id="r1")

    assert cloud.changes() == ["ShrinkCluster"]
    assert (nodes(cloud), left.nodes, left.asked) == (3, 3, True)
    assert cloud.clusters() == {"demo": "AVAILABLE"}


@nine
async def test_a_second_run_of_the_same_id_changes_nothing_more(cloud: Cloud, account: str) -> None:
    await scale_in(account, "demo", 6, run_id="r1")

    await scale_in(account, "demo", 6, run_id="r1")

    assert cloud.changes() == ["ShrinkCluster"]
    assert nodes(cloud) == 6


async def test_a_cluster_that_is_so_small_is_left_as_it_is(cloud: Cloud, account: str) -> None:
    left = await scale_in(account, "demo", 3, run_id="r1")

    assert cloud.changes() == []
    assert not left.asked


@pytest.mark.parametrize(
    "cloud",
    [world() | {"profile": {"scale_in_rings": 1}}],
    indirect=True,
)
async def test_more_than_the_service_allows_at_once_goes_in_steps(
    cloud: Cloud, account: str
) -> None:
    left = await scale_in(account, "demo", 3, run_id="r1")

    assert cloud.changes() == ["ShrinkCluster"] * 2
    assert (nodes(cloud), left.nodes) == (3, 3)


@pytest.mark.parametrize(
    ("fewer", "allowed", "count"),
    [
        (6, (3, 6), 6),
        (3, (3, 6), 3),
        (5, (3, 6), None),
        (6, (3,), 3),
        (7, (4,), 4),
        (5, (4,), None),  # one would be left over
        (8, (3,), None),  # five would be left over
        (3, (), None),
    ],
)
def test_only_what_leads_to_the_number_wanted_is_taken_away(
    fewer: int, allowed: tuple[int, ...], count: int | None
) -> None:
    assert next_count(fewer, allowed) == count


PAIR = {
    "clusters": [{"name": "demo", "nodes": 9}, {"name": "other"}],
    "disaster_recoveries": [{"name": "dr-1", "primary": "demo", "standby": "other"}],
}


@pytest.mark.parametrize(
    ("cloud", "wanted", "told"),
    [
        (world(), 12, "has 9; to add nodes run scale-out-with-redistribution"),
        (world(), 5, "possible numbers: 6, 3"),
        (world(tags={"runbook-protected": "yes"}), 3, "has the tag runbook-protected=yes"),
        (world(sub_status="READONLY"), 3, "READONLY; free disk space"),
        (world(status="FROZEN"), 3, "its status is FROZEN"),
        (world(task="CLUSTER_SHRINK_FAILED"), 3, "CLUSTER_SHRINK_FAILED; repair it first"),
        (world(data_gb=5000), 3, r"may not lose 6 nodes \(disk\): its data does not fit"),
        (PAIR, 3, r"dr-1 \(running\); pause that first"),
    ],
    indirect=["cloud"],
)
async def test_what_is_in_the_way_is_told_before_any_change(
    cloud: Cloud, account: str, wanted: int, told: str
) -> None:
    with pytest.raises(Refused, match=told):
        await scale_in(account, "demo", wanted, run_id="r1")

    assert cloud.changes() == []


ONE_RING_AT_ONCE = {"profile": {"scale_in_rings": 1}}


@pytest.mark.parametrize("cloud", [world(data_gb=5000) | ONE_RING_AT_ONCE], indirect=True)
async def test_each_step_is_checked_for_its_own_number(cloud: Cloud, account: str) -> None:
    with pytest.raises(Stopped, match=r"may not lose 3 nodes \(disk\): its data does not fit"):
        await scale_in(account, "demo", 3, run_id="r1")

    assert cloud.changes() == ["ShrinkCluster"]
    assert nodes(cloud) == 6


STANDING = {
    "clusters": [{"name": "demo", "nodes": 9}, {"name": "other"}],
    "disaster_recoveries": [
        {"name": "dr-1", "primary": "demo", "standby": "other", "status": "stopped"}
    ],
}


@pytest.mark.parametrize("cloud", [STANDING | ONE_RING_AT_ONCE], indirect=True)
async def test_a_recovery_that_was_started_between_two_steps_is_told(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("http", "ListClusterScaleInNumbers", status=400, after=2)
    with pytest.raises(RequestFailed):
        await scale_in(account, "demo", 3, run_id="r1")
    pair = (await told(ListDisasterRecover())).disaster_recovery[0]
    await told(StartDisasterRecovery(disaster_recovery_id=pair.id))
    cloud.advance(3600)

    with pytest.raises(Stopped, match=r"dr-1 \(running\); pause that first"):
        await scale_in(account, "demo", 3, run_id="r1")

    assert cloud.changes() == ["ShrinkCluster", "StartDisasterRecovery"]


@nine
async def test_a_cluster_protected_while_it_waits_keeps_its_nodes(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    await told(RestartCluster(cluster_id=await id_of("demo")))
    while_waiting(clock, lambda: protect("demo"))

    with pytest.raises(Refused, match="has the tag runbook-protected=rows"):
        await scale_in(account, "demo", 6, run_id="r1")

    assert nodes(cloud) == 9


@nine
@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated"])
async def test_a_lost_answer_shrinks_it_once(cloud: Cloud, account: str, kind: str) -> None:
    cloud.fault(kind, "ShrinkCluster")

    await scale_in(account, "demo", 6, run_id="r1")

    assert nodes(cloud) == 6
    jobs = [job for job in cloud.state()["jobs"] if job["operation"] == "ShrinkCluster"]
    assert len(jobs) == 1


@nine
@pytest.mark.parametrize("status", [429, 503])
async def test_an_overloaded_service_is_asked_again(
    cloud: Cloud, account: str, status: int
) -> None:
    cloud.fault("http", "ShrinkCluster", status=status)

    left = await scale_in(account, "demo", 6, run_id="r1")

    assert (left.nodes, nodes(cloud)) == (6, 6)


@nine
@pytest.mark.parametrize("failed", ["CLUSTER_SHRINK_FAILED", "SHRINK_CHECK_FAILED"])
async def test_a_failed_scale_in_is_told_and_not_called_done(
    cloud: Cloud, account: str, failed: str
) -> None:
    cloud.fault("task_fails", "ShrinkCluster", task_status=failed)

    with pytest.raises(Stopped, match=rf"scale-in of cluster demo to 6 nodes: .*{failed}"):
        await scale_in(account, "demo", 6, run_id="r1")

    assert nodes(cloud) == 9


@nine
async def test_it_begins_in_its_window(cloud: Cloud, account: str, clock: VirtualClock) -> None:
    await scale_in(account, "demo", 6, window=Window.parse("22:00-23:00"), run_id="r1")

    assert nodes(cloud) == 6
    assert clock.time() > NOON + timedelta(hours=10)
    first, asked = cloud.requests()[0]["at"], cloud.requests("ShrinkCluster")[0]["at"]
    passed = datetime.fromisoformat(asked) - datetime.fromisoformat(first)
    assert timedelta(hours=10) <= passed < timedelta(hours=11)
