"""What ``runbook serve`` does."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from filelock import FileLock, Timeout

from runbooks.command.deferred import deferred
from runbooks.engine.check import sound
from runbooks.engine.console.mistaken import REFUSED, Told
from runbooks.engine.console.refused import nothing_done
from runbooks.engine.document import Document
from runbooks.engine.fit import fitting
from runbooks.engine.load import Loaded, document_of
from runbooks.engine.mistakes import BadInput, Unsound, near
from runbooks.engine.model import Trigger
from runbooks.engine.parameters import Given, Typed, resolved, told
from runbooks.engine.shelf import found, shelf
from runbooks.engine.triggers import told as told_by
from runbooks.engine.triggers import upcoming
from runbooks.engine.walk import LEFT
from runbooks.server import ServerFailed, use_prefect
from tasks.places import state_folder


@dataclass(frozen=True)
class Serving:
    """
    One trigger that is served.

    Attributes:
        runbook: As `runbook run` takes it: a name of the shelf, or a file.
        name: Of the runbook.
        number: Of the trigger, from 1.
        params: What the trigger and whoever serves it tell, as YAML values.
    """

    runbook: str
    name: str
    number: int
    trigger: Trigger
    params: Mapping[str, Any]


def serve(names: Sequence[str], file: str | None, *, account: str, limit: int) -> int:
    """Serve triggers until Ctrl-C; answers the exit code."""
    with nothing_done():
        served = servings(names, file)
    with nothing_done(), _alone(served):
        use_prefect(click.echo)
        keep = deferred("runbooks.engine.served:kept")
        try:
            keep(served, account=account, limit=limit, ready=lambda: _tell(served))
        except ServerFailed as error:
            raise Told([f"no more is served: {error}"], LEFT) from None
    click.echo("stopped: nothing starts by itself any more")
    return 0


def servings(names: Sequence[str], file: str | None) -> list[Serving]:
    """
    The triggers of the runbooks of these names; of the whole shelf if there is none.

    Raises:
        Unsound: Runbooks have mistakes; all are told.
        BadInput: One has no trigger, or its parameters are not complete, or do not fit.
    """
    runbooks = _named(names) if names else _with_triggers()
    given = _given(file, runbooks, by_name=len(names) != 1)
    problems: list[str] = []
    served = [
        serving
        for told_name, loaded in runbooks.items()
        for serving in _of_runbook(told_name, loaded, given, problems)
    ]
    if problems:
        raise BadInput(problems)
    return served


def _named(names: Sequence[str]) -> dict[str, Loaded]:
    runbooks = {name: sound(document_of(found(name))) for name in names}
    if idle := [name for name, loaded in runbooks.items() if not loaded.runbook.triggers]:
        raise BadInput([f"{name} has no triggers: add some, or run it yourself" for name in idle])
    return {_lasting(name): loaded for name, loaded in runbooks.items()}


def _lasting(name: str) -> str:
    """A name or a file that is the same wherever a run of it begins."""
    return str(Path(name).resolve()) if Path(name).suffix else name


def _with_triggers() -> dict[str, Loaded]:
    mistakes, runbooks = [], {}
    for one in shelf():
        if one.loaded is None or one.loaded.runbook.triggers:
            try:
                runbooks[one.name] = sound(document_of(one.file))
            except Unsound as error:
                mistakes += error.mistakes
    if mistakes:
        raise Unsound(mistakes)
    if not runbooks:
        raise BadInput(["no runbook of the shelf has triggers"])
    return runbooks


def _given(
    file: str | None, runbooks: Mapping[str, Loaded], *, by_name: bool
) -> Mapping[str, Mapping[str, Given]]:
    """What the file tells each runbook, by the runbook's name."""
    if file is None:
        return {}
    if not by_name:
        return {loaded.runbook.metadata.name: told([], file) for loaded in runbooks.values()}
    return _by_name(
        document_of(Path(file)), [one.runbook.metadata.name for one in runbooks.values()]
    )


def _by_name(document: Document, known: Sequence[str]) -> Mapping[str, Mapping[str, Given]]:
    data = document.data if isinstance(document.data, dict) else {}
    problems = [
        f"{document.file}:{document.line((name,))}: {name} is not served{near(name, known)}"
        for name in data
        if name not in known
    ]
    if problems or not all(isinstance(value, dict) for value in data.values()) or not data:
        raise BadInput(
            problems or [f"--params {document.file}: write it as `runbook: {{name: value}}`"]
        )
    return {
        runbook: {
            name: Typed(value, f"{document.file}:{document.line((runbook, name))}")
            for name, value in values.items()
        }
        for runbook, values in data.items()
    }


def _of_runbook(
    told_name: str,
    loaded: Loaded,
    given: Mapping[str, Mapping[str, Given]],
    problems: list[str],
) -> Iterator[Serving]:
    name = loaded.runbook.metadata.name
    for number, trigger in enumerate(loaded.runbook.triggers, start=1):
        known = {**given.get(name, {}), **told_by(trigger, number)}
        try:
            params = resolved(loaded.runbook, known)
            fitting(loaded.runbook, params, {"id": "r", "account": "", "mode": "live"})
        except BadInput as error:
            problems += [f"{name}, trigger {number}: {one}" for one in error.problems]
            continue
        yield Serving(told_name, name, number, trigger, {key: params[key] for key in known})


@contextmanager
def _alone(served: Sequence[Serving]) -> Iterator[None]:
    """No second process of this user serves the same runbook."""
    folder = state_folder() / "serving"
    folder.mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as stack:
        for name in sorted({one.name for one in served}):
            try:
                stack.enter_context(FileLock(folder / f"{name}.lock", timeout=0))
            except Timeout:
                raise Told([f"{name} is served by another process"], REFUSED) from None
        yield


def _tell(served: Sequence[Serving]) -> None:
    for one in served:
        due = ", ".join(upcoming(one.trigger, 1)) or "never"
        click.echo(f"{one.name}  {one.trigger.schedule}  {one.trigger.timezone}  next {due}")
    click.echo(f"serving {len(served)} triggers, process {os.getpid()}; end it with Ctrl-C")
