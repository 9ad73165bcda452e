"""What a field takes, read from JSON Schema, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true | false",
    "object": "object",
}
_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "pattern": "matches {}",
}
_NOT_EMPTY = "not empty"
_OF_ONE = frozenset({("minLength", 1), ("minItems", 1)})
_CHOICE = re.compile(r"\^\((?P<any>\?i:|)(\?:)?(?P<words>[\w .-]+(\|[\w .-]+)*)\)\$")
"""A pattern that is a choice of words."""


def variants(schema: Schema, definitions: Schema) -> Iterator[Schema]:
    """The kinds of value a field takes, references followed, none left out."""
    if "$ref" in schema:
        yield from variants(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    elif "anyOf" in schema:
        for option in schema["anyOf"]:
            yield from variants(option, definitions)
    elif schema.get("type") != "null":
        yield schema


def takes(schema: Schema, definitions: Schema, kind: str) -> bool:
    """Whether a field takes a value of a JSON type, such as ``array``."""
    return any(found.get("type") == kind for found in variants(schema, definitions))


def in_words(schema: Schema, definitions: Schema) -> str:
    """The kinds and limits of a field, for people."""
    return " | ".join(_one(found, definitions) for found in variants(schema, definitions))


def _one(schema: Schema, definitions: Schema) -> str:
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if choice := _CHOICE.fullmatch(str(schema.get("pattern", ""))):
        return choice["words"].replace("|", " | ") + (", in any case" if choice["any"] else "")
    if schema.get("type") == "array":
        word = f"list of {in_words(schema.get('items', {}), definitions)}"
    elif schema.get("format") == "password":
        word = "secret, given as @env:NAME or with the body"
    else:
        word = _WORDS.get(str(schema.get("type")), "anything")
    limits = [
        _NOT_EMPTY if (name, schema[name]) in _OF_ONE else told.format(schema[name])
        for name, told in _LIMITS.items()
        if name in schema
    ]
    return ", ".join([word, *limits])
