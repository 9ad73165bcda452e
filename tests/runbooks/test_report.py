from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Engine

from runbooks.engine.journal import Journal
from runbooks.engine.left import left
from runbooks.engine.order import Order
from runbooks.engine.report import as_json, markdown
from runbooks.engine.story import Story
from tasks.store import opened
from tests.runbooks.sources import BACKUP, loaded

Told = tuple[str, str, Mapping[str, Any]]
INTENT: Told = (
    "intent",
    "take",
    {"uses": "snapshots.create_snapshot", "effect": "mutate", "inputs": {"name": "a|b"}},
)
FAILED: Told = (
    "outcome",
    "take",
    {"status": "failed", "error": {"type": "RequestFailed", "told": "403 no\n# really"}},
)
CUT_OFF: tuple[Told, ...] = (
    ("outcome", "all", {"status": "skipped", "why": "not true"}),
    INTENT,
    ("note", "take", {"what": "snapshot begun", "details": {"name": "nightly"}}),
    ("wait", "take", {"what": "snapshot nightly", "phase": "CREATING", "percent": 4.0}),
    ("wait", "take", {"what": "snapshot nightly", "phase": "CHECKING", "percent": None}),
)


@pytest.fixture
def engine() -> Engine:
    return opened("sqlite://")


def told(engine: Engine, *records: Told) -> Story:
    order = Order(loaded(BACKUP), {"name": "nightly"}, "default", "live", "r1")
    journal = Journal(engine)
    last = journal.follow("r1", None, "begin", {**order.recorded(), "plan_hash": "f00"})
    for kind, step, payload in records:
        last = journal.follow("r1", last, kind, payload, step=step)
    return Story(journal.records("r1"))


def ended(code: int, status: str) -> Told:
    return ("end", "", {"status": status, "exit_code": code, "told": status})


def test_what_a_cut_off_run_leaves_is_told(engine: Engine) -> None:
    story = told(engine, *CUT_OFF)

    assert list(left(story)) == [
        "still under way in the cloud when last seen: snapshot nightly: CHECKING",
        "last thing done: snapshot begun: name nightly",
        "not done yet: take, see",
        "go on with: runbook resume r1",
    ]
    assert (story.status, story.exit_code, story.has_changed()) == ("unfinished", None, True)


def test_what_was_seen_to_end_is_not_under_way(engine: Engine) -> None:
    stopped = {"status": "failed", "error": {"type": "Stopped", "told": "no backup"}}

    story = told(engine, *CUT_OFF, ("outcome", "take", stopped), ended(5, "failed"))

    assert list(left(story)) == [
        "last thing done: snapshot begun: name nightly",
        "not done yet: take, see",
        "go on with: runbook resume r1",
    ]


def test_of_a_finished_run_nothing_is_left(engine: Engine) -> None:
    story = told(engine, ended(0, "done"))

    assert list(left(story)) == []
    assert "What is left" not in markdown(story)


def test_a_report_says_what_was_done_and_what_is_left(engine: Engine) -> None:
    report = markdown(told(engine, *CUT_OFF, FAILED, ended(5, "failed")))

    for line in (
        "# Example",
        "| Ended | **failed**, exit code 5 |",
        "| Plan | sha256 f00 |",
        "| all |  |  |  |  | skipped (not true) |",
        "| see |  |  |  |  | not begun |",
        "| `name` | `a\\|b` |",
        "take ended with RequestFailed: 403 no # really",
        "- go on with: runbook resume r1",
    ):
        assert line in report.splitlines()


def test_nothing_told_by_others_begins_a_line_of_its_own(engine: Engine) -> None:
    report = markdown(told(engine, INTENT, FAILED))

    assert "\n# really" not in report


def test_a_report_names_the_head_of_the_chain(engine: Engine) -> None:
    story = told(engine, INTENT)

    head = story.records[-1].hash
    assert f"head of the chain, record 1: `{head}`." in markdown(story)
    assert json.loads(as_json(story))["head"] == head
    assert len(json.loads(as_json(story))["records"]) == 2


@pytest.mark.parametrize(
    ("records", "changed"),
    [
        ((), False),
        ((INTENT,), True),
        ((INTENT, FAILED), True),
        ((INTENT, ("outcome", "take", {"status": "refused"})), False),
        ((INTENT, INTENT, ("outcome", "take", {"status": "refused"})), True),
        ((("intent", "all", {"effect": "read"}),), False),
    ],
)
def test_a_change_is_what_was_begun_and_not_refused(
    engine: Engine, records: tuple[Told, ...], changed
) -> None:
    assert told(engine, *records).has_changed() is changed


@pytest.mark.parametrize(
    ("code", "status", "finished"),
    [(0, "done", True), (4, "undone", True), (5, "failed", False), (130, "interrupted", False)],
)
def test_a_run_is_finished_if_it_is_done_or_undone(
    engine: Engine, code: int, status: str, finished
) -> None:
    story = told(engine, ended(code, status))

    assert (story.is_finished, story.status) == (finished, status)


def test_a_run_that_is_gone_on_with_has_no_end(engine: Engine) -> None:
    story = told(engine, ended(5, "failed"), ("resume", "", {"by": "b", "attempt": 2}))

    assert (story.status, story.attempts) == ("unfinished", 2)
    assert "| gone on with by b, attempt 2 |" in markdown(story)
