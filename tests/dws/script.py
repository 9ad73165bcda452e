"""A transport that answers as told: for what an emulator cannot be made to do."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr

from dws.client import Client
from dws.identity import Keys, Project
from dws.signer import AccessKey

PROJECT = "9bc552e6-19af-4326-800d-281a92984636"
KEY = AccessKey("ak-of-test", SecretStr("sk-of-test"))


@dataclass(frozen=True)
class Told:
    """An answer, to be given any number of times."""

    status: int
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def told(status: int, body: Any = None, **headers: str) -> Told:
    """An answer in JSON; without ``body`` one with no content."""
    content = b"" if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Told(status, content, {"content-type": "application/json", **named})


def refused(status: int, code: str, **headers: str) -> Told:
    """A refusal as the service writes it."""
    return told(status, {"error_code": code, "error_msg": "no"}, **headers)


Answer = Told | Exception | Callable[[httpx.Request], Told]


class Script(httpx.AsyncBaseTransport):
    """
    Gives its answers in order, the last one for ever.

    Attributes:
        sent: The requests that came.
    """

    def __init__(self, *answers: Answer) -> None:
        self.sent: list[httpx.Request] = []
        self._answers = answers

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.sent.append(request)
        answer = self._answers[min(len(self.sent), len(self._answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        given = answer if isinstance(answer, Told) else answer(request)
        headers = {name: value.encode("latin-1") for name, value in given.headers.items()}
        # Streamed, so that the client decodes it as it would from a network.
        return httpx.Response(
            given.status, headers=headers, stream=_Once(given.content), request=request
        )


class _Once(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


def keys() -> Keys:
    """A pair of keys: with them no token is asked for."""
    return Keys("https://iam.example", key=KEY, project=Project(id=PROJECT))


def client_on(transport: httpx.AsyncBaseTransport) -> Client:
    """A client that a transport answers."""
    return Client("https://dws.example", keys(), transport=transport)
