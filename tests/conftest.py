"""
What tests share.

``cloud`` is an emulator whose time stands still, ``account`` the name of an account on it,
``clock`` makes waits pass that time at once. Tests of tasks, flows and the engine have a Prefect
server; others ask for ``prefect_server``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, settings

from dws import clock as door
from dws.emulator import Emulator, WorldSpec
from dws.emulator.data_plane import Kind
from runbooks.server import start, stop
from tasks.store import database
from tests import prefect_server as prefect
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock

OURS = ("DWS_", "PREFECT_", "RUNBOOK_")
NEED_PREFECT = frozenset({"tasks", "flows", "runbooks"})

DEMO = {
    "clusters": [{"name": "demo", "nodes": 3, "data_gb": 120}],
    "snapshots": [{"name": "weekly", "cluster": "demo", "type": "MANUAL"}],
}
"""One cluster with one manual snapshot: the world unless a test tells another."""

settings.register_profile(
    "default",
    max_examples=100,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile("long", settings.get_profile("default"), max_examples=5000)
settings.load_profile("default")

_home = tempfile.TemporaryDirectory(prefix="runbook-tests-", ignore_cleanup_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    """Forget the user's settings; Prefect reads its own when a test module imports it."""
    for name in [name for name in os.environ if name.startswith(OURS)]:
        del os.environ[name]
    os.environ.update(prefect.settings(Path(_home.name)))


def pytest_unconfigure(config: pytest.Config) -> None:
    _home.cleanup()


@pytest.fixture(scope="session")
def prefect_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of the Prefect API of this session, which flows in this process use."""
    home = Path(_home.name)
    cache = request.config.cache.mkdir("prefect")
    url = prefect.database(cache, home)
    port = urlsplit(os.environ["PREFECT_API_URL"]).port or 0
    settings = {**os.environ, "PREFECT_SERVER_DATABASE_CONNECTION_URL": url}
    try:
        yield start(home / "server", settings, ports=range(port, port + 1)).api
    finally:
        stop(home / "server")


@pytest.fixture(autouse=True)
def _prefect_where_needed(request: pytest.FixtureRequest) -> None:
    folder = request.path.relative_to(Path(__file__).parent).parts[0]
    if folder in NEED_PREFECT:
        request.getfixturevalue("prefect_server")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The state folder of this test, with the journal in it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    database.cache_clear()
    yield tmp_path / "state" / "dws-runbook"
    if database.cache_info().currsize:
        database().dispose()
    database.cache_clear()


@pytest.fixture
def serve() -> Iterator[Callable[..., Cloud]]:
    """
    Start emulators: ``serve(world, speed=...)``, the world as in a file; time stands still.

    With ``data_plane="postgres"`` their clusters have databases.
    """
    with ExitStack() as stack:

        def started(world: Any = DEMO, *, speed: float = 0.0, data_plane: Kind = "none") -> Cloud:
            told = WorldSpec.model_validate(world)
            served = Emulator.serving(speed=speed, world=told, data_plane=data_plane)
            server = stack.enter_context(served)
            cloud = Cloud(server.url)
            stack.callback(cloud.close)
            return cloud

        yield started


@pytest.fixture
def cloud(request: pytest.FixtureRequest, serve: Callable[..., Cloud]) -> Cloud:
    """An emulator of the world `DEMO`, or of the one given by indirect parametrization."""
    return serve(getattr(request, "param", DEMO))


@pytest.fixture
def account(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an account on ``cloud``, told by the environment."""
    monkeypatch.setenv("DWS_ENDPOINT", cloud.url)
    monkeypatch.setenv("DWS_IAM_ENDPOINT", cloud.url)
    monkeypatch.setenv("DWS_USERNAME", "testname")
    monkeypatch.setenv("DWS_DOMAIN", "testname")
    monkeypatch.setenv("DWS_PASSWORD", "Passw0rd")
    monkeypatch.setenv("DWS_PROJECT_NAME", "eu-de")
    return "default"


@pytest.fixture
def clock(cloud: Cloud) -> Iterator[VirtualClock]:
    """Waits take no time and move that of ``cloud``. For tests in which one thing waits."""
    virtual = VirtualClock(cloud.url)
    with door.using(virtual):
        yield virtual
