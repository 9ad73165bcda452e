"""A child process, measured from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds of the wall and of the processor, megabytes at its peak."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def cost(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """
    Run a command to its end.

    Raises:
        RuntimeError: It failed; the message is what it printed.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        env=None if environment is None else dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    printed = process.stdout.read() if process.stdout else b""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.stdout:
        process.stdout.close()
    wall = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}:\n{printed.decode()}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


@contextmanager
def emulator(folder: Path, world: str, speed: float) -> Iterator[str]:
    """The address of an emulator in a process of its own."""
    file = folder / "world.yaml"
    file.write_text(world)
    command = [sys.executable, "-m", "dws.emulator", "--port", "0"]
    command += ["--speed", f"{speed:g}", "--world", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        ready = process.stdout.readline() if process.stdout else ""
        yield ready.split()[1]
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()
