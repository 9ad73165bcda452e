"""
Kills every procedure with -9 at random requests, and looks whether a second run finishes it.

    python -m tests.crash [--times 10] [--seed 1] [FLOW ...]

Prints a line for each; exits with 1 if one ended in another world than an undisturbed run.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click

from runbooks.server import start, stop
from tests import prefect_server as prefect
from tests.crash.scenarios import Scenario, scenarios
from tests.crash.trial import Nursery, Outcome, killed, undisturbed


def main() -> int:
    """Sweep, print, and answer the exit code."""
    told = _arguments()
    with _prefect(), Nursery.open() as nursery:
        names = told.flows or list(scenarios())
        sound = [_swept(nursery, name, told.times, told.seed) for name in names]
    return 0 if all(sound) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("flows", nargs="*", metavar="FLOW", help="all if none is told")
    parser.add_argument("--times", type=int, default=10, help="how often each is killed")
    parser.add_argument("--seed", default="1", help="of the random requests")
    return parser.parse_args()


@contextmanager
def _prefect() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="crash-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        os.environ.update(prefect.settings(home))
        url = prefect.database(home, home)
        port = urlsplit(os.environ["PREFECT_API_URL"]).port or 0
        settings = {**os.environ, "PREFECT_SERVER_DATABASE_CONNECTION_URL": url}
        try:
            start(home / "server", settings, ports=range(port, port + 1))
            yield
        finally:
            stop(home / "server")


def _swept(nursery: Nursery, name: str, times: int, seed: str) -> bool:
    began = time.monotonic()
    scenario = scenarios()[name]
    whole = undisturbed(nursery, scenario)
    if whole.code != scenario.exit_code:
        click.echo(f"{name}: undisturbed it ends with {whole.code}\n{whole.printed}")
        return False
    chance = random.Random(f"{seed} {name}")
    moments = sorted(chance.sample(range(whole.requests), min(times, whole.requests)))
    outcomes = {at: killed(nursery, scenario, at) for at in moments}
    wrong = [at for at, outcome in outcomes.items() if not _alike(scenario, outcome, whole)]
    click.echo(
        f"{name:34} {whole.requests:4} requests; killed at {' '.join(map(str, moments))}: "
        f"{len(outcomes) - len(wrong)} of {len(outcomes)} ended alike; "
        f"{time.monotonic() - began:.1f} s",
    )
    for at in wrong:
        _tell(at, outcomes[at], whole)
    return not wrong


def _alike(scenario: Scenario, outcome: Outcome, whole: Outcome) -> bool:
    ended = outcome.was_killed and outcome.code == scenario.exit_code
    return ended and outcome.world == whole.world


def _tell(at: int, outcome: Outcome, whole: Outcome) -> None:
    click.echo(f"    at request {at}: exit code {outcome.code}, killed: {outcome.was_killed}")
    for line in sorted(set(outcome.world) - set(whole.world)):
        click.echo(f"        only there:        {line}")
    for line in sorted(set(whole.world) - set(outcome.world)):
        click.echo(f"        only undisturbed:  {line}")
    click.echo(outcome.printed)


if __name__ == "__main__":
    sys.exit(main())
