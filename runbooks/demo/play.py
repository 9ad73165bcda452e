"""The acts of the demo."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from filelock import FileLock, Timeout

from runbooks.demo.outcome import outcome
from runbooks.demo.processes import DemoFailed, emulator, runbook
from runbooks.demo.surroundings import SPEED, WORLD, bare, with_account
from runbooks.engine.console.mistaken import BAD_INPUT, Told
from runbooks.server import ServerFailed, start, stop
from runbooks.server.use import server_folder
from tasks.places import state_folder

FAILED = 5
JOB = ("backup-then-delete", "-p", "cluster=demo")


def demo() -> int:
    """Play it; answers the exit code of the run."""
    folder = state_folder() / "demo"
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    with _alone(folder):
        try:
            return _play(folder)
        except (DemoFailed, ServerFailed) as error:
            raise Told([str(error)], FAILED) from None


def _interrupt(*_: object) -> None:
    # As Ctrl-C, so that what was started is ended.
    raise KeyboardInterrupt


def _play(folder: Path) -> int:
    environment = bare(os.environ, folder)
    world = folder / "world.yaml"
    world.write_text(WORLD, encoding="utf-8")
    _say(f"An emulated GaussDB(DWS), {SPEED} times as fast as real: a cluster and two snapshots")
    with emulator(environment, world, SPEED) as url:
        click.echo(f"  {url}")
        _say("A Prefect server for this demo alone; its first start makes a database")
        with _prefect(environment) as page:
            click.echo(f"  {page}")
            return _acts(with_account(environment, url), url)


def _acts(environment: Mapping[str, str], url: str) -> int:
    _say(f"What the run would do: runbook plan {' '.join(JOB)}")
    if code := runbook(environment, "plan", *JOB):
        return code
    _say(f"The run: runbook run {' '.join(JOB)}")
    run_id = f"demo-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    code = runbook(environment, "run", *JOB, "--run-id", run_id)
    _say("What the emulator says remains")
    click.echo("\n".join(outcome(url)))
    _say("The report")
    click.echo(f"  {state_folder(environment) / 'reports' / run_id}.md")
    return code


@contextmanager
def _prefect(environment: Mapping[str, str]) -> Iterator[str]:
    folder = server_folder(environment)
    try:
        yield start(folder, environment).url
    finally:
        stop(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        with FileLock(folder / "demo.lock", timeout=0):
            yield
    except Timeout:
        told = f"another demo runs, in {folder}: wait for its end, or end it"
        raise Told([told], BAD_INPUT) from None


def _say(what: str) -> None:
    width = min(shutil.get_terminal_size().columns, 100)
    click.secho(f"\n{what}", bold=True)
    click.echo("-" * min(len(what), width))
