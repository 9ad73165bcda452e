"""What ``run`` and ``resume`` show: for people on a terminal or in a pipe, or for machines."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import click

from runbooks.command.deferred import deferred
from runbooks.engine import plan_text
from runbooks.engine.console.mistaken import Told
from runbooks.engine.display import JsonLines, Lines
from runbooks.engine.left import left
from runbooks.engine.plan import Plan
from runbooks.engine.story import Story
from runbooks.engine.watcher import Watcher

_STATUS = {1: "bug", 130: "interrupted"}


class Screen(Protocol):
    """Where a run shows itself, from its plan to its end."""

    def say(self, text: str) -> None:
        """One line on what is going on."""

    def trace(self, error: BaseException) -> None:
        """An error of the program, in full if that was asked for."""

    def planned(self, plan: Plan) -> None:
        """The plan, before the run."""

    def watching(self) -> AbstractContextManager[Watcher]:
        """Whom the run tells what it is at, while it runs."""

    def ended(self, story: Story, report: Path) -> int:
        """How it ended; answers the exit code."""

    def ending_told(self) -> AbstractContextManager[None]:
        """Around all of it: machines are told an end whatever happens."""


class People:
    """Text on stdout; live on a terminal."""

    def __init__(self, *, verbose: bool = False) -> None:
        self._verbose = verbose

    def say(self, text: str) -> None:
        click.echo(text)

    def trace(self, error: BaseException) -> None:
        if self._verbose:
            click.echo("".join(traceback.format_exception(error)), err=True)

    def planned(self, plan: Plan) -> None:
        self.say("\n".join(plan_text.lines(plan)))
        self.say(f"run {plan.order.run_id}")

    @contextmanager
    def watching(self) -> Iterator[Watcher]:
        if not sys.stdout.isatty():
            yield Lines(sys.stdout)
            return
        with deferred("runbooks.engine.terminal:Terminal")() as terminal:
            yield terminal

    def ended(self, story: Story, report: Path) -> int:
        told = story.end.payload["told"] if story.end else ""
        self.say(f"run {story.run_id}: {story.status}" + (f": {told}" if told else ""))
        for line in left(story):
            self.say(f"  {line}")
        self.say(f"report: {report}")
        return exit_code(story)

    @contextmanager
    def ending_told(self) -> Iterator[None]:
        yield


class Served(People):
    """Lines that begin with the id of the run: several runs share a terminal."""

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self._run_id = run_id

    def say(self, text: str) -> None:
        for line in text.splitlines():
            click.echo(f"{self._run_id}: {line}")

    @contextmanager
    def watching(self) -> Iterator[Watcher]:
        yield Lines(sys.stdout, f"{self._run_id}: ")


class Machines:
    """One JSON object per line on stdout; the last says how it ended."""

    def __init__(self, *, verbose: bool = False) -> None:
        self._lines = JsonLines(sys.stdout)
        self._verbose = verbose

    def say(self, text: str) -> None:
        self._lines.tell("said", told=text)

    def trace(self, error: BaseException) -> None:
        if self._verbose:
            click.echo("".join(traceback.format_exception(error)), err=True)

    def planned(self, plan: Plan) -> None:
        self._lines.tell("plan", run_id=plan.order.run_id, **plan_text.told(plan))

    @contextmanager
    def watching(self) -> Iterator[Watcher]:
        yield self._lines

    def ended(self, story: Story, report: Path) -> int:
        if lines := list(left(story)):
            self._lines.tell("left", run_id=story.run_id, told=lines)
        self._end(story.run_id, story.status, exit_code(story), str(report))
        return exit_code(story)

    @contextmanager
    def ending_told(self) -> Iterator[None]:
        try:
            yield
        except Told as error:
            status = _STATUS.get(error.exit_code, "refused")
            self._lines.tell("error", told=list(error.problems))
            self._end(None, status, error.exit_code, None)
            raise

    def _end(self, run_id: str | None, status: str, code: int, report: str | None) -> None:
        self._lines.tell("end", run_id=run_id, status=status, exit_code=code, report=report)


def exit_code(story: Story) -> int:
    """That of the run; of a run without an end that of a bug."""
    return 1 if story.exit_code is None else story.exit_code


def screen(*, as_json: bool, verbose: bool) -> Screen:
    """The screen that was asked for; ``verbose`` also lets Prefect write to stderr."""
    if verbose:
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "INFO")
    return Machines(verbose=verbose) if as_json else People(verbose=verbose)
