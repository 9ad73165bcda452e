"""One real Prefect server for a session of tests, on a copy of a database made once."""

from __future__ import annotations

import os
import random
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from runbooks.server.environment import SILENT

# Beside the ports that the system gives to connections, and those of other servers.
PORTS = range(21_000, 29_000)


def settings(home: Path) -> dict[str, str]:
    """What the test process and all it starts must have set before Prefect is imported."""
    return {
        **SILENT,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{_free_port()}/api",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_CLI_PROMPT": "false",
    }


def database(cache: Path, home: Path) -> str:
    """The URL of a fresh, migrated database in ``home``; its template is kept in ``cache``."""
    template = cache / f"prefect-{version('prefect')}.db"
    if not template.exists():
        made = home / "template.db"
        _migrate(made)
        _copy(made, template)
    _copy(template, home / "prefect.db")
    return _url(home / "prefect.db")


def _migrate(file: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"],
        env={**os.environ, "PREFECT_SERVER_DATABASE_CONNECTION_URL": _url(file)},
        check=True,
        capture_output=True,
    )


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(target)) as copy:
        whole.backup(copy)


def _url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def _free_port() -> int:
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
