"""Judges of disaster recovery, and waits against the emulator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dws.client import Client
from dws.errors import NotFound, WaitFailed
from dws.operations.disaster_recovery import (
    CreateDisasterRecovery,
    DeleteDisasterRecovery,
    DisasterRecovery,
    ListDisasterRecover,
    NewDisasterRecovery,
    PauseDisasterRecovery,
    RestoreDisaster,
    ShowDisasterDetail,
    StartDisasterRecovery,
    SwitchFailoverDisaster,
    SwitchoverDisasterRecovery,
)
from dws.waiter import Busy, Done, Failed, Verdict
from dws.waiters import disaster_recovery as waiters
from dws.wire import to_request
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock

Judge = Callable[[DisasterRecovery], Verdict]
BUSY, DONE, FAILED = Busy, Done, Failed
STATUSES = [
    *("creating", "create_failed", "unstart", "starting", "start_failed", "running", "stopping"),
    *("stop_failed", "stopped", "switchovering", "abnormal", "deleting", "deleted", "new_word"),
]
WORLD = {
    "clusters": [{"name": "near"}, {"name": "far"}],
    "disaster_recoveries": [
        {"name": "pair-1", "primary": "near", "standby": "far", "sync_period": "5m"}
    ],
}
with_pair = pytest.mark.parametrize("cloud", [WORLD], indirect=True)
EXPECTED: dict[Judge, dict[type[Any], set[str]]] = {
    waiters.judge_disaster_recovery_creation: {
        DONE: {"unstart", "starting", "running", "stopping", "stopped"},
        FAILED: {"create_failed", "start_failed", "stop_failed", "abnormal"},
    },
    waiters.judge_disaster_recovery_run: {
        DONE: {"running"},
        FAILED: {"create_failed", "start_failed", "stop_failed", "abnormal"},
    },
    waiters.judge_disaster_recovery_switchover: {
        DONE: {"running"},
        FAILED: {"create_failed", "start_failed", "stop_failed", "abnormal"},
    },
    waiters.judge_disaster_recovery_stop: {
        DONE: {"stopped"},
        FAILED: {"create_failed", "start_failed", "stop_failed", "abnormal"},
    },
    waiters.judge_disaster_recovery_failover: {
        DONE: {"abnormal", "running", "stopped"},
        FAILED: set(),
    },
    waiters.judge_disaster_recovery_deletion: {DONE: {"deleted"}, FAILED: set()},
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("judge", EXPECTED, ids=lambda judge: judge.__name__)
def test_a_status_means(judge: Judge, status: str) -> None:
    wanted = next((kind for kind, words in EXPECTED[judge].items() if status in words), BUSY)

    verdict = judge(DisasterRecovery(id="d1", status=status))

    assert isinstance(verdict, wanted)
    assert not isinstance(verdict, Failed) or status in verdict.why


@pytest.mark.parametrize(
    ("status", "started", "synchronised", "wanted"),
    [
        ("running", "2026-03-02T10:00:00", "2026-03-02T10:05:00", DONE),
        ("running", "2026-03-02T10:00:00", "2026-03-02T09:00:00", BUSY),
        ("running", "2026-03-02T10:00:00", None, BUSY),
        ("running", None, "2026-03-02T09:00:00", DONE),
        ("starting", None, "2026-03-02T09:00:00", BUSY),
        ("start_failed", None, "2026-03-02T09:00:00", FAILED),
    ],
)
def test_a_standby_has_caught_up_since_the_start_or_not(
    status: str, started: str | None, synchronised: str | None, wanted: type[Any]
) -> None:
    pair = {"id": "d1", "status": status, "start_time": started, "last_disaster_time": synchronised}

    verdict = waiters.judge_disaster_recovery_synchronisation(DisasterRecovery.model_validate(pair))

    assert isinstance(verdict, wanted)


def test_details_and_list_are_read_alike() -> None:
    side = {"id": "c1", "name": "near", "last_success_time": "2023-04-29T06:39:56"}
    detail = {"id": "d1", "primary_cluster": side, "standby_cluster": side | {"id": "c2"}}
    told = DisasterRecovery.model_validate(detail)

    assert (told.primary_cluster_id, told.standby_cluster_id) == ("c1", "c2")
    assert told.primary_cluster_name == "near"
    assert told.last_disaster_time is not None
    assert told.holds("c2")


def turned(pair: DisasterRecovery, primary: str | None) -> waiters.DisasterRecoveryTurned:
    return waiters.DisasterRecoveryTurned(
        disaster_recovery_id=pair.id, primary_cluster_id=primary or ""
    )


async def the_pair(client: Client) -> DisasterRecovery:
    return (await client.call(ListDisasterRecover())).disaster_recovery[0]


def test_the_wanted_primary_is_not_sent() -> None:
    sent = to_request(turned(DisasterRecovery(id="d1"), "c2"), "p1")

    assert (sent.path, sent.query) == ("/v2/p1/disaster-recovery/d1", ())


@with_pair
async def test_a_switchover_is_over_when_the_roles_are_swapped_and_not_before(
    client: Client, clock: VirtualClock
) -> None:
    pair = await the_pair(client)

    await client.call(SwitchoverDisasterRecovery(disaster_recovery_id=pair.id))
    # It still is "running" now, as it was before.
    look = turned(pair, pair.standby_cluster_id)
    seen = await waiters.disaster_recovery_switched.wait(client, look)

    assert seen
    assert seen.primary_cluster_id == pair.standby_cluster_id
    assert seen.status == "running"


@with_pair
async def test_a_switchover_that_failed_is_told(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    pair = await the_pair(client)
    cloud.fault("task_fails", "SwitchoverDisasterRecovery", task_status="abnormal")

    await client.call(SwitchoverDisasterRecovery(disaster_recovery_id=pair.id))
    with pytest.raises(WaitFailed, match="abnormal"):
        await waiters.disaster_recovery_switched.wait(client, turned(pair, pair.standby_cluster_id))


@with_pair
async def test_a_switchover_that_ended_with_the_roles_as_before_is_told(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    pair = await the_pair(client)
    cloud.fault("task_fails", "SwitchoverDisasterRecovery", task_status="running")

    await client.call(SwitchoverDisasterRecovery(disaster_recovery_id=pair.id))
    with pytest.raises(WaitFailed, match="it turned, is running, and the roles are as before"):
        await waiters.disaster_recovery_switched.wait(client, turned(pair, pair.standby_cluster_id))


@with_pair
async def test_a_failover_and_its_recovery_are_waited_for(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    pair = await the_pair(client)
    cloud.fault("task_fails", "StartDisasterRecovery", task_status="UNAVAILABLE")
    cloud.advance(600)

    await client.call(SwitchFailoverDisaster(disaster_recovery_id=pair.id))
    look = turned(pair, pair.standby_cluster_id)
    promoted = await waiters.disaster_recovery_promoted.wait(client, look)
    cloud.advance(1200)
    await client.call(RestoreDisaster(disaster_recovery_id=pair.id))
    again = ShowDisasterDetail(disaster_recovery_id=pair.id)
    rebuilt = await waiters.disaster_recovery_running.wait(client, again)

    assert promoted
    assert (promoted.status, promoted.primary_cluster_id) == ("abnormal", pair.standby_cluster_id)
    assert rebuilt
    assert rebuilt.primary_cluster_id == pair.standby_cluster_id


@pytest.mark.parametrize("cloud", [{"clusters": WORLD["clusters"]}], indirect=True)
async def test_a_pair_is_waited_for_through_its_life(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    near, far = (cluster["id"] for cluster in cloud.state()["clusters"])
    told = NewDisasterRecovery(
        name="pair-1",
        dr_type="az",
        dr_sync_period="5m",
        primary_cluster_id=near,
        standby_cluster_id=far,
    )
    made = await client.call(CreateDisasterRecovery(disaster_recovery=told))
    pair_id = made.disaster_recovery.id
    look = ShowDisasterDetail(disaster_recovery_id=pair_id)

    seen = [await waiters.disaster_recovery_ready.wait(client, look)]
    await client.call(StartDisasterRecovery(disaster_recovery_id=pair_id))
    seen.append(await waiters.disaster_recovery_running.wait(client, look))
    await client.call(PauseDisasterRecovery(disaster_recovery_id=pair_id))
    seen.append(await waiters.disaster_recovery_stopped.wait(client, look))
    await client.call(DeleteDisasterRecovery(disaster_recovery_id=pair_id))
    gone = await waiters.disaster_recovery_gone.wait(client, look)

    assert [pair and pair.status for pair in seen] == ["unstart", "running", "stopped"]
    assert gone is None
    with pytest.raises(NotFound):
        await client.call(look)
