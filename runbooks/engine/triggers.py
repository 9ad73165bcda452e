"""When a runbook starts by itself: what its triggers say, and what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from dws import clock
from runbooks.engine.arguments import has_expression
from runbooks.engine.document import Path
from runbooks.engine.fit import fitting
from runbooks.engine.mistakes import BadInput, near
from runbooks.engine.model import Runbook, Trigger
from runbooks.engine.parameters import Given, Typed, bad_value, resolved
from runbooks.engine.zones import bad_zone

SHOWN = 3
"""How many of the next times are shown."""


def next_times(trigger: Trigger, after: datetime, count: int) -> list[datetime]:
    """The next times of a sound trigger, in its own time zone."""
    zone = ZoneInfo(trigger.timezone)
    return list(islice(CronSim(trigger.schedule, after.astimezone(zone)), count))


def told(trigger: Trigger, number: int) -> dict[str, Given]:
    """The parameters that the trigger itself tells; ``number`` counts from 1."""
    where = f"trigger {number}"
    return {name: Typed(value, where) for name, value in trigger.params.items()}


def untold(runbook: Runbook, known: Container[str]) -> list[str]:
    """Parameters that must be told and are not."""
    return [name for name, one in runbook.params.items() if one.must_be_told and name not in known]


def lines(runbook: Runbook) -> Iterator[str]:
    """The triggers as people read them, each with its next times; nothing if there are none."""
    if not runbook.triggers:
        return
    yield "triggers, while `runbook serve` runs"
    for trigger in runbook.triggers:
        yield f"  {trigger.schedule}   {trigger.timezone}   overlap {trigger.overlap}"
        if trigger.params:
            yield f"      with {json.dumps(trigger.params, ensure_ascii=False)}"
        if missing := untold(runbook, trigger.params):
            yield f"      still to be told, by `runbook serve --params`: {', '.join(missing)}"
        times = [] if any(_of_trigger(runbook, trigger, ())) else upcoming(trigger, SHOWN)
        yield f"      next {', '.join(times)}" if times else "      never: see `runbook check`"
    yield ""


def upcoming(trigger: Trigger, count: int) -> list[str]:
    """The next times of a sound trigger as people read them: ``Mon 2026-11-23 22:00 CET``."""
    return [f"{due:%a %Y-%m-%d %H:%M %Z}" for due in next_times(trigger, clock.wall(), count)]


def misfits(runbook: Runbook, opaque: Container[str]) -> Iterator[tuple[Path, str]]:
    """
    What is wrong with the triggers of a runbook, by their place in the document.

    Args:
        opaque: Names of parameters that are there but wrong: nothing is said of them.
    """
    for at, trigger in enumerate(runbook.triggers):
        for path, what in _of_trigger(runbook, trigger, opaque):
            yield ("triggers", at, *path), what


def unfitting(runbook: Runbook) -> Iterator[tuple[Path, str]]:
    """Parameters of triggers that the steps of a runbook without other mistakes do not take."""
    run: Mapping[str, str] = {"id": "r", "account": "default", "mode": "live"}
    for at, trigger in enumerate(runbook.triggers):
        if untold(runbook, trigger.params):
            continue  # seen when it is served
        try:
            fitting(runbook, resolved(runbook, told(trigger, at + 1)), run)
        except BadInput as error:
            yield from ((("triggers", at, "params"), problem) for problem in error.problems)


def _of_trigger(
    runbook: Runbook, trigger: Trigger, opaque: Container[str]
) -> Iterator[tuple[Path, str]]:
    if why := bad_zone(trigger.timezone):
        yield ("timezone",), why
    if why := _bad_schedule(trigger.schedule):
        yield ("schedule",), f"{trigger.schedule!r}: {why}"
    for name, value in trigger.params.items():
        if name in runbook.params or name not in opaque:
            yield from ((("params", name), what) for what in _param(runbook, name, value))


def _bad_schedule(schedule: str) -> str:
    if len(schedule.split()) != 5:
        return 'write five fields, "minute hour day month weekday", as "0 22 * * 1-5"'
    try:
        next(CronSim(schedule, datetime(2024, 1, 1)), None)  # noqa: DTZ001 - any time does
    except CronSimError as error:
        return str(error)
    return ""


def _param(runbook: Runbook, name: str, value: Any) -> Iterator[str]:
    parameter = runbook.params.get(name)
    if parameter is None:
        yield f"no parameter {name}{near(name, runbook.params)}"
    elif has_expression(value):
        yield "a trigger knows no expressions: write the value out"
    elif value is None and parameter.must_be_told:
        yield "must be told: give it a value, or leave it to whoever serves the runbook"
    else:
        yield from (what for _, what in bad_value(parameter, name, value))
