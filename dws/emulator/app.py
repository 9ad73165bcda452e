"""HTTP in, HTTP out: the service, its gateway and its identity service as an ASGI application."""

from __future__ import annotations

import asyncio
import email.utils
import logging
from typing import Any

from starlette.types import Receive, Scope, Send

from dws.emulator import control, gate, iam, openapi, reading
from dws.emulator.call import Answer, Call, answer, error
from dws.emulator.faults import (
    DelayFault,
    HttpFault,
    LostReplyFault,
    ResetFault,
    TokenExpiredFault,
    TruncatedFault,
    WireFault,
)
from dws.emulator.handlers import HANDLERS, Caller
from dws.emulator.log import Entry, Log
from dws.emulator.protocol import drop, hang_up
from dws.emulator.refused import Refused
from dws.emulator.routes import Found, Routes
from dws.emulator.world import World
from dws.operations import catalogue

LARGEST_BODY = 12 * 1024 * 1024
"""The gateway's limit (facts/service_and_peers B1)."""
_WITHOUT_BODY = frozenset({204, 304})

_logger = logging.getLogger(__name__)


class App:
    """
    The emulated service. All of it runs in one loop, and handles one request at a time, but for
    those that wait for their body or for a told delay: so the world needs no lock.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.log = Log()
        self._routes = Routes(catalogue().values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            body = await _body_of(receive)
        except ConnectionAbortedError:
            return  # half a request has no effect
        call = Call(
            method=scope["method"],
            path=scope["raw_path"].decode("ascii"),
            query=scope["query_string"],
            headers=scope["headers"],
            body=b"" if body is None else body,
        )
        if (call.method, call.path) == ("GET", openapi.PATH):
            await self._send(send, call, answer(200, openapi.document(*scope["server"])))
            return
        if call.path.startswith(control.PREFIX):
            self.world.catch_up()
            await self._send(send, call, control.serve(self.world, self.log, call))
            return
        await self._exchange(scope, send, call, fits=body is not None)

    async def _exchange(self, scope: Scope, send: Send, call: Call, *, fits: bool) -> None:
        self.world.catch_up()
        found = self._routes.find(call.method, call.path)
        name = found.operation.__name__ if found else None
        entry = self.log.add(Entry(call.method, call.path, name, self.world.now))
        called = name or iam.ROUTES.get((call.method, call.path))
        fault = self._fault(called, call)
        if isinstance(fault, DelayFault):
            await asyncio.sleep(fault.delay_s)
            self.world.catch_up()
        if isinstance(fault, ResetFault):
            await drop(scope)
            return
        answered = self._faulty(fault, call) or self._answer(found, called, call, fits=fits)
        self.world.data.tend()
        self.world.save()
        if isinstance(fault, LostReplyFault):
            await drop(scope)
            return
        entry.status = answered.status
        if isinstance(fault, TruncatedFault):
            await self._truncate(scope, send, call, answered, fault)
            return
        await self._send(send, call, answered)

    def _fault(self, called: str | None, call: Call) -> WireFault | None:
        if called is None:
            return None
        has_token = gate.token_of(self.world, call) is not None
        return self.world.faults.for_request(called, has_token=has_token)

    def _faulty(self, fault: WireFault | None, call: Call) -> Answer | None:
        if isinstance(fault, TokenExpiredFault):
            token = gate.token_of(self.world, call)
            if token:
                self.world.drop_token(token)
            return error(401, "APIGW.0307", "The token must be updated", call)
        if not isinstance(fault, HttpFault):
            return None
        headers = []
        if fault.retry_after_s is not None:
            headers.append((b"retry-after", f"{fault.retry_after_s:g}".encode()))
        if fault.status in _WITHOUT_BODY:
            return Answer(fault.status, b"", headers)
        if fault.body is not None:
            return Answer(fault.status, fault.body.encode(), headers, b"text/html")
        answered = error(fault.status, fault.code, fault.message, call)
        answered.headers = headers
        return answered

    def _answer(self, found: Found | None, called: str | None, call: Call, *, fits: bool) -> Answer:
        try:
            if not fits:
                return error(413, "APIGW.0201", "The request body is too large", call)
            if called is None:
                message = "The API does not exist or has not been published in the environment"
                return error(404, "APIGW.0101", message, call)
            if found is None:
                return iam.serve(self.world, call, called)
            return self._serve(found, call)
        except Refused as refused:
            return error(refused.status, refused.code, refused.message, call)
        except Exception:
            # A bug of ours: the caller gets the service's word for it, the terminal the trace.
            _logger.exception("%s %s", call.method, call.path)
            return error(500, "DWS.0005", "Server failure.", call)

    def _serve(self, found: Found, call: Call) -> Answer:
        project_id = found.arguments["project_id"]
        user = gate.admit(self.world, call, project_id)
        operation = reading.operation_of(found, call)
        handler = HANDLERS[found.operation]
        self.world.operation = found.operation.__name__
        content = handler.answer(self.world, operation, Caller(user, project_id))
        return content if isinstance(content, Answer) else answer(handler.status, content)

    async def _truncate(
        self, scope: Scope, send: Send, call: Call, answered: Answer, fault: TruncatedFault
    ) -> None:
        half = answered.body[: len(answered.body) // 2]
        if fault.cut == "json":
            answered.body = half
            await self._send(send, call, answered)
            return
        await send(self._start(call, answered))
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await hang_up(scope)

    async def _send(self, send: Send, call: Call, answered: Answer) -> None:
        await send(self._start(call, answered))
        await send({"type": "http.response.body", "body": answered.body})

    def _start(self, call: Call, answered: Answer) -> dict[str, Any]:
        date = email.utils.formatdate(self.world.clock.wall(), usegmt=True)
        headers = [
            (b"date", date.encode()),
            (b"content-type", answered.content_type),
            (b"content-length", str(len(answered.body)).encode()),
            (b"x-request-id", call.request_id.encode()),
            *answered.headers,
        ]
        if answered.status == 413:
            headers.append((b"connection", b"close"))
        return {"type": "http.response.start", "status": answered.status, "headers": headers}


async def _body_of(receive: Receive) -> bytes | None:
    """
    The body, read to its end as the next request follows it; None if it is too large.

    Raises:
        ConnectionAbortedError: The caller left before it was complete.
    """
    body = b""
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError
        part = message.get("body", b"")
        size += len(part)
        if size <= LARGEST_BODY:
            body = body + part if body else part
        if not message.get("more_body", False):
            return body if size <= LARGEST_BODY else None
