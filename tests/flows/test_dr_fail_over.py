from __future__ import annotations

from typing import Any

import pytest

from dws.errors import Conflict, RequestFailed
from dws.operations.clusters import RestartCluster
from dws.operations.nodes import BatchCreateClusterCn
from flows.dr_fail_over import dr_fail_over
from tasks.run import Refused, Stopped
from tests.cloud import Cloud
from tests.flows.pairs import pair_world, pairs, taken
from tests.flows.service import id_of, protect, told, while_waiting
from tests.virtual_clock import VirtualClock

pytestmark = pytest.mark.usefixtures("clock")

FAILOVER = ["SwitchFailoverDisaster"]
DOWN = {"status": "UNAVAILABLE"}


def broken(**more: Any) -> dict[str, Any]:
    return pair_world(**{"status": "abnormal", "near": DOWN, **more})


lost = pytest.mark.parametrize("cloud", [broken()], indirect=True)


@lost
async def test_the_standby_takes_over_and_the_loss_is_told(cloud: Cloud, account: str) -> None:
    left = await dr_fail_over(account, "pair-1", "far", run_id="r1")

    assert cloud.changes() == FAILOVER
    assert (left.primary_name, left.former_primary_name) == ("far", "near")
    assert left.lost_since is not None
    assert left.service_rpo_s is not None
    assert left.service_rpo_s >= 600
    assert pairs(cloud) == {"pair-1": "abnormal"}


@lost
async def test_a_second_run_fails_over_no_more(cloud: Cloud, account: str) -> None:
    first = await dr_fail_over(account, "pair-1", "far", run_id="r1")

    again = await dr_fail_over(account, "pair-1", "far", run_id="r1")
    other = await dr_fail_over(account, "pair-1", "far", run_id="r2")

    assert cloud.changes() == FAILOVER
    assert (again.lost_since, again.service_rpo_s) == (first.lost_since, first.service_rpo_s)
    assert not other.asked


@pytest.mark.parametrize("cloud", [pair_world(near=DOWN)], indirect=True)
async def test_a_broken_primary_is_enough_of_a_reason(cloud: Cloud, account: str) -> None:
    await dr_fail_over(account, "pair-1", "far", run_id="r1")

    assert cloud.changes() == FAILOVER


@lost
async def test_a_service_without_figures_keeps_nobody_from_failing_over(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("http", "ShowDisasterProgress", status=400, code="DWS.0001", times=9)

    left = await dr_fail_over(account, "pair-1", "far", run_id="r1")

    assert left.service_rpo_s is None
    assert left.lost_since is not None


TAG = {"tags": {"runbook-protected": "yes"}}
OLD = {"version": "8.1.1"}


@pytest.mark.parametrize(
    ("cloud", "told"),
    [
        (pair_world(), "near AVAILABLE: run dr-switch-over, which loses nothing"),
        (pair_world("stopped", near=DOWN), "pair-1 is stopped; a failover needs one that runs"),
        (broken(near=DOWN | TAG), "cluster near has the tag runbook-protected=yes"),
        (broken(far=TAG), "cluster far has the tag runbook-protected=yes"),
        (broken(far=DOWN), "cluster far: its status is UNAVAILABLE"),
        (broken(near=DOWN | OLD, far=OLD), r"cluster far has version 8\.1\.1; failover needs"),
    ],
    indirect=["cloud"],
)
async def test_what_must_not_fail_over_is_refused_by_name(
    cloud: Cloud, account: str, told: str
) -> None:
    with pytest.raises(Refused, match=told):
        await dr_fail_over(account, "pair-1", "far", run_id="r1")

    assert cloud.changes() == []


@lost
@pytest.mark.parametrize("name", ["near", "far"])
async def test_a_cluster_protected_meanwhile_does_not_fail_over(
    cloud: Cloud, account: str, clock: VirtualClock, name: str
) -> None:
    await told(RestartCluster(cluster_id=await id_of("far")))
    while_waiting(clock, lambda: protect(name))

    with pytest.raises(Refused, match=f"cluster {name} has the tag runbook-protected=rows"):
        await dr_fail_over(account, "pair-1", "far", run_id="r1")

    assert cloud.requests(FAILOVER[0]) == []


AILING = {"task": "REBOOT_FAILURE", "nodes": 4}


@pytest.mark.parametrize("cloud", [pair_world(near=AILING, far={"nodes": 4})], indirect=True)
async def test_production_that_has_come_back_meanwhile_is_not_given_up(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("http", FAILOVER[0], status=400, code="DWS.0001")
    with pytest.raises(RequestFailed):
        await dr_fail_over(account, "pair-1", "far", run_id="r1")
    # What another task has failed in is over once the next one has begun.
    await told(BatchCreateClusterCn(cluster_id=await id_of("near"), num=4))

    with pytest.raises(Stopped, match="near AVAILABLE: run dr-switch-over, which loses nothing"):
        await dr_fail_over(account, "pair-1", "far", run_id="r1")

    assert len(cloud.requests(FAILOVER[0])) == 1


@pytest.mark.parametrize("cloud", [pair_world()], indirect=True)
async def test_forced_the_service_has_the_last_word(cloud: Cloud, account: str) -> None:
    with pytest.raises(Conflict, match="not allowed"):
        await dr_fail_over(account, "pair-1", "far", force=True, run_id="r1")

    assert cloud.changes() == []


@lost
@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated", "503"])
async def test_a_lost_answer_fails_over_once(cloud: Cloud, account: str, kind: str) -> None:
    if kind.isdigit():
        cloud.fault("http", FAILOVER[0], status=int(kind))
    else:
        cloud.fault(kind, FAILOVER[0])

    left = await dr_fail_over(account, "pair-1", "far", run_id="r1")

    assert left.primary_name == "far"
    assert taken(cloud, FAILOVER[0]) <= 2


@lost
async def test_a_failed_failover_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", FAILOVER[0], task_status="abnormal")

    with pytest.raises(Stopped, match="it turned, is abnormal, and another cluster is the primary"):
        await dr_fail_over(account, "pair-1", "far", run_id="r1")

    assert cloud.changes() == FAILOVER
