"""Backups of running servers, which nobody notices: PostgreSQL's low-level backup."""

from __future__ import annotations

from dws.emulator.dataplane import folders
from dws.emulator.dataplane.binaries import Owner
from dws.emulator.dataplane.postmaster import Postmaster
from dws.emulator.dataplane.shelf import Shelf

_LOG = "pg_wal"


def take(server: Postmaster, shelf: Shelf, source: str, target: str, owner: Owner) -> None:
    """Back up the data of a running server; they are as at the end of this call."""
    with server.connect("postgres") as connection:
        # Both in one session, which has to last meanwhile.
        connection.execute("SELECT pg_backup_start('backup', fast => true)")
        folder = shelf.copy_running(source, target, without=_LOG)
        ended = connection.execute("SELECT labelfile FROM pg_backup_stop(false)").fetchone()
    label = folder / "backup_label"
    label.write_text(str(ended[0] if ended else ""))
    owner.take(label)
    # Last: it has to hold what was written until the end of the backup.
    folders.copy_content(server.folder / _LOG, folder / _LOG, owner)
