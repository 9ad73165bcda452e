"""``runbook demo``: what it shows, what it leaves, and what it never looks at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from runbooks.demo.processes import RUNBOOK
from runbooks.server import running
from tests import prefect_server as prefect

DEMO = [sys.executable, "-c", RUNBOOK, "demo"]
REAL = {
    "DWS_ENDPOINT": "https://dws.nowhere.invalid",
    "DWS_PASSWORD": "geheim",
    "PREFECT_API_URL": "http://prefect.nowhere.invalid/api",
    "RUNBOOK_JOURNAL": "postgresql://nowhere.invalid/journal",
    "RUNBOOK_CLOCK_SPEED": "7",
}


@pytest.fixture
def folder(request, state) -> Path:
    """The folder of the demo, with the database of its Prefect server made."""
    folder = state / "demo" / "dws-runbook" / "prefect"
    (folder / "home").mkdir(parents=True)
    prefect.database(request.config.cache.mkdir("prefect"), folder / "home")
    return folder


def left_over(folder: Path) -> list[int]:
    """Processes that a demo in that folder started."""
    named = [process.info for process in psutil.process_iter(["pid", "cmdline"])]
    told = str(folder.parent.parent)
    return [one["pid"] for one in named if any(told in word for word in one["cmdline"] or [])]


@pytest.mark.slow
def test_the_main_job_runs_on_an_emulator_whatever_is_set(folder) -> None:
    ended = subprocess.run(
        DEMO, env={**os.environ, **REAL}, capture_output=True, text=True, timeout=120, check=False
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "cluster demo (deleted): gone" in ended.stdout
    assert "snapshot last-month (manual): there" in ended.stdout
    assert "snapshot last-night (automated): gone" in ended.stdout
    assert Path(ended.stdout.splitlines()[-1].strip()).is_file()
    assert "geheim" not in ended.stdout
    assert (running(folder), left_over(folder)) == (None, [])


def test_ctrl_c_ends_what_was_started(folder) -> None:
    with subprocess.Popen(
        DEMO, env={**os.environ, **REAL}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        assert any("http://" in line for line in demo.stdout)

        demo.send_signal(signal.SIGINT)
        _, told = demo.communicate(timeout=60)

    assert (demo.returncode, told) == (130, "interrupted\n")
    assert (running(folder), left_over(folder)) == (None, [])
