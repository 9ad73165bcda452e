"""
Requests for any operation, made from its declaration: as it wants them, or damaged.

What they name is drawn from what earlier answers told: an operation on a cluster is asked of a
cluster that is there, mostly.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from urllib.parse import quote

from annotated_types import Ge, Gt, Interval, Le, Lt, MaxLen, MinLen
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from dws.operation import Operation

WIRE = Path(__file__).parents[1] / "wire"
WORDS = st.sampled_from(["public", "gaussdb", "t1", "dbadmin", "GMT+08:00", "0 0 3 * * ?"])
NAMES = st.from_regex(r"[a-z][a-z0-9_]{5,11}", fullmatch=True)
TEXT = st.one_of(WORDS, NAMES, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
PASSWORD = st.just("Str0ng!Passw0rd-2")
WEIRD = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([-1, 0, 2**31, 2**63, 2**64 - 1, -(2**63), 1e308, 0.5]),
    st.sampled_from(
        ["", " ", "null", "..", "../..", "a/b", "\x00", "\u202e", "é" * 300, "\u0663", "%2F"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.lists(st.integers(-3, 3), max_size=3),
    st.dictionaries(st.sampled_from(["id", "name", "x"]), st.integers(-3, 3), max_size=2),
)
MOST = 40
"""Values kept of one name."""
LATE = 1_000_000_000_000
"""Milliseconds: where whole numbers have no limit they may be times."""


class Known:
    """Names and ids that answers told, by the name of their field."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, None]] = {}

    def learn(self, told: Any, within: str = "") -> None:
        """Keep the names and ids of an answer."""
        if isinstance(told, list):
            for item in told[:20]:
                self.learn(item, within)
        if isinstance(told, dict):
            for name, value in told.items():
                self._keep(within, name, value)
                self.learn(value, name)

    def of(self, name: str) -> list[str]:
        """What a field of that name may hold."""
        if name == "cluster_id":
            return self._found("clusters.id")
        kind, _, what = name.removesuffix("s").rpartition("_")
        if what in {"id", "name"}:
            akin = [key for key in self._values if kind and kind in key and key.endswith(what)]
            told = self._found(name, *akin)
            return told if told or (kind and what == "name") else self._found(what)
        return self._found(name)

    def _keep(self, within: str, name: str, value: Any) -> None:
        if isinstance(value, str) and value:
            for key in (name, f"{within}.{name}"):
                kept = self._values.setdefault(key, {})
                if len(kept) < MOST:
                    kept[value] = None

    def _found(self, *names: str) -> list[str]:
        return [value for name in names for value in self._values.get(name, ())]


class Request:
    """A request: an operation, and its fields as JSON, by their names on the wire."""

    def __init__(self, cls: type[Operation[Any]], fields: dict[str, Any]) -> None:
        self.cls = cls
        self.fields = fields

    @property
    def path(self) -> str:
        path = self.cls.route.path
        for name in self.cls.travels("path"):
            text = quote(str(self.fields.get(name)) or "x", safe="", errors="replace")
            path = path.replace(f"{{{name}}}", text)
        return path

    @property
    def query(self) -> list[tuple[str, str]]:
        pairs = []
        for name in self.cls.travels("query"):
            value = self.fields.get(name)
            items = value if isinstance(value, list) else [value]
            pairs += [(name, str(item)) for item in items if item is not None]
        return pairs

    @property
    def body(self) -> dict[str, Any] | None:
        names = self.cls.travels("body") + self.cls.travels("form")
        told = {name: self.fields[name] for name in names if name in self.fields}
        known = self.cls.travels("path") + self.cls.travels("query") + names
        told |= {name: value for name, value in self.fields.items() if name not in known}
        return told if names or told else None

    def __repr__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.query)
        route = self.cls.route
        return f"{self.cls.__name__}: {route.method} {self.path}?{query} {self.body!r}"


@st.composite
def wanted(draw: st.DrawFn, cls: type[Operation[Any]], known: Known) -> Request:
    """
    A request within the limits that its declaration tells, field by field; or with the body that
    the reference prints, whose ids are replaced by such as are there.
    """
    fields = draw(_objects(cls, known))
    printed = [one["body"] for one in _sample(cls.__name__) if isinstance(one["body"], dict)]
    if printed and draw(st.integers(0, 2)):
        body = _placed(draw, draw(st.sampled_from(printed)), known)
        places = cls.travels("path") + cls.travels("query")
        fields = {name: value for name, value in fields.items() if name in places} | body
    return Request(cls, fields)


@cache
def _sample(name: str) -> list[Any]:
    file = WIRE / f"{name}.json"
    told: list[Any] = json.loads(file.read_text())["requests"] if file.exists() else []
    return told


def _placed(draw: st.DrawFn, told: Any, known: Known, name: str = "") -> Any:
    if isinstance(told, dict):
        return {key: _placed(draw, value, known, key) for key, value in told.items()}
    if isinstance(told, list):
        return [_placed(draw, value, known, name) for value in told]
    if "password" in name or "pwd" in name:
        return draw(PASSWORD)
    there = known.of(name) if isinstance(told, str) and name.endswith(("id", "ids", "list")) else []
    return draw(st.sampled_from(there)) if there else told


