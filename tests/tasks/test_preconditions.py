from __future__ import annotations

from typing import Any

import pytest

from dws.shapes import Cluster, Snapshot
from tasks.action import Level
from tasks.preconditions import can_go_back, is_well

DEMO = Cluster(id="c1", name="demo", status="AVAILABLE")


def snapshot(name: str, started: str, status: str = "AVAILABLE") -> Snapshot:
    told = {"id": name, "name": name, "cluster_id": "c1", "status": status, "started": started}
    return Snapshot.model_validate(told)


def test_the_newest_usable_snapshot_is_what_one_can_go_back_to() -> None:
    listed = [
        snapshot("old", "2026-01-01T00:00:00"),
        snapshot("new", "2026-01-03T00:00:00"),
        snapshot("broken", "2026-01-04T00:00:00", "UNAVAILABLE"),
    ]

    assert can_go_back(DEMO, listed).told == "new of 2026-01-03 00:00 UTC"
    assert can_go_back(DEMO, listed[2:]).level is Level.WARN


def test_a_completed_snapshot_is_one_to_go_back_to() -> None:
    listed = [snapshot("done", "2026-01-03T00:00:00", "COMPLETED")]

    assert can_go_back(DEMO, listed).told == "done of 2026-01-03 00:00 UTC"


@pytest.mark.parametrize(
    ("told", "level"),
    [
        ({}, Level.PASS),
        ({"task_status": "ELB_BIND_FAILED"}, Level.WARN),
        ({"task_status": "RESIZE_FAILURE"}, Level.BLOCK),
        ({"task_status": "ELB_BIND_FAILED", "status": "FROZEN"}, Level.BLOCK),
    ],
)
def test_a_failure_that_is_asked_again_does_not_block(told: dict[str, Any], level: Level) -> None:
    cluster = DEMO.model_copy(update=told)

    assert is_well(cluster, mends={"ELB_BIND_FAILED"}).level is level
