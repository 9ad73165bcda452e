"""HTTP over TCP as uvicorn does it, with a hand on the connection: faults break it off."""

from __future__ import annotations

import asyncio

import orjson
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TRANSPORT = "dws.emulator.transport"


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, which hands its connection on to the application."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: {"transport": self.transport}}

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that are no HTTP, in JSON as everything here."""
        body = orjson.dumps({"error_code": "APIGW.0201", "error_msg": msg})
        self.transport.write(
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n"
            b"content-length: %d\r\n\r\n%s" % (len(body), body)
        )
        self.transport.close()


async def drop(scope: Scope) -> None:
    """Break the connection of a request off, with nothing answered."""
    _transport(scope).abort()
    await _noticed()


async def hang_up(scope: Scope) -> None:
    """Close the connection of a request, once what was sent is on its way."""
    _transport(scope).close()
    await _noticed()


def _transport(scope: Scope) -> asyncio.Transport:
    transport: asyncio.Transport = scope["extensions"][TRANSPORT]["transport"]
    return transport


async def _noticed() -> None:
    # The loop tells uvicorn in its next turn; until then it would answer 500 in our place.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
