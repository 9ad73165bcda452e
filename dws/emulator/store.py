"""The state file: each record of the world, committed before the answer that tells of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, get_args

import orjson
from pydantic import TypeAdapter

from dws.emulator.clock import EmulatedClock
from dws.emulator.kept import KINDS, Kept
from dws.emulator.records import Record

_TYPES: dict[str, TypeAdapter[Any]] = {
    kind.__name__: TypeAdapter(kind) for kind in get_args(Record)
}


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return _TYPES.get(kind) or TypeAdapter(KINDS[kind])


_SCHEMA = """
CREATE TABLE IF NOT EXISTS records
    (kind TEXT, id TEXT, content BLOB NOT NULL, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, content BLOB NOT NULL);
"""
# Not "INSERT OR REPLACE", which would put a changed record last.
_UPSERT = """
INSERT INTO records VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET content = excluded.content
"""
Key = tuple[str, str]
"""Kind and id of a record."""


class StateFileUnusable(Exception):
    """The state file is no state file of ours."""


class Store:
    """
    A SQLite file.

    A commit is in the hands of the operating system before it returns: that survives the death of
    the process, though not that of the machine (``synchronous`` is off, for speed).
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, timeout=1.0, isolation_level=None, check_same_thread=False)
        try:
            # One emulator per file: a second one is refused, rather than mixing two worlds.
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=OFF")
            self._db.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise StateFileUnusable(f"{path}: {error}") from error

    def clock(self) -> EmulatedClock | None:
        """The clock of the world kept here; None if none is."""
        found = self._db.execute("SELECT content FROM settings WHERE name = 'clock'").fetchone()
        return None if found is None else EmulatedClock(**orjson.loads(found[0]))

    def number(self) -> int:
        """The last number that the world gave out."""
        found = self._db.execute("SELECT content FROM settings WHERE name = 'number'").fetchone()
        return 0 if found is None else int(found[0])

    def records(self) -> Iterable[Any]:
        """Every record kept, in the order in which they came to be."""
        for kind, content in self._db.execute("SELECT kind, content FROM records ORDER BY rowid"):
            yield _adapter(kind).validate_json(content)

    def save(
        self,
        written: Iterable[Record | Kept],
        gone: Iterable[Key],
        clock: EmulatedClock,
        number: int,
    ) -> None:
        """Write and commit records, and drop others."""
        self._db.execute("BEGIN")
        self._db.executemany("DELETE FROM records WHERE kind = ? AND id = ?", gone)
        self._db.executemany(
            _UPSERT,
            ((type(record).__name__, record.id, orjson.dumps(record)) for record in written),
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO settings VALUES (?, ?)",
            (("clock", orjson.dumps(clock)), ("number", str(number))),
        )
        self._db.execute("COMMIT")

    def clear(self) -> None:
        """Forget everything."""
        self._db.execute("DELETE FROM records")
        self._db.execute("DELETE FROM settings")

    def close(self) -> None:
        """Close the file."""
        self._db.close()
