from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec
from dws.emulator.data_plane import Kind
from dws.operation import Operation
from tests.emulator.service import Service

WORLD: dict[str, Any] = {
    "clusters": [
        {"name": "sales", "data_gb": 240.0, "tags": {"team": "blue"}},
        {"name": "dr-primary"},
        {"name": "dr-standby"},
        {"name": "dr-idle"},
    ],
    "snapshots": [
        {"name": "nightly", "cluster": "sales", "type": "AUTOMATED"},
        {"name": "broken", "cluster": "sales", "status": "UNAVAILABLE"},
    ],
    "disaster_recoveries": [
        {"name": "pair-1", "primary": "dr-primary", "standby": "dr-standby"},
        {"name": "pair-2", "primary": "dr-idle", "standby": "sales", "status": "stopped"},
    ],
}


class Tried:
    """How many requests were made from declarations, and which operations took one."""

    def __init__(self) -> None:
        self.requests = 0
        self.asked: set[type[Operation[Any]]] = set()
        self.fine: set[type[Operation[Any]]] = set()

    def count(self, operation: type[Operation[Any]], *, fine: bool) -> None:
        self.requests += 1
        self.asked.add(operation)
        if fine:
            self.fine.add(operation)


TRIED = Tried()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how much was tried."""
    if TRIED.requests:
        terminalreporter.write_line(
            f"requests made from declarations: {TRIED.requests}, of {len(TRIED.asked)} operations, "
            f"{len(TRIED.fine)} of which took one"
        )
        never = sorted(operation.__name__ for operation in TRIED.asked - TRIED.fine)
        terminalreporter.write_line(f"refused each time: {', '.join(never) or 'none'}")


Serve = Callable[..., Service]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves worlds whose time stands still; each as told, over the usual one."""
    with ExitStack() as stack:

        def served(*, data_plane: Kind = "none", **told: Any) -> Service:
            spec = WorldSpec.model_validate(WORLD | told)
            served = Emulator.serving(speed=0.0, world=spec, data_plane=data_plane)
            server = stack.enter_context(served)
            service = Service(server.url)
            stack.callback(service.http.close)
            return service

        yield served


@pytest.fixture(scope="session")
def _shared() -> Iterator[Service]:
    with Emulator.serving(speed=0.0, world=WorldSpec.model_validate(WORLD)) as server:
        service = Service(server.url)
        yield service
        service.http.close()


@pytest.fixture
def service(_shared: Service) -> Service:
    """The usual world, as at its beginning."""
    _shared.control("POST", "reset")
    _shared.login()
    return _shared


@pytest.fixture
def sales(service: Service) -> str:
    """The id of an idle cluster with data."""
    return service.id_of("sales")
