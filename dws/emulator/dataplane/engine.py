"""PostgreSQL as it runs for one emulator: its programs, template, sockets, guardian, servers."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from dws.emulator.data_plane import DataPlaneUnusable
from dws.emulator.dataplane import folders, template
from dws.emulator.dataplane.binaries import Owner, owner, programs
from dws.emulator.dataplane.modes import Mode
from dws.emulator.dataplane.postmaster import Postmaster
from dws.emulator.dataplane.watch import Watch

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made there
"""Files in memory, on Linux. A database takes 27 MB of it; ``TMPDIR`` says to keep off."""
_ROOM_BYTES = 2**30


class Engine:
    """
    Starts servers; its folders and all of them are gone when it is closed, or its process ends.

    Attributes:
        data: A temporary folder for databases of this emulator alone.

    Raises:
        DataPlaneUnusable: PostgreSQL cannot run here.
    """

    def __init__(self) -> None:
        self.owner: Owner = owner()
        self._folder, self.data = _temporary(None), _temporary(_fastest())
        self._watch = Watch(self._folder, self.data)
        try:
            self._programs = programs(self.owner, self._folder / "programs")
            self._sockets = self._own(self._folder / "sockets")
        except BaseException:
            self._watch.close()
            raise

    def template(self) -> Path:
        """The folder of an empty database; made when first asked for, and kept for this user."""
        cached = template.cached()
        if cached and cached.exists():
            return cached
        made = self.data / "template"
        if not made.exists():
            template.make(self._programs, self.owner, self._own(self.data / "making"))
            (self.data / "making").rename(made)
            if cached:
                template.keep(made, cached, self.owner)
        return made

    def serve(self, folder: Path, port: int, mode: Mode) -> Postmaster:
        """
        Start a server on a folder.

        Raises:
            NotStarted: It did not come up.
        """
        return Postmaster(
            self._programs, self.owner, self._watch, self._sockets, folder, port, mode
        )

    def lend(self, root: Path) -> None:
        """
        Make a folder that is to hold databases.

        Raises:
            DataPlaneUnusable: Their owner cannot get there.
        """
        root.mkdir(mode=0o711, parents=True, exist_ok=True)
        root.chmod(0o711)
        closed = [p for p in (root, *root.parents) if self.owner.user and not p.stat().st_mode & 1]
        if closed:
            raise DataPlaneUnusable(
                f"{root}: databases do not run as root, and user {self.owner.user} cannot pass "
                f"{closed[-1]}: chmod o+x {closed[-1]}, or keep the state elsewhere"
            )

    def close(self) -> None:
        """Remove the folders; servers that still run are stopped."""
        self._watch.close()

    def _own(self, folder: Path) -> Path:
        folders.remove(folder)
        folder.mkdir(mode=0o700)
        self.owner.take(folder)
        return folder


def _temporary(place: Path | None) -> Path:
    made = Path(tempfile.mkdtemp(prefix="dws-data-", dir=place)).resolve()
    # Root's, for the owner of the databases to pass through.
    made.chmod(0o711)
    return made


def _fastest() -> Path | None:
    # A database is a thousand files; some disks take a second for that.
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return None
    return _MEMORY if shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES else None
