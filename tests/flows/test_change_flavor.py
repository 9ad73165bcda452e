from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dws.lookup import find_cluster
from dws.operations.account import ListNodeTypes
from flows.change_flavor import change_flavor
from tasks.credentials import connect
from tasks.run import Refused, Stopped
from tasks.windows import Window
from tests.cloud import Cloud
from tests.virtual_clock import NOON, VirtualClock

pytestmark = pytest.mark.usefixtures("clock")

LARGER = "dwsx2.2xlarge"


def world(**cluster: Any) -> dict[str, Any]:
    return {"clusters": [{"name": "demo", "node_type": "dwsx2.xlarge", **cluster}]}


small = pytest.mark.parametrize("cloud", [world(data_gb=120)], indirect=True)


async def flavor(account: str) -> str | None:
    async with connect(account) as client:
        return (await find_cluster(client, "demo")).node_type


@small
async def test_a_cluster_gets_nodes_of_another_kind(cloud: Cloud, account: str) -> None:
    left = await change_flavor(account, "demo", LARGER, run_id="r1")

    assert cloud.changes() == ["ExecuteFlavorChange"]
    assert (await flavor(account), left.flavor, left.asked) == (LARGER, LARGER, True)
    assert cloud.clusters() == {"demo": "AVAILABLE"}


@small
async def test_a_second_run_of_the_same_id_changes_nothing_more(cloud: Cloud, account: str) -> None:
    await change_flavor(account, "demo", LARGER, run_id="r1")

    left = await change_flavor(account, "demo", LARGER, run_id="r1")

    assert cloud.changes() == ["ExecuteFlavorChange"]
    assert left.flavor == LARGER


@small
async def test_a_kind_is_found_by_its_id_too(cloud: Cloud, account: str) -> None:
    async with connect(account) as client:
        sold = (await client.call(ListNodeTypes())).node_types
    wanted = next(item.id for item in sold if item.spec_name == LARGER)

    left = await change_flavor(account, "demo", wanted, run_id="r1")

    assert left.flavor == await flavor(account) == LARGER


@small
async def test_a_cluster_of_that_kind_is_left_as_it_is(cloud: Cloud, account: str) -> None:
    left = await change_flavor(account, "demo", "dwsx2.xlarge", run_id="r1")

    assert cloud.changes() == []
    assert not left.asked


PAIR = {
    "clusters": [{"name": "demo", "node_type": "dwsx2.xlarge"}, {"name": "other"}],
    "disaster_recoveries": [{"name": "dr-1", "primary": "demo", "standby": "other"}],
}


@pytest.mark.parametrize(
    ("cloud", "wanted", "told"),
    [
        (world(), "dwsx9.xlarge", r"flavor='dwsx9\.xlarge': .*choose of .*dwsx2\.2xlarge"),
        (world(), "dws.d2.xlarge", "cannot change to it"),
        (world(status="FROZEN"), LARGER, "its status is FROZEN"),
        (world(sub_status="READONLY"), LARGER, "READONLY; free disk space"),
        (world(task="FLAVOR_RESIZING_FAILED"), LARGER, "FLAVOR_RESIZING_FAILED; repair it"),
        (PAIR, LARGER, r"dr-1 \(running\); pause that first"),
    ],
    indirect=["cloud"],
)
async def test_what_is_in_the_way_is_told_before_any_change(
    cloud: Cloud, account: str, wanted: str, told: str
) -> None:
    with pytest.raises(Refused, match=told):
        await change_flavor(account, "demo", wanted, run_id="r1")

    assert cloud.changes() == []


@small
@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated"])
async def test_a_lost_answer_changes_it_once(cloud: Cloud, account: str, kind: str) -> None:
    cloud.fault(kind, "ExecuteFlavorChange")

    await change_flavor(account, "demo", LARGER, run_id="r1")

    assert await flavor(account) == LARGER
    jobs = [job for job in cloud.state()["jobs"] if job["operation"] == "ExecuteFlavorChange"]
    assert len(jobs) == 1


@small
@pytest.mark.parametrize("status", [429, 503])
async def test_an_overloaded_service_is_asked_again(
    cloud: Cloud, account: str, status: int
) -> None:
    cloud.fault("http", "ExecuteFlavorChange", status=status)

    await change_flavor(account, "demo", LARGER, run_id="r1")

    assert cloud.changes() == ["ExecuteFlavorChange"]


@small
async def test_a_failed_change_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "ExecuteFlavorChange", task_status="FLAVOR_RESIZING_FAILED")

    with pytest.raises(Stopped, match=r"other nodes of cluster demo: .*FLAVOR_RESIZING_FAILED"):
        await change_flavor(account, "demo", LARGER, run_id="r1")

    assert await flavor(account) == "dwsx2.xlarge"


@small
async def test_it_begins_in_its_window(cloud: Cloud, account: str, clock: VirtualClock) -> None:
    window = Window.parse("TUE 01:00-04:00")

    await change_flavor(account, "demo", LARGER, window=window, run_id="r1")

    assert cloud.changes() == ["ExecuteFlavorChange"]
    assert NOON + timedelta(hours=13) < clock.time() < NOON + timedelta(hours=15)
