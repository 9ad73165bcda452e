"""A run on a terminal: what happened scrolls by, what is waited for stays below, live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from dws import clock
from dws.waiter import Progress
from runbooks.engine.display import note_words, progress_words

_MARKS: Mapping[str, tuple[str, str]] = {
    "done": ("✓", "green"),
    "passed": ("✓", "green"),
    "warned": ("!", "yellow"),
    "skipped": ("-", "dim"),
}


class Terminal:
    """One live line for each wait. A `Watcher`, used as a context."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._waits: dict[str, dict[str, tuple[Progress, float]]] = {}
        self._spinner = Spinner("dots")
        self._live = Live(
            get_renderable=self._drawn,
            console=self._console,
            refresh_per_second=8,
            transient=True,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def step_began(self, step: str, uses: str) -> None:
        """Show that it is at work."""
        del uses
        self._waits[step] = {}
        self._live.refresh()

    def step_ended(self, step: str, status: str, told: str) -> None:
        """Leave a line that says how."""
        self._waits.pop(step, None)
        mark, style = _MARKS.get(status, ("✗", "bold red"))
        self._print(f"{mark} {step}: {status}" + (f": {told}" if told else ""), style)

    def progressed(self, step: str, progress: Progress) -> None:
        """Show it until it is told anew, or over."""
        waits = self._waits.setdefault(step, {})
        if progress.is_over:
            waits.pop(progress.what, None)
            self._print(f"  {progress.what}: {', '.join(progress_words(progress))}", "dim")
        else:
            waits[progress.what] = (progress, clock.now())
        self._live.refresh()

    def noted(self, step: str, what: str, details: Mapping[str, Any]) -> None:
        """Leave a line; what was waited for has come, and what comes next tells itself."""
        self._waits[step] = {}
        self._print(f"  {note_words(what, details)}", "")

    def _print(self, text: str, style: str) -> None:
        self._console.print(Text(text, style=style))

    def _drawn(self) -> Group:
        return Group(*self._rows())

    def _rows(self) -> Iterator[Table]:
        for step, waits in self._waits.items():
            if not waits:
                yield self._row(step, None, [])
            for progress, at in waits.values():
                seen = _aged(progress, clock.now() - at)
                yield self._row(seen.what, seen.percent, progress_words(seen))

    def _row(self, what: str, percent: float | None, words: list[str]) -> Table:
        row = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=100, completed=percent, width=24) if percent is not None else ""
        row.add_row(self._spinner, Text(what), bar, Text("  ".join(words), style="dim"))
        return row


def _aged(progress: Progress, seconds: float) -> Progress:
    """The same, some seconds of the cloud later."""
    left = progress.remaining_s
    remaining = None if left is None or left <= seconds else left - seconds
    return replace(progress, elapsed_s=progress.elapsed_s + seconds, remaining_s=remaining)
