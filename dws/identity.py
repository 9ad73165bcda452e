"""
Who calls: a user with a password, whose token is kept, or a pair of keys that sign.

Source: facts/service_and_peers B1, B2.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Protocol

import httpx
from pydantic import BeforeValidator, SecretStr, ValidationError

from dws import clock
from dws.errors import NotSent, RequestFailed, ServerFault, Unauthenticated
from dws.operation import Shape
from dws.refusals import decoded, refusal
from dws.signer import AccessKey, sign
from dws.values import moment

ANSWER_WITHIN_S = 60.0
"""How long the identity service may take to answer in all, in seconds of the wall."""
RENEW_BEFORE = timedelta(minutes=10)
"""How long before its expiry a token is used no more; it lives a day."""


@dataclass(frozen=True)
class Project:
    """Which project: by id, or by name, to be looked up."""

    id: str | None = None
    name: str | None = None

    def scope(self) -> dict[str, str]:
        """As a token request names it; an id wins over a name."""
        return {"id": self.id} if self.id else {"name": self.name or ""}


class Identity(Protocol):
    """
    What makes a request one of a known caller.

    Attributes:
        renews: Whether a refused request may fare better when it is sent again.
    """

    renews: bool

    async def authorize(self, request: httpx.Request, http: httpx.AsyncClient) -> None:
        """
        Add to a request what proves who sends it.

        Raises:
            Unauthenticated: The credentials are wrong.
            RequestFailed, NotSent: The identity service refused, or could not be reached; of
                the request itself nothing was done.
        """

    def was_refused(self, request: httpx.Request) -> None:
        """Tell that a request was refused as coming from nobody known."""

    async def project_id(self, http: httpx.AsyncClient) -> str:
        """The id of the project; raises as `authorize`."""


class Password:
    """
    A user with a password.

    The token is asked for once, for all who wait for it, and again shortly before it expires or
    when the gateway knows it no more. Credentials that were refused are not sent again.
    """

    renews = True

    def __init__(
        self, iam: str, *, user: str, domain: str, password: SecretStr, project: Project
    ) -> None:
        self._iam = iam
        self._user = user
        self._domain = domain
        self._password = password
        self._project = project
        self._token: _Token | None = None
        self._wrong: Unauthenticated | None = None
        self._asking = asyncio.Lock()

    async def authorize(self, request: httpx.Request, http: httpx.AsyncClient) -> None:
        request.headers["X-Auth-Token"] = (await self._valid(http)).text

    def was_refused(self, request: httpx.Request) -> None:
        # Another call may have got a new token since this one was sent.
        if self._token and self._token.text == request.headers.get("X-Auth-Token"):
            self._token = None

    async def project_id(self, http: httpx.AsyncClient) -> str:
        return self._project.id or (await self._valid(http)).project_id

    async def _valid(self, http: httpx.AsyncClient) -> _Token:
        async with self._asking:
            if self._wrong is not None:  # a user is locked after some refusals (assumed)
                raise Unauthenticated(*self._wrong.args)
            if self._token is None or self._token.expires - RENEW_BEFORE <= clock.wall():
                self._token = await self._ask(http)
            return self._token

    async def _ask(self, http: httpx.AsyncClient) -> _Token:
        request = http.build_request("POST", f"{self._iam}/v3/auth/tokens", json=self._claim())
        try:
            response = await _ask(http, request, "CreateToken")
        except Unauthenticated as error:
            self._wrong = error
            raise
        text = response.headers.get("X-Subject-Token", "")
        try:
            told = _Answered.model_validate(decoded(response.content)).token
        except ValidationError as error:
            raise NotSent("CreateToken: the identity service answered no token") from error
        project = self._project.id or (told.project.id if told.project else "")
        if not text or not project:
            raise NotSent("CreateToken: the identity service answered no token for the project")
        return _Token(text, told.expires_at, project)

    def _claim(self) -> dict[str, Any]:
        user = {
            "name": self._user,
            "domain": {"name": self._domain},
            "password": self._password.get_secret_value(),
        }
        identity = {"methods": ["password"], "password": {"user": user}}
        return {"auth": {"identity": identity, "scope": {"project": self._project.scope()}}}


class _Scope(Shape):
    id: str


class _Told(Shape):
    expires_at: Annotated[datetime, BeforeValidator(moment)]
    project: _Scope | None = None


class _Answered(Shape):
    token: _Told


@dataclass(frozen=True)
class _Token:
    text: str
    expires: datetime
    project_id: str


class Keys:
    """A pair of keys that sign each request; with them no token is needed."""

    renews = False

    def __init__(self, iam: str, *, key: AccessKey, project: Project) -> None:
        self._iam = iam
        self._key = key
        self._project = project
        self._looking = asyncio.Lock()

    async def authorize(self, request: httpx.Request, http: httpx.AsyncClient) -> None:
        request.headers["X-Project-Id"] = await self.project_id(http)
        sign(request, self._key, clock.wall())

    def was_refused(self, request: httpx.Request) -> None:
        """Nothing to forget: keys do not expire."""

    async def project_id(self, http: httpx.AsyncClient) -> str:
        async with self._looking:  # many may ask at once for what is looked up once
            if self._project.id is None:
                self._project = Project(id=await self._look_up(http), name=self._project.name)
        return self._project.id or ""

    async def _look_up(self, http: httpx.AsyncClient) -> str:
        name = self._project.name or ""
        request = http.build_request("GET", f"{self._iam}/v3/projects", params={"name": name})
        sign(request, self._key, clock.wall())
        told = decoded((await _ask(http, request, "ListProjects")).content)
        found = (told.get("projects") or []) if isinstance(told, Mapping) else []
        if len(found) != 1:
            raise Unauthenticated("ListProjects", 200, "", f"{len(found)} projects named {name!r}")
        return str(found[0]["id"])


async def _ask(http: httpx.AsyncClient, request: httpx.Request, name: str) -> httpx.Response:
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            response = await http.send(request)
    except (httpx.HTTPError, TimeoutError) as error:
        # A `TimeoutError` has no words of its own.
        told = str(error) or type(error).__name__
        raise NotSent(f"{name}: {request.url.host}: {told}") from error
    if response.is_success:
        return response
    request_id = response.headers.get("X-IAM-Trace-Id", "")
    refused = refusal(name, response.status_code, decoded(response.content), request_id)
    raise _harmless(refused)


def _harmless(refused: RequestFailed) -> Exception:
    # What the caller wanted was not even sent: a fault of the identity service changed nothing.
    return NotSent(str(refused)) if isinstance(refused, ServerFault) else refused
