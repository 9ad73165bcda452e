"""The command's own help, and what it takes to show it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from runbooks.command import COMMANDS

PROBE = """
import sys
from runbooks.command import main
try:
    main(sys.argv[1:], prog_name="runbook")
except SystemExit:
    print(sorted({"prefect", "pydantic", "sqlalchemy", "httpx", "rich"} & set(sys.modules)))
"""


def told(*arguments: str) -> str:
    command = [sys.executable, "-c", PROBE, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("command", [[], ["call"], ["doctor"], ["up"], ["down"], ["demo"]])
def test_help_imports_nothing_heavy(command) -> None:
    lines = told(*command, "--help").splitlines()

    assert lines[0].startswith(f"Usage: runbook {' '.join(command)}".strip())
    assert lines[-1] == "[]"


def test_help_lists_every_command() -> None:
    shown = told("--help")

    assert [name for name in COMMANDS if f"  {name} " not in shown] == []


def test_an_interrupted_command_ends_with_130(runbook, monkeypatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("runbooks.calling.find.listed", interrupted)

    assert runbook("call", "--list").exit_code == 130
