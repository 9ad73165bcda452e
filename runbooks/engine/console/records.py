"""What ``runbook runs``, ``report`` and ``verify`` do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click

from runbooks.engine.console.mistaken import Told
from runbooks.engine.console.refused import nothing_done
from runbooks.engine.journal import Journal, Record
from runbooks.engine.mistakes import BadInput, near
from runbooks.engine.report import as_json as report_as_json
from runbooks.engine.report import file_of, lasted, markdown
from runbooks.engine.story import Story
from tasks.store import database

FINDINGS = 5
_HEAD = re.compile(r"head of the chain, record (\d+): `([0-9a-f]{64})`")


def list_runs(*, as_json: bool) -> int:
    """Print the runs; answers the exit code."""
    with nothing_done():
        pairs = Journal(database()).runs()
    told = [_entry(first, last) for first, last in pairs]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return 0
    for run in told:
        line = f"{run['run_id']:44}  {run['status']:11}  {run['begun'][:19]}  {run['took']:>8}"
        click.echo(f"{line}  {run['runbook']} {run['version']}")
    return 0


def report(run_id: str, *, form: str, out: str | None) -> int:
    """Print the report of a run, or write it to a file; answers the exit code."""
    with nothing_done():
        story = story_of(run_id)
    text = report_as_json(story) + "\n" if form == "json" else markdown(story)
    if out is None:
        click.echo(text, nl=False)
        return 0
    try:
        Path(out).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Told([f"--out {out}: {error.strerror}"], 2) from None
    click.echo(out)
    return 0


def verify(run_id: str) -> int:
    """Prove the chain of a run, or print what does not hold; answers the exit code."""
    with nothing_done():
        story = story_of(run_id)
        findings = [*Journal(database()).verify(run_id), *_against_report(story)]
    for finding in findings:
        click.echo(f"run {run_id}: {finding}")
    if findings:
        return FINDINGS
    head = story.records[-1]
    click.echo(f"run {run_id}: {len(story.records)} records, the chain holds; head {head.hash}")
    return 0


def story_of(run_id: str) -> Story:
    """
    What the journal says of a run.

    Raises:
        BadInput: There is no such run.
    """
    journal = Journal(database())
    if records := journal.records(run_id):
        return Story(records)
    known = [first.run_id for first, _ in journal.runs()]
    raise BadInput([f"there is no run {run_id}{near(run_id, known)}"])


def _entry(first: Record, last: Record) -> dict[str, str]:
    runbook = first.payload.get("runbook", {})
    return {
        "run_id": first.run_id,
        "status": str(last.payload["status"]) if last.kind == "end" else "unfinished",
        "begun": first.at,
        "took": lasted(first, last),
        "runbook": str(runbook.get("name", "?")),
        "version": str(runbook.get("version", "?")),
    }


def _against_report(story: Story) -> Iterator[str]:
    """The report was made at the end, and lies outside of the database."""
    file = file_of(story.run_id)
    told = _HEAD.search(file.read_text(encoding="utf-8")) if file.is_file() else None
    if told is None:
        return
    seq, head = int(told[1]), told[2]
    if not any(record.seq == seq and record.hash == head for record in story.records):
        yield f"the report {file} names a head, record {seq}, that is not in the journal any more"
