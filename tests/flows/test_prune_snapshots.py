from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dws.client import Client
from dws.lookup import NoSuchThing
from dws.operations.clusters import DeleteCluster
from dws.operations.snapshots import DeleteSnapshot, Restore, RestoreCluster
from dws.settings import Account
from flows.declared.prune_snapshots import Inputs, preview
from flows.prune_snapshots import prune_snapshots
from tasks.fingerprints import judged
from tasks.run import Stopped
from tasks.store import database
from tests.cloud import Cloud

pytestmark = pytest.mark.usefixtures("clock")

ONE_DAY = {"keep_daily": 1, "keep_weekly": 0, "keep_monthly": 0}


def taken(name: str, day: int, cluster: str = "demo", **told: Any) -> dict[str, Any]:
    return {"name": name, "cluster": cluster, "started": f"2026-01-{day:02}T01:00:00Z", **told}


WORLD = {
    "clusters": [
        {"name": "demo", "tags": {"env": "prod"}},
        {"name": "side", "tags": {"env": "prod"}},
        {"name": "lab"},
    ],
    "snapshots": [
        taken("rb-demo-1", 1),
        taken("rb-demo-2", 2),
        taken("rb-demo-3", 3),
        taken("hand-made", 1),
        taken("auto-1", 1, type="AUTOMATED"),
        taken("rb-side-1", 1, "side"),
        taken("rb-side-2", 2, "side"),
        taken("rb-lab-1", 1, "lab"),
        taken("rb-lab-2", 2, "lab"),
    ],
}
with_world = pytest.mark.parametrize("cloud", [WORLD], indirect=True)


@with_world
async def test_old_ones_of_the_tag_are_dropped_and_all_else_stays(
    cloud: Cloud, account: str
) -> None:
    left = await prune_snapshots(account, tag="env=prod", **ONE_DAY, run_id="r1")

    assert sorted(left.dropped) == ["rb-demo-1", "rb-demo-2", "rb-side-1"]
    assert left.freed_gb == 360
    assert set(cloud.snapshots()) == {
        *("rb-demo-3", "hand-made", "auto-1", "rb-side-2", "rb-lab-1", "rb-lab-2")
    }
    assert cloud.changes() == ["DeleteSnapshot"] * 3


@with_world
async def test_the_last_good_one_is_none_that_a_restore_has_shown_to_be_bad(
    cloud: Cloud, account: str
) -> None:
    newest = next(one for one in cloud.state()["snapshots"] if one["name"] == "rb-demo-3")
    judged(database(), newest["id"], "r7", is_good=False)

    left = await prune_snapshots(account, clusters=("demo",), **ONE_DAY, run_id="r1")

    assert left.dropped == ("rb-demo-1",)
    assert {"rb-demo-2", "rb-demo-3"} < set(cloud.snapshots())


@with_world
async def test_the_plan_tells_each_with_its_reason(cloud: Cloud, account: str) -> None:
    async with Account.from_environment().client() as client:
        told = await _plan(client, account)

    assert told == (
        "DELETE snapshot rb-demo-2 of demo (2026-01-02 01:00, 120 GB): no period keeps it",
        "DELETE snapshot rb-demo-1 of demo (2026-01-01 01:00, 120 GB): no period keeps it",
    )


async def _plan(client: Client, account: str) -> tuple[str, ...]:
    found = await preview(client, account, Inputs(clusters=("demo",), **ONE_DAY), "r1")
    kept = [finding.told for finding in found.findings if finding.check == "kept"]
    assert "rb-demo-3 of demo (2026-01-03 01:00, 120 GB): the last good one, " in kept[0]
    assert [told.rpartition(": ")[2] for told in kept[1:]] == [
        *("its name is not rb-*", "its policy keeps it for its days")
    ]
    return found.changes


@with_world
async def test_a_second_run_of_the_same_id_drops_nothing_more(cloud: Cloud, account: str) -> None:
    first = await prune_snapshots(account, clusters=("demo",), **ONE_DAY, run_id="r1")
    second = await prune_snapshots(account, clusters=("demo",), **ONE_DAY, run_id="r1")

    assert first == second
    assert cloud.changes() == ["DeleteSnapshot"] * 2


@with_world
async def test_where_all_are_kept_nothing_changes(cloud: Cloud, account: str) -> None:
    left = await prune_snapshots(account, tag="env=prod", run_id="r1")

    assert left.dropped == ()
    assert cloud.changes() == []


