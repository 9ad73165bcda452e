"""The client: one method, `Client.call`, for every operation."""

from __future__ import annotations

import asyncio
import base64
import logging
import random
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode

import httpx
from pydantic import ValidationError

from dws import clock
from dws.errors import (
    Conflict,
    NoAnswer,
    NotSent,
    RequestFailed,
    ServerFault,
    Throttled,
    Unauthenticated,
    Unreachable,
)
from dws.identity import Identity
from dws.operation import Operation, Repeat, ReplyT
from dws.paging import first_page, next_page
from dws.refusals import decoded, is_refusal, refusal
from dws.shapes import File
from dws.watch import Watches
from dws.wire import Request, to_request

ATTEMPTS = 6
"""How often one request is sent at most: for some 40 s."""
ATTEMPTS_WATCHED = 3
"""The same where a person sits and waits: for some 4 s."""
RENEWALS = 3
"""How often a new token is tried at most for one request that was refused as from nobody known."""
LONGEST_PAUSE_S = 120.0
"""How long is waited between two attempts at most, also if the service asks for more."""
BUSY_PAUSE_S = 5.0
"""How long a busy cluster is left alone at least."""
ANSWER_WITHIN_S = 120.0
"""How long an answer may take in all, in seconds of the wall."""
TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=60.0, pool=60.0)
JSON = "application/json;charset=UTF-8"

# When debugged, it writes down the headers of answers: the token is one of them.
logging.getLogger("httpcore").setLevel(logging.INFO)


@dataclass(frozen=True)
class Skew:
    """How the service's clock differs from ours: positive where it is ahead, in seconds."""

    seconds: float


