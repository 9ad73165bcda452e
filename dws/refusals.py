"""How the service says no, and what it means: the only place that knows error codes."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any

from dws.errors import (
    AlreadyExists,
    Conflict,
    NotFound,
    RequestFailed,
    ServerFault,
    Throttled,
    Unauthenticated,
)
from dws.operation import Operation

SUCCESS = frozenset({"", "0", "DWS.0000", "DWS.0138"})
"""Codes that come with success. DWS.0138: reference 5.2.54, sample with status 200."""

BY_CODE: Mapping[str, type[RequestFailed]] = {
    # Seen in the Terraform provider, facts/service_and_peers B5; the reference knows few of them.
    "DWS.3027": NotFound,  # cluster deleted; comes with 404
    "DWS.0047": NotFound,  # cluster; comes with 401 on its details, else 404
    "DWS.0015": NotFound,  # cluster; comes with 403, of some regions with 400
    "DWS.10101": NotFound,  # disaster recovery task; comes with 400
    "DWS.7023": Conflict,  # cluster busy; comes with 403, also shortly after a task ended
    "DWS.5050": AlreadyExists,  # name taken; comes with 409
    "APIGW.0308": Throttled,
    "APIG.0308": Throttled,
}

GATEWAY = ("APIGW.", "APIG.")
EXPIRED = frozenset({f"{gateway}{number}" for gateway in GATEWAY for number in ("0301", "0307")})
"""What the gateway says of a token that it knows no more: facts/service_and_peers B4.4, B5."""

_CODE_KEYS = ("error_code", "errCode", "errorCode", "code", "workload_res_code", "ret_code")
_MESSAGE_KEYS = ("error_msg", "externalMessage", "errorMsg", "message", "msg", "workload_res_str")


def code_in(payload: Any) -> str:
    """
    The result code of an answer; empty if it tells none.

    Families of operations tell it under different names, with status 200 too
    (facts/service_and_peers B4).
    """
    return _first(payload, _CODE_KEYS)


def message_in(payload: Any) -> str:
    """The service's own words in an answer; empty if it has none."""
    return _first(payload, _MESSAGE_KEYS)


def is_refusal(status: int, payload: Any) -> bool:
    """Whether an answer is a no. Some come with status 200; the code has the last word."""
    return not 200 <= status < 300 or _result_code(payload) not in SUCCESS


def is_no_route(error: RequestFailed) -> bool:
    """Whether the gateway knows no such operation: this region does not offer it."""
    return error.status == 404 and error.code in {"APIGW.0101", "APIG.0101"}


def refusal(
    op: Operation[Any] | str,
    status: int,
    payload: Any,
    request_id: str,
    retry_after_s: float | None = None,
) -> RequestFailed:
    """The error that tells a refusal: by its code if that is known, else by its status."""
    code = code_in(payload)
    told = request_id or _first(payload, ("request_id",))
    kind = _kind(op, status, code)
    name = op if isinstance(op, str) else type(op).__name__
    return kind(name, status, code, message_in(payload), told, retry_after_s)


def decoded(text: bytes) -> Any:
    """
    The JSON of an answer that says no; its first words under ``message`` if it is none.

    Some regions send it in base64 (facts/service_and_peers B4.10).
    """
    for attempt in (text, _from_base64(text)):
        try:
            return json.loads(attempt)
        except ValueError:
            continue
    return {"message": text[:256].decode("utf-8", "replace")}


def _kind(op: Operation[Any] | str, status: int, code: str) -> type[RequestFailed]:
    tells = {} if isinstance(op, str) else op.route.tells
    if kind := tells.get(code) or BY_CODE.get(code):
        return kind
    if status == 404:
        # Only the service's own word proves that something is gone. The gateway's 404 tells of
        # no such route, a proxy's of itself: a wrong address must not confirm a deletion.
        return NotFound if code.startswith("DWS.") else RequestFailed
    if status >= 500:
        return ServerFault
    return {401: Unauthenticated, 429: Throttled}.get(status, RequestFailed)


def _result_code(payload: Any) -> str:
    told = _first(payload, ("error_code", "errCode", "errorCode", "workload_res_code"), deep=False)
    if told or not isinstance(payload, Mapping):
        return told
    if isinstance(payload.get("error"), Mapping):
        return _first(payload["error"], ("code", "error_code"), deep=False)
    # A bare `code` or `ret_code` may be data in an answer with status 200, but for the service's.
    code = str(payload.get("code") or "")
    return code if code.startswith(("DWS.", *GATEWAY)) else ""


def _first(payload: Any, keys: tuple[str, ...], *, deep: bool = True) -> str:
    for told in _objects(payload) if deep else [payload]:
        for key in keys:
            if isinstance(told, Mapping) and told.get(key) not in (None, ""):
                return str(told[key])
    return ""


def _objects(payload: Any) -> Iterator[Any]:
    # Nested as IAM and the enterprise projects do: {"error": {"code": ..., "message": ...}}.
    yield payload
    if isinstance(payload, Mapping):
        yield from (value for value in payload.values() if isinstance(value, Mapping))


def _from_base64(text: bytes) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.strip() + b"=" * (-len(text.strip()) % 4))
    except (ValueError, binascii.Error):
        return b""
