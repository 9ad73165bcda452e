from __future__ import annotations

import io
import json
import os

import pytest
from rich.console import Console

from dws.waiter import Progress
from runbooks.engine.display import JsonLines, Lines, clock_time, note_words, progress_words
from runbooks.engine.terminal import Terminal


def progress(percent: float | None, phase: str = "CREATING") -> Progress:
    return Progress("snapshot rb-1", phase, percent, 65.0, 3_700.0)


def test_a_pipe_is_told_a_wait_once_per_phase_and_ten_percent() -> None:
    out = io.StringIO()
    lines = Lines(out)

    for percent in (0, 4, 9, 10, 11, 19, 21):
        lines.progressed("s", progress(percent))
    lines.progressed("s", progress(None, "AVAILABLE"))

    assert out.getvalue().splitlines() == [
        "s: snapshot rb-1: CREATING, 0 %, elapsed 1:05, about 1:01:40 left",
        "s: snapshot rb-1: CREATING, 10 %, elapsed 1:05, about 1:01:40 left",
        "s: snapshot rb-1: CREATING, 21 %, elapsed 1:05, about 1:01:40 left",
        "s: snapshot rb-1: AVAILABLE, elapsed 1:05, about 1:01:40 left",
    ]


def test_what_the_service_tells_beside_the_percentage_is_shown() -> None:
    told = Progress("data", "RUNNING", 42.0, 65.0, 60.0, figures="1 of 4 tables, 9 MB/s")

    assert progress_words(told) == [
        "RUNNING",
        "42 %",
        "elapsed 1:05",
        "1 of 4 tables, 9 MB/s",
        "about 1:00 left",
    ]


def test_steps_and_notes_have_a_line_each() -> None:
    out = io.StringIO()
    lines = Lines(out)

    lines.step_began("s", "area.task")
    lines.noted("s", "snapshot begun", {"name": "rb-1", "size": None})
    lines.step_ended("s", "failed", "no")

    assert out.getvalue().splitlines() == [
        "s: begins (area.task)",
        "s: snapshot begun: name rb-1",
        "s: failed: no",
    ]


def test_a_machine_is_told_all_as_json() -> None:
    out = io.StringIO()
    lines = JsonLines(out)

    lines.step_began("s", "area.task")
    lines.progressed("s", progress(5))
    lines.noted("s", "begun", {"name": "ü"})
    lines.step_ended("s", "done", "")

    assert [json.loads(line) for line in out.getvalue().splitlines()] == [
        {"event": "step", "step": "s", "status": "begun", "uses": "area.task"},
        {
            "event": "progress", "step": "s", "what": "snapshot rb-1", "phase": "CREATING",
            "percent": 5, "elapsed_s": 65.0, "remaining_s": 3_700.0, "is_over": False,
            "figures": "",
        },
        {"event": "note", "step": "s", "what": "begun", "details": {"name": "ü"}},
        {"event": "step", "step": "s", "status": "done"},
    ]  # fmt: skip


def test_a_terminal_shows_the_wait_and_keeps_what_happened() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=120, color_system=None)

    with Terminal(console) as terminal:
        terminal.step_began("s", "area.task")
        terminal.progressed("s", progress(42))
        terminal.noted("s", "snapshot begun", {"name": "rb-1"})
        terminal.progressed("s", progress(None, "DELETING"))
        terminal.step_ended("s", "done", "")

    told = out.getvalue()
    assert "snapshot begun: name rb-1" in told
    assert "DELETING" in told
    assert "✓ s: done" in told


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (65, "1:05"), (3_725, "1:02:05"), (-3, "0:00")]
)
def test_times_are_told_as_on_a_clock(seconds: float, text: str) -> None:
    assert clock_time(seconds) == text


def test_a_note_without_details_is_its_words() -> None:
    assert note_words("cluster gone", {}) == "cluster gone"


def test_a_reader_who_went_away_does_not_end_the_run() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", closefd=False) as out:
        lines = Lines(out)

        lines.step_began("s", "area.task")
        lines.step_ended("s", "done", "")
        # What could not be written is tried again when the file closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), writing)
    os.close(writing)
