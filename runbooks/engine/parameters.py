"""What the operator tells a runbook: from text to typed values, with every mistake at once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from runbooks.engine.durations import duration, iso
from runbooks.engine.mistakes import BadInput, near
from runbooks.engine.model import Parameter, Runbook

TEXTS = frozenset({"string", "list", "dws.cluster"})
ORDERED = frozenset({"integer", "number", "duration"})
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def told(pairs: Sequence[str]) -> dict[str, list[str]]:
    """
    Read ``k=v`` pairs of a command line; a name may come several times.

    Raises:
        BadInput: One of them is no pair.
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
    return found


def resolved(runbook: Runbook, given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
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
    if parameter.default is not None:
        yield from _bad_default(parameter)


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


def _bad_default(parameter: Parameter) -> Iterator[tuple[str, str]]:
    default = parameter.default
    fits = {
        "integer": isinstance(default, int) and not isinstance(default, bool),
        "number": isinstance(default, int | float) and not isinstance(default, bool),
        "boolean": isinstance(default, bool),
        "list": isinstance(default, list) and all(isinstance(item, str) for item in default),
    }.get(parameter.type, isinstance(default, str))
    if not fits:
        yield "default", f"{default!r} is no {parameter.type}"
        return
    try:
        _checked(parameter, default)
    except ValueError as error:
        yield "default", f"{default!r}: {error}"


def _is(runbook: Runbook, name: str, kind: str) -> bool:
    return name in runbook.params and runbook.params[name].type == kind


def _quoted(given: Sequence[str] | None) -> str:
    return "" if given is None else f"={','.join(given)!r}"


def _value(parameter: Parameter, name: str, given: Sequence[str] | None) -> Any:
    if given is None and parameter.must_be_told:
        title = f" ({parameter.title})" if parameter.title else ""
        raise ValueError(f"missing; tell it with -p {name}=VALUE{title}")
    if given is None:
        default = parameter.default
        return default if default is None else _checked(parameter, default)
    if parameter.type == "list":
        items = [item.strip() for text in given for item in text.split(",")]
        return _checked(parameter, [item for item in items if item])
    if len(given) > 1:
        raise ValueError("told more than once; only a list may be")
    return _checked(parameter, _READERS.get(parameter.type, str)(given[0]))


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
        case "integer" | "number":
            _within(parameter, value)
        case "list":
            for item in value:
                _matches(parameter, item)
        case "string" | "dws.cluster":
            if parameter.type == "dws.cluster" and not value:
                raise ValueError("empty; tell the name or the id of a cluster")
            _matches(parameter, value)
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


def _integer(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d+", text.strip()):
        raise ValueError("no whole number")
    return int(text)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError("no number") from None
    if not math.isfinite(value):
        raise ValueError("no number")
    return value


def _boolean(text: str) -> bool:
    if text.strip().lower() not in _BOOLEANS:
        raise ValueError("say true or false")
    return _BOOLEANS[text.strip().lower()]


_READERS: Mapping[str, Callable[[str], Any]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
