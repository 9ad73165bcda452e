from __future__ import annotations

from datetime import timedelta

import pytest

from dws.errors import RequestFailed
from dws.lookup import Ambiguous, NoSuchThing
from dws.shapes import Tag
from flows.backup_then_delete import backup_then_delete
from flows.declared.backup_then_delete import snapshot_name
from tasks.run import Refused, Stopped
from tasks.snapshots import delete_snapshot, list_snapshots, wait_until_snapshot_gone
from tasks.tags import batch_create_resource_tag
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock

pytestmark = pytest.mark.usefixtures("clock")

CHANGES = ["CreateSnapshot", "DeleteCluster"]


async def test_the_cluster_is_gone_and_every_manual_snapshot_is_kept(
    cloud: Cloud, account: str
) -> None:
    left = await backup_then_delete(account, "demo", run_id="r1")

    assert cloud.changes() == CHANGES
    assert cloud.clusters() == {}
    assert cloud.snapshots() == {"weekly": "AVAILABLE", left.snapshot_name: "AVAILABLE"}
    assert left.kept == tuple(sorted(("weekly", left.snapshot_name)))
    assert left.snapshot_name == snapshot_name("r1", left.cluster_id)


async def test_a_second_run_of_the_same_id_changes_nothing_more(cloud: Cloud, account: str) -> None:
    first = await backup_then_delete(account, "demo", run_id="r1")
    again = await backup_then_delete(account, "demo", run_id="r1")

    assert cloud.changes() == CHANGES
    assert again == first


async def test_an_id_serves_as_well_as_a_name(cloud: Cloud, account: str) -> None:
    cluster_id = cloud.state()["clusters"][0]["id"]

    left = await backup_then_delete(account, cluster_id, run_id="r1")

    assert left.cluster_name == "demo"
    assert cloud.clusters() == {}


async def test_given_up_snapshots_go_after_the_cluster_and_by_name(
    cloud: Cloud, account: str
) -> None:
    left = await backup_then_delete(account, "demo", run_id="r1", give_up=("weekly",))

    assert cloud.changes() == [*CHANGES, "DeleteSnapshot"]
    assert cloud.snapshots() == {left.snapshot_name: "AVAILABLE"}
    assert left.given_up == ("weekly",)


async def test_an_unknown_name_is_told_with_those_that_come_close(
    cloud: Cloud, account: str
) -> None:
    with pytest.raises(NoSuchThing, match=r"cluster='demi': .*close to it: demo"):
        await backup_then_delete(account, "demi", run_id="r1")

    assert cloud.changes() == []


TWINS = {"clusters": [{"name": "twin"}, {"name": "twin"}]}


@pytest.mark.parametrize("cloud", [TWINS], indirect=True)
async def test_an_ambiguous_name_is_told_with_its_candidates(cloud: Cloud, account: str) -> None:
    ids = [cluster["id"] for cluster in cloud.state()["clusters"]]

    with pytest.raises(Ambiguous) as told:
        await backup_then_delete(account, "twin", run_id="r1")

    assert all(cluster_id in str(told.value) for cluster_id in ids)
    assert cloud.changes() == []


def marked(value: str) -> dict[str, object]:
    tags = {"runbook-protected": value}
    return {"clusters": [{"name": "demo", "data_gb": 1, "tags": tags}]}


@pytest.mark.parametrize("cloud", [marked("true"), marked(""), marked("no")], indirect=True)
async def test_a_protected_cluster_is_refused(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="runbook-protected"):
        await backup_then_delete(account, "demo", run_id="r1")

    assert cloud.changes() == []


@pytest.mark.parametrize("cloud", [marked("false"), marked("FALSE")], indirect=True)
async def test_a_tag_that_says_false_protects_nothing(cloud: Cloud, account: str) -> None:
    await backup_then_delete(account, "demo", run_id="r1")

    assert cloud.clusters() == {}


