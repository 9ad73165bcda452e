"""The kinds of parameters: what expressions see of each, and how a person tells it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from runbooks.engine.document import read
from runbooks.engine.load import document_of
from runbooks.engine.mistakes import Unsound
from runbooks.engine.model import Kind, Parameter

THINGS: Mapping[str, str] = {
    "dws.cluster": "cluster",
    "dws.snapshot": "snapshot",
    "dws.disaster-recovery": "disaster recovery",
}
"""Kinds that name something of the service, by its name or its id."""
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class Told:
    """
    One kind.

    Attributes:
        type: What expressions see.
        takes: Whether a value of YAML is one, whatever its limits.
        read: A value from the texts of a command line; raises ValueError.
        example: A value as JSON.
    """

    type: Any
    takes: Callable[[Any], bool]
    read: Callable[[Sequence[str]], Any]
    example: Any


def example(parameter: Parameter, name: str) -> str:
    """How a parameter could be told on a command line."""
    known = (parameter.example, parameter.default, *parameter.values[:1], parameter.minimum)
    told = next((value for value in known if value not in (None, "", [], {})), None)
    return _shown(parameter.type, name, KINDS[parameter.type].example if told is None else told)


def _shown(kind: Kind, name: str, value: Any) -> str:
    if kind in {"map", "objects"}:
        return f"-p {name}='{json.dumps(value, ensure_ascii=False)}'"
    if kind == "list":
        return f"-p {name}={','.join(value)}"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    quoted = f"'{text}'" if re.search(r"[^\w.:/@%+,-]", text) else text
    return f"-p {name}={quoted}"


def _single(texts: Sequence[str]) -> str:
    if len(texts) > 1:
        raise ValueError("told more than once; only a list or a map may be")
    return texts[0]


def _integer(texts: Sequence[str]) -> int:
    if not re.fullmatch(r"[+-]?\d+", _single(texts).strip()):
        raise ValueError("no whole number")
    return int(texts[0])


def _number(texts: Sequence[str]) -> float:
    try:
        value = float(_single(texts))
    except ValueError as error:
        raise ValueError("no number" if len(texts) == 1 else str(error)) from None
    if not math.isfinite(value):
        raise ValueError("no number")
    return value


def _boolean(texts: Sequence[str]) -> bool:
    found = _BOOLEANS.get(_single(texts).strip().lower())
    if found is None:
        raise ValueError("say true or false")
    return found


def _list(texts: Sequence[str]) -> Any:
    if len(texts) == 1 and texts[0].startswith("@"):
        return _in_file(texts[0])
    items = [item.strip() for text in texts for item in text.split(",")]
    return [item for item in items if item]


def _map(texts: Sequence[str]) -> Any:
    if len(texts) == 1 and texts[0].lstrip().startswith(("@", "{")):
        return _structure(texts[0])
    pairs = [text.partition("=") for text in texts]
    if not all(name and equals for name, equals, _ in pairs):
        raise ValueError('write it as {"key": "value"}, as key=value, or as @FILE.yaml')
    return {name.strip(): value for name, _, value in pairs}


def _objects(texts: Sequence[str]) -> Any:
    return _structure(_single(texts))


def _structure(text: str) -> Any:
    if text.startswith("@"):
        return _in_file(text)
    try:
        return read(text, "").data
    except Unsound as error:
        raise ValueError("; ".join(one.what for one in error.mistakes)) from None


def _in_file(text: str) -> Any:
    try:
        return document_of(Path(text[1:])).data
    except Unsound as error:
        raise ValueError(str(error)) from None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return _is_whole(value) or (isinstance(value, float) and math.isfinite(value))


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_map(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _are_objects(value: Any) -> bool:
    if not isinstance(value, list):
        return False
    return all(isinstance(item, dict) and _is_json(item) for item in value)


def _is_json(value: Any) -> bool:
    match value:
        case dict():
            return all(map(_is_json, value.values()))
        case list():
            return all(map(_is_json, value))
        case float():
            return math.isfinite(value)
    return True


KINDS: Mapping[str, Told] = {
    "string": Told(str, _is_text, _single, "TEXT"),
    "integer": Told(int, _is_whole, _integer, 3),
    "number": Told(float, _is_number, _number, 0.5),
    "boolean": Told(bool, _is_boolean, _boolean, example="true"),
    "duration": Told(timedelta, _is_text, _single, "PT15M"),
    "enum": Told(str, _is_text, _single, "CHOICE"),
    "list": Told(list[str], _are_texts, _list, ["first", "second"]),
    "map": Told(dict[str, str], _is_map, _map, {"env": "prod"}),
    "objects": Told(list[dict[str, Any]], _are_objects, _objects, [{"name": "first"}]),
    "time-window": Told(str, _is_text, _single, "22:00-05:00"),
    **{kind: Told(str, _is_text, _single, "NAME_OR_ID") for kind in THINGS},
}
"""All kinds, by the word for each."""
