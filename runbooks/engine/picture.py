"""The steps of a runbook as a picture in text, without running them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runbooks.engine.actions import action_named
from runbooks.engine.briefed import lines as briefed
from runbooks.engine.model import Check, Runbook, Step
from runbooks.engine.plan_text import usual
from tasks.action import Action, Effect


def steps(runbook: Runbook) -> Iterator[str]:
    """One box for each step, top to bottom, with what it does to the world."""
    yield from _preflight(runbook.preflight)
    yield "steps"
    for number, step in enumerate(runbook.steps, start=1):
        if number > 1:
            yield "      |"
        yield from _box(number, step)


def _preflight(checks: Sequence[Check]) -> Iterator[str]:
    if checks:
        yield "preflight, before the first step"
    for check in checks:
        yield f"  {check.id}   {check.uses}"
        yield from _arguments(check)
        for one in check.assertions:
            yield f"      |  {one.level} unless {one.that}: {one.msg}"
    if checks:
        yield ""


def _arguments(use: Check | Step) -> Iterator[str]:
    for name, value in use.arguments.items():
        yield f"      |    {name}: {value}"


def _box(number: int, step: Step) -> Iterator[str]:
    condition = f"   when {step.when}" if step.when is not None else ""
    yield f"  [{number}] {step.id}{condition}"
    try:
        action = action_named(step.uses)
    except LookupError as error:
        yield f"      |  {error.args[0]}"
        return
    yield f"      |  {_does(action)}"
    yield f"      |  {action.title}"
    yield from (f"      |  {line}" for line in briefed(action))
    yield from _arguments(step)


def _does(action: Action) -> str:
    effect = action.effect
    word = effect.word.upper() if effect is Effect.DESTRUCTIVE else effect.word
    return "   ".join(filter(None, [action.name, word, usual(*action.usual)]))
