"""Trials of a scenario: undisturbed, and killed with -9 at one of its requests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from dws.emulator import Emulator, WorldSpec
from tests.cloud import Cloud
from tests.crash.nursery import folder
from tests.crash.portrait import portrait
from tests.crash.scenarios import Scenario

HELD_S = 0.3
"""For how long a request is held; what changes something takes effect then, killed or not."""
PATIENCE_S = 120.0


@dataclass(frozen=True)
class Outcome:
    """
    How a trial ended.

    Attributes:
        code: Exit code of the last run.
        printed: What all its runs printed.
        world: The emulator's world at the end.
        changes: The operations that were accepted, but for those that read.
        requests: How many there were.
        was_killed: Whether the first run came to the request at which it was to be killed.
    """

    code: int
    printed: str
    world: list[str]
    changes: list[str]
    requests: int
    was_killed: bool


class Nursery:
    """A process that forks runs; see `tests.crash.nursery`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Self]:
        """One that lives until it is left."""
        command = [sys.executable, "-m", "tests.crash.nursery"]
        with subprocess.Popen(
            command,
            cwd=folder(),
            env={**os.environ, "PYTHONPATH": str(folder())},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield cls(process)
            finally:
                process.stdin.close()  # type: ignore[union-attr]

    def start(self, arguments: list[str], environment: dict[str, str], printed: Path) -> int:
        """Begin a run; answers its process id."""
        order = {"arguments": arguments, "environment": environment, "printed": str(printed)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._answer()["pid"])

    def ended(self) -> int:
        """The exit code of the run, when it has ended."""
        return int(self._answer()["code"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return dict(json.loads(self._process.stdout.readline()))


def undisturbed(nursery: Nursery, scenario: Scenario) -> Outcome:
    """Run it to its end."""
    return _tried(nursery, scenario, kill_at=None)


def killed(nursery: Nursery, scenario: Scenario, at: int) -> Outcome:
    """
    Kill it with -9 while its request number ``at``, from 0, is held; then run it again.

    The second run begins at once: what the killed one had asked for takes effect meanwhile. How
    many requests there are depends on the machine: one that ended before is killed earlier.
    """
    outcome = _tried(nursery, scenario, kill_at=at)
    if outcome.was_killed or at == 0:
        return outcome
    return killed(nursery, scenario, at * 3 // 4)


def _tried(nursery: Nursery, scenario: Scenario, kill_at: int | None) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="trial-") as name, _cloud(scenario, Path(name)) as made:
        cloud, stop, home = made
        trial = _Trial(nursery, scenario, cloud, home)
        was_killed = kill_at is not None and trial.run_killed(kill_at)
        code = trial.run()
        changes, requests = cloud.changes(), len(cloud.requests())
        stop()
        return Outcome(
            code=code,
            printed=trial.printed.read_text(),
            world=portrait(home / "cloud.db", scenario.varies),
            changes=changes,
            requests=requests,
            was_killed=was_killed,
        )


@contextmanager
def _cloud(scenario: Scenario, home: Path) -> Iterator[tuple[Cloud, Any, Path]]:
    told = WorldSpec.model_validate(scenario.world)
    home.chmod(0o711)  # root's databases run as another user, who must get there
    server = Emulator.serving(
        speed=scenario.speed,
        world=told,
        state=home / "cloud.db",
        data_plane=scenario.data_plane,
    )
    with server:
        cloud = Cloud(server.url)

        def stop() -> None:
            cloud.close()
            server.__exit__()

        yield cloud, stop, home


@dataclass(frozen=True)
class _Trial:
    nursery: Nursery
    scenario: Scenario
    cloud: Cloud
    home: Path

    @property
    def printed(self) -> Path:
        return self.home / "printed"

    def run(self) -> int:
        self._start()
        return self.nursery.ended()

    def run_killed(self, at: int) -> bool:
        self.cloud.fault("delay", None, delay_s=HELD_S, after=at)
        pid = self._start()
        until = time.monotonic() + PATIENCE_S
        while _lives(pid) and not self._is_held():
            assert time.monotonic() < until, f"the run hangs: {self.printed.read_text()}"
            time.sleep(0.005)
        held = _lives(pid) and self._is_held()
        if held:
            os.kill(pid, signal.SIGKILL)
        self.nursery.ended()
        self.cloud.forget_faults()
        return held

    def _start(self) -> int:
        environment = {
            "DWS_ENDPOINT": self.cloud.url,
            "DWS_IAM_ENDPOINT": self.cloud.url,
            "DWS_USERNAME": "testname",
            "DWS_DOMAIN": "testname",
            "DWS_PASSWORD": "Passw0rd",
            "DWS_PROJECT_NAME": "eu-de",
            "RUNBOOK_CLOCK_SPEED": f"{self.scenario.speed:g}",
            "RUNBOOK_JOURNAL": "",
            "XDG_STATE_HOME": str(self.home),
            **self.scenario.environment,
        }
        return self.nursery.start(self.scenario.arguments, environment, self.printed)

    def _is_held(self) -> bool:
        return all(fault["times"] == 0 for fault in self.cloud.faults())


def _lives(pid: int) -> bool:
    """Whether a process has not ended; one that only waits to be asked for its code has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
