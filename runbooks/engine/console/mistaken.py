"""How a mistake is told on a terminal: plain lines and an exit code, never a traceback."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import click

from runbooks.engine.mistakes import BadInput, Unsound

BAD_INPUT = 2
REFUSED = 3


class Told(click.ClickException):
    """Ends the command with lines on stderr and an exit code."""

    def __init__(self, problems: Sequence[str], exit_code: int) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it of the instance

    def show(self, file: IO[Any] | None = None) -> None:
        """One line for each problem."""
        for problem in self.problems:
            click.echo(f"error: {problem}", file=file, err=True)


@contextmanager
def plainly() -> Iterator[None]:
    """
    Tell what is wrong with what was asked for.

    Raises:
        Told: In place of `Unsound` and `BadInput`.
    """
    try:
        yield
    except Unsound as error:
        raise Told(list(map(str, error.mistakes)), BAD_INPUT) from None
    except BadInput as error:
        raise Told(error.problems, BAD_INPUT) from None
