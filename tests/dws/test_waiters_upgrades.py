"""When the wait for an upgrade ends."""

from __future__ import annotations

import pytest

from dws.client import Client
from dws.operations.clusters import ListClusters
from dws.operations.upgrades import (
    ExecuteClusterUpgradeAction,
    ListUpdatableVersion,
    ListUpdateRecord,
)
from dws.told.upgrades import UpgradePaths, UpgradeRecord, UpgradeRecords
from dws.waiter import Busy, Done, Failed, Verdict
from dws.waiters.upgrades import judge_upgrade, upgrade_finished
from tests.virtual_clock import VirtualClock


def _records(*told: tuple[str, str]) -> UpgradeRecords:
    return UpgradeRecords(
        records=[
            UpgradeRecord.model_validate(
                {"start_time": start, "status": status, "failed_reason": "why"}
            )
            for start, status in told
        ]
    )


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (_records(), Busy("no record yet")),
        (_records(("", "")), Busy("Waiting")),
        (_records(("2023-08-04T06:54:52", "Update_Running")), Busy("Update_Running")),
        (_records(("2023-08-04T06:54:52", "Update_Success")), Done()),
        (_records(("2023-08-04T06:54:52", "Completed")), Done()),
        (_records(("2023-08-04T06:54:52", "Rollback_Failure")), Failed("Rollback_Failure why")),
        (
            _records(
                ("2023-08-04T06:54:52", "Update_Failure"),
                ("2023-08-05T06:54:52", "Update_Running"),
            ),
            Busy("Update_Running"),
        ),
    ],
)
def test_an_upgrade_is_judged_by_its_last_record(told: UpgradeRecords, verdict: Verdict) -> None:
    assert judge_upgrade(told) == verdict


async def test_the_wait_for_an_upgrade_ends_with_it(client: Client, clock: VirtualClock) -> None:
    cluster_id = (await client.call(ListClusters())).clusters[0].id
    paths = (await client.call(ListUpdatableVersion(cluster_id=cluster_id))).paths

    await client.call(
        ExecuteClusterUpgradeAction(cluster_id=cluster_id, action="update", item_id=paths[0].id)
    )
    told = await upgrade_finished.wait(client, ListUpdateRecord(cluster_id=cluster_id))

    assert told
    assert told.records[0].status == "Update_Success"
    assert (await client.call(ListClusters())).clusters[0].version == paths[0].to_version


def test_paths_come_under_either_key_but_not_under_none() -> None:
    path = {"id": "p", "from": "8.2.0", "to": "8.2.1"}

    assert UpgradePaths.model_validate({"idems": [path]}).paths[0].to_version == "8.2.1"
    assert UpgradePaths.model_validate({"items": [path]}).paths[0].from_version == "8.2.0"
    with pytest.raises(ValueError, match="neither items nor idems"):
        UpgradePaths.model_validate({"count": 0})
