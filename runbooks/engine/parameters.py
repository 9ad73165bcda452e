"""What the operator tells a runbook: from text to typed values, with every mistake at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runbooks.engine.document import Document
from runbooks.engine.durations import duration, iso
from runbooks.engine.kinds import KINDS, THINGS
from runbooks.engine.load import document_of
from runbooks.engine.mistakes import BadInput, near
from runbooks.engine.model import Parameter, Runbook
from tasks.windows import Window

TEXTS = frozenset({"string", "list", *THINGS})
ORDERED = frozenset({"integer", "number", "duration"})
_SHOWN = 60
"""Characters of a value in a message."""


@dataclass(frozen=True)
class Typed:
    """A value that was told as YAML, and where: ``params.yaml:3``."""

    value: Any
    where: str


Given = Sequence[str] | Typed
"""What was told of one parameter: texts of a command line, or a value of YAML."""


def told(pairs: Sequence[str], file: str | None = None) -> dict[str, Given]:
    """
    Read ``k=v`` pairs of a command line, where a name may come several times, and a YAML file.

    What stands on the command line wins over the file.

    Raises:
        BadInput: One of them is no pair.
        Unsound: The file cannot be read, or is no mapping.
    """
    found: dict[str, list[str]] = {}
    problems = []
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (equals and name.strip()):
            problems.append(f"-p {pair!r}: write it as NAME=VALUE")
            continue
        found.setdefault(name.strip(), []).append(value)
    if problems:
        raise BadInput(problems)
    return {**(_in_file(document_of(Path(file))) if file else {}), **found}


def _in_file(document: Document) -> dict[str, Typed]:
    if not isinstance(document.data, dict):
        raise BadInput([f"--params {document.file}: write it as `name: value`, one in a line"])
    return {
        name: Typed(value, f"{document.file}:{document.line((name,))}")
        for name, value in document.data.items()
    }


def resolved(runbook: Runbook, given: Mapping[str, Given]) -> dict[str, Any]:
    """
    Every parameter of a runbook as a JSON value, defaults filled in.

    Raises:
        BadInput: Names that it has not, parameters that are missing, values that do not fit.
    """
    title = runbook.metadata.name
    problems = [
        f"parameter {name}: {title} has none of that name{near(name, runbook.params)}"
        for name in given
        if name not in runbook.params
    ]
    values: dict[str, Any] = {}
    for name, parameter in runbook.params.items():
        try:
            values[name] = _value(parameter, name, given.get(name))
        except ValueError as error:
            problems.append(f"parameter {name}{_quoted(given.get(name))}: {error}")
    if problems:
        raise BadInput(problems)
    return values


def live(runbook: Runbook, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as expressions see them: a duration is a length of time, not its text."""
    return {
        name: duration(value) if value is not None and _is(runbook, name, "duration") else value
        for name, value in values.items()
    }


def misfits(parameter: Parameter) -> Iterator[tuple[str, str]]:
    """What is wrong with a declaration, as ``(key, what)``."""
    kind = parameter.type
    if parameter.pattern is not None:
        yield from _bad_pattern(kind, parameter.pattern)
    if (kind == "enum") != bool(parameter.values):
        yield "values", "an enum needs them" if kind == "enum" else f"of no use to type {kind}"
    for key in ("minimum", "maximum"):
        yield from _bad_limit(kind, key, getattr(parameter, key))
    for key in ("default", "example"):
        yield from bad_value(parameter, key, getattr(parameter, key))


def _bad_pattern(kind: str, pattern: str) -> Iterator[tuple[str, str]]:
    if kind not in TEXTS:
        yield "pattern", f"of no use to type {kind}"
    try:
        re.compile(pattern)
    except re.error as error:
        yield "pattern", f"no regular expression: {error}"


def _bad_limit(kind: str, key: str, limit: float | str | None) -> Iterator[tuple[str, str]]:
    if limit is None:
        return
    if kind not in ORDERED:
        yield key, f"of no use to type {kind}"
        return
    try:
        _limit(kind, limit)
    except ValueError as error:
        yield key, str(error)


def bad_value(parameter: Parameter, key: str, value: Any) -> Iterator[tuple[str, str]]:
    """Why a value of YAML does not fit a parameter, as ``(key, what)``; none fits always."""
    if value is None:
        return
    if not KINDS[parameter.type].takes(value):
        yield key, f"{value!r} is no {parameter.type}"
        return
    try:
        _checked(parameter, value)
    except ValueError as error:
        yield key, f"{value!r}: {error}"


def _is(runbook: Runbook, name: str, kind: str) -> bool:
    return name in runbook.params and runbook.params[name].type == kind


def _quoted(given: Given | None) -> str:
    match given:
        case None:
            return ""
        case Typed():
            return f" in {given.where}"
    text = ",".join(given)
    return f"={text!r}" if len(text) <= _SHOWN else f"={text[:_SHOWN]!r}..."


def _value(parameter: Parameter, name: str, given: Given | None) -> Any:
    if given is None or (isinstance(given, Typed) and given.value is None):
        return _left_out(parameter, name)
    kind = KINDS[parameter.type]
    value = given.value if isinstance(given, Typed) else kind.read(given)
    if not kind.takes(value):
        raise ValueError(f"{value!r} is no {parameter.type}{_cure(parameter, value)}")
    return _checked(parameter, value)


def _left_out(parameter: Parameter, name: str) -> Any:
    if parameter.must_be_told:
        title = f" ({parameter.title})" if parameter.title else ""
        raise ValueError(f"missing; tell it with -p {name}=VALUE{title}")
    default = parameter.default
    return default if default is None else _checked(parameter, default)


def _cure(parameter: Parameter, value: Any) -> str:
    match parameter.type:
        case "map":
            return ', which gives text to text; write it as {"key": "value"}'
        case "objects":
            return ', which is a list of mappings; write it as [{"key": "value"}]'
        case "integer" | "number" | "boolean":
            return ""
    return ": put it in quotes" if isinstance(value, int | float) else ""


def _checked(parameter: Parameter, value: Any) -> Any:
    """The value as JSON, if it is within what the parameter allows."""
    match parameter.type:
        case "enum":
            if value not in parameter.values:
                raise ValueError(f"choose one of {', '.join(parameter.values)}")
        case "duration":
            length = duration(value)
            _within(parameter, length)
            return iso(length)
        case "time-window":
            return str(Window.parse(value))
        case "integer" | "number":
            _within(parameter, value)
        case thing if thing in THINGS and not value:
            raise ValueError(f"empty; tell the name or the id of a {THINGS[thing]}")
    if parameter.type in TEXTS:
        for text in value if isinstance(value, list) else [value]:
            _matches(parameter, text)
    return value


def _matches(parameter: Parameter, text: str) -> None:
    if parameter.pattern is not None and not re.fullmatch(parameter.pattern, text):
        raise ValueError(f"{text!r} must match {parameter.pattern}")


def _within(parameter: Parameter, value: Any) -> None:
    least, most = parameter.minimum, parameter.maximum
    if least is not None and value < _limit(parameter.type, least):
        raise ValueError(f"must be at least {least}")
    if most is not None and value > _limit(parameter.type, most):
        raise ValueError(f"must be at most {most}")


def _limit(kind: str, limit: float | str) -> Any:
    if kind == "duration":
        if not isinstance(limit, str):
            raise ValueError(f"{limit!r} is no duration: write it as PT15M or 15m")
        return duration(limit)
    if isinstance(limit, str):
        raise ValueError(f"{limit!r} is no number")
    return limit
