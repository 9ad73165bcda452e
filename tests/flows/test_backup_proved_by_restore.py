"""The main job with ``proof="restore"``: nothing is deleted that the snapshot does not hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dws.emulator.data_plane import DEFAULT_PASSWORD
from flows.backup_then_delete import backup_then_delete
from flows.steps.scratch import scratch_name
from tasks import sql
from tasks.run import Refused, Stopped
from tests.cloud import Cloud

pytestmark = pytest.mark.usefixtures("clock")

SEED = "CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 99)"
WORLD = {
    "clusters": [{"name": "demo", "data_gb": 120, "sql": SEED}],
    "snapshots": [{"name": "weekly", "cluster": "demo", "type": "MANUAL"}],
}


@pytest.fixture
def cloud(serve: Callable[..., Cloud], monkeypatch: pytest.MonkeyPatch) -> Cloud:
    monkeypatch.setenv("DWS_DATABASE_PASSWORD", DEFAULT_PASSWORD)
    return serve(WORLD, data_plane="postgres")


async def test_a_copy_that_holds_everything_lets_the_cluster_go(cloud: Cloud, account: str) -> None:
    left = await backup_then_delete(account, "demo", run_id="r1", proof="restore")

    assert cloud.changes() == ["CreateSnapshot", "RestoreCluster", "DeleteCluster", "DeleteCluster"]
    assert cloud.clusters() == {}
    assert (left.proof, left.written_meanwhile) == ("restore", ())
    assert left.restore_s
    assert left.restore_s > 600
    assert set(left.kept) == {"weekly", left.snapshot_name}


async def test_a_copy_that_lost_a_row_deletes_nothing_but_itself(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("corrupt_backup", "RestoreCluster", sql="DELETE FROM orders WHERE id = 50")

    with pytest.raises(Stopped, match=r"orders: 1 rows lost.*nothing was deleted but the scratch"):
        await backup_then_delete(account, "demo", run_id="r1", proof="restore", give_up=("weekly",))

    gone = [one["name"] for one in cloud.state()["clusters"] if one["deleted"]]
    taken = next(one["id"] for one in cloud.state()["snapshots"] if one["name"] != "weekly")
    assert gone == [scratch_name("r1", taken)]
    assert cloud.clusters() == {"demo": "AVAILABLE"}
    assert "weekly" in cloud.snapshots()


async def test_a_bad_copy_stays_bad_in_the_second_attempt(cloud: Cloud, account: str) -> None:
    cloud.fault("corrupt_backup", "RestoreCluster", sql="DROP TABLE orders")
    for _ in range(2):
        with pytest.raises(Stopped, match="orders: the table is missing"):
            await backup_then_delete(account, "demo", run_id="r1", proof="restore")

    assert cloud.clusters() == {"demo": "AVAILABLE"}


async def test_without_a_way_into_the_database_nothing_is_begun(
    cloud: Cloud, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DWS_DATABASE_PASSWORD")

    with pytest.raises(Refused, match="DWS_DATABASE_PASSWORD is not set"):
        await backup_then_delete(account, "demo", run_id="r1", proof="restore")

    assert cloud.changes() == []


async def test_a_cluster_without_tables_is_said_to_be_so(cloud: Cloud, account: str) -> None:
    async with sql.database_of(account, cloud.state()["clusters"][0]["id"]) as opened:
        await opened.change("DROP TABLE orders")

    left = await backup_then_delete(account, "demo", run_id="r1", proof="restore")

    assert left.remarks == ("no table was compared: the databases that were looked at hold none",)
