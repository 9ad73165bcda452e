"""Valid values of any operation, made from its declaration."""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from hypothesis import assume
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from dws.operation import Operation

PASSWORDS = ("Str0ng!Passw0rd", 'Quote"Back\\1Slash', "Ümläut-Passw0rd", "A" * 29 + "1b!")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
SEGMENT = TEXT.filter(lambda text: text not in {".", ".."})


@st.composite
def operations(draw: st.DrawFn, cls: type[Operation[Any]]) -> Operation[Any]:
    """An operation with some of its optional fields given."""
    return draw(_models(cls))


@st.composite
def _models(draw: st.DrawFn, cls: type[BaseModel]) -> Any:
    in_path = cls.travels("path") if issubclass(cls, Operation) else []
    given: dict[str, Any] = {}
    for name, field in cls.model_fields.items():
        if name in in_path:
            given[name] = draw(SEGMENT)
        elif field.is_required() or draw(st.booleans()):
            given[name] = draw(_values(field.annotation, field.metadata))
    try:
        return cls(**given)
    except ValidationError:
        assume(False)


def _values(annotation: Any, metadata: Iterable[Any]) -> st.SearchStrategy[Any]:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner = [part for mark in args[1:] for part in _parts(mark)]
        return _values(args[0], [*inner, *metadata])
    if origin in {Union, types.UnionType}:
        return st.one_of(*(_values(arg, metadata) for arg in args))
    if origin is Literal:
        return st.sampled_from(args)
    if origin is list:
        low, high = _bounds(metadata, MinLen, MaxLen, 0, 3)
        return st.lists(_values(args[0], ()), min_size=low, max_size=min(high, 3))
    return _plain(annotation, metadata)


_SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    type(None): st.none(),
    SecretStr: st.sampled_from(PASSWORDS).map(SecretStr),
    bool: st.booleans(),
}


def _plain(annotation: Any, metadata: Iterable[Any]) -> st.SearchStrategy[Any]:
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    if annotation is int:
        low, high = _bounds(metadata, Ge, Le, 0, 2**40)
        return st.integers(low, high)
    if annotation is float:
        low, high = _bounds(metadata, Ge, Le, 0, 1000)
        return st.floats(low, high)
    if annotation is str:
        return _texts(metadata)
    if issubclass(annotation, BaseModel):
        return _models(annotation)
    raise TypeError(f"tests/dws/generated.py knows no values of {annotation}")


def _texts(metadata: Iterable[Any]) -> st.SearchStrategy[str]:
    low, high = _bounds(metadata, MinLen, MaxLen, 0, 64)
    for mark in metadata:
        if pattern := getattr(mark, "pattern", None):
            # `$` of Python lets a last line end pass, that of pydantic does not.
            made = st.from_regex(pattern.replace("$", r"\Z"))
            return made.filter(lambda text: low <= len(text) <= high)
    return TEXT


def _bounds(metadata: Iterable[Any], low: Any, high: Any, least: int, most: int) -> tuple[int, int]:
    names = {Ge: "ge", Le: "le", MinLen: "min_length", MaxLen: "max_length"}
    for mark in metadata:
        if isinstance(mark, low):
            least = getattr(mark, names[low])
        if isinstance(mark, high):
            most = getattr(mark, names[high])
    return least, most


def _parts(mark: Any) -> list[Any]:
    return list(mark.metadata) if isinstance(mark, FieldInfo) else [mark]