PAIR = {
    "clusters": [{"name": "demo", "data_gb": 1}, {"name": "other", "data_gb": 1}],
    "disaster_recoveries": [{"name": "dr-1", "primary": "other", "standby": "demo"}],
}


@pytest.mark.parametrize("cloud", [PAIR], indirect=True)
async def test_a_cluster_of_a_disaster_recovery_is_refused(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="dr-1"):
        await backup_then_delete(account, "demo", run_id="r1")

    assert cloud.changes() == []


async def test_a_snapshot_to_give_up_must_be_there(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match=r"give_up: monthly: .*it has weekly"):
        await backup_then_delete(account, "demo", run_id="r1", give_up=("monthly",))

    assert cloud.changes() == []


async def test_a_name_that_is_taken_is_no_name_for_the_backup(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="snapshot='Weekly'"):
        await backup_then_delete(account, "demo", run_id="r1", snapshot="Weekly")

    assert cloud.changes() == []


async def test_a_failed_snapshot_deletes_nothing(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "CreateSnapshot", task_status="UNAVAILABLE")

    with pytest.raises(Stopped, match=r"UNAVAILABLE; cluster demo was not touched"):
        await backup_then_delete(account, "demo", run_id="r1")

    assert cloud.changes() == ["CreateSnapshot"]
    assert cloud.clusters() == {"demo": "AVAILABLE"}


EMPTY = {"clusters": [{"name": "demo", "data_gb": 0}]}


@pytest.mark.parametrize("cloud", [EMPTY], indirect=True)
async def test_an_empty_snapshot_proves_nothing(cloud: Cloud, account: str) -> None:
    with pytest.raises(Stopped, match="no proved backup: its size is 0"):
        await backup_then_delete(account, "demo", run_id="r1")

    assert "DeleteCluster" not in cloud.changes()


async def test_a_run_goes_on_with_what_it_began_with(cloud: Cloud, account: str) -> None:
    await backup_then_delete(account, "demo", run_id="r1")

    with pytest.raises(Refused, match="was begun with"):
        await backup_then_delete(account, "other", run_id="r1")


@pytest.mark.parametrize("operation", ["CreateSnapshot", "DeleteCluster", "ListSnapshots", None])
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("http", {"status": 429, "code": "APIGW.0308"}),
        ("http", {"status": 503, "code": "DWS.0005"}),
        ("reset", {}),
        ("lost_reply", {}),
        ("truncated", {}),
        ("token_expired", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(map(str, value.values())),
)
async def test_a_fault_on_the_way_changes_neither_the_end_nor_its_cost(
    cloud: Cloud, account: str, operation: str | None, kind: str, more: dict[str, object]
) -> None:
    cloud.fault(kind, operation, times=2, **more)

    left = await backup_then_delete(account, "demo", run_id="r1")

    assert cloud.clusters() == {}
    assert cloud.snapshots() == {"weekly": "AVAILABLE", left.snapshot_name: "AVAILABLE"}
    made = [item for item in cloud.state()["snapshots"] if item["name"] != "weekly"]
    assert len(made) == 1
    assert [item["deleted"] for item in cloud.state()["clusters"]] == [True]


async def refused_deletion(cloud: Cloud, account: str) -> None:
    """The run ``r1`` proves its snapshot, and its deletion is refused."""
    cloud.fault("http", "DeleteCluster", status=400, code="DWS.0001")
    with pytest.raises(RequestFailed):
        await backup_then_delete(account, "demo", run_id="r1")
    cloud.forget_faults()


