"""Run all benchmarks and print the table: ``python -m tests.benchmarks [NAME...]``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.benchmarks import main_job, noticing, starting
from tests.benchmarks.table import Row, at_least, show
from tests.emulator.load import measure

CLUSTERS = 3000
SECONDS = 5.0


def _serving(folder: Path) -> list[Row]:
    del folder
    figure = measure(CLUSTERS, SECONDS)
    return [at_least(f"ListClusterDetails, {CLUSTERS} clusters", figure, 1000, "requests/s")]


ALL: Mapping[str, tuple[str, Callable[[Path], list[Row]]]] = {
    "starting": ("Start of the commands", starting.rows),
    "main_job": ("The main job, at 60 times the speed of the cloud", main_job.rows),
    "noticing": ("Noticing the end of a task, in seconds of the cloud", noticing.rows),
    "serving": ("The emulator, asked from another process", _serving),
}


def main(wanted: list[str]) -> int:
    """Measure, print, and answer 1 if a goal was missed."""
    missed = 0
    for name in wanted or list(ALL):
        title, rows = ALL[name]
        with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
            found = rows(Path(folder))
        show(title, found)
        missed += sum(not row.is_met for row in found)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
