"""The processes of a demo: started, waited for, and ended by their ids."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ENDS_WITHIN_S = 10.0
READY = "ready "
RUNBOOK = "from runbooks.command import main; main(prog_name='runbook')"


class DemoFailed(Exception):
    """A part of the demo did not work."""


@contextmanager
def emulator(environment: Mapping[str, str], world: Path, speed: int) -> Iterator[str]:
    """
    An emulator of its own, by its URL; ended when left.

    Raises:
        DemoFailed: It did not start.
    """
    command = [sys.executable, "-m", "dws.emulator", "--speed", str(speed), "--world", str(world)]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, and no text of others
        command,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the demo, which then ends this
    )
    try:
        told = process.stdout.readline().strip() if process.stdout else ""
        if not told.startswith(READY):
            raise DemoFailed(f"the emulator did not start: {told or 'it told nothing'}")
        yield told.removeprefix(READY)
    finally:
        _end(process)


def runbook(environment: Mapping[str, str], *arguments: str) -> int:
    """Call the command ``runbook`` on this terminal; answers its exit code."""
    command: Sequence[str] = [sys.executable, "-c", RUNBOOK, *arguments]
    with subprocess.Popen(command, env=environment) as process:  # noqa: S603 - as above
        try:
            return process.wait()
        except BaseException:
            # Ctrl-C reaches it too: it may put down where it stopped.
            _end(process)
            raise


def _end(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
