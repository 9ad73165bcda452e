"""Runs, with Prefect and the emulator: what they do to the world, and what they write down."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from dws.errors import RequestFailed
from dws.waiter import Progress
from runbooks.engine.check import sound
from runbooks.engine.journal import Journal, TakenOver
from runbooks.engine.load import Loaded, document_of
from runbooks.engine.names import Unfit
from runbooks.engine.order import Order
from runbooks.engine.parameters import resolved, told
from runbooks.engine.run import begin, go_on, watched_by
from runbooks.engine.shelf import found
from runbooks.engine.story import Story
from runbooks.server import ServerFailed
from tasks.run import Refused
from tasks.store import database
from tests.cloud import Cloud
from tests.free import closed_port
from tests.runbooks.sources import BACKUP, LOOK, loaded
from tests.virtual_clock import VirtualClock


def ordered(runbook: Loaded, *pairs: str, run_id: str = "r1") -> Order:
    return Order(runbook, resolved(runbook.runbook, told(pairs)), "default", "live", run_id)


def shelved() -> Loaded:
    return sound(document_of(found("backup-then-delete")))


def story(run_id: str = "r1") -> Story:
    return Story(Journal(database()).records(run_id))


def kinds() -> list[tuple[str, str]]:
    return [(record.kind, record.step) for record in story().records]


class Memory:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.waits: list[str] = []

    def step_began(self, step: str, uses: str) -> None:
        self.heard.append(f"{step} begins {uses}")

    def step_ended(self, step: str, status: str, told: str) -> None:
        self.heard.append(f"{step} {status} {told}".strip())

    def progressed(self, step: str, progress: Progress) -> None:
        self.waits.append(progress.phase)

    def noted(self, step: str, what: str, details: Mapping[str, Any]) -> None:
        self.heard.append(what)


async def test_steps_give_to_those_after_them(cloud: Cloud, account: str) -> None:
    memory = Memory()

    with watched_by(memory):
        await begin(ordered(loaded(LOOK), "cluster=demo"), "hash")

    assert memory.heard == [
        "all begins clusters.list_clusters",
        "all done",
        "one begins clusters.list_cluster_details",
        "one done",
        "taken begins snapshots.list_snapshots",
        "taken done",
    ]
    assert story().outcomes()["one"].payload["outputs"]["cluster"]["name"] == "demo"
    assert (story().status, story().exit_code) == ("done", 0)


async def test_a_step_whose_condition_is_false_is_skipped(cloud: Cloud, account: str) -> None:
    await begin(ordered(loaded(LOOK), "cluster=demo", "details=no"), "hash")

    assert kinds() == [
        ("begin", ""), ("intent", "all"), ("outcome", "all"), ("outcome", "one"),
        ("outcome", "taken"), ("end", ""),
    ]  # fmt: skip
    assert story().outcomes()["taken"].payload["status"] == "skipped"


async def test_the_first_record_keeps_all_that_going_on_needs(cloud: Cloud, account: str) -> None:
    order = ordered(loaded(LOOK), "cluster=demo")
    await begin(order, "the hash")

    begun = story().begun

    assert story().order() == order
    assert begun["plan_hash"] == "the hash"
    assert "@" in begun["by"]


async def test_backup_then_delete(cloud: Cloud, account: str, clock: VirtualClock) -> None:
    memory = Memory()

    with watched_by(memory):
        await begin(ordered(shelved(), "cluster=demo"), "hash")

    assert cloud.clusters() == {}
    assert len(cloud.snapshots()) == 2
    assert [one for one in cloud.changes() if one] == ["CreateSnapshot", "DeleteCluster"]
    assert story().exit_code == 0
    assert "snapshot proved" in memory.heard
    assert {"CREATING", "DELETING"} <= set(memory.waits)
    assert list(Journal(database()).verify("r1")) == []


async def test_a_failed_change_is_left_for_a_person(cloud: Cloud, account: str) -> None:
    cloud.fault("http", "CreateSnapshot", status=400, code="DWS.0001", times=99)

    with pytest.raises(RequestFailed):
        await begin(ordered(loaded(BACKUP), "name=nightly"), "hash")

    assert (story().status, story().exit_code) == ("failed", 5)
    assert story().outcomes()["take"].payload["error"]["type"] == "RequestFailed"
    assert kinds()[-2:] == [("outcome", "take"), ("end", "")]


async def test_going_on_begins_at_the_first_step_that_did_not_pass(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("http", "CreateSnapshot", status=400, code="DWS.0001", times=1)
    with pytest.raises(RequestFailed):
        await begin(ordered(loaded(BACKUP), "name=nightly"), "hash")
    before = len(cloud.requests("ListClusters"))

    await go_on(story())

    assert (story().status, story().exit_code, story().attempts) == ("done", 0, 2)
    assert len(cloud.requests("ListClusters")) == before
    assert "nightly" in cloud.snapshots()


async def test_a_refusal_before_any_change_is_told_as_such(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    cloud.reset()
    order = ordered(shelved(), "cluster=demo", "snapshot=weekly")

    with pytest.raises(Refused):
        await begin(order, "hash")

    assert (story().status, story().exit_code) == ("refused", 3)
    assert story().has_changed() is False
    assert cloud.changes() == []


async def test_inputs_that_do_not_fit_end_the_run(cloud: Cloud, account: str) -> None:
    with pytest.raises(Unfit):
        await begin(ordered(loaded(BACKUP), "name=1"), "hash")

    assert (story().status, story().exit_code) == ("failed", 5)


async def test_an_interrupted_run_says_so_and_can_be_gone_on_with(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    class Impatient(Memory):
        def progressed(self, step: str, progress: Progress) -> None:
            super().progressed(step, progress)
            running.cancel()

    with watched_by(Impatient()):
        running = asyncio.create_task(begin(ordered(shelved(), "cluster=demo"), "hash"))
        with pytest.raises(asyncio.CancelledError):
            await running
    assert (story().status, story().exit_code) == ("interrupted", 130)
    early = [record.payload for record in story().records if record.kind == "early"]
    assert early[0]["cluster_name"] == "demo"

    await go_on(story())

    assert story().exit_code == 0
    assert cloud.changes().count("CreateSnapshot") == 1
    assert cloud.changes().count("DeleteCluster") == 1


async def test_who_was_overtaken_stops_at_its_next_record(cloud: Cloud, account: str) -> None:
    class Overtaker(Memory):
        def step_began(self, step: str, uses: str) -> None:
            if step == "take":
                records = Journal(database()).records("r1")
                Journal(database()).follow("r1", records[-1], "resume", {"by": "b", "attempt": 2})

    with watched_by(Overtaker()), pytest.raises(TakenOver):
        await begin(ordered(loaded(BACKUP), "name=nightly"), "hash")

    assert story().records[-1].kind == "resume"


async def test_a_run_is_begun_once(cloud: Cloud, account: str) -> None:
    await begin(ordered(loaded(LOOK), "cluster=demo"), "hash")

    with pytest.raises(TakenOver):
        await begin(ordered(loaded(LOOK), "cluster=demo"), "hash")


async def test_without_prefect_a_run_waits_to_be_gone_on_with(cloud: Cloud, account: str) -> None:
    away = {PREFECT_API_URL: f"http://127.0.0.1:{closed_port()}/api", PREFECT_CLIENT_MAX_RETRIES: 0}

    with temporary_settings(away), pytest.raises(ServerFailed, match="the API of Prefect failed"):
        await begin(ordered(loaded(LOOK), "cluster=demo"), "hash")
    assert kinds() == [("begin", "")]

    await go_on(story())

    assert story().exit_code == 0
