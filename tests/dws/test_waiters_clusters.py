"""When the waits for clusters that are stopped, started or switched back end."""

from __future__ import annotations

import pytest

from dws.client import Client
from dws.operations.clusters import (
    ListClusterDetails,
    ListClusters,
    StartCluster,
    StopCluster,
    SwitchOverCluster,
)
from dws.shapes import Cluster
from dws.waiter import Busy, Done, Failed, Verdict
from dws.waiters.clusters import (
    cluster_balanced,
    cluster_started,
    cluster_stopped,
    judge_balance,
    judge_growth,
    judge_repair,
    judge_start,
    judge_stop,
)
from tests.virtual_clock import VirtualClock


def _cluster(status: str, task: str | None = None, flags: str = "NORMAL") -> Cluster:
    return Cluster(id="c", status=status, task_status=task, sub_status=flags)


@pytest.mark.parametrize(
    ("cluster", "start", "stop"),
    [
        (_cluster("AVAILABLE"), Done(), Busy("AVAILABLE")),
        (_cluster("STOPPED"), Busy("STOPPED"), Done()),
        (_cluster("STOPING", "STOPPING"), Busy("STOPPING"), Busy("STOPPING")),
        (_cluster("STARTING", "STARTING"), Busy("STARTING"), Busy("STARTING")),
        (_cluster("STOPPED", "STARTING"), Busy("STARTING"), Busy("STARTING")),
        (
            _cluster("STOPPED", "REBOOT_FAILURE"),
            Failed("its last task ended in REBOOT_FAILURE"),
            Failed("its last task ended in REBOOT_FAILURE"),
        ),
        (
            _cluster("FROZEN"),
            Failed("its status is FROZEN"),
            Failed("its status is FROZEN"),
        ),
    ],
)
def test_a_start_or_stop_is_judged_by_status_and_task(
    cluster: Cluster, start: Verdict, stop: Verdict
) -> None:
    assert (judge_start(cluster), judge_stop(cluster)) == (start, stop)


@pytest.mark.parametrize(
    ("cluster", "verdict"),
    [
        (_cluster("AVAILABLE", "GROWING"), Busy("GROWING")),
        (_cluster("UNAVAILABLE", "GROWING"), Busy("GROWING")),
        (_cluster("AVAILABLE", "RESIZE_FAILURE"), Failed("its last task ended in RESIZE_FAILURE")),
        (_cluster("AVAILABLE"), Done()),
        (_cluster("AVAILABLE", "WAITING_REDISTRIBUTION"), Done()),
        (_cluster("AVAILABLE", None, "REDISTRIBUTING"), Done()),
        (_cluster("AVAILABLE", "REDISTRIBUTE_FAILURE", "REDISTRIBUTION-FAILURE"), Done()),
    ],
)
def test_a_growth_has_ended_whatever_becomes_of_the_data(
    cluster: Cluster, verdict: Verdict
) -> None:
    assert judge_growth(cluster) == verdict


@pytest.mark.parametrize(
    ("cluster", "verdict"),
    [
        (_cluster("AVAILABLE", flags="UNBALANCED"), Busy("UNBALANCED")),
        (_cluster("AVAILABLE", flags="UNBALANCED | READONLY"), Busy("UNBALANCED")),
        (_cluster("AVAILABLE", flags="READONLY"), Done()),
        (_cluster("AVAILABLE"), Done()),
        (
            _cluster("AVAILABLE", "ACTIVE_STANDY_SWITCHOVER", "UNBALANCED"),
            Busy("ACTIVE_STANDY_SWITCHOVER"),
        ),
        (
            _cluster("AVAILABLE", "ACTIVE_STANDY_SWITCHOVER_FAILURE", "UNBALANCED"),
            Failed("its last task ended in ACTIVE_STANDY_SWITCHOVER_FAILURE"),
        ),
    ],
)
def test_a_switchback_is_over_when_the_flag_is_gone(cluster: Cluster, verdict: Verdict) -> None:
    assert judge_balance(cluster) == verdict


@pytest.mark.parametrize(
    ("cluster", "verdict"),
    [
        (_cluster("UNAVAILABLE"), Busy("UNAVAILABLE")),
        (_cluster("AVAILABLE"), Done()),
        (_cluster("AVAILABLE", "DR_RECOVERING"), Busy("DR_RECOVERING")),
        (_cluster("FROZEN"), Failed("its status is FROZEN")),
    ],
)
def test_what_is_unavailable_may_be_repaired(cluster: Cluster, verdict: Verdict) -> None:
    assert judge_repair(cluster) == verdict


async def test_the_waits_for_a_stop_and_a_start_end_with_them(
    client: Client, clock: VirtualClock
) -> None:
    cluster_id = (await client.call(ListClusters())).clusters[0].id

    await client.call(StopCluster(cluster_id=cluster_id))
    stopped = await cluster_stopped.wait(client, ListClusterDetails(cluster_id=cluster_id))
    await client.call(StartCluster(cluster_id=cluster_id))
    started = await cluster_started.wait(client, ListClusterDetails(cluster_id=cluster_id))

    assert stopped
    assert started
    assert (stopped.status, started.status) == ("STOPPED", "AVAILABLE")


@pytest.mark.parametrize(
    "cloud", [{"clusters": [{"name": "demo", "sub_status": "UNBALANCED"}]}], indirect=True
)
async def test_the_wait_for_a_switchback_ends_with_it(client: Client, clock: VirtualClock) -> None:
    cluster_id = (await client.call(ListClusters())).clusters[0].id

    await client.call(SwitchOverCluster(cluster_id=cluster_id))
    balanced = await cluster_balanced.wait(client, ListClusterDetails(cluster_id=cluster_id))

    assert balanced
    assert balanced.sub_status == "NORMAL"
