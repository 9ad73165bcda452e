"""The commands as processes: killed, interrupted, and what they import."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from click.testing import CliRunner

from runbooks.command import main
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock

HANGS_AFTER_S = 60.0
JOB = ("backup-then-delete", "-p", "cluster=demo")


def process(*arguments: str) -> subprocess.Popen[str]:
    start = "from runbooks.command import main; main(prog_name='runbook')"
    return subprocess.Popen(
        [sys.executable, "-c", start, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_says_what_goes_on_and_how(
    cloud: Cloud, account: str, sent: signal.Signals
) -> None:
    with process("run", *JOB, "--run-id", "one") as running:
        assert running.stdout is not None
        for line in running.stdout:
            if "CREATING" in line:
                break
        os.kill(running.pid, sent)
        hung = threading.Timer(HANGS_AFTER_S, running.kill)
        hung.start()
        told = running.stdout.read()
        hung.cancel()

        assert running.wait() == 130
    assert "run one: interrupted" in told
    assert "still under way in the cloud when last seen: snapshot" in told
    assert (
        "by hand, if it is not gone on with: The cluster is there, or its snapshot is proved"
        in told
    )
    assert "go on with: runbook resume one" in told


def test_a_killed_run_is_gone_on_with(cloud: Cloud, account: str, clock: VirtualClock) -> None:
    with process("run", *JOB, "--run-id", "one") as running:
        assert running.stdout is not None
        for line in running.stdout:
            if "CREATING" in line:
                break
        running.kill()

    result = CliRunner().invoke(main, ["resume", "one"], catch_exceptions=False)

    assert result.exit_code == 0
    assert cloud.changes().count("CreateSnapshot") == 1
    assert cloud.clusters() == {}


@pytest.mark.parametrize(
    "command",
    ["list", "show", "check", "plan", "run", "resume", "runs", "report", "verify", "serve"],
)
def test_help_imports_neither_prefect_nor_pydantic(command: str) -> None:
    script = (
        "import sys; from runbooks.command import main; "
        f"main(['{command}', '--help'], standalone_mode=False); "
        "print(sorted({'prefect', 'pydantic', 'sqlalchemy', 'ruamel'} & set(sys.modules)))"
    )

    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert told.stdout.endswith("[]\n")


@pytest.mark.parametrize("command", ["list", "check"])
def test_the_shelf_is_read_without_prefect(command: str) -> None:
    script = (
        "import sys; from runbooks.command import main; "
        f"main(['{command}'], standalone_mode=False); "
        "print('prefect' in sys.modules)"
    )

    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert told.stdout.endswith("False\n")
