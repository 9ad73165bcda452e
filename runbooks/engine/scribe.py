"""Writes down what a run does, and tells whoever watches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dws.waiter import Progress
from runbooks.engine.journal import Journal, Record
from runbooks.engine.watcher import Watcher


class Scribe:
    """
    The pen of one run in one process.

    It writes only behind the last record it knows: if another process wrote to the run, the next
    write fails, and with it the run here.
    """

    def __init__(self, journal: Journal, run_id: str, last: Record, watcher: Watcher) -> None:
        self.watcher = watcher
        self._journal = journal
        self._run_id = run_id
        self._last = last

    def write(self, kind: str, payload: Mapping[str, Any], *, step: str = "") -> Record:
        """
        Write one record.

        Raises:
            TakenOver: Another process writes this run.
        """
        self._last = self._journal.follow(self._run_id, self._last, kind, payload, step=step)
        return self._last

    def of_step(self, step: str) -> StepScribe:
        """The listener of one step."""
        return StepScribe(self, step)


class StepScribe:
    """Hears a step; a `tasks.run.Listener`."""

    def __init__(self, scribe: Scribe, step: str) -> None:
        self._scribe = scribe
        self._step = step
        self._phases: dict[str, str] = {}

    def progressed(self, progress: Progress) -> None:
        """Write down a phase that differs from the last of its wait; tell all."""
        if self._phases.get(progress.what) != progress.phase:
            self._phases[progress.what] = progress.phase
            told = {
                "what": progress.what,
                "phase": progress.phase,
                "percent": progress.percent,
                "is_over": progress.is_over,
            }
            self._scribe.write("wait", told, step=self._step)
        self._scribe.watcher.progressed(self._step, progress)

    def noted(self, what: str, details: Mapping[str, Any]) -> None:
        """Write down and tell."""
        self._scribe.write("note", {"what": what, "details": dict(details)}, step=self._step)
        self._scribe.watcher.noted(self._step, what, details)