@st.composite
def damaged(draw: st.DrawFn, cls: type[Operation[Any]], known: Known) -> Request:
    """One with a field that has something else in it, is not there, or is not known."""
    request = draw(wanted(cls, known))
    places = list(_places(request.fields))
    if not places or draw(st.integers(0, 9)) == 0:
        request.fields["unheard_of"] = draw(WEIRD)
        return request
    within, name = draw(st.sampled_from(places))
    if isinstance(within, dict) and name not in cls.travels("path") and draw(st.booleans()):
        del within[name]
    else:
        within[name] = draw(WEIRD)
    return request


def _places(told: Any) -> Iterator[tuple[Any, Any]]:
    steps = told.items() if isinstance(told, dict) else enumerate(told)
    for name, value in list(steps):
        yield told, name
        if isinstance(value, dict | list):
            yield from _places(value)


@st.composite
def _objects(draw: st.DrawFn, model: type[BaseModel], known: Known) -> dict[str, Any]:
    told = {}
    for name, field in model.model_fields.items():
        if field.is_required() or draw(st.booleans()):
            label = _label(model, name)
            value = draw(_values(field.annotation, tuple(field.metadata), label, known))
            if value is not None:
                told[field.alias or name] = value
    return told


def _label(model: type[BaseModel], name: str) -> str:
    """What a field is called where its own name does not tell: ``users/{name}`` is a user_name."""
    if issubclass(model, Operation) and name in {"id", "name"}:
        before = model.route.path.partition(f"/{{{name}}}")[0].rpartition("/")[2]
        return f"{before.removesuffix('s')}_{name}"
    return name


def _values(
    annotation: Any, metadata: tuple[Any, ...], name: str, known: Known
) -> st.SearchStrategy[Any]:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner = tuple(part for mark in args[1:] for part in _parts(mark))
        return _values(args[0], (*inner, *metadata), name, known)
    if origin in {Union, types.UnionType}:
        kinds = [kind for kind in args if kind is not type(None)]
        return st.one_of(*(_values(kind, metadata, name, known) for kind in kinds))
    if origin in {list, dict}:
        low, high = _bounds(metadata, 0, 3)
        item = _values(args[-1], (), name, known)
        if origin is dict:
            return st.dictionaries(NAMES, item, max_size=2)
        return st.lists(item, min_size=low, max_size=max(low, min(high, 3)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _objects(annotation, known)
    plain = _plain(annotation, metadata)
    told = _fitting(known.of(name), metadata) if annotation is str else []
    return st.one_of(st.sampled_from(told), st.sampled_from(told), plain) if told else plain


def _fitting(told: list[str], metadata: tuple[Any, ...]) -> list[str]:
    pattern, low, high = _text_limits(metadata)
    return [
        text
        for text in told
        if low <= len(text) <= high and (pattern is None or re.search(pattern, text))
    ]


def _plain(annotation: Any, metadata: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if get_origin(annotation) is Literal:
        return st.sampled_from(get_args(annotation))
    if annotation is str:
        return _texts(*_text_limits(metadata))
    if annotation is SecretStr:
        return PASSWORD
    if annotation is bool:
        return st.booleans()
    return _numbers(annotation, *_bounds(metadata, None, None))


def _numbers(annotation: Any, low: Any, high: Any) -> st.SearchStrategy[Any]:
    if annotation is float:
        return st.floats(low, high, allow_nan=False, allow_infinity=False)
    start = -5 if low is None else low
    many = st.integers(start, start + LATE if high is None else high)
    few = st.integers(start, start + 5 if high is None else min(high, start + 5))
    return st.one_of(few, many) if annotation is int else WEIRD


def _text_limits(metadata: tuple[Any, ...]) -> tuple[str | None, int, int]:
    pattern = next((mark.pattern for mark in metadata if getattr(mark, "pattern", None)), None)
    return (pattern, *_bounds(metadata, 0, 64))


@cache
def _texts(pattern: str | None, low: int, high: int) -> st.SearchStrategy[str]:
    if pattern is None:
        return TEXT.filter(lambda text: low <= len(text) <= high)
    # `$` of Python lets a last line end pass, that of pydantic does not.
    ours = pattern.replace("$", r"\Z").replace(r"\d", "[0-9]")
    made = st.from_regex(ours, alphabet=st.characters(codec="ascii"))
    return made.filter(lambda text: low <= len(text) <= high)


def _bounds(metadata: Iterable[Any], least: Any, most: Any) -> tuple[Any, Any]:
    for mark in metadata:
        match mark:
            case Ge(ge=least) | MinLen(min_length=least):
                pass
            case Le(le=most) | MaxLen(max_length=most):
                pass
            case Gt(gt=above):
                least = above + 1
            case Lt(lt=below):
                most = below - 1
            case Interval(ge=least, le=most):
                pass
    return least, most


def _parts(mark: Any) -> list[Any]:
    return list(mark.metadata) if isinstance(mark, FieldInfo) else [mark]
