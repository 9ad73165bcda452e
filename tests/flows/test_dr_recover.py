from __future__ import annotations

from typing import Any

import pytest

from dws.errors import Conflict, RequestFailed
from dws.operations.clusters import RestartCluster
from flows.dr_recover import dr_recover
from tasks.run import Refused, Stopped
from tests.cloud import Cloud
from tests.flows.pairs import pair_world, pairs
from tests.flows.service import id_of, protect, told, while_waiting
from tests.virtual_clock import VirtualClock

pytestmark = pytest.mark.usefixtures("clock")

RESTORE = ["RestoreDisaster"]
TURNED = {"primary": "far", "standby": "near", "failed_over": True}


def failed_over(**more: Any) -> dict[str, Any]:
    return pair_world(**{"status": "abnormal", "pair": TURNED, **more})


turned = pytest.mark.parametrize("cloud", [failed_over()], indirect=True)


@turned
async def test_the_former_primary_follows_the_new_one(cloud: Cloud, account: str) -> None:
    left = await dr_recover(account, "pair-1", "near", run_id="r1")

    assert cloud.changes() == RESTORE
    assert (left.primary_name, left.standby_name) == ("far", "near")
    assert pairs(cloud) == {"pair-1": "running"}
    assert left.synchronised is not None


@turned
async def test_a_second_run_wipes_nothing_again(cloud: Cloud, account: str) -> None:
    await dr_recover(account, "pair-1", "near", run_id="r1")

    await dr_recover(account, "pair-1", "near", run_id="r1")
    other = await dr_recover(account, "pair-1", "near", run_id="r2")

    assert cloud.changes() == RESTORE
    assert not other.asked


@pytest.mark.parametrize(
    ("cloud", "told"),
    [
        (failed_over(near={"tags": {"runbook-protected": ""}}), "cluster near has the tag"),
        (failed_over(near={"status": "UNAVAILABLE"}), "cluster near: its status is UNAVAILABLE"),
        (failed_over(near={"version": "8.1.1"}), "cluster near has version 8.1.1"),
        (pair_world("stopped", pair=TURNED), "pair-1 is stopped; only what failed over"),
    ],
    indirect=["cloud"],
)
async def test_what_cannot_be_rebuilt_is_refused_by_name(
    cloud: Cloud, account: str, told: str
) -> None:
    with pytest.raises(Refused, match=told):
        await dr_recover(account, "pair-1", "near", run_id="r1")

    assert cloud.changes() == []


@turned
async def test_the_new_primary_is_never_wiped(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="wipe='far': the service would wipe near, the standby"):
        await dr_recover(account, "pair-1", "far", run_id="r1")

    assert cloud.changes() == []


@turned
async def test_a_cluster_protected_meanwhile_is_not_wiped(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    await told(RestartCluster(cluster_id=await id_of("near")))
    while_waiting(clock, lambda: protect("near"))

    with pytest.raises(Refused, match="cluster near has the tag runbook-protected=rows"):
        await dr_recover(account, "pair-1", "near", run_id="r1")

    assert cloud.requests(RESTORE[0]) == []


@turned
async def test_a_cluster_protected_before_a_second_attempt_is_not_wiped(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("http", RESTORE[0], status=400, code="DWS.0001")
    with pytest.raises(RequestFailed):
        await dr_recover(account, "pair-1", "near", run_id="r1")
    await protect("near")

    with pytest.raises(Stopped, match="cluster near has the tag runbook-protected=rows"):
        await dr_recover(account, "pair-1", "near", run_id="r1")

    assert pairs(cloud) == {"pair-1": "abnormal"}


@pytest.mark.parametrize("cloud", [pair_world("abnormal")], indirect=True)
async def test_a_pair_that_never_failed_over_is_refused_by_the_service(
    cloud: Cloud, account: str
) -> None:
    with pytest.raises(Conflict):
        await dr_recover(account, "pair-1", "far", run_id="r1")

    assert cloud.changes() == []


@turned
@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated", "503"])
async def test_a_lost_answer_rebuilds_it_once(cloud: Cloud, account: str, kind: str) -> None:
    if kind.isdigit():
        cloud.fault("http", RESTORE[0], status=int(kind))
    else:
        cloud.fault(kind, RESTORE[0])

    await dr_recover(account, "pair-1", "near", run_id="r1")

    assert pairs(cloud) == {"pair-1": "running"}
    assert len(cloud.changes()) <= 1


@turned
async def test_a_failed_rebuilding_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", RESTORE[0], task_status="DR_RECOVER_FAILED")

    with pytest.raises(Stopped, match="DR_RECOVER_FAILED"):
        await dr_recover(account, "pair-1", "near", run_id="r1")

    assert pairs(cloud) == {"pair-1": "abnormal"}
