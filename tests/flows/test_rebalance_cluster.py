from __future__ import annotations

from collections.abc import Callable

import pytest

from flows.rebalance_cluster import rebalance_cluster
from tasks.clusters import find_cluster
from tasks.run import Refused, Stopped
from tasks.windows import Window
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock

NIGHT = Window.parse("22:00-05:00")
pytestmark = pytest.mark.usefixtures("clock")


def of(sub_status: str, **more: str) -> dict[str, object]:
    return {"clusters": [{"name": "demo", "sub_status": sub_status, **more}]}


@pytest.fixture
def cloud(request: pytest.FixtureRequest, serve: Callable[..., Cloud]) -> Cloud:
    return serve(getattr(request, "param", of("UNBALANCED | READONLY")))


async def test_an_unbalanced_cluster_is_switched_back(cloud: Cloud, account: str) -> None:
    left = await rebalance_cluster(account, "demo", run_id="r1")

    assert cloud.changes() == ["SwitchOverCluster"]
    assert (await find_cluster(account, "demo")).sub_status == "READONLY"
    assert left.asked


async def test_a_second_run_of_the_same_id_changes_nothing_more(cloud: Cloud, account: str) -> None:
    await rebalance_cluster(account, "demo", run_id="r1")

    await rebalance_cluster(account, "demo", run_id="r1")

    assert cloud.changes() == ["SwitchOverCluster"]


@pytest.mark.parametrize("cloud", [of("NORMAL")], indirect=True)
async def test_a_balanced_cluster_is_left_alone_and_no_window_waited_for(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    left = await rebalance_cluster(account, "demo", window=NIGHT, run_id="r1")

    assert cloud.changes() == []
    assert clock.now() == 0
    assert not left.asked


async def test_a_window_is_waited_for(cloud: Cloud, account: str, clock: VirtualClock) -> None:
    await rebalance_cluster(account, "demo", window=NIGHT, run_id="r1")

    assert clock.now() > 10 * 3600
    assert cloud.changes() == ["SwitchOverCluster"]


@pytest.mark.parametrize(
    ("cloud", "told"),
    [
        (of("DEGRADED | UNBALANCED"), "is DEGRADED; wait until its failed node is back"),
        (of("UNBALANCED", version="8.1.0"), "switching back needs 8.1.1.202: upgrade"),
        (of("UNBALANCED", status="FROZEN"), "its status is FROZEN"),
        (of("UNBALANCED", task="RESIZE_FAILURE"), "RESIZE_FAILURE; repair it first"),
    ],
    indirect=["cloud"],
)
async def test_what_keeps_it_from_balance_is_told_before_any_change(
    cloud: Cloud, account: str, told: str
) -> None:
    with pytest.raises(Refused, match=told):
        await rebalance_cluster(account, "demo", run_id="r1")

    assert cloud.changes() == []


@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated"])
async def test_a_lost_answer_switches_it_back_once(cloud: Cloud, account: str, kind: str) -> None:
    cloud.fault(kind, "SwitchOverCluster")

    await rebalance_cluster(account, "demo", run_id="r1")

    done = [job for job in cloud.state()["jobs"] if job["operation"] == "SwitchOverCluster"]
    assert len(done) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_is_busy_is_asked_again(
    cloud: Cloud, account: str, status: int
) -> None:
    cloud.fault("http", "SwitchOverCluster", status=status)

    await rebalance_cluster(account, "demo", run_id="r1")

    assert cloud.changes() == ["SwitchOverCluster"]


async def test_a_failed_switchback_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    failure = "ACTIVE_STANDY_SWITCHOVER_FAILURE"
    cloud.fault("task_fails", "SwitchOverCluster", task_status=failure)

    with pytest.raises(Stopped, match=failure):
        await rebalance_cluster(account, "demo", run_id="r1")