@with_world
async def test_what_was_taken_after_the_beginning_stays(cloud: Cloud, account: str) -> None:
    cloud.fault("http", "DeleteSnapshot", status=400, code="DWS.5149", times=1)
    with pytest.raises(Exception, match="DeleteSnapshot"):
        await prune_snapshots(account, clusters=("lab",), **ONE_DAY, run_id="r1")
    cloud.forget_faults()

    left = await prune_snapshots(account, clusters=("lab",), **ONE_DAY, run_id="r1")

    assert left.dropped == ("rb-lab-1",)


@with_world
@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated", "http"])
async def test_a_lost_answer_leads_to_the_same_end(cloud: Cloud, account: str, kind: str) -> None:
    more = {"status": 503} if kind == "http" else {}
    cloud.fault(kind, "DeleteSnapshot", **more)

    left = await prune_snapshots(account, clusters=("lab",), **ONE_DAY, run_id="r1")

    assert left.dropped == ("rb-lab-1",)
    assert "rb-lab-1" not in cloud.snapshots()


@with_world
async def test_one_that_is_in_use_is_left_for_the_next_run(cloud: Cloud, account: str) -> None:
    async with Account.from_environment().client() as client:
        await _restore(client, cloud, "rb-lab-1")

    left = await prune_snapshots(account, clusters=("lab",), **ONE_DAY, run_id="r1")

    assert left.dropped == ()
    assert left.postponed == (
        "rb-lab-1 of lab: copy is being restored, from which snapshot is not told",
    )
    assert "DeleteSnapshot" not in cloud.changes()


async def _restore(client: Client, cloud: Cloud, name: str) -> None:
    told = {item["name"]: item["id"] for item in cloud.state()["snapshots"]}
    await client.call(RestoreCluster(snapshot_id=told[name], restore=Restore(name="copy")))


@with_world
async def test_a_busy_one_is_left_for_the_next_run(cloud: Cloud, account: str) -> None:
    cloud.fault("http", "DeleteSnapshot", status=403, code="DWS.7023", times=99)

    left = await prune_snapshots(account, clusters=("lab",), **ONE_DAY, run_id="r1")

    assert left.dropped == ()
    assert "DWS.7023" in left.postponed[0]


@with_world
async def test_nothing_is_dropped_once_the_backup_that_stays_has_gone(
    cloud: Cloud, account: str
) -> None:
    # After the decision, and before the drop: the second look fails, and another run deletes.
    cloud.fault("http", "DeleteSnapshot", status=400, code="DWS.5149")
    with pytest.raises(Exception, match="DeleteSnapshot"):
        await prune_snapshots(account, clusters=("lab",), **ONE_DAY, run_id="r1")
    await prune_by_hand(account, cloud, "rb-lab-2")

    with pytest.raises(Stopped, match="rb-lab-1 and older ones were not dropped"):
        await prune_snapshots(account, clusters=("lab",), **ONE_DAY, run_id="r1")

    assert "rb-lab-1" in cloud.snapshots()


async def prune_by_hand(account: str, cloud: Cloud, name: str) -> None:
    told = {item["name"]: item["id"] for item in cloud.state()["snapshots"]}
    async with Account.from_environment().client() as client:
        await client.call(DeleteSnapshot(snapshot_id=told[name]))
    cloud.advance(60)


@with_world
async def test_snapshots_of_a_cluster_that_is_gone_are_pruned_if_told(
    cloud: Cloud, account: str
) -> None:
    lab = next(item["id"] for item in cloud.state()["clusters"] if item["name"] == "lab")
    async with Account.from_environment().client() as client:
        await client.call(DeleteCluster(cluster_id=lab, keep_last_manual_snapshot=2))
    cloud.advance(600)

    with pytest.raises(NoSuchThing, match="lab"):
        await prune_snapshots(account, clusters=("lab",), **ONE_DAY, run_id="r1")
    left = await prune_snapshots(
        account, clusters=(lab, "demo"), gone_clusters=True, **ONE_DAY, run_id="r2"
    )

    assert sorted(left.dropped) == ["rb-demo-1", "rb-demo-2", "rb-lab-1"]


@with_world
async def test_an_empty_selection_is_told(cloud: Cloud, account: str) -> None:
    with pytest.raises(NoSuchThing, match=r"tag='env=stage': none of 3 clusters has it"):
        await prune_snapshots(account, tag="env=stage", run_id="r1")


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, "whose snapshots are meant"),
        ({"tag": "env", "time_zone": "Mars/Base"}, "'Mars/Base' is no time zone"),
        ({"tag": "env", "keep_daily": -1}, "greater than or equal to 0"),
    ],
)
def test_bad_inputs_are_told(told: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Inputs(**told)
