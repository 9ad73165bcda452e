"""What ``runbook list``, ``show`` and ``check`` do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import click

from runbooks.command.deferred import deferred
from runbooks.engine.console.mistaken import BAD_INPUT, plainly
from runbooks.engine.kinds import example
from runbooks.engine.load import document_of, formed
from runbooks.engine.model import Parameter, Runbook
from runbooks.engine.shelf import Shelved, files, found, shelf


def list_runbooks(*, as_json: bool) -> int:
    """Print the shelf; answers the exit code."""
    with plainly():
        shelved = list(shelf())
    if as_json:
        click.echo(json.dumps([_entry(one) for one in shelved], ensure_ascii=False))
        return 0
    width = max((len(one.name) for one in shelved), default=0)
    for one in shelved:
        click.echo(f"{one.name:{width}}  {_line(one)}")
    return 0


def show_runbook(name: str) -> int:
    """Print one runbook; answers the exit code."""
    with plainly():
        loaded = formed(document_of(found(name)))
    clock_told = deferred("runbooks.engine.triggers:lines")(loaded.runbook)
    pictured = deferred("runbooks.engine.picture:steps")(loaded.runbook)
    click.echo("\n".join([*_about(loaded.runbook), *clock_told, *pictured]))
    click.echo(f"\nfile      {loaded.document.file}")
    return 0


def check_files(names: Sequence[str]) -> int:
    """Print every mistake of the files, of the shelf if none is told; answers the exit code."""
    with plainly():
        paths = [found(name) for name in names] or list(files().values())
    mistakes_of = deferred("runbooks.engine.check:mistakes_of")
    mistakes = [mistake for path in paths for mistake in mistakes_of(path)]
    for mistake in mistakes:
        click.echo(str(mistake))
    if mistakes:
        click.echo(f"{len(mistakes)} mistakes", err=True)
        return BAD_INPUT
    click.echo(f"{len(paths)} sound", err=True)
    return 0


def _entry(shelved: Shelved) -> dict[str, object]:
    told: dict[str, object] = {"name": shelved.name, "file": str(shelved.file)}
    if shelved.loaded is None:
        return {**told, "mistakes": list(map(str, shelved.mistakes))}
    runbook = shelved.loaded.runbook
    metadata = runbook.metadata.model_dump(include={"version", "title", "owner"})
    return {**told, **metadata, "risk": runbook.risk}


def _line(shelved: Shelved) -> str:
    if shelved.loaded is None:
        return f"has mistakes: runbook check {shelved.name}"
    runbook = shelved.loaded.runbook
    return f"{runbook.metadata.version:8} {runbook.risk:11} {runbook.metadata.title}"


def _about(runbook: Runbook) -> Iterator[str]:
    metadata = runbook.metadata
    yield f"{metadata.name} {metadata.version}: {metadata.title}"
    yield ""
    yield f"owner     {metadata.owner}"
    yield f"risk      {runbook.risk}"
    if runbook.policy and runbook.policy.on_failure:
        yield f"failure   {runbook.policy.on_failure}: leave all as it is, and tell what is left"
    if runbook.policy and (window := runbook.policy.window):
        yield f"window    {window}"
    yield ""
    yield "parameters"
    for name, parameter in runbook.params.items():
        yield f"  {name}  {_type(parameter)}  {parameter.title}".rstrip()
        yield f"      {example(parameter, name)}"
    told = " ".join(f"-p {name}=..." for name, one in runbook.params.items() if one.must_be_told)
    yield ""
    yield f"run it    runbook run {metadata.name} {told}".rstrip()
    yield ""


def _type(parameter: Parameter) -> str:
    limits = [
        ", ".join(parameter.values),
        f"like {parameter.pattern}" if parameter.pattern else "",
        f"at least {parameter.minimum}" if parameter.minimum is not None else "",
        f"at most {parameter.maximum}" if parameter.maximum is not None else "",
        "must be told" if parameter.must_be_told else f"default {_default(parameter.default)}",
    ]
    return f"({'; '.join(filter(None, [parameter.type, *limits]))})"


def _default(value: object) -> str:
    if value is None or value in ([], {}):
        return "none"
    return json.dumps(value, ensure_ascii=False)
