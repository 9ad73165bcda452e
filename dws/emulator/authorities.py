"""What users and roles may do with the objects of a cluster, and the statements that say so."""

from __future__ import annotations

from dataclasses import dataclass, field

from dws.emulator import databases, users
from dws.emulator.databases import Place
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.records import Cluster
from dws.emulator.refused import Refused
from dws.emulator.users import DatabaseUser
from dws.emulator.world import World
from dws.sent.databases import ALL, IN_SCHEMA, PRIVILEGES, Grant


@kept
@dataclass(slots=True)
class Authority:
    """What one user or role may do with one object."""

    id: str
    cluster_id: str
    role: str
    type: str
    database: str
    schema: str
    table: str
    """Of a column."""
    name: str
    is_all: bool = False
    """Told for all objects of the schema."""
    rights: dict[str, bool] = field(default_factory=dict)
    """By privilege, whether it may be granted to others."""


@dataclass(frozen=True, slots=True)
class Target:
    """Objects of one kind in one place."""

    kind: str
    place: Place
    names: tuple[str, ...]
    is_all: bool = False


Rights = list[tuple[str, bool]]
"""Privileges, each with whether it goes with the right to grant it to others."""


def target_of(grant: Grant) -> Target:
    """What a grant is on that comes with a new user."""
    kind = grant.type.upper()
    schema, table = grant.schema_name or "", grant.obj_name or ""
    names = {
        "DATABASE": grant.database or table,
        "SCHEMA": schema or table,
        "COLUMN": grant.column_name or "",
    }
    place = Place(grant.database or "", schema, table)
    return Target(kind, place, (names.get(kind, table),), is_all=bool(grant.all_object))


def require_objects(world: World, cluster: Cluster, target: Target) -> tuple[str, ...]:
    """
    The objects that are meant, all of which are there.

    Raises:
        Refused: One is not.
    """
    present = databases.objects(world, cluster, target.kind, target.place)
    if target.is_all:
        return tuple(present)
    for name in target.names:
        if name not in present:
            raise _no_object(target.kind, name)
    return target.names


def of_role(world: World, cluster: Cluster, role: str) -> list[Authority]:
    """All that a user or role may do."""
    return [a for a in _of_cluster(world, cluster) if a.role == role]


def on(world: World, cluster: Cluster, target: Target, name: str) -> list[Authority]:
    """Who may do something with an object."""
    return [a for a in _of_cluster(world, cluster) if _is_on(a, target, name)]


def grant(
    world: World, cluster: Cluster, role: DatabaseUser, target: Target, rights: Rights
) -> list[str]:
    """
    Grant privileges on objects; answers the statements.

    Raises:
        Refused: An object is not there.
    """
    names = require_objects(world, cluster, target)
    for name in names:
        found = _find(world, cluster, role.name, target, name)
        for privilege in _spread(target.kind, rights):
            found.rights[privilege[0]] = found.rights.get(privilege[0], False) or privilege[1]
        world.keep(found)
    return [
        f"GRANT {_sql(right, target, name)} TO {role.name}"
        f"{' WITH GRANT OPTION' if passes_on else ''};"
        for right, passes_on in rights
        for name in names
    ]


def revoke(  # noqa: PLR0913 - what a statement says
    world: World,
    cluster: Cluster,
    role: DatabaseUser,
    target: Target,
    rights: Rights,
    *,
    cascade: bool,
) -> list[str]:
    """
    Revoke privileges on objects, or the right alone to pass them on; answers the statements.

    Raises:
        Refused: An object is not there.
    """
    names = require_objects(world, cluster, target)
    for name in names:
        found = _find(world, cluster, role.name, target, name)
        for right, only_option in _spread(target.kind, rights):
            if not only_option:
                found.rights.pop(right, None)
            elif right in found.rights:
                found.rights[right] = False
        if found.rights:
            world.keep(found)
        else:
            world.forget(found)
    end = " CASCADE;" if cascade else ";"
    return [
        f"REVOKE {'GRANT OPTION FOR ' if only_option else ''}{_sql(right, target, name)} "
        f"FROM {role.name}{end}"
        for right, only_option in rights
        for name in names
    ]


def drop_role(world: World, cluster: Cluster, name: str, *, cascade: bool) -> None:
    """
    Take all privileges of a role, and the role from those who have it.

    Raises:
        Refused: There are some, and they are not to go with it (assumed, and the code with it).
    """
    mine = of_role(world, cluster, name)
    members = [user for user in users.users(world, cluster) if name in user.roles]
    if (mine or members) and not cascade:
        raise Refused(400, "DWS.5045", f"{name} has privileges or members: cascade is needed.")
    for found in mine:
        world.forget(found)
    for member in members:
        member.roles.pop(name)
        world.keep(member)


def _of_cluster(world: World, cluster: Cluster) -> list[Authority]:
    return [a for a in world.of(Authority).values() if a.cluster_id == cluster.id]


def _is_on(found: Authority, target: Target, name: str) -> bool:
    place = Place(found.database, found.schema, found.table)
    return (found.type, place, found.name) == (target.kind, _place(target), name)


def _find(world: World, cluster: Cluster, role: str, target: Target, name: str) -> Authority:
    place = _place(target)
    path = (cluster.id, role, target.kind, place.database, place.schema, place.table, name)
    key = "/".join(path)
    found = world.of(Authority).get(key)
    if found:
        found.is_all = found.is_all or target.is_all
        return found
    return Authority(
        key,
        cluster.id,
        role,
        target.kind,
        place.database,
        place.schema,
        place.table,
        name,
        target.is_all,
    )


def _place(target: Target) -> Place:
    """No more of the place than the kind needs: a database is in no schema."""
    if target.kind in {"DATABASE", "NODEGROUP"}:
        return Place()
    if target.kind == "SCHEMA":
        return Place(target.place.database)
    table = target.place.table if target.kind == "COLUMN" else ""
    return Place(target.place.database, target.place.schema, table)


def _spread(kind: str, rights: Rights) -> Rights:
    """ALL PRIVILEGES as what they are."""
    spread: Rights = []
    for right, flag in rights:
        every = sorted(PRIVILEGES[kind]) if right.upper() == ALL else [right.upper()]
        spread += [(one, flag) for one in every]
    return spread


def _sql(right: str, target: Target, name: str) -> str:
    """A privilege on an object, as in the sample of reference 5.15.7."""
    place = target.place
    if target.kind == "COLUMN":
        return f"{right} ({name}) ON TABLE {place.schema}.{place.table}"
    if target.kind in IN_SCHEMA:
        kind = "TABLE" if target.kind == "VIEW" else target.kind
        return f"{right} ON {kind} {place.schema}.{name}"
    kind = "NODE GROUP" if target.kind == "NODEGROUP" else target.kind
    return f"{right} ON {kind} {name}"


def _no_object(kind: str, name: str) -> Refused:
    codes = {"DATABASE": "DWS.5172", "SCHEMA": "DWS.5173"}
    return Refused(400, codes.get(kind, "DWS.5174"), f"The {kind} does not exist: {name}.")


@listens
def _clean_up(world: World, cluster: Cluster, what: str) -> None:
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        for found in _of_cluster(world, cluster):
            world.forget(found)
