"""One HTTP request as it came, and one answer as it goes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

import orjson

Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Call:
    """A request as sent: nothing is decoded."""

    method: str
    path: str
    query: bytes
    headers: Headers
    body: bytes
    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def header(self, name: bytes) -> str | None:
        """A header, by its name in small letters."""
        for key, value in self.headers:
            if key == name:
                return value.decode("latin-1")
        return None


@dataclass(slots=True)
class Answer:
    """What is answered."""

    status: int
    body: bytes
    headers: Headers = field(default_factory=list)
    content_type: bytes = b"application/json"


def answer(status: int, content: Any, headers: Headers | None = None) -> Answer:
    """An answer in JSON."""
    return Answer(status, orjson.dumps(content), headers or [])


def error(status: int, code: str, message: str, call: Call) -> Answer:
    """
    An error. Code and message always come together (facts/real_clients 10), and the gateway
    also tells the request's id.
    """
    told = {"error_code": code, "error_msg": message, "request_id": call.request_id}
    return answer(status, told)
