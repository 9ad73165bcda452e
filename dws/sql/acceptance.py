"""Statements of the user's own that say whether a database is as it should be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from dws.errors import DatabaseRefused
from dws.sql.connection import Database

_END = re.compile(r";[ \t]*(?:--[^\n]*)?(?:\n|\Z)")


class Acceptance(BaseModel):
    """
    What came of a statement.

    Attributes:
        told: What it answered instead, or why the database refused it; empty if it passed.
    """

    model_config = ConfigDict(frozen=True)

    statement: str
    passed: bool
    told: str = ""


def statements_in(text: str) -> Iterator[str]:
    """
    The statements of a file of SQL: each ends with a semicolon at the end of a line.

    One within a line ends nothing, so that it may stand in a text.
    """
    for part in _END.split(text):
        lines = [line for line in part.splitlines() if line.strip()]
        if any(not line.lstrip().startswith("--") for line in lines):
            yield "\n".join(lines).strip()


async def accept(database: Database, statement: str) -> Acceptance:
    """
    Carry out a statement: it passes if it answers one row whose first column is true.

    Raises:
        NoAnswer: The connection broke.
    """
    try:
        rows = await database.rows(statement)
    except DatabaseRefused as error:
        return Acceptance(statement=statement, passed=False, told=str(error))
    passed = len(rows) == 1 and rows[0][0] is True
    told = "" if passed else _words(rows)
    return Acceptance(statement=statement, passed=passed, told=told)


def _words(rows: list[tuple[object, ...]]) -> str:
    if len(rows) != 1:
        return f"it answered {len(rows)} rows, not one"
    return f"its first column is {rows[0][0]!r}, not true"
