"""The tables of a cluster: their sizes follow from its data, their dirt from time and vacuums."""

from __future__ import annotations

from dataclasses import dataclass

from dws.emulator.kept import kept
from dws.emulator.load import Load, chance
from dws.emulator.world import World

DATABASE = "gaussdb"
"""The database that users work in; ``postgres`` is there as well."""
CATALOGUE_GB = 0.63
"""What ``postgres`` takes: sample of reference 5.18.2."""
COLLECTED_EVERY_S = 7200.0
"""``collect_rate`` of the sample of reference 5.14.9."""
DIRTIEST_PERCENT = 60.0
_NAMES = (
    ("sales", "orders", 40),
    ("sales", "order_lines", 90),
    ("sales", "items", 6),
    ("sales", "customers", 12),
    ("sales", "stock", 8),
    ("sales", "visits", 60),
    ("staging", "orders_in", 15),
    ("public", "calendar", 1),
)
"""Schema, name and share of the data (assumed)."""


@kept
@dataclass(slots=True)
class Vacuumed:
    """When a table was vacuumed last."""

    id: str
    cluster_id: str
    table: str
    at: float


@dataclass(frozen=True, slots=True)
class Table:
    """A table, at a time."""

    database: str
    schema: str
    name: str
    owner: str
    size_bytes: int
    skew_percent: float
    dirty_percent: float

    @property
    def path(self) -> tuple[str, str, str]:
        return self.database, self.schema, self.name


def tables(world: World, load: Load, at: float) -> list[Table]:
    """The tables of a cluster, real ones if it has any; of an empty one the system's alone."""
    told = [_table(world, load, at, "postgres", "pg_catalog", "pg_statistic", "Ruby", 2**20)]
    real = world.data.look(load.cluster)
    if real is not None:
        rows = [(t.database, t.schema, t.table, t.owner, t.size_bytes) for t in real if t.table]
        return told + [_table(world, load, at, *row) for row in rows]
    if load.cluster.data_gb < 1:
        return told
    whole = sum(share for _, _, share in _NAMES)
    for schema, name, share in _NAMES:
        size_gb = load.cluster.data_gb * share / whole
        owner = load.cluster.user_name
        size_bytes = int(size_gb * 2**30)
        told.append(_table(world, load, at, DATABASE, schema, name, owner, size_bytes))
    return told


def vacuum(world: World, cluster_id: str, table: tuple[str, str, str]) -> None:
    """Say that a table is clean from now on."""
    path = ".".join(table)
    world.keep(Vacuumed(f"{cluster_id}:{path}", cluster_id, path, world.now))


def _table(  # noqa: PLR0913, PLR0917 - the columns of a table of tables
    world: World,
    load: Load,
    at: float,
    database: str,
    schema: str,
    name: str,
    owner: str,
    size_bytes: int,
) -> Table:
    path = f"{database}.{schema}.{name}"
    cleaned = world.of(Vacuumed).get(f"{load.cluster.id}:{path}")
    # Cleared long ago unless we know when; it gets dirtier by some percent a day.
    since = cleaned.at if cleaned and cleaned.at <= at else load.cluster.created
    daily = 0.3 + 1.5 * chance(load.seed, path, "dirt")
    return Table(
        database,
        schema,
        name,
        owner,
        size_bytes,
        round(12.0 * chance(load.seed, path, "skew") ** 2, 2),
        round(min((at - since) / 86400 * daily, DIRTIEST_PERCENT), 2),
    )
