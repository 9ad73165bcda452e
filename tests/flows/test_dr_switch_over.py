from __future__ import annotations

import pytest

from dws.errors import RequestFailed
from dws.lookup import NoSuchThing
from flows.dr_switch_over import dr_switch_over
from tasks import disaster_recovery
from tasks.run import Refused, Stopped
from tests.cloud import Cloud
from tests.flows.pairs import pair_world, pairs
from tests.flows.service import while_waiting
from tests.virtual_clock import VirtualClock

pytestmark = pytest.mark.usefixtures("clock")

SWITCH = ["SwitchoverDisasterRecovery"]
running = pytest.mark.parametrize("cloud", [pair_world()], indirect=True)


@running
async def test_the_wanted_cluster_becomes_the_primary(cloud: Cloud, account: str) -> None:
    left = await dr_switch_over(account, "pair-1", "far", run_id="r1")

    assert cloud.changes() == SWITCH
    assert (left.primary_name, left.standby_name, left.asked) == ("far", "near", True)
    assert cloud.clusters() == {"near": "AVAILABLE", "far": "AVAILABLE"}


@running
async def test_the_primary_is_left_as_it_is(cloud: Cloud, account: str) -> None:
    left = await dr_switch_over(account, "PAIR-1", "near", run_id="r1")

    assert cloud.changes() == []
    assert (left.primary_name, left.asked) == ("near", False)


@running
async def test_a_second_run_does_not_switch_back(cloud: Cloud, account: str) -> None:
    await dr_switch_over(account, "pair-1", "far", run_id="r1")

    again = await dr_switch_over(account, "pair-1", "far", run_id="r1")
    other = await dr_switch_over(account, "pair-1", "far", run_id="r2")

    assert cloud.changes() == SWITCH
    assert again.primary_name == other.primary_name == "far"


@running
async def test_a_switchover_that_somebody_has_begun_is_waited_for(
    cloud: Cloud, account: str
) -> None:
    pair_id = cloud.state()["disaster_recoveries"][0]["id"]
    await disaster_recovery.switchover_disaster_recovery(account, disaster_recovery_id=pair_id)
    cloud.advance(30)

    left = await dr_switch_over(account, "pair-1", "far", run_id="r1")

    assert cloud.changes() == SWITCH
    assert (left.primary_name, left.asked) == ("far", False)


@running
@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated", "503", "429"])
async def test_a_lost_answer_switches_once(cloud: Cloud, account: str, kind: str) -> None:
    if kind.isdigit():
        cloud.fault("http", SWITCH[0], status=int(kind))
    else:
        cloud.fault(kind, SWITCH[0])

    left = await dr_switch_over(account, "pair-1", "far", run_id="r1")
    seen = await dr_switch_over(account, "pair-1", "far", run_id="r2")

    assert (left.primary_name, seen.asked) == ("far", False)


LATE = pair_world(durations={"dr_switch": "PT3M", "dr_roles": "PT110S"})


@pytest.mark.parametrize("cloud", [LATE], indirect=True)
async def test_roles_that_are_told_late_are_not_switched_back(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    async def end_the_first_attempt() -> None:
        if cloud.changes() == SWITCH:
            cloud.fault("http", "ShowDisasterDetail", status=400, code="DWS.0001")
        else:
            while_waiting(clock, end_the_first_attempt)

    while_waiting(clock, end_the_first_attempt)
    with pytest.raises(RequestFailed):
        await dr_switch_over(account, "pair-1", "far", run_id="r1")
    assert cloud.changes() == SWITCH
    while pairs(cloud) != {"pair-1": "running"}:
        cloud.advance(5)

    left = await dr_switch_over(account, "pair-1", "far", run_id="r1")

    assert cloud.changes() == SWITCH
    assert left.primary_name == "far"


@running
async def test_a_failed_switchover_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", SWITCH[0], task_status="abnormal")

    with pytest.raises(Stopped, match="abnormal"):
        await dr_switch_over(account, "pair-1", "far", run_id="r1")

    assert cloud.changes() == SWITCH


@running
async def test_a_switchover_that_left_the_roles_is_told(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", SWITCH[0], task_status="running")

    with pytest.raises(Stopped, match="it turned, is running, and another cluster is the primary"):
        await dr_switch_over(account, "pair-1", "far", run_id="r1")


@pytest.mark.parametrize(
    ("cloud", "told"),
    [
        (pair_world("stopped"), "pair-1 is stopped; run dr-set-up"),
        (pair_world("abnormal"), "pair-1 is abnormal; run dr-fail-over if the primary is broken"),
        (pair_world(near={"status": "UNAVAILABLE"}), "cluster near: its status is UNAVAILABLE"),
        (pair_world(far={"status": "UNAVAILABLE"}), "cluster far: its status is UNAVAILABLE"),
    ],
    indirect=["cloud"],
)
async def test_what_would_lose_something_is_refused(cloud: Cloud, account: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        await dr_switch_over(account, "pair-1", "far", run_id="r1")

    assert cloud.changes() == []


@running
async def test_a_cluster_of_no_pair_is_told(cloud: Cloud, account: str) -> None:
    with pytest.raises(NoSuchThing, match=r"near \(primary\) and far \(standby\); name one"):
        await dr_switch_over(account, "pair-1", "elsewhere", run_id="r1")
    with pytest.raises(NoSuchThing, match=r"pair='pair-2': no disaster recovery .* are: pair-1"):
        await dr_switch_over(account, "pair-2", "far", run_id="r2")

    assert pairs(cloud) == {"pair-1": "running"}
