"""The local Prefect server of this user: start, find again, stop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from runbooks.server.environment import for_server
from runbooks.server.health import ServerFailed, trouble
from runbooks.server.record import Files, Server

FIRST_PORT = 4200
PORTS = range(FIRST_PORT, FIRST_PORT + 100)
HEALTHY_WITHIN_S = 60.0
"""How long a start may take; the first one makes the database, in some 10 s."""
GONE_WITHIN_S = 15.0
"""How long a server may take to end before it is killed."""
LOOK_EVERY_S = 0.1
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def running(folder: Path) -> Server | None:
    """The server of that folder, healthy or not; None if none lives."""
    return Files(folder).read()


def start(
    folder: Path, environment: Mapping[str, str] = os.environ, *, ports: range = PORTS
) -> Server:
    """
    Start the server of that folder, or find the one that runs; it answers when this returns.

    It outlives the caller, in a process session of its own, and takes the first free one of
    ``ports``. Its data lie in ``PREFECT_HOME``, else in the folder.

    Raises:
        ServerFailed: It did not come up in time.
    """
    files = Files(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(files):
        if not files.lives():
            _spawn(files, environment, _free_port(ports))
        return _healthy(files)


def stop(folder: Path) -> Server | None:
    """
    End the server of that folder and wait until it is gone; None if there was none.

    Raises:
        ServerFailed: It cannot be ended.
    """
    files = Files(folder)
    if not folder.is_dir():
        return None
    with _alone(files):
        if not files.lives():
            return None
        server = _recorded(files)
        for sent in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.kill(server.pid, sent)
            if _gone(files):
                return server
    raise ServerFailed(f"the Prefect server, process {server.pid}, does not end: end it by hand")


@contextmanager
def _alone(files: Files) -> Iterator[None]:
    try:
        with FileLock(files.starting, timeout=HEALTHY_WITHIN_S + GONE_WITHIN_S):
            yield
    except Timeout as error:
        raise ServerFailed(
            f"another process has been starting or stopping the Prefect server of {files.folder} "
            "for long: wait for it, or end it, and try again"
        ) from error


def _spawn(files: Files, environment: Mapping[str, str], port: int) -> None:
    url = f"http://127.0.0.1:{port}"
    home = Path(environment.get("PREFECT_HOME") or files.home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = [sys.executable, "-m", "prefect", "server", "start"]
    with files.log.open("wb") as log, files.lock_of_life() as lock, _undisturbed():
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, and no text of others
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            env=for_server(environment, str(home), url),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # else the Ctrl-C that ends a run ends it too
            pass_fds=[lock],
        )
        files.write(Server(process.pid, url))
    # It is to outlive this process, and nobody here waits for its end.
    process.returncode = 0


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Ctrl-C and its like wait: a process whose id was not written down could not be ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {one: signal.signal(one, lambda number, _: came.append(number)) for one in _ENDINGS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        for number in came:
            signal.raise_signal(number)


def _healthy(files: Files) -> Server:
    server = _recorded(files)
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    why = "it did not answer"
    while time.monotonic() < deadline:
        if not files.lives():
            raise ServerFailed(f"the local Prefect server ended at once; {_told(files)}")
        why = trouble(server.api)
        if not why:
            return server
        time.sleep(LOOK_EVERY_S)
    raise ServerFailed(
        f"the local Prefect server, process {server.pid}, was not ready within "
        f"{HEALTHY_WITHIN_S:.0f} s ({why}): end it with `runbook down`, try again; {_told(files)}"
    )


def _recorded(files: Files) -> Server:
    server = files.read()
    if server is None:
        raise ServerFailed(
            f"a Prefect server holds {files.folder}, but its record is lost: end it by hand "
            f"(`fuser {files.folder}/alive.lock` tells its process)"
        )
    return server


def _told(files: Files) -> str:
    return f"the end of {files.log}:\n{files.last_lines()}"


def _gone(files: Files) -> bool:
    deadline = time.monotonic() + GONE_WITHIN_S
    while files.lives():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_EVERY_S)
    return True


def _free_port(ports: range) -> int:
    for port in ports:
        if _is_free(port):
            return port
    raise ServerFailed(f"ports {ports.start} to {ports.stop - 1} are taken: end what listens there")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # A connection that just ended does not keep a port; whoever listens there does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
