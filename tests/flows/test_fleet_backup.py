from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from dws import clock as door
from dws.lookup import NoSuchThing
from dws.settings import Account
from flows.declared.fleet_backup import Inputs, preview
from flows.fleet_backup import fleet_backup
from tasks.run import Stopped
from tests.cloud import Cloud

SPEED = 2400.0
FLEET = {
    "clusters": [
        {"name": "dws-{n}", "count": 4, "tags": {"env": "prod"}},
        {"name": "lab"},
    ],
    "durations": {"snapshot": "PT5M"},
}


@pytest.fixture
def cloud(request: pytest.FixtureRequest, serve: Callable[..., Cloud]) -> Iterator[Cloud]:
    """Many wait at once, so time runs by itself."""
    with door.using(door.ScaledClock(SPEED)):
        yield serve(getattr(request, "param", FLEET), speed=SPEED)


@pytest.fixture
def account(account: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("RUNBOOK_CLOCK_SPEED", f"{SPEED:g}")
    return account


def of_runs(cloud: Cloud) -> list[str]:
    """Status of the snapshots that runs have taken."""
    return [status for name, status in cloud.snapshots().items() if name.startswith("rb-")]


async def test_every_cluster_of_the_tag_is_backed_up_and_no_other(
    cloud: Cloud, account: str
) -> None:
    left = await fleet_backup(account, tag="env=prod", run_id="r1")

    assert [backup.cluster_name for backup in left.backups] == [
        *("dws-1", "dws-2", "dws-3", "dws-4")
    ]
    assert all(backup.size_gb == 120 for backup in left.backups)
    assert of_runs(cloud) == ["AVAILABLE"] * 4
    assert cloud.changes() == ["CreateSnapshot"] * 4


async def test_no_more_than_so_many_are_backed_up_at_once(cloud: Cloud, account: str) -> None:
    await fleet_backup(account, tag="env=prod", max_parallel=2, run_id="r1")

    begun = [datetime.fromisoformat(sent["at"]) for sent in cloud.requests("CreateSnapshot")]
    assert (begun[1] - begun[0]).total_seconds() < 300
    assert (begun[2] - begun[0]).total_seconds() >= 300


async def test_a_second_run_of_the_same_id_changes_nothing(cloud: Cloud, account: str) -> None:
    first = await fleet_backup(account, clusters=("dws-1", "lab"), run_id="r1")
    second = await fleet_backup(account, clusters=("dws-1", "lab"), run_id="r1")

    assert first == second
    assert cloud.changes() == ["CreateSnapshot"] * 2


async def test_a_run_that_goes_on_backs_up_only_what_is_missing(cloud: Cloud, account: str) -> None:
    cloud.fault("http", "CreateSnapshot", status=400, code="DWS.5149", message="no room")

    with pytest.raises(Stopped, match=r"1 clusters have no .*: dws-1: .*no room.*; 3 have one"):
        await fleet_backup(account, tag="env", max_parallel=1, run_id="r1")
    left = await fleet_backup(account, tag="env", max_parallel=1, run_id="r1")

    assert len(left.backups) == 4
    assert cloud.changes() == ["CreateSnapshot"] * 4


async def test_a_run_goes_on_with_the_snapshots_that_it_asked_for(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("http", "ListSnapshotDetails", status=400)

    with pytest.raises(Stopped, match="1 clusters have no proved backup: dws-1"):
        await fleet_backup(account, clusters=("dws-1",), run_id="r1")
    await fleet_backup(account, clusters=("dws-1",), run_id="r1")

    assert cloud.changes() == ["CreateSnapshot"]


async def test_no_cluster_is_begun_after_too_many_failed(cloud: Cloud, account: str) -> None:
    cloud.fault("http", "CreateSnapshot", status=400, code="DWS.5149", times=9)

    with pytest.raises(Stopped, match="not begun, as too many had failed: dws-3, dws-4; 0 have"):
        await fleet_backup(account, tag="env", max_parallel=1, max_errors="25%", run_id="r1")

    assert len(cloud.requests("CreateSnapshot")) == 2


async def test_a_failed_snapshot_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "CreateSnapshot", task_status="SNAPSHOTTING_FAILED")

    with pytest.raises(Stopped, match=r"dws-1: snapshot rb-\w+: its status is UNAVAILABLE"):
        await fleet_backup(account, tag="env", max_parallel=1, run_id="r1")

    assert sorted(of_runs(cloud)) == ["AVAILABLE"] * 3 + ["UNAVAILABLE"]


@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated", "http"])
async def test_a_lost_answer_leads_to_one_snapshot_of_each(
    cloud: Cloud, account: str, kind: str
) -> None:
    more = {"status": 429} if kind == "http" else {}
    cloud.fault(kind, "CreateSnapshot", **more)

    await fleet_backup(account, tag="env", run_id="r1")

    assert of_runs(cloud) == ["AVAILABLE"] * 4


PAIR = {
    "clusters": [
        {"name": "one", "tags": {"env": ""}},
        {"name": "two", "tags": {"env": ""}},
        {"name": "ice", "tags": {"env": ""}, "status": "FROZEN"},
    ],
    "disaster_recoveries": [{"name": "dr-1", "primary": "one", "standby": "two"}],
}


@pytest.mark.parametrize("cloud", [PAIR], indirect=True)
async def test_those_that_cannot_be_backed_up_are_told_before(cloud: Cloud, account: str) -> None:
    async with Account.from_environment().client() as client:
        told = await preview(client, account, Inputs(tag="env"), "r1")

    assert len(told.changes) == 3
    assert [finding.told.partition(":")[0] for finding in told.findings[1:]] == ["ice", "two"]
    assert "standby of disaster recovery dr-1" in told.findings[2].told


@pytest.mark.parametrize("cloud", [PAIR], indirect=True)
async def test_the_others_are_backed_up_all_the_same(cloud: Cloud, account: str) -> None:
    with pytest.raises(Stopped, match=r"2 clusters have no .* ice: .*FROZEN.*two: .*; 1 have"):
        await fleet_backup(account, tag="env", max_errors="2", max_parallel=1, run_id="r1")

    assert of_runs(cloud) == ["AVAILABLE"]


async def test_an_empty_selection_is_told(cloud: Cloud, account: str) -> None:
    with pytest.raises(NoSuchThing, match="tag='env=stage'"):
        await fleet_backup(account, tag="env=stage", run_id="r1")

    assert cloud.changes() == []


@pytest.mark.parametrize("told", [{"max_parallel": 0}, {"max_errors": "half"}])
def test_bad_bounds_are_told(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(told))):
        Inputs(tag="env", **told)
