"""The users and roles of a cluster's databases, and the operators' account."""

from __future__ import annotations

import calendar
import time
from dataclasses import dataclass, field

from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.records import Cluster
from dws.emulator.refused import Refused
from dws.emulator.world import World

COMMON, IAM, LDAP, ONEACCESS = "COMMON", "IAM", "LDAP", "OneAccess"
"""Types of users, by what they come from; that there is LDAP is assumed."""
PERIOD_S = 8 * 3600.0
"""How long operators are let in at a time: documents of the Terraform provider."""


@kept
@dataclass(slots=True)
class DatabaseUser:
    """A user or a role. Of its password there is nothing but that it has one."""

    id: str
    """Cluster and name."""
    cluster_id: str
    name: str
    is_user: bool
    login: bool
    createrole: bool = False
    createdb: bool = False
    systemadmin: bool = False
    auditadmin: bool = False
    inherit: bool = True
    useft: bool = False
    replication: bool = False
    lock: bool = False
    conn_limit: int = -1
    valid_begin: float | None = None
    valid_until: float | None = None
    desc: str = ""
    type: str = COMMON
    has_password: bool = False
    roles: dict[str, bool] = field(default_factory=dict)
    """Its roles, and whether it may grant them to others."""


@kept
@dataclass(slots=True)
class OmAccount:
    """The operators' account of a cluster, while they are let in; by the cluster's id."""

    id: str
    expires: float


def users(world: World, cluster: Cluster) -> list[DatabaseUser]:
    """The users and roles of a cluster: its administrator first, then in order of creation."""
    mine = [user for user in world.of(DatabaseUser).values() if user.cluster_id == cluster.id]
    admin = next((user for user in mine if user.name == cluster.user_name), None)
    return [admin or _administrator(cluster), *(user for user in mine if user is not admin)]


def find(world: World, cluster: Cluster, name: str) -> DatabaseUser | None:
    """A user or role by its name."""
    return next((user for user in users(world, cluster) if user.name == name), None)


def user(world: World, cluster: Cluster, name: str) -> DatabaseUser:
    """
    A user or role by its name.

    Raises:
        Refused: There is none (assumed: the code of an invalid user name).
    """
    found = find(world, cluster, name)
    if found is None:
        raise Refused(404, "DWS.5198", f"The user or role {name} does not exist.")
    return found


def new(world: World, cluster: Cluster, name: str, *, is_user: bool) -> DatabaseUser:
    """
    A user or role to be, not kept yet.

    Raises:
        Refused: There is one of that name (assumed: the code of an invalid user name).
    """
    if find(world, cluster, name):
        raise Refused(409, "DWS.5198", f"The user or role {name} exists already.")
    return DatabaseUser(f"{cluster.id}/{name}", cluster.id, name, is_user, login=is_user)


def seconds(moment: str | None) -> float | None:
    """
    A time of a request as seconds since 1970; it is UTC.

    Raises:
        Refused: There is no such time.
    """
    if moment is None:
        return None
    try:
        return float(calendar.timegm(time.strptime(moment.rstrip("Z"), "%Y-%m-%dT%H:%M:%S")))
    except ValueError:
        raise Refused(400, "DWS.5065", f"Invalid format: {moment} is no time.") from None


def sync_with_iam(world: World, cluster: Cluster) -> list[str]:
    """Make a user of each IAM user that has none; answers the names of those made."""
    made = []
    for told in world.spec.users:
        if find(world, cluster, told.name) is None:
            fresh = new(world, cluster, told.name, is_user=True)
            fresh.type = IAM
            world.keep(fresh)
            made.append(told.name)
    return made


def grant_roles(
    world: World, cluster: Cluster, grantees: list[DatabaseUser], roles: list[tuple[str, bool]]
) -> list[str]:
    """
    Grant roles, each with whether it may be passed on; answers the statements.

    Raises:
        Refused: There is no such role.
    """
    for name, _ in roles:
        user(world, cluster, name)
    told = []
    for grantee in grantees:
        for name, passes_on in roles:
            grantee.roles[name] = grantee.roles.get(name, False) or passes_on
            option = " WITH ADMIN OPTION" if passes_on else ""
            told.append(f"GRANT {name} TO {grantee.name}{option};")
        world.keep(grantee)
    return told


def revoke_roles(
    world: World, cluster: Cluster, grantees: list[DatabaseUser], roles: list[tuple[str, bool]]
) -> list[str]:
    """
    Revoke roles, or the right alone to pass them on; answers the statements.

    Raises:
        Refused: There is no such role.
    """
    for name, _ in roles:
        user(world, cluster, name)
    told = []
    for grantee in grantees:
        for name, only_option in roles:
            if not only_option:
                grantee.roles.pop(name, None)
            elif name in grantee.roles:
                grantee.roles[name] = False
            option = "ADMIN OPTION FOR " if only_option else ""
            told.append(f"REVOKE {option}{name} FROM {grantee.name};")
        world.keep(grantee)
    return told


def om_account(world: World, cluster: Cluster) -> OmAccount | None:
    """The operators' account; None if they are not let in, or no more."""
    found = world.of(OmAccount).get(cluster.id)
    return found if found and found.expires > world.now else None


def admit_operators(world: World, cluster: Cluster, action: str) -> None:
    """
    Let operators in, for longer, or out.

    Raises:
        Refused: To add who is in, or to extend who is out (assumed, and the code with it).
    """
    found = om_account(world, cluster)
    if (action == "addOmUser") == (found is not None) and action != "deleteOmUser":
        raise Refused(400, "DWS.5045", f"The O&M account does not allow {action} now.")
    if action == "deleteOmUser":
        world.forget(found or OmAccount(cluster.id, world.now))
        return
    world.keep(OmAccount(cluster.id, (found.expires if found else world.now) + PERIOD_S))


def _administrator(cluster: Cluster) -> DatabaseUser:
    return DatabaseUser(
        f"{cluster.id}/{cluster.user_name}",
        cluster.id,
        cluster.user_name,
        is_user=True,
        login=True,
        createrole=True,
        createdb=True,
        systemadmin=True,
        auditadmin=True,
        useft=True,
        has_password=True,
    )


@listens
def _clean_up(world: World, cluster: Cluster, what: str) -> None:
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        for found in [u for u in world.of(DatabaseUser).values() if u.cluster_id == cluster.id]:
            world.forget(found)
        world.forget(OmAccount(cluster.id, 0.0))
