from __future__ import annotations

import pytest

from dws.errors import RequestFailed
from dws.lookup import NoSuchThing
from dws.operations.disaster_recovery import ListDisasterRecover, StartDisasterRecovery
from flows.start_cluster import start_cluster
from flows.stop_cluster import stop_cluster
from tasks.run import Refused, Stopped
from tests.cloud import Cloud
from tests.flows.service import told

pytestmark = pytest.mark.usefixtures("clock")


async def test_a_cluster_is_stopped(cloud: Cloud, account: str) -> None:
    left = await stop_cluster(account, "demo", run_id="r1")

    assert cloud.changes() == ["StopCluster"]
    assert cloud.clusters() == {"demo": "STOPPED"}
    assert left.asked


async def test_a_stopped_one_is_left_as_it_is(cloud: Cloud, account: str) -> None:
    await stop_cluster(account, "demo", run_id="r1")

    left = await stop_cluster(account, "demo", run_id="r2")

    assert cloud.changes() == ["StopCluster"]
    assert not left.asked


async def test_a_stopped_cluster_is_started_again(cloud: Cloud, account: str) -> None:
    await stop_cluster(account, "demo", run_id="r1")

    left = await start_cluster(account, left_id(cloud), run_id="r2")

    assert cloud.changes() == ["StopCluster", "StartCluster"]
    assert cloud.clusters() == {"demo": "AVAILABLE"}
    assert left.cluster_name == "demo"


def left_id(cloud: Cloud) -> str:
    return str(cloud.state()["clusters"][0]["id"])


async def test_a_running_cluster_is_not_started(cloud: Cloud, account: str) -> None:
    left = await start_cluster(account, "demo", run_id="r1")

    assert cloud.changes() == []
    assert not left.asked


PAIR = {
    "clusters": [{"name": "demo"}, {"name": "other"}],
    "disaster_recoveries": [{"name": "dr-1", "primary": "other", "standby": "demo"}],
}


@pytest.mark.parametrize("cloud", [PAIR], indirect=True)
async def test_a_cluster_of_a_running_recovery_is_not_stopped(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match=r"dr-1 \(running\); pause that first"):
        await stop_cluster(account, "demo", run_id="r1")

    assert cloud.changes() == []


PARTED = {
    "clusters": [{"name": "demo"}, {"name": "other"}],
    "disaster_recoveries": [
        {"name": "dr-1", "primary": "other", "standby": "demo", "status": "stopped"}
    ],
}


@pytest.mark.parametrize("cloud", [PARTED], indirect=True)
async def test_a_run_that_ended_before_any_change_is_looked_at_again(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("http", "ListClusterDetails", status=400)
    with pytest.raises(RequestFailed):
        await stop_cluster(account, "demo", run_id="r1")
    pair = (await told(ListDisasterRecover())).disaster_recovery[0]
    await told(StartDisasterRecovery(disaster_recovery_id=pair.id))
    cloud.advance(3600)

    with pytest.raises(Refused, match=r"dr-1 \(running\); pause that first"):
        await stop_cluster(account, "demo", run_id="r1")

    assert "StopCluster" not in cloud.changes()


async def test_an_unknown_cluster_is_told(cloud: Cloud, account: str) -> None:
    with pytest.raises(NoSuchThing, match="close to it: demo"):
        await stop_cluster(account, "demi", run_id="r1")


async def test_a_run_goes_on_with_what_it_began_with(cloud: Cloud, account: str) -> None:
    await stop_cluster(account, "demo", run_id="r1")

    with pytest.raises(Refused, match=r"was begun with cluster='demo', not 'other'"):
        await stop_cluster(account, "other", run_id="r1")


@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated"])
async def test_a_lost_answer_stops_it_once(cloud: Cloud, account: str, kind: str) -> None:
    cloud.fault(kind, "StopCluster")

    await stop_cluster(account, "demo", run_id="r1")

    assert cloud.clusters() == {"demo": "STOPPED"}
    stopped = [job for job in cloud.state()["jobs"] if job["operation"] == "StopCluster"]
    assert len(stopped) == 1


async def test_a_failed_stop_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "StopCluster", task_status="STOP_FAILED")

    with pytest.raises(Stopped, match="STOP_FAILED"):
        await stop_cluster(account, "demo", run_id="r1")


DEAD = {"clusters": [{"name": "demo", "status": "FROZEN"}]}


@pytest.mark.parametrize("cloud", [DEAD], indirect=True)
@pytest.mark.parametrize("flow", [stop_cluster, start_cluster])
async def test_a_frozen_cluster_is_refused(cloud: Cloud, account: str, flow: object) -> None:
    with pytest.raises(Refused, match="its status is FROZEN"):
        await flow(account, "demo", run_id="r1")  # type: ignore[operator]

    assert cloud.changes() == []
