from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dws.lookup import NoSuchThing
from dws.operations.snapshots import ListSnapshotCrossRegionPolicies
from dws.settings import Account
from flows.copy_backup_to_region import copy_backup_to_region
from flows.declared.copy_backup_to_region import Inputs, preview
from tasks.run import Refused, Stopped
from tests.cloud import Cloud

pytestmark = pytest.mark.usefixtures("clock")

WORLD = {
    "clusters": [{"name": "demo"}],
    "snapshots": [
        {"name": "auto-1", "cluster": "demo", "type": "AUTOMATED", "started": "2026-02-01T01:00"},
        {"name": "auto-2", "cluster": "demo", "type": "AUTOMATED", "started": "2026-02-02T01:00"},
        {"name": "broken", "cluster": "demo", "type": "AUTOMATED", "status": "UNAVAILABLE"},
        {"name": "by-hand", "cluster": "demo"},
    ],
}
ABROAD: dict[str, Any] = {"region": "eu-nl", "project_id": "9bc552e619af4326800d281a92984637"}


@pytest.fixture
def cloud(request: pytest.FixtureRequest, serve: Any) -> Cloud:
    return serve(getattr(request, "param", WORLD))  # type: ignore[no-any-return]


async def abroad() -> list[tuple[Any, ...]]:
    async with Account.from_environment().client() as client:
        told = await client.call(ListSnapshotCrossRegionPolicies())
    return [
        (one.cluster_name, one.destination_region, one.back_keep_day, one.status)
        for one in told.cross_region_configs
    ]


async def test_snapshots_are_copied_to_the_region_from_then_on(cloud: Cloud, account: str) -> None:
    left = await copy_backup_to_region(account, "demo", **ABROAD, keep_days=30, run_id="r1")

    assert await abroad() == [("demo", "eu-nl", 30, True)]
    assert (left.region, left.keep_days, left.asked) == ("eu-nl", 30, True)
    assert cloud.changes() == ["CreateSnapshotCrossRegionPolicy"]


async def test_what_is_so_already_is_left_alone(cloud: Cloud, account: str) -> None:
    await copy_backup_to_region(account, "demo", **ABROAD, run_id="r1")

    left = await copy_backup_to_region(account, "demo", **ABROAD, run_id="r2")

    assert not left.asked
    assert cloud.changes() == ["CreateSnapshotCrossRegionPolicy"]


async def test_another_region_takes_its_place(cloud: Cloud, account: str) -> None:
    await copy_backup_to_region(account, "demo", **ABROAD, run_id="r1")

    await copy_backup_to_region(account, "demo", **{**ABROAD, "region": "eu-ch2"}, run_id="r2")

    assert await abroad() == [("demo", "eu-ch2", 7, True)]


async def test_copying_ends_if_told(cloud: Cloud, account: str) -> None:
    await copy_backup_to_region(account, "demo", **ABROAD, run_id="r1")

    left = await copy_backup_to_region(account, "demo", remove=True, run_id="r2")

    assert await abroad() == []
    assert left.region is None


async def test_the_newest_automated_one_is_copied_and_proved(cloud: Cloud, account: str) -> None:
    left = await copy_backup_to_region(account, "demo", snapshot="newest", run_id="r1")

    copy = {item["name"]: item for item in cloud.state()["snapshots"]}[left.snapshot_name]
    assert (copy["type"], copy["status"]) == ("MANUAL", "AVAILABLE")
    path = cloud.requests("CopySnapshot")[0]["path"]
    source = next(item["id"] for item in cloud.state()["snapshots"] if item["name"] == "auto-2")
    assert source in path
    assert cloud.changes() == ["CopySnapshot"]


async def test_a_second_run_of_the_same_id_changes_nothing(cloud: Cloud, account: str) -> None:
    first = await copy_backup_to_region(account, "demo", **ABROAD, snapshot="auto-1", run_id="r1")
    second = await copy_backup_to_region(account, "demo", **ABROAD, snapshot="auto-1", run_id="r1")

    assert cloud.changes() == ["CreateSnapshotCrossRegionPolicy", "CopySnapshot"]
    assert first.snapshot_id == second.snapshot_id


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"region": "mars", "project_id": "p"}, r"region='mars': .* copied to eu-ch2, eu-nl"),
        ({"snapshot": "broken"}, "snapshot='broken' is UNAVAILABLE, of .* choose another"),
        ({"snapshot": "newest", "copy_name": "By-Hand"}, "copy_name|there is one of that name"),
    ],
)
async def test_what_cannot_be_is_refused_before_any_change(
    cloud: Cloud, account: str, told: dict[str, Any], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        await copy_backup_to_region(account, "demo", **told, run_id="r1")

    assert cloud.changes() == []


@pytest.mark.parametrize("name", ["by-hand", "nothing"])
async def test_a_manual_or_unknown_one_is_no_source(cloud: Cloud, account: str, name: str) -> None:
    with pytest.raises(NoSuchThing, match=rf"snapshot='{name}': .* it has broken, auto-2, auto-1"):
        await copy_backup_to_region(account, "demo", snapshot=name, run_id="r1")


async def test_a_failed_copy_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "CopySnapshot", task_status="UNAVAILABLE")

    with pytest.raises(Stopped, match="its status is UNAVAILABLE"):
        await copy_backup_to_region(account, "demo", snapshot="newest", run_id="r1")


@pytest.mark.parametrize("operation", ["CreateSnapshotCrossRegionPolicy", "CopySnapshot"])
@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated", "http"])
async def test_a_lost_answer_leads_to_the_same_end(
    cloud: Cloud, account: str, operation: str, kind: str
) -> None:
    cloud.fault(kind, operation, **({"status": 503} if kind == "http" else {}))

    await copy_backup_to_region(account, "demo", **ABROAD, snapshot="newest", run_id="r1")

    assert await abroad() == [("demo", "eu-nl", 7, True)]
    assert len(cloud.snapshots()) == 5


async def test_the_plan_tells_what_was_before(cloud: Cloud, account: str) -> None:
    await copy_backup_to_region(account, "demo", **ABROAD, run_id="r1")

    async with Account.from_environment().client() as client:
        inputs = Inputs(cluster="demo", **ABROAD, keep_days=30, snapshot="auto-1", copy_name="kept")
        told = await preview(client, account, inputs, "r2")

    setting, copying = told.changes
    assert setting.endswith(
        "kept 30 days, from the next one on; until now to eu-nl, kept 7 days, on"
    )
    assert copying == "copy automated snapshot auto-1 to manual snapshot kept"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, "what is to be done"),
        ({"region": "eu-nl"}, "tell both"),
        ({**ABROAD, "remove": True}, "without region"),
        ({**ABROAD, "keep_days": 0}, "keep_days"),
    ],
)
def test_bad_inputs_are_told(told: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Inputs(cluster="demo", **told)
