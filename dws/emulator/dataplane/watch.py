"""The emulator's side of the guardian."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from dws.emulator.dataplane import guardian


class Watch:
    """Sees that nothing is left of an emulator's databases, even if it is killed."""

    def __init__(self, *folders: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and file
            # Isolated, without site: it starts in milliseconds, whatever is installed.
            [sys.executable, "-I", "-S", guardian.__file__, *folders],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def began(self, pid: int) -> None:
        """Say that a postmaster runs."""
        self._say(f"+{pid}\n")

    def ended(self, pid: int) -> None:
        """Say that it runs no more."""
        self._say(f"-{pid}\n")

    def close(self) -> None:
        """Let it clean up; waits until it has."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def _say(self, line: str) -> None:
        if self._process.stdin:
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()
