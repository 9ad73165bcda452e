from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dws.operations.clusters import DeleteCluster
from dws.operations.snapshots import ListSnapshotPolicy
from dws.settings import Account
from dws.told.snapshots import SnapshotPolicies
from flows.apply_snapshot_policies import apply_snapshot_policies
from flows.declared.apply_snapshot_policies import Inputs, Wanted, preview
from tasks.run import Refused
from tests.cloud import Cloud

pytestmark = pytest.mark.usefixtures("clock")

NIGHTLY = Wanted(name="nightly", schedule="0 0 2 * * ?")
HOURLY = Wanted(name="hourly", schedule="0 30 * ? * *", type="increment")


async def told_by(cloud: Cloud) -> SnapshotPolicies:
    async with Account.from_environment().client() as client:
        return await client.call(ListSnapshotPolicy(cluster_id=cloud.state()["clusters"][0]["id"]))


async def as_told(cloud: Cloud) -> dict[str, tuple[str, str]]:
    told = await told_by(cloud)
    return {
        one.policy_name: (one.backup_strategy, one.backup_type) for one in told.backup_strategies
    }


async def plan(**told: Any) -> dict[str, Any]:
    inputs = Inputs(cluster="demo", **told)
    async with Account.from_environment().client() as client:
        found = await preview(client, "default", inputs, "r1")
    worst = [finding.told for finding in found.findings if finding.level.value != "pass"]
    return {"changes": list(found.changes), "warned": worst}


async def test_what_is_wanted_is_added(cloud: Cloud, account: str) -> None:
    left = await apply_snapshot_policies(
        account, "demo", policies=(NIGHTLY, HOURLY), keep_days=14, run_id="r1"
    )

    assert await as_told(cloud) == {
        "nightly": ("0 0 2 * * ?", "full"),
        "hourly": ("0 30 * ? * *", "increment"),
    }
    assert (left.keep_days, left.created, left.updated) == (14, ("nightly", "hourly"), ())


async def test_what_is_so_already_is_left_alone(cloud: Cloud, account: str) -> None:
    await apply_snapshot_policies(account, "demo", policies=(NIGHTLY,), keep_days=3, run_id="r1")
    before = cloud.changes()

    assert await plan(policies=(NIGHTLY,), keep_days=3) == {"changes": [], "warned": []}
    left = await apply_snapshot_policies(
        account, "demo", policies=(NIGHTLY,), keep_days=3, run_id="r2"
    )

    assert cloud.changes() == before == ["CreateSnapshotPolicy"]
    assert (left.created, left.updated) == ((), ())


async def test_one_that_is_other_than_wanted_is_changed(cloud: Cloud, account: str) -> None:
    await apply_snapshot_policies(account, "demo", policies=(NIGHTLY,), run_id="r1")
    later = Wanted(name="Nightly", schedule="0 0 4 * * ?")

    assert (await plan(policies=(later,)))["changes"] == [
        "change policy nightly (full, 0 0 2 * * ?) to Nightly (full, 0 0 4 * * ?)"
    ]
    left = await apply_snapshot_policies(account, "demo", policies=(later,), run_id="r2")

    assert left.updated == ("Nightly",)
    assert await as_told(cloud) == {"Nightly": ("0 0 4 * * ?", "full")}


async def test_others_are_removed_only_if_told(cloud: Cloud, account: str) -> None:
    await apply_snapshot_policies(account, "demo", policies=(NIGHTLY, HOURLY), run_id="r1")

    await apply_snapshot_policies(account, "demo", policies=(NIGHTLY,), run_id="r2")
    assert list(await as_told(cloud)) == ["nightly", "hourly"]
    assert (await plan(policies=(NIGHTLY,), remove_others=True))["changes"] == [
        "REMOVE policy hourly"
    ]
    left = await apply_snapshot_policies(
        account, "demo", policies=(NIGHTLY,), remove_others=True, run_id="r3"
    )

    assert left.removed == ("hourly",)
    assert left.policies == ("nightly",)


async def test_a_second_run_of_the_same_id_changes_nothing(cloud: Cloud, account: str) -> None:
    wanted: dict[str, Any] = {"policies": (NIGHTLY,), "keep_days": 9, "run_id": "r1"}
    first = await apply_snapshot_policies(account, "demo", **wanted)
    before = cloud.changes()

    second = await apply_snapshot_policies(account, "demo", **wanted)

    assert cloud.changes() == before
    assert first == second


OPERATIONS = ["CreateSnapshotPolicy", "UpdateSnapshotPolicy", "DeleteSnapshotPolicy"]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated", "http"])
async def test_a_lost_answer_leads_to_the_same_end(
    cloud: Cloud, account: str, operation: str, kind: str
) -> None:
    await apply_snapshot_policies(account, "demo", policies=(NIGHTLY, HOURLY), run_id="r1")
    later = Wanted(name="nightly", schedule="0 0 4 * * ?")
    weekly = Wanted(name="weekly", schedule="0 0 1 ? * SUN")
    cloud.fault(kind, operation, **({"status": 503} if kind == "http" else {}))

    await apply_snapshot_policies(
        account, "demo", policies=(later, weekly), remove_others=True, run_id="r2"
    )

    assert await as_told(cloud) == {
        "nightly": ("0 0 4 * * ?", "full"),
        "weekly": ("0 0 1 ? * SUN", "full"),
    }


OLD = {
    "clusters": [{"name": "demo"}],
    "snapshots": [
        {
            "name": "auto-1",
            "cluster": "demo",
            "type": "AUTOMATED",
            "started": "2026-02-28T01:00:00Z",
        }
    ],
}


@pytest.mark.parametrize("cloud", [OLD], indirect=True)
async def test_fewer_days_warn_of_what_goes_at_once(cloud: Cloud, account: str) -> None:
    assert await plan(policies=(NIGHTLY,), keep_days=1) == {
        "changes": [
            "keep automated snapshots 1 days, not 3",
            "add policy nightly (full, 0 0 2 * * ?)",
        ],
        "warned": ["keep_days=1, not 3: 1 that are older go at once: auto-1"],
    }


async def test_increments_alone_are_warned_of(cloud: Cloud, account: str) -> None:
    assert "no policy takes full snapshots" in (await plan(policies=(HOURLY,)))["warned"][0]


async def test_a_cluster_on_its_way_out_is_refused(cloud: Cloud, account: str) -> None:
    async with Account.from_environment().client() as client:
        told = DeleteCluster(
            cluster_id=cloud.state()["clusters"][0]["id"], keep_last_manual_snapshot=1
        )
        await client.call(told)
    cloud.advance(10)

    with pytest.raises(Refused, match="being deleted"):
        await apply_snapshot_policies(account, "demo", policies=(NIGHTLY,), run_id="r1")

    assert cloud.changes() == ["DeleteCluster"]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"policies": [{"name": "abc", "schedule": "0 0 2 * * ?"}]}, "policies.0.name"),
        ({"policies": [{"name": "nightly", "schedule": "0 2 * * *"}]}, "policies.0.schedule"),
        ({"policies": [{"name": "nightly", "schedule": "0 0 2 * * *"}]}, "Quartz wants [?]"),
        ({"policies": [NIGHTLY, Wanted(name="NIGHTLY", schedule="0 0 3 * * ?")]}, "told twice"),
        ({"keep_days": 32}, "keep_days"),
    ],
)
def test_bad_inputs_are_told_by_field(told: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Inputs.model_validate({"cluster": "demo", **told})
