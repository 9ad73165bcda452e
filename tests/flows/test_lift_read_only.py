from __future__ import annotations

from collections.abc import Callable

import pytest

from dws.told.monitoring import Disk
from flows.declared.lift_read_only import has_room
from flows.lift_read_only import lift_read_only
from tasks.action import Level
from tasks.clusters import find_cluster
from tasks.run import Refused
from tests.cloud import Cloud

pytestmark = pytest.mark.usefixtures("clock")


def of(sub_status: str = "READONLY", **more: object) -> dict[str, object]:
    return {"clusters": [{"name": "demo", "sub_status": sub_status, **more}]}


@pytest.fixture
def cloud(request: pytest.FixtureRequest, serve: Callable[..., Cloud]) -> Cloud:
    return serve(getattr(request, "param", of()))


async def test_a_cluster_with_room_is_made_writable(cloud: Cloud, account: str) -> None:
    left = await lift_read_only(account, "demo", run_id="r1")

    assert cloud.changes() == ["CancelReadonlyCluster"]
    assert (await find_cluster(account, "demo")).sub_status == "NORMAL"
    assert left.asked
    assert 0 < left.fullest_disk_percent < 80


async def test_a_second_run_of_the_same_id_changes_nothing_more(cloud: Cloud, account: str) -> None:
    await lift_read_only(account, "demo", run_id="r1")

    await lift_read_only(account, "demo", run_id="r1")

    assert cloud.changes() == ["CancelReadonlyCluster"]


@pytest.mark.parametrize("cloud", [of("UNBALANCED")], indirect=True)
async def test_a_writable_cluster_is_left_alone(cloud: Cloud, account: str) -> None:
    left = await lift_read_only(account, "demo", run_id="r1")

    assert cloud.changes() == []
    assert not left.asked


@pytest.mark.parametrize("cloud", [of(data_gb=100_000)], indirect=True)
async def test_a_cluster_with_full_disks_is_refused_with_the_figure(
    cloud: Cloud, account: str
) -> None:
    with pytest.raises(
        Refused, match=r"cluster demo: disk \S+ of node \S+ is \d+\.\d% full, .*percent=80; drop"
    ):
        await lift_read_only(account, "demo", run_id="r1")

    assert cloud.changes() == []


async def test_how_full_they_may_be_is_told_by_the_operator(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="more than fullest_percent=1;"):
        await lift_read_only(account, "demo", fullest_percent=1, run_id="r1")


@pytest.mark.parametrize(
    ("cloud", "told"),
    [
        (of(status="FROZEN"), "its status is FROZEN"),
        (of(version="1.7.1"), "lifting read-only needs 1.7.2: upgrade"),
        (of(task="DISK_EXPAND_FAILED"), "DISK_EXPAND_FAILED; repair it first"),
    ],
    indirect=["cloud"],
)
async def test_what_keeps_it_read_only_is_told_before_any_change(
    cloud: Cloud, account: str, told: str
) -> None:
    with pytest.raises(Refused, match=told):
        await lift_read_only(account, "demo", run_id="r1")

    assert cloud.changes() == []


@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated"])
async def test_a_lost_answer_leads_to_the_same_end(cloud: Cloud, account: str, kind: str) -> None:
    cloud.fault(kind, "CancelReadonlyCluster")

    left = await lift_read_only(account, "demo", run_id="r1")

    assert (await find_cluster(account, "demo")).sub_status == "NORMAL"
    assert left.asked


@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_is_busy_is_asked_again(
    cloud: Cloud, account: str, status: int
) -> None:
    cloud.fault("http", "CancelReadonlyCluster", status=status)

    await lift_read_only(account, "demo", run_id="r1")

    assert cloud.changes() == ["CancelReadonlyCluster"]


def test_disks_that_nobody_tells_of_are_no_room() -> None:
    untold = Disk(host_name="node-1", disk_name="sdb")

    finding = has_room("demo", [untold], 80)

    assert finding.level is Level.BLOCK
    assert "tells no disks of cluster demo" in finding.told


def test_how_full_a_disk_is_follows_from_its_sizes_where_it_is_not_told() -> None:
    half = Disk(host_name="node-1", disk_name="sdb", used=50, total=100)

    assert half.percent == 50
    assert has_room("demo", [half], 49).level is Level.BLOCK
    assert has_room("demo", [half], 50).level is Level.PASS
