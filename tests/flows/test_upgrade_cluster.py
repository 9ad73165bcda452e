from __future__ import annotations

from datetime import timedelta

import pytest

from dws.errors import RequestFailed
from flows.declared.backup_then_delete import snapshot_name
from flows.upgrade_cluster import upgrade_cluster
from tasks.clusters import find_cluster
from tasks.run import Refused, Stopped
from tasks.snapshots import delete_snapshot, wait_until_snapshot_gone
from tasks.upgrades import execute_cluster_upgrade_action, upgrade_paths_of
from tasks.windows import Window
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock

TO = "8.3.0.100"
UPGRADE = "ExecuteClusterUpgradeAction"
pytestmark = pytest.mark.usefixtures("clock")


async def version(account: str) -> str | None:
    return (await find_cluster(account, "demo")).version


async def test_a_cluster_is_upgraded_after_a_proved_snapshot(cloud: Cloud, account: str) -> None:
    left = await upgrade_cluster(account, "demo", TO, run_id="r1")

    assert cloud.changes() == ["CreateSnapshot", UPGRADE]
    assert await version(account) == TO
    assert left.asked
    assert not left.confirmed
    assert cloud.snapshots()[str(left.snapshot_name)] == "AVAILABLE"


async def test_an_upgrade_is_confirmed_if_told_so(cloud: Cloud, account: str) -> None:
    left = await upgrade_cluster(account, "demo", TO, confirm=True, run_id="r1")

    assert cloud.changes() == ["CreateSnapshot", UPGRADE, UPGRADE]
    assert left.confirmed


async def test_an_earlier_upgrade_is_confirmed_without_another(cloud: Cloud, account: str) -> None:
    await upgrade_cluster(account, "demo", TO, run_id="r1")

    left = await upgrade_cluster(account, "demo", TO, confirm=True, run_id="r2")

    assert cloud.changes() == ["CreateSnapshot", UPGRADE, UPGRADE]
    assert left.confirmed
    assert left.snapshot_name is None


async def test_a_second_run_of_the_same_id_changes_nothing_more(cloud: Cloud, account: str) -> None:
    first = await upgrade_cluster(account, "demo", TO, confirm=True, run_id="r1")
    changes = cloud.changes()

    again = await upgrade_cluster(account, "demo", TO, confirm=True, run_id="r1")

    assert cloud.changes() == changes
    assert again == first