async def test_a_snapshot_of_three_days_ago_deletes_nothing(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    await refused_deletion(cloud, account)
    await clock.sleep(timedelta(days=3).total_seconds())

    with pytest.raises(Stopped, match=r"asked for 3 days, .* ago, .*=4:00:00.*begin a new run"):
        await backup_then_delete(account, "demo", run_id="r1")

    assert cloud.clusters() == {"demo": "AVAILABLE"}
    assert cloud.changes() == ["CreateSnapshot"]


async def test_a_run_goes_on_while_its_snapshot_is_young(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    await refused_deletion(cloud, account)
    await clock.sleep(timedelta(hours=3).total_seconds())

    await backup_then_delete(account, "demo", run_id="r1")

    assert cloud.changes() == CHANGES


async def test_a_snapshot_that_took_longer_than_it_may_be_old_deletes_nothing(
    cloud: Cloud, account: str
) -> None:
    with pytest.raises(Stopped, match=r"max_backup_age=0:01:00.*longer max_backup_age"):
        await backup_then_delete(account, "demo", run_id="r1", max_backup_age=timedelta(minutes=1))

    assert cloud.changes() == ["CreateSnapshot"]


async def test_the_age_counts_from_the_last_time_the_snapshot_was_asked_for(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    cloud.fault("http", "CreateSnapshot", status=400, code="DWS.0001")
    with pytest.raises(RequestFailed):
        await backup_then_delete(account, "demo", run_id="r1")
    cloud.forget_faults()
    await clock.sleep(timedelta(days=3).total_seconds())

    await backup_then_delete(account, "demo", run_id="r1")

    assert cloud.changes() == CHANGES


async def test_a_proved_snapshot_that_has_gone_deletes_nothing_and_is_not_taken_anew(
    cloud: Cloud, account: str
) -> None:
    await refused_deletion(cloud, account)
    await pruned(account, next(name for name in cloud.snapshots() if name != "weekly"))

    with pytest.raises(Stopped, match="is not there any more"):
        await backup_then_delete(account, "demo", run_id="r1")

    assert cloud.clusters() == {"demo": "AVAILABLE"}
    assert cloud.changes() == ["CreateSnapshot", "DeleteSnapshot"]


async def test_older_snapshots_are_kept_where_the_backup_has_gone(
    cloud: Cloud, account: str
) -> None:
    """Somebody deletes the backup after the cluster, while the run is down."""
    cloud.fault("http", "DeleteSnapshot", status=400, code="DWS.0001")
    with pytest.raises(RequestFailed):
        await backup_then_delete(account, "demo", run_id="r1", give_up=("weekly",))
    cloud.forget_faults()
    await pruned(account, next(name for name in cloud.snapshots() if name != "weekly"))

    with pytest.raises(Stopped, match=r"not there any more; cluster demo is deleted"):
        await backup_then_delete(account, "demo", run_id="r1", give_up=("weekly",))

    assert cloud.snapshots() == {"weekly": "AVAILABLE"}


async def test_what_was_pruned_between_two_attempts_need_not_be_kept(
    cloud: Cloud, account: str
) -> None:
    await refused_deletion(cloud, account)
    await pruned(account, "weekly")

    left = await backup_then_delete(account, "demo", run_id="r1")

    assert left.kept == (left.snapshot_name,)


async def pruned(account: str, name: str) -> None:
    """Somebody else deletes a snapshot, and sees it gone."""
    listed = (await list_snapshots(account)).snapshots
    snapshot_id = next(item.id for item in listed if item.name == name)
    await delete_snapshot(account, snapshot_id=snapshot_id)
    await wait_until_snapshot_gone(account, snapshot_id=snapshot_id)


async def test_a_run_that_has_changed_nothing_looks_again_whether_it_may(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("http", "CreateSnapshot", status=400, code="DWS.0001", times=1)
    with pytest.raises(RequestFailed):
        await backup_then_delete(account, "demo", run_id="r1")
    cluster_id = cloud.state()["clusters"][0]["id"]
    tag = Tag(key="runbook-protected", value="true")
    await batch_create_resource_tag(account, cluster_id=cluster_id, tags=[tag])

    with pytest.raises(Refused, match="runbook-protected"):
        await backup_then_delete(account, "demo", run_id="r1")

    assert "CreateSnapshot" not in cloud.changes()
