"""
The database of runs: SQLite on one machine, PostgreSQL for several workers.

It keeps what flows must know again after a crash (`Facts`), the locks, and the engine's journal.
Writes are committed before the call returns: what was remembered survives a kill.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from dws import clock
from tasks.places import journal_url

metadata = MetaData()

facts = Table(
    "fact",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("scope", String(200), primary_key=True),
    Column("name", String(128), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("at", String(32), nullable=False),
)

locks = Table(
    "lock",
    metadata,
    Column("target", String(300), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("holder", String(64), nullable=False),
    Column("token", Integer, nullable=False),
    Column("expires", Float, nullable=False),
)

fingerprints = Table(
    "fingerprint",
    metadata,
    Column("snapshot_id", String(64), primary_key=True),
    Column("content", JSON, nullable=False),
    Column("at", String(32), nullable=False),
)

verdicts = Table(
    "verdict",
    metadata,
    Column("snapshot_id", String(64), primary_key=True),
    Column("run_id", String(64), nullable=False),
    Column("is_good", Boolean, nullable=False),
    Column("at", String(32), nullable=False),
)

canaries = Table(
    "canary",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("scope", String(200), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("site", String(64), primary_key=True),
    Column("accepted", Boolean, primary_key=True),
    Column("at", Float, nullable=False),
)


@cache
def database(url: str | None = None) -> Engine:
    """
    The database at ``url``, that of the settings if not told, with its tables made.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: It cannot be reached or written.
    """
    return opened(url or journal_url())


def opened(url: str) -> Engine:
    """
    A database of its own, with its tables made.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: It cannot be reached or written.
    """
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _careful)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            # Not `create_all`: between its look and its act another process may make the table.
            connection.execute(CreateTable(table, if_not_exists=True))
    return engine


def _careful(connection: Any, _: object) -> None:
    # WAL lets readers go on beside a writer; the others wait for their turn instead of failing.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def stamp() -> str:
    """The time of day in UTC, ISO, to the millisecond."""
    return clock.wall().isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Facts:
    """What one part of a run must know again after a crash. Written once, never changed."""

    def __init__(self, engine: Engine, run_id: str, scope: str) -> None:
        self._engine = engine
        self._run_id = run_id
        self._scope = scope

    def recall(self, name: str) -> Any:
        """The value remembered under a name; None if there is none."""
        query = select(facts.c.value).where(
            facts.c.run_id == self._run_id, facts.c.scope == self._scope, facts.c.name == name
        )
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def remember(self, name: str, value: Any) -> Any:
        """Write a JSON value down; if there is one of that name already, that one holds."""
        row = {
            "run_id": self._run_id,
            "scope": self._scope,
            "name": name,
            "value": value,
            "at": stamp(),
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(facts).values(row))
        except IntegrityError:
            return self.recall(name)
        return value


def remembered(engine: Engine, name: str) -> list[tuple[str, str, Any]]:
    """What was remembered under a name by any run: id of the run, scope, value."""
    query = select(facts.c.run_id, facts.c.scope, facts.c.value).where(facts.c.name == name)
    with engine.connect() as connection:
        return [(row.run_id, row.scope, row.value) for row in connection.execute(query)]