async def test_a_run_goes_on_with_the_snapshot_that_it_asked_for(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("http", "ListSnapshotDetails", status=400)
    with pytest.raises(RequestFailed):
        await upgrade_cluster(account, "demo", TO, run_id="r1")

    await upgrade_cluster(account, "demo", TO, run_id="r1")

    assert cloud.changes() == ["CreateSnapshot", UPGRADE]


async def test_a_cluster_of_that_version_is_left_alone(cloud: Cloud, account: str) -> None:
    left = await upgrade_cluster(account, "demo", "8.2.1", run_id="r1")

    assert cloud.changes() == []
    assert not left.asked


async def test_a_window_is_waited_for(cloud: Cloud, account: str, clock: VirtualClock) -> None:
    night = Window.parse("22:00-05:00")

    await upgrade_cluster(account, "demo", TO, window=night, run_id="r1")

    assert clock.now() > 10 * 3600
    assert cloud.changes() == ["CreateSnapshot", UPGRADE]


PAIR = {
    "clusters": [{"name": "demo"}, {"name": "other"}],
    "disaster_recoveries": [{"name": "dr-1", "primary": "demo", "standby": "other"}],
}
FAILED = {"clusters": [{"name": "demo", "task": "RESIZE_FAILURE"}]}
DEMO = {"clusters": [{"name": "demo"}]}


@pytest.mark.parametrize(
    ("cloud", "wanted", "told"),
    [
        (DEMO, "9.9", r"version='9\.9': cluster demo has 8\.2\.1 and can become: 8\.2\.1\.220"),
        (PAIR, TO, r"dr-1 \(running\); pause that first"),
        (FAILED, TO, "RESIZE_FAILURE; repair it first"),
    ],
    indirect=["cloud"],
)
async def test_what_keeps_it_from_an_upgrade_is_told_before_any_change(
    cloud: Cloud, account: str, wanted: str, told: str
) -> None:
    with pytest.raises(Refused, match=told):
        await upgrade_cluster(account, "demo", wanted, run_id="r1")

    assert cloud.changes() == []


async def test_an_upgrade_that_is_not_confirmed_keeps_from_another(
    cloud: Cloud, account: str
) -> None:
    await upgrade_cluster(account, "demo", "8.2.1.220", run_id="r1")

    with pytest.raises(Refused, match=r"is open: that to 8\.2\.1\.220 \(Update_Success\); end"):
        await upgrade_cluster(account, "demo", TO, run_id="r2")


async def test_a_failed_upgrade_is_told_with_what_the_service_offers(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("task_fails", UPGRADE, task_status="disk full")

    for _ in range(2):
        with pytest.raises(Stopped, match=r"disk full; the service offers .*action=rollback"):
            await upgrade_cluster(account, "demo", TO, run_id="r1")

    assert cloud.changes() == ["CreateSnapshot", UPGRADE]
    assert await version(account) == "8.2.1"


async def test_an_earlier_failed_upgrade_is_told_before_any_change(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("task_fails", UPGRADE, task_status="disk full")
    with pytest.raises(Stopped):
        await upgrade_cluster(account, "demo", TO, run_id="r1")

    with pytest.raises(Refused, match=r"is Update_Failure \(disk full\); the service offers"):
        await upgrade_cluster(account, "demo", TO, run_id="r2")

    assert cloud.changes() == ["CreateSnapshot", UPGRADE]


async def test_a_failed_upgrade_is_undone_if_told_so(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", UPGRADE, task_status="disk full")

    for _ in range(2):
        with pytest.raises(Stopped, match=r"disk full; it was undone, the cluster has 8\.2\.1"):
            await upgrade_cluster(account, "demo", TO, rollback_on_failure=True, run_id="r1")

    assert cloud.changes() == ["CreateSnapshot", UPGRADE, UPGRADE]
    assert cloud.snapshots()[snapshot_name("r1", cluster_id(cloud))] == "AVAILABLE"


async def test_an_undone_upgrade_can_be_begun_anew(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", UPGRADE, task_status="disk full")
    with pytest.raises(Stopped, match="undone"):
        await upgrade_cluster(account, "demo", TO, rollback_on_failure=True, run_id="r1")

    await upgrade_cluster(account, "demo", TO, run_id="r2")

    assert await version(account) == TO


async def test_a_failed_upgrade_that_a_person_let_try_again_is_gone_on_with(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("task_fails", UPGRADE, task_status="disk full")
    with pytest.raises(Stopped, match="disk full"):
        await upgrade_cluster(account, "demo", TO, run_id="r1")
    paths = await upgrade_paths_of(account, cluster_id(cloud))
    item = next(path.id for path in paths if path.to_version == TO)
    await execute_cluster_upgrade_action(
        account, cluster_id=cluster_id(cloud), action="retry", item_id=item
    )

    left = await upgrade_cluster(account, "demo", TO, run_id="r1")

    assert left.version == await version(account) == TO


async def test_a_rollback_that_fails_is_told(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", UPGRADE, task_status="disk full", times=9)

    with pytest.raises(Stopped, match=r"rollback from .*: .*Rollback_Failure"):
        await upgrade_cluster(account, "demo", TO, rollback_on_failure=True, run_id="r1")


async def test_no_upgrade_without_a_proved_snapshot(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "CreateSnapshot", task_status="UNAVAILABLE")

    with pytest.raises(Stopped, match="UNAVAILABLE"):
        await upgrade_cluster(account, "demo", TO, run_id="r1")

    assert UPGRADE not in cloud.changes()


@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated"])
async def test_a_lost_answer_upgrades_it_once(cloud: Cloud, account: str, kind: str) -> None:
    cloud.fault(kind, UPGRADE)

    await upgrade_cluster(account, "demo", TO, run_id="r1")

    assert await version(account) == TO
    done = [job for job in cloud.state()["jobs"] if job["operation"] == UPGRADE]
    assert len(done) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_is_busy_is_asked_again(
    cloud: Cloud, account: str, status: int
) -> None:
    cloud.fault("http", UPGRADE, status=status)

    await upgrade_cluster(account, "demo", TO, run_id="r1")

    assert await version(account) == TO


BREAKS = {
    "clusters": [{"name": "demo", "node_fails_after": "PT22M"}],
    "durations": {"snapshot": "PT3M", "upgrade": "PT20M"},
}


@pytest.mark.parametrize("cloud", [BREAKS], indirect=True)
async def test_a_cluster_that_is_not_well_after_it_is_told_and_not_confirmed(
    cloud: Cloud, account: str
) -> None:
    with pytest.raises(Stopped, match=r"was upgraded to .*its state is DEGRADED \| UNBALANCED"):
        await upgrade_cluster(account, "demo", TO, confirm=True, run_id="r1")

    assert cloud.changes() == ["CreateSnapshot", UPGRADE]


async def refused_upgrade(cloud: Cloud, account: str) -> None:
    """The run ``r1`` proves its snapshot, and its upgrade is refused."""
    cloud.fault("http", UPGRADE, status=400, code="DWS.0001")
    with pytest.raises(RequestFailed):
        await upgrade_cluster(account, "demo", TO, run_id="r1")
    cloud.forget_faults()


async def test_a_snapshot_of_three_days_ago_upgrades_nothing(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    await refused_upgrade(cloud, account)
    await clock.sleep(timedelta(days=3).total_seconds())

    with pytest.raises(Stopped, match=r"asked for 3 days, .* ago, .*begin a new run"):
        await upgrade_cluster(account, "demo", TO, run_id="r1")

    assert cloud.changes() == ["CreateSnapshot"]


async def test_a_proved_snapshot_that_has_gone_upgrades_nothing(cloud: Cloud, account: str) -> None:
    await refused_upgrade(cloud, account)
    own = snapshot_name("r1", cluster_id(cloud))
    snapshot_id = next(one["id"] for one in cloud.state()["snapshots"] if one["name"] == own)
    await delete_snapshot(account, snapshot_id=snapshot_id)
    await wait_until_snapshot_gone(account, snapshot_id=snapshot_id)

    with pytest.raises(Stopped, match="is not there any more"):
        await upgrade_cluster(account, "demo", TO, run_id="r1")

    assert cloud.changes() == ["CreateSnapshot", "DeleteSnapshot"]


async def test_an_upgrade_that_was_done_is_told_though_its_snapshot_is_old(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    first = await upgrade_cluster(account, "demo", TO, run_id="r1")
    await clock.sleep(timedelta(days=3).total_seconds())

    assert await upgrade_cluster(account, "demo", TO, run_id="r1") == first


def cluster_id(cloud: Cloud) -> str:
    return str(cloud.state()["clusters"][0]["id"])
