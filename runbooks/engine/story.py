"""What the records of a run say, read once: for going on, for lists, for reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runbooks.engine.document import read
from runbooks.engine.journal import Record
from runbooks.engine.load import formed
from runbooks.engine.order import Order

FINISHED = frozenset({0, 4})
"""Exit codes of runs that are over: the same call changes nothing any more."""
PASSED = frozenset({"done", "skipped"})
"""Outcomes after which a run goes on with the next step."""


@dataclass(frozen=True)
class Story:
    """One run, as its records tell it. There is at least the first."""

    records: Sequence[Record]

    @property
    def run_id(self) -> str:
        """Its id."""
        return self.records[0].run_id

    @property
    def begun(self) -> Mapping[str, Any]:
        """What the first record says: ``runbook, params, account, mode, by, plan_hash``."""
        return self.records[0].payload

    @property
    def end(self) -> Record | None:
        """The record of its end; None if it has not ended, was killed, or was gone on with."""
        last = self.records[-1]
        return last if last.kind == "end" else None

    @property
    def exit_code(self) -> int | None:
        """How it ended; None if it has not."""
        return self.end.payload["exit_code"] if self.end else None

    @property
    def is_finished(self) -> bool:
        """Whether there is nothing to go on with."""
        return self.exit_code in FINISHED

    @property
    def status(self) -> str:
        """``done, failed, interrupted, ...``; ``unfinished`` if no end was recorded."""
        return str(self.end.payload["status"]) if self.end else "unfinished"

    @property
    def attempts(self) -> int:
        """How often it was begun or gone on with."""
        return sum(record.kind in {"begin", "resume"} for record in self.records)

    def order(self) -> Order:
        """What was asked for, with the document that it began with, whatever the shelf has now."""
        begun = self.begun
        loaded = formed(read(begun["runbook"]["text"], begun["runbook"]["file"]))
        return Order(
            loaded,
            begun["params"],
            begun["account"],
            begun["mode"],
            self.run_id,
            outside_window=begun.get("outside_window", ""),
            started=datetime.fromisoformat(begun["started"]),
        )

    def outcomes(self) -> dict[str, Record]:
        """The last outcome of each step that has one."""
        return {record.step: record for record in self.records if record.kind == "outcome"}

    def passed(self) -> dict[str, Mapping[str, Any]]:
        """Status and outputs of the steps that need not be run again."""
        found = {step: record.payload for step, record in self.outcomes().items()}
        return {step: told for step, told in found.items() if told["status"] in PASSED}

    def checks(self) -> dict[str, Mapping[str, Any]]:
        """What the last preflight found, by the id of the check."""
        found = [record for record in self.records if record.kind == "check"]
        return {record.step.partition(".")[2]: record.payload for record in found}

    def checked(self) -> dict[str, Mapping[str, Any]] | None:
        """The preflight, if a step was begun after it; None if it is to be carried out again."""
        has_begun = any(record.kind in {"intent", "outcome"} for record in self.records)
        return self.checks() if has_begun else None

    def has_changed(self) -> bool:
        """Whether it may have changed anything: a step that changes was begun, and not refused."""
        is_open = False
        for record in self.records:
            if record.kind == "intent" and record.payload["effect"] != "read":
                if is_open:  # the one before was cut off
                    return True
                is_open = True
            elif record.kind == "outcome" and is_open:
                if record.payload["status"] != "refused":
                    return True
                is_open = False
        return is_open
