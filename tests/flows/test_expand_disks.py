from __future__ import annotations

from typing import Any

import pytest

from dws.operations.scaling import ExpandInstanceStorage
from flows.expand_disks import expand_disks
from tasks.credentials import connect
from tasks.run import Refused, Stopped
from tests.cloud import Cloud

pytestmark = pytest.mark.usefixtures("clock")


def world(**cluster: Any) -> dict[str, Any]:
    return {"clusters": [{"name": "demo", "node_type": "dwsx2.xlarge", **cluster}]}


small = pytest.mark.parametrize("cloud", [world(data_gb=120)], indirect=True)
"""Its nodes have 100 GB each."""


def changed(cloud: Cloud) -> list[str]:
    """What was asked for, but for the check that changes nothing."""
    return [name for name in cloud.changes() if name != "CheckInstanceStorage"]


@small
async def test_disks_grow_to_the_size_wanted(cloud: Cloud, account: str) -> None:
    left = await expand_disks(account, "demo", 300, run_id="r1")

    assert changed(cloud) == ["ExpandInstanceStorage"]
    assert (left.size_gb, left.asked, left.is_readonly) == (300, True, False)
    assert cloud.clusters() == {"demo": "AVAILABLE"}


@small
async def test_a_second_run_of_the_same_id_changes_nothing_more(cloud: Cloud, account: str) -> None:
    await expand_disks(account, "demo", 300, run_id="r1")

    await expand_disks(account, "demo", 300, run_id="r1")

    assert changed(cloud) == ["ExpandInstanceStorage"]


@small
async def test_disks_that_are_so_large_are_left_as_they_are(cloud: Cloud, account: str) -> None:
    left = await expand_disks(account, "demo", 100, run_id="r1")

    assert cloud.changes() == []
    assert not left.asked


PAIR = {
    "clusters": [{"name": "demo", "node_type": "dwsx2.xlarge"}, {"name": "other"}],
    "disaster_recoveries": [{"name": "dr-1", "primary": "demo", "standby": "other"}],
}


@pytest.mark.parametrize(
    ("cloud", "size_gb", "told"),
    [
        (world(), 50, "have 100 GB, and disks never shrink"),
        (world(), 32_100, "have 100 GB, and 32000 at most"),
        (world(), 250, "have 100 GB, and grow by 100; take 300, say"),
        (world(node_type="dws.d2.xlarge"), 1775, r"may not grow: .*LOCAL_DISK"),
        (world(version="8.1.1.202"), 300, r"larger disks needs 8\.1\.1\.203: upgrade"),
        (world(status="FROZEN"), 300, "its status is FROZEN"),
        (world(task="DISK_EXPAND_FAILED"), 300, "DISK_EXPAND_FAILED; repair it first"),
        (PAIR, 300, r"dr-1 \(running\); pause that first"),
        (world() | {"quotas": {"disk_capacity": 500}}, 300, "quota disk_capacity is 500"),
    ],
    indirect=["cloud"],
)
async def test_what_is_in_the_way_is_told_before_any_change(
    cloud: Cloud, account: str, size_gb: int, told: str
) -> None:
    with pytest.raises(Refused, match=told):
        await expand_disks(account, "demo", size_gb, run_id="r1")

    assert changed(cloud) == []


@pytest.mark.parametrize("cloud", [world(sub_status="READONLY", data_gb=280)], indirect=True)
async def test_a_read_only_cluster_is_cured_by_larger_disks(cloud: Cloud, account: str) -> None:
    left = await expand_disks(account, "demo", 300, run_id="r1")

    cloud.advance(120)
    assert left.size_gb == 300
    again = await expand_disks(account, "demo", 300, run_id="r2")
    assert not again.is_readonly


@small
async def test_an_expansion_that_somebody_began_is_adopted(cloud: Cloud, account: str) -> None:
    cluster_id = str(cloud.state()["clusters"][0]["id"])
    async with connect(account) as client:
        await client.call(ExpandInstanceStorage(cluster_id=cluster_id, new_size=300))
    cloud.advance(20)

    left = await expand_disks(account, "demo", 300, run_id="r1")

    assert changed(cloud) == ["ExpandInstanceStorage"]
    assert not left.asked


@small
@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated"])
async def test_a_lost_answer_expands_them_once(cloud: Cloud, account: str, kind: str) -> None:
    cloud.fault(kind, "ExpandInstanceStorage")

    left = await expand_disks(account, "demo", 300, run_id="r1")

    assert left.size_gb == 300
    assert len(cloud.requests("ExpandInstanceStorage")) == (2 if kind == "reset" else 1)


@small
@pytest.mark.parametrize("status", [429, 503])
async def test_an_overloaded_service_is_asked_again(
    cloud: Cloud, account: str, status: int
) -> None:
    cloud.fault("http", "ExpandInstanceStorage", status=status)

    left = await expand_disks(account, "demo", 300, run_id="r1")

    assert left.size_gb == 300
    assert changed(cloud) == ["ExpandInstanceStorage"]


@small
async def test_a_failed_expansion_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "ExpandInstanceStorage", task_status="DISK_EXPAND_FAILED")

    with pytest.raises(Stopped, match=r"larger disks of cluster demo: .*DISK_EXPAND_FAILED"):
        await expand_disks(account, "demo", 300, run_id="r1")
