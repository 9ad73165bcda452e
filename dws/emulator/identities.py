"""Identity sources of a cluster, LDAP or OneAccess, and the synchronization of users with them."""

from __future__ import annotations

from dataclasses import dataclass, field

from dws.emulator import authorities, users
from dws.emulator.due import effect
from dws.emulator.faults import StuckFault, TaskFailsFault
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.records import Cluster, Event
from dws.emulator.refused import Refused, busy
from dws.emulator.world import World, id_from
from dws.operations.databases import CreateLdapConf, CreateOneaccessConf

RUNNING, SUCCESS, FAILED = "RUNNING", "SUCCESS", "FAILED"
"""SUCCESS is of the sample of reference 5.15.15, the others are assumed."""
DAY_S = 86_400.0
"""How often a source with automatic synchronization is asked (assumed)."""
_USER_TYPES = {"ldap": users.LDAP, "oneaccess": users.ONEACCESS}


@kept
@dataclass(slots=True)
class IdentitySource:
    """Where the users of a cluster come from, the one there is (assumed). It keeps no secrets."""

    id: str
    """That of the cluster."""
    source_id: str
    type: str
    """``ldap`` or ``oneaccess``."""
    host: str
    auto_sync: bool
    port: int = 0
    admin_name: str = ""
    base_dn: str = ""
    filter: str = ""
    user_attribute: str = ""
    use_ssl: bool = False
    ssl_cert: str = ""
    """Name of the file."""
    client_id: str = ""
    org_id: str = ""


@kept
@dataclass(slots=True)
class Synchronization:
    """One run, and what it did: each entry is type, user and reason of failure."""

    id: str
    cluster_id: str
    source_id: str
    source_type: str
    started: float
    ended: float | None = None
    status: str = RUNNING
    reason: str | None = None
    details: list[list[str]] = field(default_factory=list)

    def count(self, kind: str) -> int:
        """How many users it did that to."""
        return sum(entry[0] == kind and not entry[2] for entry in self.details)

    @property
    def failures(self) -> int:
        """How many users it could do nothing to."""
        return sum(bool(entry[2]) for entry in self.details)


def source(world: World, cluster: Cluster) -> IdentitySource | None:
    """Where the users of a cluster come from."""
    return world.of(IdentitySource).get(cluster.id)


def ldap(world: World, cluster: Cluster, op: CreateLdapConf) -> IdentitySource:
    """The LDAP server that a request tells."""
    return IdentitySource(
        cluster.id,
        world.new_id(),
        "ldap",
        op.host,
        auto_sync=bool(op.auto_sync),
        port=op.port,
        admin_name=op.admin_name,
        base_dn=op.base_dn,
        filter=op.filter,
        user_attribute=op.user_attribute,
        use_ssl=bool(op.use_ssl),
        ssl_cert=op.ssl_cert.name if op.ssl_cert else "",
    )


def oneaccess(world: World, cluster: Cluster, op: CreateOneaccessConf) -> IdentitySource:
    """The OneAccess application that a request tells."""
    return IdentitySource(
        cluster.id,
        world.new_id(),
        "oneaccess",
        op.host,
        auto_sync=bool(op.auto_sync),
        client_id=op.client_id,
        org_id=op.org_id or "",
    )


def use(world: World, cluster: Cluster, found: IdentitySource) -> None:
    """Let the users of a cluster come from a source, in place of the one before."""
    world.keep(found)
    if found.auto_sync:
        synchronize(world, cluster)
        world.at(world.now + DAY_S, "identity_sync_due", cluster.id, found.source_id)


def synchronizations(world: World, cluster: Cluster) -> list[Synchronization]:
    """The runs of a cluster, newest first."""
    mine = [s for s in world.of(Synchronization).values() if s.cluster_id == cluster.id]
    return mine[::-1]


def synchronization(world: World, cluster: Cluster, record_id: str) -> Synchronization:
    """
    One run of a cluster.

    Raises:
        Refused: There is none (assumed, and the code with it).
    """
    found = world.of(Synchronization).get(record_id)
    if found is None or found.cluster_id != cluster.id:
        raise Refused(404, "DWS.0001", f"The synchronization record {record_id} does not exist.")
    return found


def synchronize(world: World, cluster: Cluster) -> None:
    """
    Begin to synchronize.

    Raises:
        Refused: There is no source (assumed, and the code with it), or a run is under way.
    """
    found = source(world, cluster)
    if found is None:
        raise Refused(400, "DWS.5037", "The parameter does not exist: no identity source is set.")
    if any(run.status == RUNNING for run in synchronizations(world, cluster)):
        raise busy()
    run = Synchronization(world.new_id(), cluster.id, found.source_id, found.type, world.now)
    world.keep(run)
    failed = ""
    match world.fate():
        case TaskFailsFault(task_status=told):
            failed = told
        case StuckFault():
            return
        case _:
            pass
    lasting_s = world.lasting_s("sync_identity", cluster.name)
    world.at(world.now + lasting_s, "identity_synced", run.id, failed)


@effect
def identity_synced(world: World, event: Event) -> None:
    run = world.of(Synchronization).get(event.target)
    if run is None:
        return
    failed = event.arguments[0]
    run.ended, run.status = world.now, FAILED if failed else SUCCESS
    run.reason = failed or None
    if not failed:
        _bring_in(world, world.clusters[run.cluster_id], run)
    world.keep(run)


@effect
def identity_sync_due(world: World, event: Event) -> None:
    cluster = world.clusters[event.target]
    found = source(world, cluster)
    if found is None or found.source_id != event.arguments[0]:
        return
    world.operation = "ExecuteIdentitySync"
    if all(run.status != RUNNING for run in synchronizations(world, cluster)):
        synchronize(world, cluster)
    world.at(world.now + DAY_S, "identity_sync_due", cluster.id, found.source_id)


def _bring_in(world: World, cluster: Cluster, run: Synchronization) -> None:
    kind = _USER_TYPES[run.source_type]
    for name in world.spec.directory:
        present = users.find(world, cluster, name)
        if present is None:
            fresh = users.new(world, cluster, name, is_user=True)
            fresh.type = kind
            world.keep(fresh)
            run.details.append(["ADD", name, ""])
        elif present.type != kind:
            run.details.append(["ADD", name, "The user exists already, and is of another type."])
    for user in users.users(world, cluster):
        if user.type == kind and user.name not in world.spec.directory:
            authorities.drop_role(world, cluster, user.name, cascade=True)
            world.forget(user)
            run.details.append(["DELETE", user.name, ""])


def detail_id(run: Synchronization, number: int) -> str:
    """The id of an entry of a run."""
    return id_from(f"{run.id}:{number}")


@listens
def _clean_up(world: World, cluster: Cluster, what: str) -> None:
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        for run in synchronizations(world, cluster):
            world.forget(run)
        found = source(world, cluster)
        if found:
            world.forget(found)
