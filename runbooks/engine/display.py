"""What a run shows while it runs: a live terminal, plain lines, or one JSON object per line."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TextIO

from dws.waiter import Progress

EVERY_PERCENT = 10.0
EVERY_S = 30.0
"""In a pipe a wait is told again after so many percent, or seconds of the wall."""


def clock_time(seconds: float) -> str:
    """``4:05``, ``1:04:05``."""
    minutes, rest = divmod(int(max(seconds, 0.0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def progress_words(progress: Progress) -> list[str]:
    """Phase, percent, elapsed and remaining time, as far as they are known."""
    if progress.is_over:
        return [f"{progress.phase} after {clock_time(progress.elapsed_s)}"]
    words = [progress.phase, f"elapsed {clock_time(progress.elapsed_s)}"]
    if progress.percent is not None:
        words.insert(1, f"{progress.percent:.0f} %")
    if progress.figures:
        words.append(progress.figures)
    if progress.remaining_s is not None:
        words.append(f"about {clock_time(progress.remaining_s)} left")
    return words


def note_words(what: str, details: Mapping[str, Any]) -> str:
    """A note in one line."""
    told = ", ".join(f"{name} {value}" for name, value in details.items() if value is not None)
    return f"{what}: {told}" if told else what


def written(line: str, out: TextIO) -> None:
    """Write a line at once. A reader who went away must not end a run half-way."""
    with suppress(BrokenPipeError):
        print(line, file=out, flush=True)


class Lines:
    """One line for each thing that happens; for pipes and logs. A `Watcher`."""

    def __init__(self, out: TextIO, prefix: str = "") -> None:
        self._out = out
        self._prefix = prefix
        self._told: dict[str, tuple[str, float, float]] = {}

    def say(self, text: str) -> None:
        """One line, at once."""
        written(self._prefix + text, self._out)

    def step_began(self, step: str, uses: str) -> None:
        self.say(f"{step}: begins ({uses})")

    def step_ended(self, step: str, status: str, told: str) -> None:
        self.say(f"{step}: {status}" + (f": {told}" if told else ""))

    def progressed(self, step: str, progress: Progress) -> None:
        percent, now = progress.percent or 0.0, time.monotonic()
        phase, told_percent, told_at = self._told.get(progress.what, ("", 0.0, 0.0))
        is_far = abs(percent - told_percent) >= EVERY_PERCENT or now - told_at >= EVERY_S
        if progress.phase != phase or is_far:
            self._told[progress.what] = (progress.phase, percent, now)
            self.say(f"{step}: {progress.what}: {', '.join(progress_words(progress))}")

    def noted(self, step: str, what: str, details: Mapping[str, Any]) -> None:
        self.say(f"{step}: {note_words(what, details)}")


class JsonLines:
    """One JSON object per line, and nothing else; for machines. A `Watcher`."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def tell(self, event: str, **told: Any) -> None:
        """One event."""
        written(json.dumps({"event": event, **told}, ensure_ascii=False), self._out)

    def step_began(self, step: str, uses: str) -> None:
        self.tell("step", step=step, status="begun", uses=uses)

    def step_ended(self, step: str, status: str, told: str) -> None:
        self.tell("step", step=step, status=status, **({"told": told} if told else {}))

    def progressed(self, step: str, progress: Progress) -> None:
        self.tell("progress", step=step, **vars(progress))

    def noted(self, step: str, what: str, details: Mapping[str, Any]) -> None:
        self.tell("note", step=step, what=what, details=dict(details))
