"""A run of the main job in a process of its own, killed while one of its requests is held."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.cloud import Cloud

HELD_S = 2.0
"""For how long a request is held; what changes something takes effect then, killed or not."""
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it printed."""

    code: int
    printed: str


def run(run_id: str, *arguments: str) -> Ended:
    """Run the main job to its end."""
    with _started(run_id, *arguments) as process:
        printed = process.communicate(timeout=PATIENCE_S)[0]
    return Ended(process.returncode, printed)


def run_killed(cloud: Cloud, run_id: str, operation: str | None, after: int = 0) -> bool:
    """
    Run it and kill it with -9 while a request is held; whether there was such a request.

    Args:
        operation: Which request is held; any if None.
        after: How many of them are let pass before.
    """
    cloud.fault("delay", operation, delay_s=HELD_S, after=after)
    with _started(run_id) as process:
        until = time.monotonic() + PATIENCE_S
        while process.poll() is None and not _is_held(cloud):
            assert time.monotonic() < until, "the run hangs"
        held = process.poll() is None
        if held:
            process.send_signal(signal.SIGKILL)
        process.communicate()
    cloud.forget_faults()
    return held


def _is_held(cloud: Cloud) -> bool:
    return all(fault["times"] == 0 for fault in cloud.faults())


def _started(run_id: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "runbooks.command", "run", "backup-then-delete"]
    command += ["-p", "cluster=demo", "--run-id", run_id, *arguments]
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        command,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
