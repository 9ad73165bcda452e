"""What a path of names leads to in pydantic models, as far as their types tell."""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, RootModel, SecretStr, TypeAdapter, ValidationError

from runbooks.engine.mistakes import near
from runbooks.engine.template import is_field

_SAMPLES: dict[Any, Any] = {
    str: "x",
    int: 1,
    float: 1.5,
    bool: True,
    timedelta: timedelta(hours=1),
    list: ["x"],
    dict: {"x": "x"},
    list[dict[str, Any]]: [{}],
}


def led_to(kind: Any, path: tuple[str | int, ...]) -> Any:
    """
    The type that a path leads to; ``Any`` where types do not tell.

    Raises:
        LookupError: A model on the way has no such field.
    """
    for part in path:
        kind = _step(kind, part)
    return kind


def holds_secret(kind: Any) -> bool:
    """Whether a secret is in a type, however deep."""
    return any(_is_secret(inner) for inner in _inside(kind, set()))


def cannot_take(wanted: Any, given: Any) -> bool:
    """Whether no value of one type fits another, whatever its limits; in doubt it may."""
    options = [option for option in _options(given) if option is not type(None)]
    if len(options) != 1:
        return False
    sample = _SAMPLES.get(options[0], _SAMPLES.get(get_origin(options[0])))
    if sample is None:
        return False
    try:
        _adapter(_bare(wanted)).validate_python(sample)
    except ValidationError as error:
        kinds = {detail["type"] for detail in error.errors(include_url=False)}
        return all(kind.endswith(("_type", "_parsing")) for kind in kinds)
    return False


def may_be_none(kind: Any) -> bool:
    """Whether a type takes none."""
    return kind is Any or type(None) in _options(kind)


def models_in(kind: Any) -> list[type[BaseModel]]:
    """The models that a type may be."""
    return [one for one in _options(kind) if isinstance(one, type) and issubclass(one, BaseModel)]


def field_type(model: type[BaseModel], name: str) -> Any:
    """The type of a field, by its name or its name on the wire; None if there is none."""
    for known, field in model.model_fields.items():
        if name in {known, field.alias}:
            return field.annotation
    return None


def _step(kind: Any, part: str | int) -> Any:
    options = [option for option in _options(kind) if option is not type(None)]
    if len(options) != 1:
        return Any
    option = options[0]
    if isinstance(option, type) and issubclass(option, BaseModel):
        return _in_model(option, part)
    arguments = get_args(option)
    match get_origin(option):
        case origin if origin in (list, tuple, set, frozenset):
            return arguments[0] if arguments else Any
        case origin if origin is dict:
            return arguments[1] if arguments else Any
    if option in (str, int, float, bool):
        raise LookupError(f"{option.__name__} has no {part}")
    return Any


def _in_model(model: type[BaseModel], part: str | int) -> Any:
    if issubclass(model, RootModel):
        return _step(model.model_fields["root"].annotation, part)
    if not isinstance(part, str) or not is_field(model, None, part):
        known = [name for name in model.model_fields if not name.startswith("_")]
        raise LookupError(f"{model.__name__} has no {part}{near(str(part), known)}")
    if part in model.model_fields:
        return model.model_fields[part].annotation
    return get_type_hints(getattr(model, part).fget).get("return", Any)


def _options(kind: Any) -> tuple[Any, ...]:
    kind = _unmarked(kind)
    if get_origin(kind) in (Union, types.UnionType):
        return tuple(inner for option in get_args(kind) for inner in _options(option))
    return (kind,)


def _unmarked(kind: Any) -> Any:
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return kind


def _bare(kind: Any) -> Any:
    """A type without its limits, one level deep."""
    options = _options(kind)
    return Union[options] if len(options) > 1 else options[0]  # noqa: UP007 - made at run time


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _inside(kind: Any, seen: set[Any]) -> Iterator[Any]:
    for option in _options(kind):
        yield option
        for argument in get_args(option):
            if argument is not Ellipsis:
                yield from _inside(argument, seen)
        if isinstance(option, type) and issubclass(option, BaseModel) and option not in seen:
            seen.add(option)
            for field in option.model_fields.values():
                yield from _inside(field.annotation, seen)


def _is_secret(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, SecretStr)
