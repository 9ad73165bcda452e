"""What a person did wrong, told so that it can be put right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake in a file: ``file:line: path: what``. ``path`` is empty for the whole file."""

    file: str
    line: int
    path: str
    what: str

    def __str__(self) -> str:
        return ": ".join(filter(None, [f"{self.file}:{self.line}", self.path, self.what]))


class Unsound(ValueError):
    """A runbook has mistakes; nothing was done."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__(mistakes)
        self.mistakes = sorted(mistakes)

    def __str__(self) -> str:
        return "\n".join(map(str, self.mistakes))


class BadInput(ValueError):
    """
    What was asked for cannot be done as it was asked; nothing was done.

    Attributes:
        problems: One line each: what, which one, and the cure.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(self.problems)


def near(word: str, known: Iterable[str]) -> str:
    """``; did you mean X?`` if a known word is close, else ``; known: ...``."""
    words = sorted(known)
    if close := difflib.get_close_matches(word, words, n=3):
        return f"; did you mean {' or '.join(close)}?"
    return f"; known: {', '.join(words)}" if words else ""
