"""What is in the databases of a cluster: schemas, tables and the rest, and the limits on them."""

from __future__ import annotations

from dataclasses import dataclass

from dws.emulator import contents
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.load import Load
from dws.emulator.records import Cluster
from dws.emulator.refused import Refused
from dws.emulator.tables import tables
from dws.emulator.world import World

SYSTEM_SCHEMAS = (
    "pg_toast",
    "cstore",
    "sys",
    "dbms_om",
    "dbms_job",
    "pg_catalog",
    "information_schema",
    "utl_file",
    "gs_logical_cluster",
)
"""As in the samples of reference 5.7.30 and 5.15.11."""
NODE_GROUP = "group_version1"
COLUMNS = ("id", "name", "amount", "created_at")
"""What each table has (assumed)."""
UNLIMITED = -1
"""Sample of reference 5.7.30."""


@kept
@dataclass(slots=True)
class SchemaLimit:
    """How much a schema may hold."""

    id: str
    """Cluster, database and schema."""
    cluster_id: str
    perm_space: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a cluster something is looked for; each may be empty."""

    database: str = ""
    schema: str = ""
    table: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What a table holds."""

    size_bytes: int
    skew_percent: float


Tables = dict[str, dict[str, Held]]
"""Tables by schema."""


def names(world: World, cluster: Cluster) -> list[str]:
    """The databases of a cluster."""
    return sorted(contents.of(world, cluster.id))


def inside(world: World, cluster: Cluster, database: str) -> Tables:
    """
    The tables of a database: those that hold data, and those that the world or a restore told.

    Raises:
        Refused: There is no such database.
    """
    require_database(world, cluster, database)
    found: Tables = {schema: {} for schema in SYSTEM_SCHEMAS}
    for schema, told in contents.of(world, cluster.id)[database].items():
        found.setdefault(schema, {}).update(dict.fromkeys(told, Held(0, 0.0)))
    for table in tables(world, Load(world, cluster), world.now):
        if table.database == database:
            held = Held(table.size_bytes, table.skew_percent)
            found.setdefault(table.schema, {})[table.name] = held
    return found


def require_database(world: World, cluster: Cluster, name: str) -> None:
    """
    See that a cluster has a database.

    Raises:
        Refused: It has not.
    """
    if name not in contents.of(world, cluster.id):
        raise Refused(400, "DWS.5172", f"The database does not exist: {name}.")


def in_schema(world: World, cluster: Cluster, place: Place) -> dict[str, Held]:
    """
    The tables of a schema.

    Raises:
        Refused: There is no such schema.
    """
    found = inside(world, cluster, place.database).get(place.schema)
    if found is None:
        raise Refused(400, "DWS.5173", f"The schema does not exist: {place.schema}.")
    return found


def known(world: World, cluster: Cluster, database: str, kind: str) -> set[str]:
    """
    The schemas of a database; or its tables by schema and name, those in ``public`` bare as well.

    Raises:
        Refused: There is no such database.
    """
    found = inside(world, cluster, database)
    if kind == "schema":
        return set(found)
    named = {f"{schema}.{table}" for schema, held in found.items() for table in held}
    return named | set(found.get("public", {}))


def limit(world: World, cluster: Cluster, database: str, schema: str) -> int:
    """How much a schema may hold; `UNLIMITED` unless told."""
    found = world.of(SchemaLimit).get(f"{cluster.id}/{database}/{schema}")
    return UNLIMITED if found is None else found.perm_space


def set_limit(world: World, cluster: Cluster, place: Place, perm_space: int) -> None:
    """
    Say how much a schema may hold.

    Raises:
        Refused: There is no such schema.
    """
    in_schema(world, cluster, place)
    key = f"{cluster.id}/{place.database}/{place.schema}"
    world.keep(SchemaLimit(key, cluster.id, perm_space))


def data_nodes(cluster: Cluster) -> list[str]:
    """The names of the data nodes, as in the sample of reference 5.7.30."""
    working = [node for node in cluster.nodes if node.status == "200"] or cluster.nodes
    return [f"dn_{6001 + 2 * n}_{6002 + 2 * n}" for n in range(len(working))]


def shares_mb(cluster: Cluster, held: dict[str, Held]) -> dict[str, int]:
    """
    How much of some tables each data node holds, in MB (assumed: the reference has no unit).

    The first node holds more than the others, as far as the tables are skewed.
    """
    nodes = data_nodes(cluster)
    total = sum(table.size_bytes for table in held.values())
    skewed = sum(table.size_bytes * table.skew_percent / 100 for table in held.values())
    shares = dict.fromkeys(nodes, (total - skewed) / len(nodes))
    shares[nodes[0]] += skewed
    return {node: int(share / 2**20) for node, share in shares.items()}


def objects(world: World, cluster: Cluster, kind: str, place: Place) -> list[str]:
    """
    The names of the objects of a kind, in a place.

    Raises:
        Refused: There is no such place.
    """
    if kind == "DATABASE":
        return names(world, cluster)
    if kind == "NODEGROUP":
        return [NODE_GROUP]
    if kind == "SCHEMA":
        return sorted(inside(world, cluster, place.database))
    found = sorted(in_schema(world, cluster, place))
    if kind == "COLUMN":
        if place.table not in found:
            raise Refused(400, "DWS.5174", f"The database table does not exist: {place.table}.")
        return list(COLUMNS)
    # No operation makes views or functions.
    return {"TABLE": found, "SEQUENCE": [f"{name}_id_seq" for name in found]}.get(kind, [])


@listens
def _clean_up(world: World, cluster: Cluster, what: str) -> None:
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        for found in [s for s in world.of(SchemaLimit).values() if s.cluster_id == cluster.id]:
            world.forget(found)
