"""
Stops databases whose emulator is gone, however it went, and removes its folders.

A process of its own, in a session of its own; it imports nothing of ours. Its standard input is a
pipe that only the emulator can write to: lines "+PID" and "-PID" say which postmasters run, its end
that the emulator is gone.

    python -I -S guardian.py FOLDER...
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time

PATIENCE_S = 5.0


def main() -> None:
    """Wait for the end of the emulator, and clean up after it."""
    running: set[int] = set()
    for line in sys.stdin:
        if line.startswith("+"):
            running.add(int(line[1:]))
        else:
            running.discard(int(line[1:]))
    # At once, without a checkpoint: what is kept recovers by its log.
    for signum in (signal.SIGQUIT, signal.SIGKILL):
        running = {pid for pid in running if _signalled(pid, signum)}
        _wait(running)
    for folder in sys.argv[1:]:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(running: set[int]) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and any(_signalled(pid, 0) for pid in running):
        time.sleep(0.01)


def _signalled(pid: int, signum: int) -> bool:
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main()
