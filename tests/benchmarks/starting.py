"""How fast the commands start, against a bare interpreter."""

from __future__ import annotations

import sys

from tests.benchmarks.process import cost
from tests.benchmarks.table import Row, at_most

ROUNDS = 9


def rows() -> list[Row]:
    """``runbook --help`` and ``runbook check`` against ``python -I -c pass``."""
    bare = _median([sys.executable, "-I", "-c", "pass"])
    runbook = [sys.executable, "-m", "runbooks.command"]
    usage = _median([*runbook, "--help"])
    check = _median([*runbook, "check"])
    return [
        Row("python -I -c pass", f"{bare * 1000:.0f} ms"),
        Row("runbook --help", f"{usage * 1000:.0f} ms"),
        at_most("runbook --help against it", usage / bare, 12),
        Row("runbook check", f"{check * 1000:.0f} ms"),
        at_most("runbook check against it", check / bare, 80),
    ]


def _median(command: list[str]) -> float:
    return sorted(cost(command).wall_s for _ in range(ROUNDS))[ROUNDS // 2]
