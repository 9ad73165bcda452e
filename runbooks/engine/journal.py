"""
What was done, in the order it was done: one append-only table, hash-chained per run.

It is the truth for going on, for reports and for proof. A record is committed before the call
returns. The hash of a record covers all of it and the hash of the one before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, Engine, Integer, String, Table, func, insert, select
from sqlalchemy.exc import IntegrityError

from tasks.store import metadata, stamp

_table = Table(
    "journal",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("step", String(64), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)


class TakenOver(Exception):
    """Another process writes the same run; this one must not go on."""


@dataclass(frozen=True)
class Record:
    """
    One thing that happened.

    Attributes:
        seq: From 0, without gaps.
        at: UTC, ISO, to the millisecond.
        kind: ``begin, resume, check, intent, note, wait, early, outcome, end``.
        step: Id of the step, ``preflight.<id>`` of a check; empty for what is of the whole run.
        payload: What there is to say, as JSON.
        prev: Hash of the record before; empty for the first.
        hash: SHA-256 of the canonical JSON of all the others.
    """

    run_id: str
    seq: int
    at: str
    kind: str
    step: str
    payload: Mapping[str, Any]
    prev: str
    hash: str

    def hashed(self) -> str:
        """The hash it should have."""
        told = (self.run_id, self.seq, self.at, self.kind, self.step, self.payload, self.prev)
        return digest(list(told))


class Journal:
    """The journal of all runs in one database."""

    def __init__(self, engine: Engine) -> None:
        # The database may have been opened before this module was imported.
        _table.create(engine, checkfirst=True)
        self._engine = engine

    def follow(
        self,
        run_id: str,
        last: Record | None,
        kind: str,
        payload: Mapping[str, Any],
        *,
        step: str = "",
    ) -> Record:
        """
        Write one record behind one that must be the last of its run; None if it has none.

        Raises:
            TakenOver: It is not the last any more: another process writes this run.
        """
        seq, prev = (last.seq + 1, last.hash) if last else (0, "")
        told = json.loads(json.dumps(payload, ensure_ascii=False, allow_nan=False))
        unsealed = Record(run_id, seq, stamp(), kind, step, told, prev, "")
        record = Record(run_id, seq, unsealed.at, kind, step, told, prev, unsealed.hashed())
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(_table).values(vars(record)))
        except IntegrityError:
            raise TakenOver(f"run {run_id} is written by another process; this one stops") from None
        return record

    def records(self, run_id: str) -> list[Record]:
        """All records of a run, in order; none if there is no such run."""
        query = select(_table).where(_table.c.run_id == run_id).order_by(_table.c.seq)
        with self._engine.connect() as connection:
            return [Record(**row) for row in connection.execute(query).mappings()]

    def runs(self) -> list[tuple[Record, Record]]:
        """The first and the last record of every run, the youngest run first."""
        runs = select(_table.c.run_id, func.max(_table.c.seq).label("seq"))
        last = runs.group_by(_table.c.run_id).subquery()
        is_last_or_first = (_table.c.seq == last.c.seq) | (_table.c.seq == 0)
        same_run = _table.c.run_id == last.c.run_id
        query = select(_table).join(last, same_run & is_last_or_first)
        with self._engine.connect() as connection:
            found = [Record(**row) for row in connection.execute(query).mappings()]
        firsts = {record.run_id: record for record in found if record.seq == 0}
        lasts = {record.run_id: record for record in sorted(found, key=lambda record: record.seq)}
        pairs = [(firsts.get(run_id, record), record) for run_id, record in lasts.items()]
        return sorted(pairs, key=lambda pair: (pair[0].at, pair[0].run_id), reverse=True)

    def verify(self, run_id: str) -> Iterator[str]:
        """What does not hold of a run's chain; nothing if all does."""
        prev = ""
        for place, record in enumerate(self.records(run_id)):
            if record.seq != place:
                yield f"record {place} is missing: the next one is {record.seq}"
                return
            if record.prev != prev:
                yield f"record {place} does not follow the one before it"
            if record.hash != record.hashed():
                yield f"record {place} ({record.kind}, {record.at}) was altered"
            prev = record.hash


def canonical(value: Any) -> str:
    """
    A JSON value as the one text that stands for it.

    Raises:
        ValueError: It has a number that JSON has not.
        TypeError: It is no JSON value.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest(value: Any) -> str:
    """SHA-256 of the canonical text of a JSON value."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
