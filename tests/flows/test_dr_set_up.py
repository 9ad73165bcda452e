from __future__ import annotations

from typing import Any

import pytest

from dws.lookup import NoSuchThing
from dws.operations.clusters import RestartCluster
from flows.dr_set_up import dr_set_up
from tasks.run import Refused, Stopped
from tests.cloud import Cloud
from tests.flows.service import id_of, protect, told, while_waiting
from tests.virtual_clock import VirtualClock

pytestmark = pytest.mark.usefixtures("clock")

NEAR, FAR = {"name": "near", "data_gb": 240.0}, {"name": "far", "data_gb": 1.0}
CLUSTERS = {"clusters": [NEAR, FAR]}
MADE = ["CreateDisasterRecovery", "StartDisasterRecovery"]
two_clusters = pytest.mark.parametrize("cloud", [CLUSTERS], indirect=True)


def world(*clusters: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"clusters": list(clusters), **more}


def pair(status: str, **more: Any) -> dict[str, Any]:
    told = {"name": "pair-1", "primary": "near", "standby": "far", "status": status}
    return world(NEAR, FAR, disaster_recoveries=[{**told, "sync_period": "30m", **more}])


def pairs(cloud: Cloud) -> dict[str, str]:
    told = cloud.state()["disaster_recoveries"]
    return {item["name"]: item["status"] for item in told if not item["deleted"]}


@two_clusters
async def test_two_clusters_are_paired_and_the_standby_has_caught_up(
    cloud: Cloud, account: str
) -> None:
    left = await dr_set_up(account, "near", "far", "pair-1", run_id="r1")

    assert cloud.changes() == MADE
    assert pairs(cloud) == {"pair-1": "running"}
    assert left.synchronised is not None


@two_clusters
async def test_a_second_run_of_the_same_id_changes_nothing(cloud: Cloud, account: str) -> None:
    first = await dr_set_up(account, "near", "far", "pair-1", run_id="r1")

    again = await dr_set_up(account, "near", "far", "pair-1", run_id="r1")

    assert cloud.changes() == MADE
    assert again.pair_id == first.pair_id


@pytest.mark.parametrize("cloud", [pair("running")], indirect=True)
async def test_a_pair_that_runs_is_left_as_it_is(cloud: Cloud, account: str) -> None:
    left = await dr_set_up(account, "near", "far", "PAIR-1", run_id="r1")

    assert cloud.changes() == []
    assert left.pair_name == "pair-1"


@pytest.mark.parametrize("cloud", [pair("stopped"), pair("start_failed")], indirect=True)
async def test_a_pair_that_stands_still_is_started(cloud: Cloud, account: str) -> None:
    await dr_set_up(account, "near", "far", "pair-1", run_id="r1")

    assert cloud.changes() == ["StartDisasterRecovery"]
    assert pairs(cloud) == {"pair-1": "running"}


@pytest.mark.parametrize("cloud", [pair("stopped")], indirect=True)
async def test_another_period_counts_from_the_start_on(cloud: Cloud, account: str) -> None:
    await dr_set_up(account, "near", "far", "pair-1", sync_period="1d", run_id="r1")

    assert cloud.changes() == ["UpdateDisasterInfo", "StartDisasterRecovery"]


PROTECTED = {**FAR, "tags": {"runbook-protected": ""}}


@pytest.mark.parametrize("cloud", [CLUSTERS, pair("stopped")], indirect=True)
async def test_a_standby_protected_meanwhile_keeps_its_data(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    await told(RestartCluster(cluster_id=await id_of("far")))
    cloud.advance(30)
    while_waiting(clock, lambda: protect("far"))

    with pytest.raises(Refused, match="cluster far has the tag runbook-protected=rows"):
        await dr_set_up(account, "near", "far", "pair-1", run_id="r1")

    assert not set(cloud.changes()) & set(MADE)


OF_OTHERS = [{"name": "other", "primary": "near", "standby": "third"}]


@pytest.mark.parametrize(
    ("cloud", "told"),
    [
        (world(NEAR, {**FAR, "nodes": 4}), "number of nodes: cluster near has 3, far has 4"),
        (world(NEAR, {**FAR, "version": "8.1.1.202"}), r"version: .* far has 8\.1\.1\.202"),
        (world(NEAR, {**FAR, "status": "FROZEN"}), "its status is FROZEN"),
        (world(NEAR, PROTECTED), "cluster far has the tag runbook-protected"),
        (
            world(NEAR, FAR, {"name": "third"}, disaster_recoveries=OF_OTHERS),
            r"cluster near belongs to disaster recovery other \(running\)",
        ),
        (pair("running", sync_period="3H"), r"running with 3H, .* pause it"),
        (pair("abnormal"), "pair-1 is abnormal; repair it, or run dr-tear-down"),
    ],
    indirect=["cloud"],
)
async def test_clusters_that_do_not_go_together_are_refused_by_name(
    cloud: Cloud, account: str, told: str
) -> None:
    with pytest.raises(Refused, match=told):
        await dr_set_up(account, "near", "far", "pair-1", run_id="r1")

    assert cloud.changes() == []


@pytest.mark.parametrize(
    "cloud",
    [
        world(
            NEAR,
            FAR,
            {"name": "a-1"},
            {"name": "b-1"},
            disaster_recoveries=[{"name": "Pair-1", "primary": "a-1", "standby": "b-1"}],
        )
    ],
    indirect=True,
)
async def test_a_name_of_another_pair_is_refused(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match=r"name='pair-1': .* Choose another"):
        await dr_set_up(account, "near", "far", "pair-1", run_id="r1")

    assert cloud.changes() == []


@two_clusters
async def test_a_cluster_does_not_follow_itself(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="it is the primary itself"):
        await dr_set_up(account, "near", "near", "pair-1", run_id="r1")


@two_clusters
async def test_an_unknown_cluster_is_told(cloud: Cloud, account: str) -> None:
    with pytest.raises(NoSuchThing, match="close to it: near"):
        await dr_set_up(account, "neer", "far", "pair-1", run_id="r1")


@two_clusters
@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated", "http"])
@pytest.mark.parametrize("operation", MADE)
async def test_a_lost_answer_sets_up_one_pair(
    cloud: Cloud, account: str, kind: str, operation: str
) -> None:
    more = {"status": 503} if kind == "http" else {}
    cloud.fault(kind, operation, **more)

    await dr_set_up(account, "near", "far", "pair-1", run_id="r1")

    assert pairs(cloud) == {"pair-1": "running"}
    taken = [name for name in cloud.changes() if name == operation]
    assert len(taken) <= 1


@two_clusters
@pytest.mark.parametrize(
    ("operation", "status"),
    [("CreateDisasterRecovery", "create_failed"), ("StartDisasterRecovery", "start_failed")],
)
async def test_what_failed_is_told_and_not_called_done(
    cloud: Cloud, account: str, operation: str, status: str
) -> None:
    cloud.fault("task_fails", operation, task_status=status)

    with pytest.raises(Stopped, match=status):
        await dr_set_up(account, "near", "far", "pair-1", run_id="r1")

    assert pairs(cloud) == {"pair-1": status}
