"""What an operation does and takes, for people; made from its declaration alone."""

from __future__ import annotations

import inspect
import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel

from dws.operation import Operation, Where, field_docs
from dws.operations import area_of
from runbooks.calling.schema import Schema, in_words, takes, variants

PLACES: tuple[Where, ...] = ("path", "query", "body", "form")
WIDTH = 92


def described(cls: type[Operation[Any]]) -> str:
    """The help of one operation: what it does, its fields, what it answers."""
    route = cls.route
    schema = cls.model_json_schema(by_alias=True)
    fields = [
        line for field in _fields(cls, schema, schema.get("$defs", {})) for line in field.lines()
    ]
    return "\n".join(
        [
            f"{cls.__name__}  ({area_of(cls)}, {route.repeat.value})",
            f"{route.method} {route.path}",
            "",
            textwrap.indent(inspect.cleandoc(cls.__doc__ or ""), "  "),
            "",
            "Fields" if fields else "It takes no fields.",
            *fields,
            "",
            f"Answers {cls.reply_type().__name__}. Reference: {cls.docs_url()}",
        ]
    )


@dataclass(frozen=True)
class _Field:
    path: str
    told: str
    doc: str

    def lines(self) -> Iterator[str]:
        yield f"  {self.path}"
        for text in filter(None, (self.told, self.doc)):
            yield from textwrap.wrap(text, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)


def _fields(cls: type[Operation[Any]], schema: Schema, definitions: Schema) -> Iterator[_Field]:
    for field in _of_model(cls, schema, definitions, within=""):
        name = re.split(r"[.\[]", field.path)[0]
        places = [place for place in PLACES if name in cls.travels(place)]
        where = f"in {' and '.join(places)}; " if field.path == name else ""
        yield _Field(field.path, f"{where}{field.told}", field.doc)


def _of_model(
    model: type[BaseModel], schema: Schema, definitions: Schema, *, within: str
) -> Iterator[_Field]:
    docs = field_docs(model)
    for name, field in model.model_fields.items():
        path = f"{within}{field.alias or name}"
        told = schema["properties"][field.alias or name]
        yield _Field(
            path, _told(told, definitions, required=field.is_required()), docs.get(name, "")
        )
        for inner, inner_schema in _parts(field.annotation, told, definitions):
            many = "[]" if takes(told, definitions, "array") else ""
            yield from _of_model(inner, inner_schema, definitions, within=f"{path}{many}.")


def _told(schema: Schema, definitions: Schema, *, required: bool) -> str:
    kinds = in_words(schema, definitions)
    if required:
        return f"{kinds}; required"
    default = schema.get("default")
    return kinds if default is None else f"{kinds}; default {json.dumps(default)}"


def _parts(
    annotation: Any, schema: Schema, definitions: Schema
) -> Iterator[tuple[type[BaseModel], Schema]]:
    models = {model.__name__: model for model in _models_in(annotation)}
    for found in variants(schema, definitions):
        inner = found
        if found.get("type") == "array":
            inner = next(variants(found.get("items", {}), definitions), {})
        model = models.get(str(inner.get("title")))
        if model is not None:
            yield model, inner


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
