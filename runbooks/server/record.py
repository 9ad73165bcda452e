"""What is written down of a local server, and how it is known to live."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class Server:
    """A local Prefect server: its process, and the address of its page."""

    pid: int
    url: str

    @property
    def api(self) -> str:
        """The address of its API."""
        return f"{self.url}/api"


@dataclass(frozen=True)
class Files:
    """What lies in the folder of a local server."""

    folder: Path

    @property
    def home(self) -> Path:
        """Where it keeps its data, unless told otherwise."""
        return self.folder / "home"

    @property
    def log(self) -> Path:
        """What it writes."""
        return self.folder / "server.log"

    @property
    def starting(self) -> Path:
        """Locked by whoever starts or stops it."""
        return self.folder / "starting.lock"

    @property
    def _record(self) -> Path:
        return self.folder / "server.json"

    @property
    def _alive(self) -> Path:
        return self.folder / "alive.lock"

    def lives(self) -> bool:
        """
        Whether the server of this folder lives, told by the lock that it holds.

        A process id alone could be that of another process by now; a lock ends with its holder.
        """
        with self._alive.open("ab") as handle:
            return _is_held(handle)

    @contextmanager
    def lock_of_life(self) -> Iterator[int]:
        """The descriptor of the lock, to be handed on to the server; given up by this process."""
        with self._alive.open("ab") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle.fileno()

    def write(self, server: Server) -> None:
        """Write down which process serves where."""
        self._record.write_text(json.dumps(asdict(server)), encoding="utf-8")

    def read(self) -> Server | None:
        """The server that lives; None if none does."""
        if not self.folder.is_dir() or not self.lives():
            return None
        try:
            return Server(**json.loads(self._record.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def last_lines(self, count: int = 15) -> str:
        """The end of what the server wrote."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join([line for line in lines if line.strip()][-count:])


def _is_held(handle: IO[bytes]) -> bool:
    try:
        # Shared, so that two who ask at once do not take each other for the server.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
