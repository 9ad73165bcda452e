"""How fast the commands start, against a bare interpreter."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from runbooks.engine.shelf import OURS
from tests.benchmarks.process import cost
from tests.benchmarks.table import Row, at_most

ROUNDS = 9
RUNBOOKS = 45
COPIED = "cluster-lifecycle"


def rows(folder: Path) -> list[Row]:
    """``runbook --help``, ``list`` and ``check``, against ``python -I -c pass`` and goals."""
    bare = _median([sys.executable, "-I", "-c", "pass"])
    runbook = [sys.executable, "-m", "runbooks.command"]
    usage = _median([*runbook, "--help"])
    check = _median([*runbook, "check"])
    shelf = _copies(folder)
    listed, checked = _median([*runbook, "list"], shelf), _median([*runbook, "check"], shelf)
    return [
        Row("python -I -c pass", f"{bare * 1000:.0f} ms"),
        Row("runbook --help", f"{usage * 1000:.0f} ms"),
        at_most("runbook --help against it", usage / bare, 12),
        Row("runbook check", f"{check * 1000:.0f} ms"),
        at_most("runbook check against it", check / bare, 80),
        at_most(f"runbook list, {RUNBOOKS} runbooks more", listed, 0.5, "s"),
        at_most(f"runbook check, {RUNBOOKS} runbooks more", checked, 2, "s"),
    ]


def _copies(folder: Path) -> dict[str, str]:
    """An environment with a shelf of as many runbooks as a year of work has."""
    text = (OURS / f"{COPIED}.yaml").read_text(encoding="utf-8")
    for number in range(RUNBOOKS):
        name = f"copy-{number}"
        copy = text.replace(f"name: {COPIED}", f"name: {name}")
        (folder / f"{name}.yaml").write_text(copy, encoding="utf-8")
    return {**os.environ, "RUNBOOK_SHELF": str(folder)}


def _median(command: list[str], environment: Mapping[str, str] | None = None) -> float:
    return sorted(cost(command, environment).wall_s for _ in range(ROUNDS))[ROUNDS // 2]
