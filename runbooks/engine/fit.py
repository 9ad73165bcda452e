"""Whether the values of parameters fit the actions that they go into, before anything runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from runbooks.engine.actions import action_named
from runbooks.engine.document import Path, spelled
from runbooks.engine.mistakes import BadInput, near
from runbooks.engine.model import Check, Runbook, Step
from runbooks.engine.names import Names, Unfit
from runbooks.engine.parameters import live
from runbooks.engine.template import (
    Reference,
    TemplateFailed,
    condition_references,
    lone,
    whole_reference,
)
from runbooks.engine.types import led_to, models_in
from tasks.action import Action

KNOWN_BEFORE = frozenset({"params", "run"})
"""What expressions may name that is known before the first step."""


@dataclass(frozen=True)
class Misfit:
    """A part of a parameter that an argument of a step does not take."""

    parameter: str
    path: Path
    what: str
    argument: str
    """``steps.backup.with.policies``"""

    def __str__(self) -> str:
        place = spelled((self.parameter, *self.path))
        return f"parameter {place}: {self.what} (goes into {self.argument})"


def fitting(runbook: Runbook, params: Mapping[str, Any], run: Mapping[str, str]) -> None:
    """
    Make sure that every step which may be run takes the parameters that it is given.

    Raises:
        BadInput: One does not; all are told.
    """
    names, values = Names(runbook, params, run), live(runbook, params)
    steps = [step for step in runbook.steps if _may_run(step, names)]
    wanted: list[Check | Step] = [*runbook.preflight, *steps]
    found = [one for use in wanted for one in misfits(use, action_named(use.uses), values)]
    if found:
        raise BadInput(list(dict.fromkeys(map(str, found))))


def misfits(use: Check | Step, action: Action, values: Mapping[str, Any]) -> Iterator[Misfit]:
    """
    What does not fit of parameters that are handed on as they are.

    Args:
        values: Parameters as expressions see them; those that are not there are not looked at.
    """
    flows: dict[Path, Reference] = {}
    given = {name: _filled(told, (name,), values, flows) for name, told in use.arguments.items()}
    if not flows:
        return
    try:
        action.inputs.model_validate(given)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_context=False):
            for end in range(len(detail["loc"]), 0, -1):
                if reference := flows.get(detail["loc"][:end]):
                    yield _misfit(use, action, reference, detail, end)
                    break


def _may_run(step: Step, names: Names) -> bool:
    if step.when is None:
        return True
    if any(reference[0] not in KNOWN_BEFORE for reference in condition_references(step.when)):
        return True
    try:
        return names.wants(step)
    except Unfit:
        return True  # told when it is planned


def _filled(told: Any, path: Path, values: Mapping[str, Any], flows: dict[Path, Reference]) -> Any:
    match told:
        case str():
            reference = _parameter(told) if "{{" in told else ()
            value = _at(values, reference[1:]) if reference else None
            if value is None:
                return told
            flows[path] = reference
            return value
        case dict():
            return {key: _filled(one, (*path, key), values, flows) for key, one in told.items()}
        case list():
            return [_filled(one, (*path, at), values, flows) for at, one in enumerate(told)]
    return told


def _parameter(text: str) -> Reference:
    """The parameter that a text is, as a reference; nothing if it is more or else."""
    try:
        reference = whole_reference(text) if lone(text) is not None else ()
    except TemplateFailed:
        return ()
    return reference if reference[:1] == ("params",) and len(reference) > 1 else ()


def _at(value: Any, path: Path) -> Any:
    for part in path:
        try:
            value = value[part]
        except (LookupError, TypeError):
            return None
    return value


def _misfit(
    use: Check | Step, action: Action, reference: Reference, detail: ErrorDetails, end: int
) -> Misfit:
    inner = detail["loc"][end:]
    path = (*reference[2:], *inner)
    argument = spelled((use.place, "with", *detail["loc"][:end]))
    return Misfit(str(reference[1]), path, _what(action, detail), argument)


def _what(action: Action, detail: ErrorDetails) -> str:
    *place, last = detail["loc"]
    match detail["type"]:
        case "missing":
            return "missing"
        case "extra_forbidden":
            return f"no such field{near(str(last), _fields(action, tuple(place)))}"
    return f"{detail['input']!r}: {detail['msg']}"


def _fields(action: Action, place: Path) -> list[str]:
    try:
        models = models_in(led_to(action.inputs, place))
    except LookupError:
        return []
    return [field.alias or name for one in models for name, field in one.model_fields.items()]
