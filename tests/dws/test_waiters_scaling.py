from __future__ import annotations

from typing import Any

import pytest

from dws.client import Client
from dws.errors import WaitFailed
from dws.operations.clusters import ListClusterDetails
from dws.operations.scaling import (
    ExecuteRedistributionCluster,
    ResizeCluster,
    ResizePreparation,
    RestoreRedistribution,
    ShowClusterRedistribution,
    ShowResizePreparation,
    StopRedistribution,
)
from dws.sent.scaling import ScaleOut
from dws.told.scaling import Preparation, Redistribution
from dws.waiter import Busy, Done, Failed, Verdict
from dws.waiters.clusters import cluster_task_finished
from dws.waiters.scaling import (
    judge_preparation,
    judge_redistribution,
    judge_rest,
    judge_suspension,
    redistribution_finished,
    redistribution_suspended,
    resize_prepared,
)
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock

WORLD = {"clusters": [{"name": "waits", "task": "WAITING_REDISTRIBUTION"}]}
waiting = pytest.mark.parametrize("cloud", [WORLD], indirect=True)


def redistribution(status: str | None, /, **progress: Any) -> Redistribution:
    info = {"status": status, "redis_process": progress}
    return Redistribution.model_validate({"redis_info": info})


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (redistribution("PREPARE", total_progress=0), Busy("PREPARE", 0)),
        (redistribution("RUNNING", status="RUNNING", total_progress=42), Busy("RUNNING", 42)),
        (redistribution("RUNNING", status="SUCCESS", total_progress=100), Busy("RUNNING", 100)),
        (redistribution("RUNNING", status="FAIL"), Busy("RUNNING")),
        (redistribution("WAITING"), Busy("WAITING")),
        (redistribution("", total_progress=0), Busy("not begun", 0)),
        (redistribution("NEW_WORD"), Busy("NEW_WORD")),
        (redistribution("SUCCESS", status="RUNNING", total_progress=99), Done()),
        (redistribution("", status="SUCCESS"), Done()),
        (redistribution(None, completed=True), Done()),
        (redistribution("FAIL", status="RUNNING"), Failed("it failed")),
        (redistribution("FAIL", fail_count=2), Failed("it failed, 2 times so far")),
        # The sample of the SDK has the two disagree.
        (redistribution("PAUSE", status="FAIL"), Failed("PAUSE: it waits for a person")),
        (redistribution("PAUSING"), Failed("PAUSING: it waits for a person")),
    ],
)
def test_a_redistribution_is_judged_by_both_its_statuses(
    told: Redistribution, verdict: Verdict
) -> None:
    assert judge_redistribution(told) == verdict


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("RUNNING", Busy("RUNNING")),
        ("PAUSING", Busy("PAUSING")),
        ("", Busy("not begun")),
        ("PAUSE", Done()),
        ("SUCCESS", Done()),
        ("FAIL", Failed("it failed")),
    ],
)
def test_a_suspension_is_judged_by_the_status(status: str, verdict: Verdict) -> None:
    assert judge_suspension(redistribution(status)) == verdict


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("PREPARE", Busy("PREPARE")),
        ("RUNNING", Busy("RUNNING")),
        ("PAUSING", Busy("PAUSING")),
        ("NEW_WORD", Busy("NEW_WORD")),
        ("", Done()),
        ("WAITING", Done()),
        ("PAUSE", Done()),
        ("FAIL", Done()),
        ("SUCCESS", Done()),
    ],
)
def test_a_redistribution_rests_unless_it_may_move_something(status: str, verdict: Verdict) -> None:
    assert judge_rest(redistribution(status)) == verdict


def test_the_services_own_figures_are_told() -> None:
    told = redistribution(
        "RUNNING",
        total_progress=25,
        bytes_done=2**30,
        byte_left=3 * 2**30,
        tables_done=1,
        tables_left=7,
        redis_rate="21 MB/s",
        estimated_time="01:02:03",
    )

    figures = "1.0 of 4.0 GB, 1 of 8 tables, 21 MB/s"
    assert judge_redistribution(told) == Busy("RUNNING", 25, 3723, figures)


@pytest.mark.parametrize("told", [None, "", "soon", "1:2"])
def test_a_time_left_that_is_none_is_not_told(told: str | None) -> None:
    assert judge_rest(redistribution("RUNNING", estimated_time=told)) == Busy("RUNNING")


def test_the_sdks_name_of_the_progress_is_read_too() -> None:
    info = {"status": "RUNNING", "redis_progress": {"total_progress": "7"}}

    told = Redistribution.model_validate({"redis_info": info})

    assert judge_redistribution(told) == Busy("RUNNING", 7)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("INIT", Busy("INIT", 9)),
        ("PREPARING", Busy("PREPARING", 9)),
        (None, Busy("not begun", 9)),
        ("SUCCESS", Done()),
        ("FAIL", Failed("it failed")),
        ("WAIT_RETRY", Failed("WAIT_RETRY: it failed, and waits to be tried again")),
    ],
)
def test_a_preparation_is_judged_by_its_status(status: str | None, verdict: Verdict) -> None:
    told = Preparation.model_validate({"status": status, "progress": "9%"})

    assert judge_preparation(told) == verdict


def cluster_of(cloud: Cloud) -> str:
    return str(cloud.state()["clusters"][0]["id"])


@waiting
async def test_waiting_ends_with_the_redistribution(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    cluster_id = cluster_of(cloud)
    await client.call(ExecuteRedistributionCluster(cluster_id=cluster_id))

    done = await redistribution_finished.wait(
        client, ShowClusterRedistribution(cluster_id=cluster_id)
    )

    assert done
    assert done.redis_info.status == "SUCCESS"


@waiting
async def test_waiting_for_a_suspended_redistribution_fails(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    cluster_id = cluster_of(cloud)
    await client.call(ExecuteRedistributionCluster(cluster_id=cluster_id))
    cloud.advance(60)
    await client.call(StopRedistribution(cluster_id=cluster_id))
    look = ShowClusterRedistribution(cluster_id=cluster_id)

    with pytest.raises(WaitFailed, match="waits for a person"):
        await redistribution_finished.wait(client, look)

    await redistribution_suspended.wait(client, look)
    await client.call(RestoreRedistribution(cluster_id=cluster_id))
    assert await redistribution_finished.wait(client, look)


async def test_waiting_for_idle_nodes_to_be_prepared(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    cluster_id = cluster_of(cloud)
    await client.call(
        ResizeCluster(cluster_id=cluster_id, scale_out=ScaleOut(count=3), create_node_only=True)
    )
    await cluster_task_finished.wait(client, ListClusterDetails(cluster_id=cluster_id))
    await client.call(ResizePreparation(cluster_id=cluster_id, num_node=3))

    done = await resize_prepared.wait(client, ShowResizePreparation(cluster_id=cluster_id))

    assert done
    assert len(done.instance_ids) == 3
