from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from dws import clock as door
from flows.apply_parameters import apply_parameters
from flows.declared.restart_in_window import ACTION, Inputs
from flows.restart_in_window import restart_in_window
from tasks.action import Level
from tasks.credentials import connect
from tasks.locks import cluster_lock, holding
from tasks.run import Refused, Run, Stopped
from tasks.windows import Window
from tests.cloud import Cloud
from tests.virtual_clock import NOON, VirtualClock

OPEN = Window.parse("MON 11:00-14:00")
"""Open at the hour at which the virtual clock begins."""
NIGHT = Window.parse("22:00-05:00")


async def test_a_cluster_is_restarted_once_for_each_run(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    first = await restart_in_window(account, "demo", window=OPEN, run_id="r1")
    again = await restart_in_window(account, "demo", window=OPEN, run_id="r1")

    assert cloud.changes() == ["RestartCluster"]
    assert first.asked
    assert again.asked
    assert cloud.clusters() == {"demo": "AVAILABLE"}


async def test_another_run_restarts_it_once_more(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    await restart_in_window(account, "demo", window=OPEN, run_id="r1")

    await restart_in_window(account, "demo", window=OPEN, run_id="r2")

    assert cloud.changes() == ["RestartCluster", "RestartCluster"]


async def test_it_is_restarted_when_the_window_opens(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    await restart_in_window(account, "demo", window=NIGHT, run_id="r1")

    assert cloud.changes() == ["RestartCluster"]
    assert NOON + timedelta(hours=10) < clock.time() < NOON + timedelta(hours=10.5)


async def test_the_window_of_the_cluster_itself_is_waited_for(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    """It is that of Wednesdays from 22:00 on; the clock begins on a Monday."""
    left = await restart_in_window(account, "demo", run_id="r1")

    assert left.window == "WED 22:00-02:00 UTC"
    assert clock.time() > NOON + timedelta(days=2, hours=10)
    assert cloud.changes() == ["RestartCluster"]


async def test_a_closed_window_is_refused_where_it_is_now_or_never(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    with pytest.raises(Refused, match=r"it opens at 2026-03-02 22:00 UTC: run it then"):
        await restart_in_window(account, "demo", window=NIGHT, now_or_never=True, run_id="r1")

    assert cloud.changes() == []
    assert clock.now() == 0


PAIR = {
    "clusters": [{"name": "demo"}, {"name": "other"}],
    "disaster_recoveries": [{"name": "dr-1", "primary": "other", "standby": "demo"}],
}


@pytest.mark.parametrize("cloud", [PAIR], indirect=True)
async def test_a_running_recovery_is_told_before_the_window_is_waited_for(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    with pytest.raises(Refused, match=r"dr-1 \(running\); pause that first"):
        await restart_in_window(account, "demo", window=NIGHT, run_id="r1")

    assert clock.now() == 0


BROKEN = {"clusters": [{"name": "demo", "task": "REBOOT_FAILURE"}]}


@pytest.mark.parametrize("cloud", [BROKEN], indirect=True)
async def test_a_failure_that_was_there_before_is_told_before_any_change(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    with pytest.raises(Refused, match="REBOOT_FAILURE; repair it first"):
        await restart_in_window(account, "demo", window=OPEN, run_id="r1")

    assert cloud.changes() == []


@pytest.mark.parametrize("kind", ["lost_reply", "truncated", "reset"])
async def test_a_lost_answer_restarts_it_once(
    cloud: Cloud, account: str, clock: VirtualClock, kind: str
) -> None:
    cloud.fault(kind, "RestartCluster")

    await restart_in_window(account, "demo", window=OPEN, run_id="r1")

    assert restarts(cloud) == 1


async def test_a_restart_that_was_over_when_the_run_went_on_is_not_repeated(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    """As after kill -9: its answer got lost, and so did all looks after it."""
    cloud.fault("lost_reply", "RestartCluster")
    cloud.fault("http", "ListClusterDetails", status=404, code="APIGW.0101", after=3, times=9)
    with pytest.raises(Exception, match=r"APIGW\.0101"):
        await restart_in_window(account, "demo", window=OPEN, run_id="r1")
    cloud.forget_faults()
    cloud.advance(3600)

    await restart_in_window(account, "demo", window=OPEN, run_id="r1")

    assert restarts(cloud) == 1


async def test_where_no_tasks_are_recorded_events_tell_of_the_restart(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    cloud.fault("http", "ListClusterActions", status=404, code="APIGW.0101", times=1000)
    await restart_in_window(account, "demo", window=OPEN, run_id="r1")

    await restart_in_window(account, "demo", window=OPEN, run_id="r2")
    await restart_in_window(account, "demo", window=OPEN, run_id="r2")

    assert restarts(cloud) == 2


async def test_a_restart_that_nobody_records_is_not_repeated(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    cloud.fault("http", "ListClusterActions", status=400, code="DWS.0001", times=1000)

    await restart_in_window(account, "demo", window=OPEN, run_id="r1")
    await restart_in_window(account, "demo", window=OPEN, run_id="r1")

    assert restarts(cloud) == 1


async def test_others_may_work_on_the_cluster_while_the_window_is_waited_for(
    cloud: Cloud, account: str
) -> None:
    target = cluster_lock(account, cloud.state()["clusters"][0]["id"])
    clock = Curious(cloud.url, target)

    with door.using(clock):
        await restart_in_window(account, "demo", window=NIGHT, run_id="r1")

    assert clock.free[0]
    assert not clock.free[-1]


class Curious(VirtualClock):
    """Tries at each sleep whether a lock is free."""

    def __init__(self, url: str, target: str) -> None:
        super().__init__(url)
        self.target = target
        self.free: list[bool] = []

    async def sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(0.5), holding(Run("other"), self.target):
                self.free.append(True)
        except TimeoutError:
            self.free.append(False)
        await super().sleep(seconds)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_is_busy_is_asked_again(
    cloud: Cloud, account: str, clock: VirtualClock, status: int
) -> None:
    cloud.fault("http", "RestartCluster", status=status)

    await restart_in_window(account, "demo", window=OPEN, run_id="r1")

    assert restarts(cloud) == 1


async def test_a_failed_restart_is_told_and_not_called_done(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    cloud.fault("task_fails", "RestartCluster", task_status="REBOOT_FAILURE")

    for _ in range(2):
        with pytest.raises(Stopped, match="REBOOT_FAILURE"):
            await restart_in_window(account, "demo", window=OPEN, run_id="r1")

    assert restarts(cloud) == 1


async def test_parameters_that_are_not_in_sync_after_it_are_told(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    cloud.fault("task_fails", "UpdateConfiguration", task_status="no memory", times=9)
    with pytest.raises(Stopped):
        await apply_parameters(account, "demo", {"work_mem": "128000"}, run_id="r1")

    with pytest.raises(Stopped, match="was restarted, and its parameters are Sync-Failure"):
        await restart_in_window(account, "demo", window=OPEN, run_id="r2")

    assert restarts(cloud) == 1


async def test_a_failed_change_of_parameters_is_told_before(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    cloud.fault("task_fails", "UpdateConfiguration", task_status="no memory", times=9)
    with pytest.raises(Stopped):
        await apply_parameters(account, "demo", {"work_mem": "128000"}, run_id="r1")

    async with connect(account) as client:
        inputs = Inputs(cluster="demo", window=OPEN)
        foreseen = await ACTION.foresee(client, account, inputs, "r2")

    warned = [item.told for item in foreseen.findings if item.level is Level.WARN]
    assert warned == ["an earlier change of the parameters of cluster demo ended in Sync-Failure"]


def restarts(cloud: Cloud) -> int:
    """How often the service has restarted it; an answer that was lost counts."""
    sent = cloud.requests("RestartCluster")
    return len([request for request in sent if request["status"] in {0, 200}]) - _resets(cloud)


def _resets(cloud: Cloud) -> int:
    return sum(fault["kind"] == "reset" for fault in cloud.faults())
