"""
An operation made from what stands on the command line.

Values are text and become what the field takes. A secret never stands there: it is named, as
``@env:NAME``, or comes with the body by a file or the standard input.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TextIO

from pydantic import BaseModel, SecretStr, ValidationError

from dws.operation import Operation
from runbooks.calling.mistakes import BadCall
from runbooks.calling.schema import takes
from runbooks.engine.types import holds_secret, led_to

_NAMED = re.compile(r"@env:([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True)
class Given:
    """
    What stands on the command line.

    Attributes:
        pairs: ``name=value``, each.
        body: JSON, ``@FILE``, ``-`` for the standard input, or empty.
        environment: Where ``@env:NAME`` is looked up.
        stdin: The standard input.
    """

    pairs: Sequence[str]
    body: str
    environment: Mapping[str, str]
    stdin: TextIO


@dataclass
class _Reading:
    given: Given
    problems: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)

    def looked_up(self, value: Any) -> Any:
        """The same value, with each ``@env:NAME`` in it replaced."""
        if isinstance(value, dict):
            return {name: self.looked_up(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.looked_up(inner) for inner in value]
        found = _NAMED.fullmatch(value) if isinstance(value, str) else None
        return value if found is None else self._from_environment(found[1])

    def _from_environment(self, name: str) -> str:
        text = self.given.environment.get(name, "")
        if not text:
            self.problems.append(f"@env:{name}: that variable is not set: set it and export it")
        self.named.add(text)
        return text


def operation_from(cls: type[Operation[Any]], given: Given) -> Operation[Any]:
    """
    The operation with the fields that were given.

    Raises:
        BadCall: Some cannot work; all of them are told.
    """
    reading = _Reading(given)
    body = _body(given, reading.problems)
    pairs = _pairs(cls, given.pairs, reading.problems)
    for name in body.keys() & pairs.keys():
        reading.problems.append(f"{name}: is given twice, by -p and by --body: leave one out")
    operation = _validated(cls, reading.looked_up({**pairs, **body}), reading.problems)
    if operation is None:
        raise BadCall(reading.problems)
    if _is_inline(given.body) and (shown := _shown_secrets(operation, reading.named)):
        raise BadCall(
            [f"{path}: a secret must not stand on a command line: {_CURE}" for path in shown]
        )
    return operation


def _validated(
    cls: type[Operation[Any]], told: dict[str, Any], problems: list[str]
) -> Operation[Any] | None:
    try:
        operation = cls.model_validate(told)
    except ValidationError as error:
        problems += [_problem(cls, detail) for detail in error.errors(include_url=False)]
        return None
    return None if problems else operation


_CURE = "give @env:NAME in its place, or the body by --body - or --body @FILE"


def _is_inline(body: str) -> bool:
    return body != "-" and not body.startswith("@")


def _body(given: Given, problems: list[str]) -> dict[str, Any]:
    if not given.body:
        return {}
    try:
        told = json.loads(_body_text(given))
    except (OSError, ValueError) as error:
        problems.append(f"--body: {error}: give a JSON object, @FILE, or - for the standard input")
        return {}
    if not isinstance(told, dict):
        problems.append("--body: this is JSON, but no object: write it as {...}")
        return {}
    return told


def _body_text(given: Given) -> str:
    if given.body == "-":
        return given.stdin.read()
    if given.body.startswith("@"):
        return Path(given.body[1:]).read_text(encoding="utf-8")
    return given.body


def _pairs(cls: type[Operation[Any]], pairs: Iterable[str], problems: list[str]) -> dict[str, Any]:
    told: dict[str, list[str]] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if equals:
            told.setdefault(name, []).append(text)
        else:
            problems.append(f"-p {name}: write it as name=value")
    return {name: _value(cls, name, texts) for name, texts in told.items()}


def _value(cls: type[Operation[Any]], name: str, texts: list[str]) -> Any:
    schema = cls.model_json_schema(by_alias=True)
    known = schema["properties"].get(name, {})
    definitions = schema.get("$defs", {})
    if (
        len(texts) == 1
        and texts[0].startswith(("{", "["))
        and not takes(known, definitions, "string")
    ):
        return _json_or_text(texts[0])
    if len(texts) > 1 or takes(known, definitions, "array"):
        return texts
    return texts[0]


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _problem(cls: type[Operation[Any]], detail: Mapping[str, Any]) -> str:
    where = tuple(detail["loc"])
    path = ".".join(map(str, where)) or cls.__name__
    if detail["type"] == "missing":
        cure = f"-p {path}=..." if len(where) == 1 else "give it in --body"
        return f"{path}: is missing: {cure}"
    if detail["type"] == "extra_forbidden":
        return f"{path}: {cls.__name__} has no such field; {_near(cls, where)}"
    message = str(detail["msg"]).removeprefix("Value error, ")
    shown = f"={detail['input']!r}" if _may_be_shown(cls, where, detail["input"]) else ""
    return f"{path}{shown}: {message}; see: runbook call {cls.__name__} --help"


def _near(cls: type[Operation[Any]], where: tuple[Any, ...]) -> str:
    names = [field.alias or name for name, field in cls.model_fields.items()]
    close = get_close_matches(str(where[0]), names, n=2) if len(where) == 1 else []
    if close:
        return f"close to it: {', '.join(close)}"
    return f"see: runbook call {cls.__name__} --help"


def _may_be_shown(cls: type[Operation[Any]], where: tuple[Any, ...], value: Any) -> bool:
    if not where or not isinstance(value, str | int | float):
        return False
    try:
        kind = led_to(cls, where)
    except LookupError:
        return False
    # Where types do not tell, it may be a secret.
    return kind is not Any and not holds_secret(kind)


def _shown_secrets(value: Any, named: set[str], path: str = "") -> list[str]:
    if isinstance(value, SecretStr):
        return [] if value.get_secret_value() in named else [path]
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, BaseModel):
        inner = ((name, getattr(value, name)) for name in value.model_fields_set)
    elif isinstance(value, list):
        inner = enumerate(value)
    return [
        found
        for name, one in inner
        for found in _shown_secrets(one, named, f"{path}.{name}" if path else str(name))
    ]
