"""Reads a request as the operation it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from pydantic import ValidationError

from dws.emulator import forms, invalid
from dws.emulator.call import Call
from dws.emulator.refused import Refused
from dws.emulator.routes import Found
from dws.operation import Operation
from dws.wire import from_request

Query = list[tuple[str, str]]


def operation_of(found: Found, call: Call) -> Operation[Any]:
    """
    The operation that a request asks for.

    Fields that we do not know are passed over, as the service does (assumed): clients send some
    that our operations leave out.

    Raises:
        Refused: The request does not fit.
    """
    query = _query(call)
    body = _body(call)
    try:
        return from_request(found.operation, found.arguments, query, body)
    except ValidationError as error:
        unknown = [e["loc"] for e in error.errors() if e["type"] == "extra_forbidden"]
        if not unknown:
            raise invalid.refusal(found.operation, error) from None
    query, body = _without(query, body, unknown)
    try:
        return from_request(found.operation, found.arguments, query, body)
    except ValidationError as error:
        raise invalid.refusal(found.operation, error) from None


def _query(call: Call) -> Query:
    if not call.query:
        return []
    return parse_qsl(call.query.decode("latin-1"), keep_blank_values=True)


def _body(call: Call) -> dict[str, Any] | None:
    # GET and empty POST carry a content type and no body (facts/real_clients 5).
    if call.method == "GET" or not call.body.strip():
        return None
    if forms.is_form(call):
        return forms.fields(call)
    try:
        told = orjson.loads(call.body)
    except ValueError:
        raise Refused(400, invalid.FORMAT, "Invalid format: the body is no JSON.") from None
    if not isinstance(told, dict):
        raise Refused(400, invalid.FORMAT, "Invalid format: the body is no JSON object.")
    return told


def _without(
    query: Query, body: dict[str, Any] | None, unknown: Iterable[tuple[int | str, ...]]
) -> tuple[Query, dict[str, Any] | None]:
    names = set()
    for path in unknown:
        names.add(path[0])
        _drop(body, path)
    return [(name, value) for name, value in query if name not in names], body


def _drop(told: Any, path: tuple[int | str, ...]) -> None:
    # Bodies may lack their wrapper (facts/real_clients 3): a step that is not there is skipped.
    for step in path[:-1]:
        if isinstance(told, Mapping) and step in told:
            told = told[str(step)]
        elif isinstance(told, list) and isinstance(step, int) and step < len(told):
            told = told[step]
    if isinstance(told, dict):
        told.pop(str(path[-1]), None)
