"""Serves an emulator on a local port: in this thread, or in one of its own."""

from __future__ import annotations

import logging
import socket
import threading
from pathlib import Path
from typing import Self

import uvicorn

from dws.emulator.app import App
from dws.emulator.births import populate
from dws.emulator.data_plane import Kind
from dws.emulator.protocol import Protocol
from dws.emulator.spec import WorldSpec
from dws.emulator.world import World

HOST = "127.0.0.1"

_logger = logging.getLogger(__name__)


class Emulator:
    """
    The emulated service on a local port.

        with Emulator.serving(speed=0.0) as server:
            httpx.get(server.url + "/_emulator/state")

    Attributes:
        url: Where it serves, without a slash at the end.
    """

    def __init__(
        self,
        *,
        speed: float = 1.0,
        world: WorldSpec | None = None,
        state: Path | None = None,
        port: int = 0,
        data_plane: Kind = "none",
    ) -> None:
        self._socket = _listening(port)
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"
        try:
            self._world = World(world or WorldSpec(), speed, populate, state, data_plane)
        except BaseException:
            self._socket.close()
            raise
        self._server = _Server(_config(App(self._world)), self._world)
        self._thread = threading.Thread(target=self.run, name="dws-emulator", daemon=True)

    @classmethod
    def serving(
        cls,
        *,
        speed: float = 1.0,
        world: WorldSpec | None = None,
        state: Path | None = None,
        port: int = 0,
        data_plane: Kind = "none",
    ) -> Self:
        """An emulator to be entered: it serves in a thread and a loop of its own until left."""
        return cls(speed=speed, world=world, state=state, port=port, data_plane=data_plane)

    def run(self) -> None:
        """Serve until told to `stop`."""
        try:
            self._server.run([self._socket])
        finally:
            self._socket.close()
            self._world.close()

    def stop(self) -> None:
        """Let the service end, from any thread or signal handler."""
        self._server.should_exit = True

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._thread.join()


class _Server(uvicorn.Server):
    """Lets time go on in the world as it serves."""

    def __init__(self, config: uvicorn.Config, world: World) -> None:
        super().__init__(config)
        self._world = world

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second, in the loop that serves."""
        try:
            self._world.tick()
        except Exception:
            # A bug of ours, or a full disk under a database: it must not end the service.
            _logger.exception("what fell due between requests")
        return await super().on_tick(counter)


def _config(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
    )


def _listening(port: int) -> socket.socket:
    # Named as TCP: asyncio sets TCP_NODELAY only then; without it an answer takes 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # Else a port just left is refused for a minute; it does not let two serve on one port.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError:
        listening.close()
        raise
    # At once: who calls before the loop runs waits, and is not refused.
    listening.listen(1024)
    return listening
