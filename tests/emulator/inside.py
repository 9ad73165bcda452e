"""The emulated service without a socket: tens of thousands of requests in a minute."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from dws.emulator.app import App
from dws.emulator.births import populate
from dws.emulator.kept import KINDS
from dws.emulator.spec import PROJECT_ID, WorldSpec
from dws.emulator.world import World
from dws.refusals import is_refusal
from tests.emulator.service import token_body


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def told(self) -> Any:
        return orjson.loads(self.body)

    @property
    def is_file(self) -> bool:
        return self.headers[b"content-type"] != b"application/json"

    @property
    def is_fine(self) -> bool:
        return self.status < 300 and (self.is_file or not is_refusal(self.status, self.told))


class Inside:
    """Asks the application itself. Nothing in it waits, so no loop is needed to run it."""

    def __init__(self, spec: WorldSpec, state: Path | None = None) -> None:
        self.world = World(spec, 0.0, populate, state)
        self._app = App(self.world)
        self._headers: list[tuple[bytes, bytes]] = []
        token = self.ask("POST", "/v3/auth/tokens", body=token_body()).headers[b"x-subject-token"]
        self._headers = [(b"x-auth-token", token)]

    def below(
        self, method: str, path: str, query: Iterable[tuple[str, Any]] = (), body: Any = None
    ) -> Answered:
        """Ask at a path whose project is left open, e.g. ``/v1.0/{project_id}/clusters``."""
        return self.ask(method, path.replace("{project_id}", PROJECT_ID), query, body)

    def ask(
        self, method: str, path: str, query: Iterable[tuple[str, Any]] = (), body: Any = None
    ) -> Answered:
        """Ask at a path, as it stands in the request."""
        sent: list[dict[str, Any]] = []
        content = b"" if body is None else orjson.dumps(body)
        scope = {
            "type": "http",
            "method": method,
            "raw_path": quote(path, safe="/%", errors="replace").encode(),
            "query_string": urlencode(list(query), errors="replace").encode(),
            "headers": self._headers,
            "server": ("127.0.0.1", 1),
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        _finish(self._app(scope, receive, send))
        return Answered(sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"])

    def control(self, method: str, what: str, body: Any = None) -> Any:
        """Ask the control interface."""
        answered = self.ask(method, f"/_emulator/{what}", body=body)
        assert answered.is_fine, answered.body
        return answered.told

    def content(self) -> bytes:
        """All that the world consists of, but its clock, its tokens and what is due."""
        world = self.world
        kept = [world.of(kind) for _, kind in sorted(KINDS.items())]
        whole = [world.clusters, world.snapshots, world.pairs, world.jobs, *kept]
        return orjson.dumps([list(records.values()) for records in whole])


def _finish(coroutine: Coroutine[Any, Any, None]) -> None:
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise AssertionError("the application waited for something")
