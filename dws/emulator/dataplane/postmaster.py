"""One running PostgreSQL server."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from dws.emulator.data_plane import DataPlaneUnusable
from dws.emulator.dataplane.binaries import Owner
from dws.emulator.dataplane.folders import LOG
from dws.emulator.dataplane.modes import Mode
from dws.emulator.dataplane.template import SUPERUSER
from dws.emulator.dataplane.watch import Watch

HOST = "127.0.0.1"
_STANDBY = "standby.signal"
_PID_FILE = "postmaster.pid"
_STATUS_LINE = 7
"""Where the pid file tells the status, counted from 0 (PostgreSQL: miscadmin.h)."""
_START_S = 20.0
_STOP_S = 10.0
_POLL_S = 0.005


_MODE = "dws.mode"
"""A setting of ours, which says when a server has read its settings again."""
_CHANGEABLE = {Mode.CLOSED, Mode.OPEN, Mode.READ_ONLY}
Connection = psycopg.Connection[tuple[object, ...]]


class NotStarted(Exception):
    """A server did not come up; the message is what it said last."""


class Postmaster:
    """
    A server on the folder of a database.

    Attributes:
        port: Where it listens.
        mode: What one can do to it; CLOSED: nobody but us is let in.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a server is started with
        self,
        programs: Path,
        owner: Owner,
        watch: Watch,
        sockets: Path,
        folder: Path,
        port: int,
        mode: Mode,
    ) -> None:
        self.port, self.folder, self.mode = port, folder, mode
        self._sockets, self._watch = sockets, watch
        _evict(folder)
        _mark(folder, owner, is_standby=mode is Mode.STANDBY)
        _configure(folder, mode)
        with (folder / LOG).open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
                [programs / "postgres", "-D", folder, "-p", str(port), "-k", sockets],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                # Ctrl-C on a terminal is for the emulator, which stops it.
                start_new_session=True,
                **owner.run_as,
            )
        watch.began(self._process.pid)
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop(at_once=True)
            raise

    @property
    def runs(self) -> bool:
        """Whether it still runs; it may have died."""
        return self._process.poll() is None

    def execute(self, database: str, statement: str, *, role: str = "") -> None:
        """Run SQL as superuser, or as a role."""
        with self.connect(database) as connection:
            if role:
                told = psycopg.sql.SQL("SET SESSION AUTHORIZATION {}")
                connection.execute(told.format(psycopg.sql.Identifier(role)))
            connection.execute(statement.encode())

    def connect(self, database: str) -> Connection:
        """Connect as superuser; each statement commits by itself."""
        return psycopg.connect(
            host=str(self._sockets),
            port=self.port,
            user=SUPERUSER,
            dbname=database,
            options="-c default_transaction_read_only=off",
            autocommit=True,
        )

    def can_become(self, mode: Mode) -> bool:
        """Whether it can go on, and `become` another mode, without another start."""
        is_easy = {mode, self.mode} <= _CHANGEABLE and mode is not Mode.CLOSED
        return self.runs and (mode is self.mode or is_easy)

    def become(self, mode: Mode) -> None:
        """Become another mode; open sessions are cut."""
        _configure(self.folder, mode)
        self._process.send_signal(signal.SIGHUP)
        until = time.monotonic() + _START_S
        while self._told_mode() != mode.value and time.monotonic() < until:
            time.sleep(_POLL_S)
        self._cut()
        self.mode = mode

    def _told_mode(self) -> str:
        # A session knows what its server had read when it began.
        with self.connect("postgres") as connection:
            (told,) = connection.execute(f"SHOW {_MODE}".encode()).fetchone() or ("",)
        return str(told)

    def _cut(self) -> None:
        with self.connect("postgres") as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )

    def stop(self, *, at_once: bool = False) -> None:
        """Stop it, and wait until it is gone; at once: its next start recovers by the log."""
        self.begin_to_stop(at_once=at_once)
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._watch.ended(self._process.pid)

    def begin_to_stop(self, *, at_once: bool = False) -> None:
        """Tell it to stop."""
        if self.runs:
            self._process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + _START_S
        while time.monotonic() < until:
            if not self.runs:
                break
            if _status(self.folder) == "ready":
                return
            time.sleep(_POLL_S)
        raise NotStarted(_last_words(self.folder))


def _mark(folder: Path, owner: Owner, *, is_standby: bool) -> None:
    signal_file = folder / _STANDBY
    if is_standby:
        signal_file.touch()
        owner.take(signal_file)
    else:
        signal_file.unlink(missing_ok=True)


def _configure(folder: Path, mode: Mode) -> None:
    # Whole, as a backup may bring along what held for its source. The first file is ours alone:
    # an administrator is no superuser, who could ALTER SYSTEM.
    is_read_only = "on" if mode is Mode.READ_ONLY else "off"
    told = f"default_transaction_read_only = {is_read_only}\n{_MODE} = '{mode.value}'\n"
    (folder / "postgresql.auto.conf").write_text(told)
    method = "reject" if mode is Mode.CLOSED else "scram-sha-256"
    access = (
        f"local all {SUPERUSER} trust\nhost all {SUPERUSER} all reject\nhost all all all {method}\n"
    )
    (folder / "pg_hba.conf").write_text(access)


def _status(folder: Path) -> str:
    lines = _pid_file(folder)
    return lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""


def _pid_file(folder: Path) -> list[str]:
    try:
        return (folder / _PID_FILE).read_text().splitlines()
    except OSError:
        return []


def _evict(folder: Path) -> None:
    # A server that outlived its emulator, or is being stopped by a guardian right now.
    lines = _pid_file(folder)
    pid = int(lines[0]) if lines else 0
    until = time.monotonic() + _STOP_S
    while pid and _is_of(pid, folder):
        if time.monotonic() > until:
            raise DataPlaneUnusable(f"process {pid} holds {folder} and does not end: end it")
        os.kill(pid, signal.SIGQUIT)
        time.sleep(_POLL_S)
    (folder / _PID_FILE).unlink(missing_ok=True)


def _is_of(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    except OSError:
        return False


def _last_words(folder: Path) -> str:
    try:
        return (folder / LOG).read_text(errors="replace").strip()[-800:]
    except OSError:
        return "it said nothing"
