"""Whether a restored copy holds what its snapshot must hold: table by table, by numbers alone."""

from __future__ import annotations

import enum
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from dws.sql.canary import SCHEMA
from dws.sql.comparison import Difference, Fingerprint, Kind, TablePrint, compare
from tasks.fingerprints import Reference

_STRUCTURE = frozenset({Kind.MISSING, Kind.EXTRA, Kind.COLUMNS})


class Outcome(enum.StrEnum):
    """What was found of one table."""

    SAME = "same"
    DIFFERENT = "different"
    MOVED = "written to meanwhile"
    """While the snapshot was taken: compared as far as it can be, and nothing was wrong."""
    DRIFT = "drift"
    """The source has moved on since the snapshot: neither loss nor proof."""


class TableVerdict(BaseModel):
    """
    One table, or one database that is missing as a whole.

    Attributes:
        path: ``database.schema.table``.
        rows: In the restored copy; None if it is not there.
        told: What is different; empty if it is the same.
        sample: Which rows were compared; all if empty.
    """

    model_config = ConfigDict(frozen=True)

    path: str
    outcome: Outcome
    rows: int | None
    told: str = ""
    sample: str = ""


def judge(reference: Reference, restored: Fingerprint) -> tuple[TableVerdict, ...]:
    """
    Every table of the source and of the copy.

    A table that was equal before and after the snapshot must be equal in the copy. One that was
    written to meanwhile must be there, have the columns that it had on both sides, and as many
    rows as lie between its counts; an exchange of rows that ends within these is not seen. Where
    the reference is of another time, structure counts and content is told as drift.
    """
    before, after = reference.before, reference.after
    moved = {item.path for item in compare(before, after)}
    found = compare(before, restored)
    paths = {table.path for side in (before, after, restored) for table in side.tables}
    paths |= {item.path for item in found}
    return tuple(
        _of_path(reference, restored, path, moved, [item for item in found if item.path == path])
        for path in sorted(paths)
        if reference.is_exact or f".{SCHEMA}." not in path
    )


def _of_path(
    reference: Reference,
    restored: Fingerprint,
    path: str,
    moved: set[str],
    found: list[Difference],
) -> TableVerdict:
    copy, old = restored.table(path), reference.before.table(path)
    if path in moved and reference.is_exact:
        wrong = list(_of_moved(old, reference.after.table(path), copy))
        outcome = Outcome.DIFFERENT if wrong else Outcome.MOVED
        told = "; ".join(wrong) or "written to while the snapshot was taken"
    else:
        outcome = _outcome(found, is_exact=reference.is_exact)
        told = "; ".join(item.told for item in found)
    return TableVerdict(
        path=path,
        outcome=outcome,
        rows=copy.rows if copy else None,
        told=told,
        sample=str(old.sample) if old and old.sample else "",
    )


def _outcome(found: list[Difference], *, is_exact: bool) -> Outcome:
    if not found:
        return Outcome.SAME
    if is_exact or any(item.kind in _STRUCTURE for item in found):
        return Outcome.DIFFERENT
    return Outcome.DRIFT


def _of_moved(
    before: TablePrint | None, after: TablePrint | None, copy: TablePrint | None
) -> Iterator[str]:
    if before is None or after is None:
        return  # made or dropped meanwhile: it may be in the copy or not
    if copy is None:
        yield "the table is missing"
        return
    if before.columns == after.columns != copy.columns:
        yield "columns changed, which were the same before and after the snapshot"
    fewest, most = sorted((before.rows, after.rows))
    if not fewest <= copy.rows <= most:
        counts = f"{before.rows} were before the snapshot and {after.rows} after"
        yield f"{copy.rows} rows, where {counts}"
