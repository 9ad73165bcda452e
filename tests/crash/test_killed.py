"""The main job killed with -9, and finished by a second run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cloud import Cloud
from tests.conftest import DEMO
from tests.crash.killed import run, run_killed

pytestmark = pytest.mark.usefixtures("prefect_server")

SPEED = 1200.0


@pytest.fixture
def cloud(serve: Callable[..., Cloud], monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """An emulator whose time runs: the killed process has a clock of its own."""
    monkeypatch.setenv("RUNBOOK_CLOCK_SPEED", f"{SPEED:g}")
    return serve(DEMO, speed=SPEED)


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("operation", "after"),
    [
        (None, 8),  # a read, before any change
        ("CreateSnapshot", 0),  # on its way: it takes effect while the second run looks
        ("ListSnapshotDetails", 0),  # just accepted, its id not yet known to the run
        ("ListSnapshotDetails", 3),  # under way
        ("DeleteCluster", 0),
        ("ListClusters", 3),  # gone, and about to be looked for
    ],
)
async def test_a_killed_run_is_finished_by_a_second_one(
    cloud: Cloud, operation: str | None, after: int
) -> None:
    was_killed = run_killed(cloud, "k1", operation, after)
    ended = run("k1")

    assert was_killed
    assert ended.code == 0, ended.printed
    assert cloud.clusters() == {}
    assert sorted(cloud.snapshots().values()) == ["AVAILABLE", "AVAILABLE"]
    assert len(cloud.state()["snapshots"]) == 2
    assert cloud.changes() == ["CreateSnapshot", "DeleteCluster"]


@pytest.mark.usefixtures("account")
async def test_a_finished_run_is_not_run_again(cloud: Cloud) -> None:
    run("k1")
    sent = len(cloud.requests())

    again = run("k1")

    assert again.code == 0
    assert "k1" in again.printed
    assert len(cloud.requests()) == sent
