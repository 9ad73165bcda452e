"""What a run did, from its journal alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from runbooks.engine.display import clock_time, note_words
from runbooks.engine.journal import Record
from runbooks.engine.left import left
from runbooks.engine.preflight import worst
from runbooks.engine.story import Story
from tasks.places import state_folder

_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "begin": lambda told: f"run begun by {told['by']}",
    "resume": lambda told: f"gone on with by {told['by']}, attempt {told['attempt']}",
    "check": lambda told: f"check {worst(told)} ({told['uses']})",
    "intent": lambda told: f"{told['uses']} begins ({told['effect']})",
    "note": lambda told: note_words(told["what"], told["details"]),
    "wait": lambda told: f"{told['what']}: {told['phase']}",
    "early": lambda told: note_words("known", told),
    "outcome": lambda told: f"step {told['status']}",
    "end": lambda told: f"run {told['status']}",
}
"""What a record says, by its kind."""


def written(story: Story) -> Path:
    """Write the report of a run into the state folder; answers the file."""
    file = file_of(story.run_id)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.write_text(markdown(story), encoding="utf-8")
    return file


def file_of(run_id: str) -> Path:
    """Where the report of a run lies."""
    return state_folder() / "reports" / f"{run_id}.md"


def markdown(story: Story) -> str:
    """The report as Markdown."""
    parts = (_head, _preflight, _steps, _left, _timeline, _seal)
    return "\n".join(line for part in parts for line in part(story))


def as_json(story: Story) -> str:
    """The report as JSON: all records, and what they come to."""
    told = {
        "run_id": story.run_id,
        "status": story.status,
        "exit_code": story.exit_code,
        "left": list(left(story)),
        "head": story.records[-1].hash,
        "records": [vars(record) for record in story.records],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def lasted(first: Record, last: Record) -> str:
    """The time between two records, ``4:05``."""
    seconds = datetime.fromisoformat(last.at) - datetime.fromisoformat(first.at)
    return clock_time(seconds.total_seconds())


def _head(story: Story) -> Iterator[str]:
    begun, first, last = story.begun, story.records[0], story.records[-1]
    runbook = begun["runbook"]
    told = {
        "Run": story.run_id,
        "Runbook": f"{runbook['name']} {runbook['version']} (sha256 {runbook['hash']})",
        "Ended": f"**{story.status}**" + (f", exit code {story.exit_code}" if story.end else ""),
        "Begun": first.at,
        "Last record": f"{last.at}, {lasted(first, last)} after the first",
        "By": begun["by"],
        "Account": begun["account"],
        "Mode": begun["mode"],
        "Plan": f"sha256 {begun.get('plan_hash', 'none')}",
        "Attempts": story.attempts,
        **({"Outside its window": why} if (why := begun.get("outside_window")) else {}),
    }
    yield f"# {_text(runbook['title'])}"
    yield ""
    yield from _table(("", ""), [(name, _text(value)) for name, value in told.items()])
    if story.end and story.end.payload["told"]:
        yield from ("", f"> {_text(story.end.payload['told'])}")
    yield from _values("## Parameters", begun["params"])


def _preflight(story: Story) -> Iterator[str]:
    rows = [
        (check, _code(one["check"]), one["level"], _text(one["told"]))
        for check, told in story.checks().items()
        for one in told["findings"]
    ]
    if rows:
        yield from ("", "## Preflight", "")
        yield from _table(("check", "that", "verdict", "what"), rows)


def _steps(story: Story) -> Iterator[str]:
    yield from ("", "## Steps", "")
    yield from _table(
        ("step", "action", "effect", "begun", "took", "outcome"),
        [_step_row(story, step.id) for step in story.order().loaded.runbook.steps],
    )
    intents = {one.step: one for one in story.records if one.kind == "intent"}
    for step, intent in intents.items():
        outcome = story.outcomes().get(step)
        told = outcome.payload if outcome else {}
        yield from _values(f"### {step}: inputs", intent.payload["inputs"])
        yield from _values(f"### {step}: outputs", told.get("outputs") or {})
        if error := told.get("error"):
            yield from ("", f"{step} ended with {error['type']}: {_text(error['told'])}")


def _step_row(story: Story, step: str) -> tuple[str, ...]:
    outcome = story.outcomes().get(step)
    status = str(outcome.payload["status"]) if outcome else "no outcome"
    intents = [one for one in story.records if one.kind == "intent" and one.step == step]
    if not intents:
        why = f" ({_text(outcome.payload.get('why', ''))})" if outcome else ""
        return (step, "", "", "", "", status + why if outcome else "not begun")
    told = intents[-1].payload
    took = lasted(intents[0], outcome) if outcome else ""
    return (step, told["uses"], told["effect"], intents[0].at, took, status)


def _left(story: Story) -> Iterator[str]:
    lines = list(left(story))
    if lines:
        yield from ("", "## What is left", "")
        yield from (f"- {_text(line)}" for line in lines)


def _timeline(story: Story) -> Iterator[str]:
    yield from ("", "## Timeline", "")
    rows = [(one.at, one.step, _text(_words(one))) for one in story.records]
    yield from _table(("at (UTC)", "step", "what"), rows)


def _words(record: Record) -> str:
    return _WORDS[record.kind](record.payload)


def _seal(story: Story) -> Iterator[str]:
    yield from ("", "## Proof", "")
    head = story.records[-1]
    yield f"Made from the {len(story.records)} records of the journal alone;"
    yield f"head of the chain, record {head.seq}: `{head.hash}`."
    yield f"Prove it with `runbook verify {story.run_id}`."
    yield ""


def _values(title: str, values: Mapping[str, Any]) -> Iterator[str]:
    if values:
        yield from ("", title, "")
        rows = [(f"`{name}`", _code(value)) for name, value in values.items()]
        yield from _table(("name", "value"), rows)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(map(str, row))} |" for row in rows)


def _code(value: Any) -> str:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{_text(shown).replace('`', chr(39))}`"


def _text(value: Any) -> str:
    """A value that cannot end its cell or begin a line of its own."""
    return " ".join(str(value).split()).replace("|", "\\|")
