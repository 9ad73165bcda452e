"""What is in a database, in few numbers, and where two such accounts of it differ."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict


class Column(BaseModel):
    """A column: its name, and its type with length and the like, as the database writes it."""

    model_config = ConfigDict(frozen=True)

    name: str
    type: str
    is_required: bool

    def __str__(self) -> str:
        return f"{self.name} {self.type}{' not null' if self.is_required else ''}"


class Sample(BaseModel):
    """
    Which rows of a table the checksum is of.

    A row is chosen by the hash of some columns, so that every copy of the table has the same
    rows chosen. All rows are counted nevertheless.
    """

    model_config = ConfigDict(frozen=True)

    one_of: int
    """One row of so many is chosen, on the average."""
    by: tuple[str, ...]
    """The columns: the primary key, else another unique one, else all."""

    def __str__(self) -> str:
        return f"1 row of {self.one_of}, by hash of {', '.join(self.by)}"


class TablePrint(BaseModel):
    """
    What is in a table.

    Attributes:
        database, schema_name, name: Which.
        columns: In their order.
        rows: How many.
        checksum: Sum over the rows of 60 bits of the MD5 of each row's text: the order of rows
            does not matter, and equal rows do not cancel each other out.
        sample: Which rows the checksum is of; all if None.
    """

    model_config = ConfigDict(frozen=True)

    database: str
    schema_name: str
    name: str
    columns: tuple[Column, ...]
    rows: int
    checksum: str
    sample: Sample | None = None

    @property
    def path(self) -> str:
        """``database.schema.table``."""
        return f"{self.database}.{self.schema_name}.{self.name}"


class Fingerprint(BaseModel):
    """
    What is in the databases of a cluster.

    Attributes:
        databases: Names of all that were looked at.
        tables: Sorted by path.
        left_out: Paths of tables that no backup holds: foreign and unlogged ones.
    """

    model_config = ConfigDict(frozen=True)

    databases: tuple[str, ...]
    tables: tuple[TablePrint, ...]
    left_out: tuple[str, ...] = ()

    def table(self, path: str) -> TablePrint | None:
        """The table of that path; None if there is none."""
        return next((table for table in self.tables if table.path == path), None)

    @property
    def rows(self) -> int:
        """Of all tables together."""
        return sum(table.rows for table in self.tables)


class Kind(enum.StrEnum):
    """What is different."""

    MISSING = "missing"
    EXTRA = "extra"
    COLUMNS = "columns changed"
    LOST = "rows lost"
    ADDED = "rows added"
    CONTENT = "content changed"


class Difference(BaseModel):
    """
    One way in which a table, or a whole database, is not what it was.

    Attributes:
        path: Of the table; of a database its bare name.
        count: Of rows lost or added; the net, as some may be lost and others added.
        told: For people: before and after.
    """

    model_config = ConfigDict(frozen=True)

    path: str
    kind: Kind
    told: str
    count: int | None = None

    def __str__(self) -> str:
        return f"{self.path}: {self.told}"


def compare(before: Fingerprint, after: Fingerprint) -> tuple[Difference, ...]:
    """Every difference, by table; none if both are equal."""
    old = {table.path: table for table in before.tables}
    new = {table.path: table for table in after.tables}
    found = [*_names(before.databases, after.databases, "database"), *_names(old, new, "table")]
    for path in sorted(set(old) & set(new)):
        found += _of_table(old[path], new[path])
    return tuple(found)


def _names(
    before: Sequence[str] | dict[str, TablePrint],
    after: Sequence[str] | dict[str, TablePrint],
    what: str,
) -> Iterator[Difference]:
    for path in sorted(set(before) - set(after)):
        yield Difference(path=path, kind=Kind.MISSING, told=f"the {what} is missing")
    for path in sorted(set(after) - set(before)):
        yield Difference(path=path, kind=Kind.EXTRA, told=f"the {what} was not there before")


def _of_table(before: TablePrint, after: TablePrint) -> Iterator[Difference]:
    path, more = before.path, after.rows - before.rows
    if before.columns != after.columns:
        told = f"columns changed: {_columns(before, after)}"
        yield Difference(path=path, kind=Kind.COLUMNS, told=told)
    counts = f"{before.rows} before, {after.rows} after"
    if more < 0:
        told = f"{-more} rows lost: {counts}"
        yield Difference(path=path, kind=Kind.LOST, told=told, count=-more)
    elif more > 0:
        yield Difference(
            path=path, kind=Kind.ADDED, told=f"{more} rows added: {counts}", count=more
        )
    elif before.columns == after.columns and before.checksum != after.checksum:
        told = f"content changed; {before.rows} rows as before"
        yield Difference(path=path, kind=Kind.CONTENT, told=told)


def _columns(before: TablePrint, after: TablePrint) -> str:
    old, new = [str(item) for item in before.columns], [str(item) for item in after.columns]
    gone = [f"-({item})" for item in old if item not in new]
    come = [f"+({item})" for item in new if item not in old]
    return ", ".join([*gone, *come]) or "another order"
