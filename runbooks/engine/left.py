"""What a run that did not reach its end leaves behind, and how to go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runbooks.engine.display import note_words
from runbooks.engine.journal import Record
from runbooks.engine.story import Story

_VERDICTS = frozenset({"Refused", "Stopped", "WaitFailed"})


def left(story: Story) -> Iterator[str]:
    """What is left of a run, line by line; nothing of one that reached its end."""
    if story.is_finished:
        return
    for step in _open_steps(story):
        yield from _of_step([record for record in story.records if record.step == step])
    steps = story.order().loaded.runbook.steps
    if waiting := [step.id for step in steps if step.id not in story.passed()]:
        yield f"not done yet: {', '.join(waiting)}"
    yield f"go on with: runbook resume {story.run_id}"


def _open_steps(story: Story) -> list[str]:
    begun = {record.step: None for record in story.records if record.kind == "intent"}
    return [step for step in begun if step not in story.passed()]


def _has_its_verdict(records: Sequence[Record]) -> bool:
    """Whether the step ended by what it saw, so that nothing it waited for is under way."""
    errors = [record.payload.get("error", {}) for record in records if record.kind == "outcome"]
    return bool(errors) and errors[-1].get("type") in _VERDICTS


def _by_hand(records: Sequence[Record]) -> str:
    last = records[-1].payload
    if last.get("status") == "refused":
        return ""  # nothing was changed
    intents = [record.payload for record in records if record.kind == "intent"]
    return str(intents[-1].get("by_hand", "")) if intents else ""


def _of_step(records: Sequence[Record]) -> Iterator[str]:
    notes = [at for at, record in enumerate(records) if record.kind == "note"]
    since = records[notes[-1] :] if notes else records
    waits = {record.payload["what"]: record for record in since if record.kind == "wait"}
    if _has_its_verdict(records):
        waits = {}
    for what, record in waits.items():
        if record.payload.get("is_over"):
            continue
        percent = record.payload["percent"]
        phase = record.payload["phase"] + (f", {percent:.0f} %" if percent is not None else "")
        yield f"still under way in the cloud when last seen: {what}: {phase}"
    if notes:
        payload = records[notes[-1]].payload
        yield f"last thing done: {note_words(payload['what'], payload['details'])}"
    if by_hand := _by_hand(records):
        yield f"by hand, if it is not gone on with: {by_hand}"
    for record in [record for record in records if record.kind == "early"][-1:]:
        yield f"known: {', '.join(f'{name} {value}' for name, value in record.payload.items())}"