class Client:
    """
    Calls operations on one project in one region. It belongs to the loop it is first used in.

    Args:
        endpoint: Base URL, e.g. ``https://dws.eu-west-101.myhuaweicloud.com``.
        identity: Whose calls these are.
        ca_bundle: File of certificates to trust in place of the usual ones.
        attempts: How often one request is sent at most.
        transport: Carries requests in place of the network; for tests.
    """

    def __init__(
        self,
        endpoint: str,
        identity: Identity,
        *,
        ca_bundle: str | None = None,
        attempts: int = ATTEMPTS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._identity = identity
        self._attempts = attempts
        self._http = httpx.AsyncClient(
            base_url=endpoint, transport=transport, timeout=TIMEOUT, verify=_tls(ca_bundle)
        )
        self.watches = Watches(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections, and end what looks on behalf of waits."""
        await self.watches.aclose()
        await self._http.aclose()

    async def project_id(self) -> str:
        """The id of the project; raises as `call` does."""
        return await self._identity.project_id(self._http)

    async def call(self, op: Operation[ReplyT]) -> ReplyT:
        """
        Carry out one operation, repeated as far as it bears that and as nothing is risked by it.

        A request that provably had no effect is sent again. One whose effect is unknown is sent
        again only if twice is the same as once.

        Raises:
            RequestFailed: The service refused or failed the request.
            Unreachable: The service did not answer.
        """
        unknown = False
        for attempt in range(1, self._attempts):
            try:
                return await self._attempt(op)
            except (Conflict, Throttled, NotSent) as error:  # nothing was done by this attempt
                if unknown and isinstance(error, Conflict):
                    raise  # busy with what an earlier attempt began: for the caller to look at
                pause = _pause(error, attempt)
            except (ServerFault, NoAnswer) as error:  # what was done is unknown
                if op.route.repeat is Repeat.ONCE:
                    raise
                unknown, pause = True, _pause(error, attempt)
            await clock.sleep(pause)
        try:
            return await self._attempt(op)
        except (Throttled, NotSent) as error:
            if unknown:  # that nothing was done holds of the last attempt alone
                raise NoAnswer(f"an earlier answer got lost; at last {error}") from error
            raise

    async def pages(self, op: Operation[ReplyT]) -> AsyncIterator[ReplyT]:
        """
        The answers to an operation that answers in pages, one by one, until all is told.

        Raises:
            NoAnswer: The service answers the same page again: it passes over the offset.
            DwsError: As `call`.
        """
        page: Operation[ReplyT] | None = first_page(op)
        before: ReplyT | None = None
        while page is not None:
            reply = await self.call(page)
            if reply == before:
                raise NoAnswer(f"{type(op).__name__}: the service answers the same page again")
            yield reply
            page, before = next_page(page, reply), reply

    async def skew(self) -> Skew:
        """
        How the service's clock differs from ours, by the ``Date`` of any answer, to a second.

        Raises:
            Unreachable: There is none.
        """
        sent = self._http.build_request("GET", "/")
        response = await self._send(sent, "GET /")
        told = response.headers.get("Date")
        if told is None:
            raise NoAnswer("the service tells no date")
        return Skew((parsedate_to_datetime(told) - clock.wall()).total_seconds())

    async def _attempt(self, op: Operation[ReplyT]) -> ReplyT:
        for _ in range(RENEWALS if self._identity.renews else 0):
            try:
                return await self._once(op)
            except Unauthenticated as error:
                # If the identity service itself said no, the password is wrong.
                if error.operation != type(op).__name__:
                    raise
        return await self._once(op)

    async def _once(self, op: Operation[ReplyT]) -> ReplyT:
        name = type(op).__name__
        sent = self._built(to_request(op, await self._identity.project_id(self._http)))
        await self._identity.authorize(sent, self._http)
        response = await self._send(sent, name)
        if response.is_success:
            payload = _payload(op, response, name)
            if not is_refusal(response.status_code, payload):
                return _read(op, payload)
        else:
            payload = decoded(response.content)
        refused = _refused(op, response, payload)
        if isinstance(refused, Unauthenticated):
            self._identity.was_refused(sent)
        raise refused

    def _built(self, request: Request) -> httpx.Request:
        # A space as %20: to the gateway `+` is no space (facts/real_clients 14).
        query = urlencode(request.query, quote_via=quote, safe="")
        target = f"{request.path}?{query}" if query else request.path
        language = {"X-Language": "en-us"}
        if request.is_form:
            parts = _form(request.body or {})
            built = self._http.build_request(request.method, target, files=parts, headers=language)
            built.read()  # whole, for it to be signed and sent again
            return built
        return self._http.build_request(
            request.method, target, json=request.body, headers={"Content-Type": JSON, **language}
        )

    async def _send(self, request: httpx.Request, name: str) -> httpx.Response:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await self._http.send(request)
        except httpx.RequestError as error:
            raise _unreachable(name, error) from error
        except TimeoutError as error:
            raise NoAnswer(f"{name}: no answer within {ANSWER_WITHIN_S:.0f} s") from error


@cache
def _tls(ca_bundle: str | None) -> ssl.SSLContext:
    """Made once: each one costs some 27 ms in which the loop stands still."""
    return ssl.create_default_context(cafile=ca_bundle) if ca_bundle else httpx.create_ssl_context()


def _pause(error: Exception, attempt: int) -> float:
    asked = error.retry_after_s if isinstance(error, RequestFailed) else None
    least = BUSY_PAUSE_S if isinstance(error, Conflict) else 0.0
    # Spread, so that many who were refused together do not come back together.
    wanted = asked if asked is not None else max(least, 2.0 ** (attempt - 1))
    return min(wanted * random.uniform(1.0, 1.5), LONGEST_PAUSE_S)  # noqa: S311 - no secret


def _unreachable(name: str, error: httpx.RequestError) -> Unreachable:
    never_left = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
    kind = NotSent if isinstance(error, never_left) else NoAnswer
    return kind(f"{name}: {error or type(error).__name__}")


def _form(body: Mapping[str, Any]) -> list[tuple[str, tuple[str | None, str]]]:
    """The parts of form data; booleans and numbers as text, a file under its name."""
    return [
        (name, (value["name"], value["content"]))
        if isinstance(value, dict)
        else (name, (None, str(value).lower() if isinstance(value, bool) else str(value)))
        for name, value in body.items()
    ]


def _payload(op: Operation[Any], response: httpx.Response, name: str) -> Any:
    """What was answered: JSON, or a file where the operation answers with one."""
    if not issubclass(op.reply_type(), File):
        return _json(response, name)
    told = decoded(response.content)
    if is_refusal(response.status_code, told):
        return told
    return {
        "content_type": response.headers.get("Content-Type", ""),
        "content_base64": base64.b64encode(response.content).decode(),
    }


def _json(response: httpx.Response, name: str) -> Any:
    if not response.content.strip():
        return {}
    try:
        return response.json()
    except ValueError as error:
        raise NoAnswer(f"{name}: the answer is cut off or no JSON") from error


def _read(op: Operation[ReplyT], payload: Any) -> ReplyT:
    try:
        return op.reply_type().model_validate(payload)
    except ValidationError as error:
        where = "; ".join(
            f"{'.'.join(map(str, found['loc'])) or 'it'}: {found['msg']}"
            for found in error.errors(include_input=False)[:3]
        )
        raise NoAnswer(f"{type(op).__name__}: the answer does not fit: {where}") from error


def _refused(op: Operation[Any], response: httpx.Response, payload: Any) -> RequestFailed:
    request_id = response.headers.get("X-Request-Id", "")
    asked = response.headers.get("Retry-After", "")
    after = float(asked) if asked.isdecimal() else None
    return refusal(op, response.status_code, payload, request_id, after)
