"""Operation to HTTP request and back. The client uses one half, the emulator the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin
from urllib.parse import quote, unquote

from dws.operation import REVEAL, Operation, OperationT, Route, Where

Query = tuple[tuple[str, str], ...]
"""Names and values of a query string; a list travels as a repeated name."""


@dataclass(frozen=True)
class Request:
    """An HTTP request, before it has an address. ``body`` is None where none is sent."""

    method: str
    path: str
    query: Query
    body: Mapping[str, Any] | None
    is_form: bool = False
    """Whether the body is sent as multipart form data; a file in it is a `dws.shapes.FormFile`."""


def to_request(op: Operation[Any], project_id: str) -> Request:
    """
    Write an operation as the HTTP request it stands for. Its body holds secrets in clear.

    Raises:
        ValueError: A path argument is empty, or a dot segment.
    """
    given = op.model_dump(mode="json", by_alias=True, exclude_none=True, context=dict(REVEAL))

    def part(where: Where) -> dict[str, Any]:
        return {name: given[name] for name in op.travels(where) if name in given}

    return Request(
        method=op.route.method,
        path=_fill(op.route.path, {"project_id": project_id, **part("path")}),
        query=tuple(_pairs(part("query"))),
        body=part("form") or part("body") if op.travels("form") + op.travels("body") else None,
        is_form=bool(op.travels("form")),
    )


def from_request(
    cls: type[OperationT],
    arguments: Mapping[str, str],
    query: Iterable[tuple[str, str]],
    body: Mapping[str, Any] | None,
) -> OperationT:
    """
    Read an operation back from its request; the inverse of `to_request`.

    Args:
        arguments: What the route's pattern found in the path, still percent-encoded.

    Raises:
        pydantic.ValidationError: The request does not fit the operation.
    """
    named = {name: unquote(value) for name, value in arguments.items() if name != "project_id"}
    told: dict[str, Any] = {}
    for name, value in query:
        is_many = name in told or _takes_several(cls, name)
        told[name] = [*_listed(told.get(name, [])), value] if is_many else value
    return cls.model_validate({**told, **(body or {}), **named})


def pattern(route: Route) -> re.Pattern[str]:
    """The route's path as a regular expression with one group per argument."""
    return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route.path.replace(".", r"\.")))


def _takes_several(cls: type[Operation[Any]], name: str) -> bool:
    field = cls.model_fields.get(name)
    kinds = (field.annotation, *get_args(field.annotation)) if field else ()
    return any(get_origin(kind) is list for kind in kinds)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _pairs(values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for name, value in values.items():
        for item in _listed(value):
            yield name, _text(item)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fill(path: str, values: Mapping[str, Any]) -> str:
    def segment(found: re.Match[str]) -> str:
        value = str(values[found[1]])
        if value in {"", ".", ".."}:
            raise ValueError(f"{found[1]}={value!r} cannot be part of a path")
        return quote(value, safe="")

    return re.sub(r"{(\w+)}", segment, path)
