"""Whether what a step is given fits what its action takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from runbooks.engine.document import Path
from runbooks.engine.mistakes import near
from runbooks.engine.scope import Scope
from runbooks.engine.template import TemplateFailed, lone, whole_reference
from runbooks.engine.types import (
    cannot_take,
    field_type,
    holds_secret,
    may_be_none,
    models_in,
)
from tasks.action import Action

Problem = tuple[Path, str]
"""Where in the step, and what."""


def misfits(action: Action, given: dict[str, Any], scope: Scope) -> Iterator[Problem]:
    """What is wrong with the arguments of a step."""
    known = [name for name in action.inputs.model_fields if name != "run_id"]
    for name, value in given.items():
        kind = field_type(action.inputs, name)
        if kind is None or name == "run_id":
            yield ("with", name), f"{action.name} takes no {name}{near(name, known)}"
        elif holds_secret_at(kind, value):
            yield ("with", name), "a secret: it comes from a setting, never from a runbook"
        else:
            yield from _by_reference(("with", name), kind, value, scope)
    yield from _by_value(action, {name: told for name, told in given.items() if name in known})


def holds_secret_at(kind: Any, value: Any) -> bool:
    """Whether a value would put something into a secret."""
    if not holds_secret(kind):
        return False
    if not isinstance(value, dict):
        return True
    return any(
        holds_secret_at(field_type(model, name), told)
        for model in models_in(kind)
        for name, told in value.items()
    )


def has_expression(value: Any) -> bool:
    """Whether a value is told by an expression, at least in part."""
    match value:
        case str():
            return "{{" in value or "{%" in value
        case dict():
            return any(map(has_expression, value.values()))
        case list():
            return any(map(has_expression, value))
    return False


def _by_reference(path: Path, kind: Any, value: Any, scope: Scope) -> Iterator[Problem]:
    if not isinstance(value, str) or lone(value) is None:
        return
    try:
        reference = whole_reference(value)
        given = scope.type_of(reference) if reference else Any
    except (TemplateFailed, LookupError):
        return  # told with the expression
    if given is Any:
        return
    told = ".".join(map(str, reference))
    if may_be_none(given) and not may_be_none(kind):
        yield path, f"{told} may be none, and {path[-1]} may not"
    if cannot_take(kind, given):
        yield path, f"{told} is of a type that {path[-1]} does not take"


def _by_value(action: Action, given: dict[str, Any]) -> Iterator[Problem]:
    try:
        action.inputs.model_validate(given)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_context=False):
            place = detail["loc"]
            if detail["type"] == "missing":
                yield ("with", *place), f"{action.name} needs it"
            elif not _is_open(given, place):
                yield ("with", *place), detail["msg"]


def _is_open(given: Any, place: Path) -> bool:
    """Whether the part at that place is told by an expression, so that its value is not known."""
    for part in place:
        try:
            given = given[part]
        except (LookupError, TypeError):
            break
    return has_expression(given)
