"""
What is in the databases of a cluster, or of a snapshot: schemas and the names of their tables.

No operation makes a table: clusters begin with those that the world file tells, beside the ones
that hold their data (`dws.emulator.tables`), and restores move them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.records import Cluster
from dws.emulator.world import World

Databases = dict[str, dict[str, list[str]]]
"""Tables by schema by database."""

BORN: Mapping[str, Mapping[str, list[str]]] = {
    "gaussdb": {"public": []},
    "postgres": {"public": []},
}
"""What every cluster has (reference 5.3.27, 5.3.28)."""


@kept
@dataclass(slots=True)
class Contents:
    """The databases of one cluster or snapshot, by its id; who has no such record is as born."""

    id: str
    databases: Databases


def of(world: World, thing_id: str) -> Mapping[str, Mapping[str, list[str]]]:
    """The databases of a cluster or snapshot, to be read; the real ones where there are any."""
    real = _real(world, thing_id)
    if real is not None:
        return real
    found = world.of(Contents).get(thing_id)
    return BORN if found is None else found.databases


def _real(world: World, thing_id: str) -> Databases | None:
    cluster, snapshot = world.clusters.get(thing_id), world.snapshots.get(thing_id)
    found = world.data.look(cluster) if cluster else None
    if snapshot:
        found = world.data.look_into(snapshot)
    if found is None:
        return None
    databases: Databases = {}
    for one in found:
        tables = databases.setdefault(one.database, {}).setdefault(one.schema, [])
        tables.extend([one.table] if one.table else [])
    return databases


def copy(world: World, source_id: str, target_id: str) -> None:
    """Let a cluster or snapshot hold what another holds; real databases do by themselves."""
    if world.data.is_real:
        return
    if source_id in world.of(Contents) or target_id in world.of(Contents):
        world.keep(Contents(target_id, _copied(of(world, source_id))))


def add_table(world: World, cluster_id: str, database: str, schema: str, table: str) -> None:
    """Let a cluster have a table, and its schema; one that is there is replaced."""
    if world.data.is_real:
        return
    databases = _copied(of(world, cluster_id))
    tables = databases.setdefault(database, {}).setdefault(schema, [])
    if table not in tables:
        tables.append(table)
    world.keep(Contents(cluster_id, databases))


@listens
def forget(world: World, cluster: Cluster, what: str) -> None:
    """Drop what was in a cluster that is gone; its snapshots keep theirs."""
    found = world.of(Contents).get(cluster.id)
    if found and what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        world.forget(found)


def _copied(databases: Mapping[str, Mapping[str, list[str]]]) -> Databases:
    return {
        database: {schema: list(tables) for schema, tables in schemas.items()}
        for database, schemas in databases.items()
    }
