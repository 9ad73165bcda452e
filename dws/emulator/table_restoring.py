"""The restore of single tables of a snapshot into its cluster, and the check of their names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dws.emulator import contents, databases, jobs, lifecycle
from dws.emulator.data_plane import Restored
from dws.emulator.due import effect
from dws.emulator.lifecycle import Stretch
from dws.emulator.load import Load
from dws.emulator.records import Cluster, Event, Job, Snapshot
from dws.emulator.refused import Refused
from dws.emulator.snapshotting import hold
from dws.emulator.tables import tables
from dws.emulator.world import World

Name = tuple[str, str]
"""Of a schema and of a table."""
FAILED = "FINE_GRAINED_RESTORE_FAILED"
"""The task that is left when a real database does not take a table (assumed)."""


def in_cluster(world: World, cluster: Cluster, database: str) -> set[Name]:
    """The tables of a database of a cluster."""
    found = databases.inside(world, cluster, database)
    return {(schema, name) for schema, inside in found.items() for name in inside}


def in_snapshot(world: World, snapshot: Snapshot, database: str) -> set[Name]:
    """The tables of a database that a snapshot has: those of the cluster as it was then."""
    told = contents.of(world, snapshot.id).get(database, {})
    there = {(schema, name) for schema, names in told.items() for name in names}
    if world.data.is_real:
        return there
    then = replace(world.clusters[snapshot.cluster_id], data_gb=snapshot.size_gb)
    held = tables(world, Load(world, then), world.now)
    return there | {(t.schema, t.name) for t in held if t.database == database}


def schemas_of_users(world: World, cluster: Cluster, database: str) -> list[str]:
    """The schemas of a database that are no system's (reference 5.3.28)."""
    found = databases.inside(world, cluster, database)
    return sorted(schema for schema in found if schema not in databases.SYSTEM_SCHEMAS)


def missing(there: set[Name], wanted: Iterable[Name], *, by_case: bool) -> list[str]:
    """Those of the wanted names that are not there, as ``schema.table``."""
    known = there if by_case else {_small(name) for name in there}
    return [".".join(n) for n in wanted if (n if by_case else _small(n)) not in known]


def present(there: set[Name], wanted: Iterable[Name], *, by_case: bool) -> list[str]:
    """Those of the wanted names that are there already."""
    wanted = list(wanted)
    absent = missing(there, wanted, by_case=by_case)
    return [told for told in map(".".join, wanted) if told not in absent]


def require_tables(
    world: World, snapshot: Snapshot, database: str, sources: list[Name], *, by_case: bool
) -> None:
    """
    See that a snapshot has some tables.

    Raises:
        Refused: It has not.
    """
    if database not in contents.of(world, snapshot.id):
        raise Refused(400, "DWS.5172", f"The database does not exist: {database}.")
    there = in_snapshot(world, snapshot, database)
    if absent := missing(there, sources, by_case=by_case):
        message = f"The database table does not exist: {', '.join(absent)}."
        raise Refused(400, "DWS.5174", message)


def stored(world: World, snapshot: Snapshot, database: str, wanted: list[Name]) -> list[Name]:
    """Names of tables as the snapshot writes them, whatever their case."""
    there = in_snapshot(world, snapshot, database)
    by_small = {_small(name): name for name in there}
    return [name if name in there else by_small.get(_small(name), name) for name in wanted]


def begin(
    world: World, snapshot: Snapshot, database: str, sources: list[Name], targets: list[Name]
) -> Job:
    """
    Begin to restore tables of a snapshot into its cluster.

    Raises:
        Refused: The cluster is gone, busy or held, or the snapshot not AVAILABLE.
    """
    cluster = world.cluster(snapshot.cluster_id, snapshot.project_id)
    lifecycle.require_idle(world, cluster)
    lifecycle.require_free_of_dr(world, cluster)
    lasting_s = world.lasting_s("table_restore", f"{snapshot.name}:{targets[0]}")
    hold(world, snapshot, "restore", lasting_s)
    lifecycle.clear_failure(world, cluster)
    stretches = [Stretch("FINE_GRAINED_RESTORING", lasting_s)]
    pairs = zip(sources, targets, strict=True)
    names = [part for source, target in pairs for part in (*source, *target)]
    told = (database, snapshot.id, *names)
    work = lifecycle.begin(world, cluster, stretches, "tables_restored", *told)
    return jobs.start(world, cluster.id, "restoreTableJob", work)


@effect
def tables_restored(world: World, event: Event) -> None:
    number, database, snapshot_id, *names = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    restored = [
        Restored((names[n], names[n + 1]), (names[n + 2], names[n + 3]))
        for n in range(0, len(names), 4)
    ]
    if cluster.work and not cluster.work.fails_as:
        snapshot = world.snapshots[snapshot_id]
        if not world.data.restore_tables(snapshot, cluster, database, restored):
            cluster.work.fails_as = FAILED
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure:
        return
    there = in_cluster(world, cluster, database)
    for schema, name in (one.target for one in restored):
        if (schema, name) not in there:
            contents.add_table(world, cluster.id, database, schema, name)


def _small(name: Name) -> Name:
    return name[0].lower(), name[1].lower()
