"""Which tables of a redistribution are done, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dws.emulator.load import chance
from dws.emulator.records import Cluster
from dws.emulator.redistribution import Redistribution, moved
from dws.emulator.refused import Refused
from dws.emulator.tables import Table
from dws.emulator.world import World

Json = dict[str, Any]
DATA_LAG_S = 5.0
"""How far the figures of the database are behind (OTC's manual says that they lag; assumed)."""
LAST = 1025
"""The order of a table that was given none: after those that were, which go up to 1024."""
LISTED = frozenset({"PREPARE", "RUNNING", "PAUSING", "PAUSE", "FAIL"})
"""States in which tables are told (OTC's manual)."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A table, and how far it is."""

    table: Table
    status: str
    """``y`` done, ``i`` running, ``n`` not begun."""

    @property
    def id(self) -> int:
        """The number of the table; follows from its name."""
        return 16384 + int(chance(*self.table.path) * 2**20)


def key(schema: str, table: str) -> str:
    """What the order of a table is kept under; without a table that of all of its schema."""
    return f"{schema}.{table}"


def order(which: Redistribution, table: Table) -> int:
    """The order a table was given, by its name or by its schema's."""
    of_schema = which.orders.get(key(table.schema, ""), LAST)
    return which.orders.get(key(table.schema, table.name), of_schema)


def all_tables(world: World, cluster: Cluster, which: Redistribution, at: float) -> list[Moved]:
    """All tables in the order in which they are moved, with how far each is."""
    present = sorted(moved(world, cluster), key=lambda table: _rank(which, table))
    done = [t for t in present if key(t.schema, t.name) in which.done_tables]
    rest = [t for t in present if t not in done]
    left = which.done(at) - sum(t.size_bytes for t in done)
    told = [Moved(table, "y") for table in done]
    at_work = which.jobs if which.shown(at) in {"RUNNING", "PAUSING"} else 0
    for table in rest:
        # The last byte may be lost in a fraction.
        if left >= table.size_bytes - 1 or which.status == "SUCCESS":
            told.append(Moved(table, "y"))
            left -= table.size_bytes
        else:
            told.append(Moved(table, "i" if at_work > 0 else "n"))
            at_work -= 1
            left = -1.0
    return told


def require_there(
    world: World, cluster: Cluster, database: str, wanted: list[tuple[str, str, int]]
) -> None:
    """
    See that tables are there: by schema and name, or any of a schema where the name is empty.

    Raises:
        Refused: One is not.
    """
    known = [table for table in moved(world, cluster) if table.database == database]
    for schema, name, _ in wanted:
        if not any(schema == t.schema and name in {"", t.name} for t in known):
            told = f"{schema}.{name or '*'}"
            raise Refused(400, "DWS.5174", f"The database table does not exist: {told}.")


def freeze(world: World, cluster: Cluster, which: Redistribution) -> None:
    """Write down which tables are done, before their order changes."""
    told = all_tables(world, cluster, which, world.now)
    which.done_tables = [key(m.table.schema, m.table.name) for m in told if m.status == "y"]


def progress(world: World, cluster: Cluster, which: Redistribution) -> Json:
    """How far a redistribution is, by the database; its figures are some seconds old."""
    lately = world.now - DATA_LAG_S
    done = which.done(max(lately, which.since) if which.status != "PAUSE" else world.now)
    told = all_tables(world, cluster, which, lately)
    tables_done = sum(m.status == "y" for m in told)
    status = which.was if lately < which.turned and which.was else which.shown(lately)
    runs = status in {"RUNNING", "PAUSING"}
    rate = which.bytes_s if runs else 0.0
    left = which.total_bytes - done
    return {
        "bytes_done": int(done),
        "byte_left": int(left),
        "tables_done": tables_done,
        "tables_left": len(told) - tables_done,
        "table_progress": 100 * tables_done // max(len(told), 1),
        "total_progress": int(100 * done / which.total_bytes + 1e-6),
        "redis_rate": _rate(rate),
        "estimated_time": _clock(left / rate) if rate else None,
        "completed": status == "SUCCESS",
        "initialed": which.started is not None and world.now >= which.since,
        "fail_count": which.failures,
        "redistributing": runs,
        "status": status,
        "pause_by_user": which.is_paused_by_user,
        "total_redis_rate": None,
    }


def told_table(found: Moved, owner: str) -> Json:
    """One table in the list of reference 5.2.32."""
    return {
        "table_name": found.table.name,
        "id": found.id,
        "schema_name": found.table.schema,
        "logical_cluster_name": owner or None,
        "size": found.table.size_bytes,
        "status": found.status,
    }


def minute(at: float | None) -> str:
    """A time as this call writes it, e.g. ``2025-05-15 14:04``; empty for none."""
    return "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


def _rank(which: Redistribution, table: Table) -> tuple[int, int, str, str]:
    sizes = {"small": table.size_bytes, "large": -table.size_bytes}
    size = sizes.get(which.policy, 0)
    return order(which, table), size, table.schema, table.name


def _rate(bytes_s: float) -> str:
    return f"{bytes_s / 2**20:.0f} MB/s" if bytes_s >= 2**20 else f"{bytes_s / 2**10:.0f} KB/s"


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
