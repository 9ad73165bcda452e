from __future__ import annotations

import pytest

from dws.lookup import NoSuchThing
from flows.dr_tear_down import dr_tear_down
from tasks.run import Stopped
from tests.cloud import Cloud
from tests.flows.pairs import pair_world, pairs

pytestmark = pytest.mark.usefixtures("clock")

PARTED = ["PauseDisasterRecovery", "DeleteDisasterRecovery"]
running = pytest.mark.parametrize("cloud", [pair_world()], indirect=True)


@running
async def test_two_clusters_are_parted_and_stay_usable(cloud: Cloud, account: str) -> None:
    left = await dr_tear_down(account, "pair-1", run_id="r1")

    assert cloud.changes() == PARTED
    assert pairs(cloud) == {}
    assert left.clusters == {"near": "AVAILABLE", "far": "AVAILABLE"}


@running
async def test_a_second_run_of_the_same_id_changes_nothing(cloud: Cloud, account: str) -> None:
    await dr_tear_down(account, "pair-1", run_id="r1")

    again = await dr_tear_down(account, "pair-1", run_id="r1")

    assert cloud.changes() == PARTED
    assert again.pair_name == "pair-1"


@running
async def test_another_run_finds_no_pair(cloud: Cloud, account: str) -> None:
    await dr_tear_down(account, "pair-1", run_id="r1")

    with pytest.raises(NoSuchThing, match="there are: none"):
        await dr_tear_down(account, "pair-1", run_id="r2")


@pytest.mark.parametrize(
    "cloud",
    [pair_world(status) for status in ("unstart", "start_failed", "stopped", "abnormal")],
    indirect=True,
)
async def test_what_stands_still_is_deleted_at_once(cloud: Cloud, account: str) -> None:
    await dr_tear_down(account, "pair-1", run_id="r1")

    assert cloud.changes() == ["DeleteDisasterRecovery"]


@pytest.mark.parametrize(
    "cloud", [pair_world("abnormal", near={"status": "UNAVAILABLE"})], indirect=True
)
async def test_a_broken_cluster_is_told_and_keeps_nobody_from_parting(
    cloud: Cloud, account: str
) -> None:
    left = await dr_tear_down(account, "pair-1", run_id="r1")

    assert left.clusters == {"near": "UNAVAILABLE", "far": "AVAILABLE"}


@running
@pytest.mark.parametrize("operation", PARTED)
@pytest.mark.parametrize("kind", ["lost_reply", "reset", "503"])
async def test_a_lost_answer_parts_them(
    cloud: Cloud, account: str, kind: str, operation: str
) -> None:
    if kind.isdigit():
        cloud.fault("http", operation, status=int(kind))
    else:
        cloud.fault(kind, operation)

    await dr_tear_down(account, "pair-1", run_id="r1")

    assert pairs(cloud) == {}


@running
async def test_a_failed_pause_is_told_and_nothing_is_deleted(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "PauseDisasterRecovery", task_status="stop_failed")

    with pytest.raises(Stopped, match="stop_failed"):
        await dr_tear_down(account, "pair-1", run_id="r1")

    assert cloud.changes() == ["PauseDisasterRecovery"]
