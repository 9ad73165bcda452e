"""The folder that every database begins as a copy of: made once by initdb."""

from __future__ import annotations

import hashlib
import os
import secrets
import subprocess
from importlib.metadata import version
from pathlib import Path

from dws.emulator.data_plane import DataPlaneUnusable
from dws.emulator.dataplane import folders
from dws.emulator.dataplane.binaries import PACKAGE, Owner

SUPERUSER = "Ruby"
"""As the service calls its own (samples of reference 5.15)."""
_SETTINGS = """
listen_addresses = '127.0.0.1'
max_connections = 40
shared_buffers = 16MB
# The kernel keeps what a killed process wrote; that is lost with the machine only.
fsync = off
# A backup takes the log since its beginning: no checkpoint may drop it meanwhile.
max_wal_size = 1GB
min_wal_size = 2MB
checkpoint_timeout = 1h
wal_init_zero = off
wal_recycle = off
max_wal_senders = 0
max_worker_processes = 2
max_parallel_workers = 0
autovacuum = off
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
dynamic_shared_memory_type = mmap
# Statements may hold passwords.
log_min_error_statement = panic
log_checkpoints = off
"""


def make(programs: Path, owner: Owner, folder: Path) -> None:
    """
    Make the template, with the two databases of the service: ``gaussdb`` and ``postgres``.

    Raises:
        DataPlaneUnusable: initdb or the first start failed; with what it said.
    """
    arguments = ["--no-locale", "--encoding=UTF8", "--wal-segsize=1", "--no-sync", "--auth=trust"]
    _run(owner, [programs / "initdb", "-D", folder, "-U", SUPERUSER, *arguments])
    with (folder / "postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS)
    create = "CREATE DATABASE gaussdb STRATEGY file_copy\n"
    _run(owner, [programs / "postgres", "--single", "-D", folder, "postgres"], create)


def cached() -> Path | None:
    """Where this user's template is kept; another PostgreSQL has another. None: nowhere."""
    told, home = os.environ.get("XDG_CACHE_HOME"), os.environ.get("HOME")
    if not told and not home:
        return None
    folder = Path(told) if told else Path(home or "") / ".cache"
    recipe = f"{version(PACKAGE)}{_SETTINGS}{os.geteuid()}"
    return folder / "dws-runbook" / f"postgres-{hashlib.sha256(recipe.encode()).hexdigest()[:16]}"


def keep(made: Path, cached: Path, owner: Owner) -> None:
    """Keep a template for other emulators of this user; nothing is lost if that cannot be."""
    part = cached.with_name(f"{cached.name}-{secrets.token_hex(4)}")
    try:
        folders.copy(made, part, owner)
        part.rename(cached)
    except OSError:
        # Another emulator was first, or there is no place to keep things.
        folders.remove(part)


def _run(owner: Owner, command: list[str | Path], said: str = "") -> None:
    ended = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        command,
        input=said,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **owner.run_as,
    )
    if ended.returncode != 0 or "ERROR" in ended.stderr:
        raise DataPlaneUnusable(f"{command[0]} failed: {ended.stderr.strip()[-500:]}")
