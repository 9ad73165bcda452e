"""Domain names of clusters. Each is pending for a little, then active, or in error."""

from __future__ import annotations

from dataclasses import dataclass

from dws.emulator import network
from dws.emulator.due import effect
from dws.emulator.faults import StuckFault, TaskFailsFault
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.lifecycle import USABLE
from dws.emulator.records import Cluster, Event
from dws.emulator.refused import Refused, busy, name_taken
from dws.emulator.world import World

ACTIVE, ERROR = "ACTIVE", "ERROR"
PENDING = frozenset({"PENDING_CREATE", "PENDING_UPDATE", "PENDING_DELETE"})
"""ACTIVE is of the sample of reference 5.9.9; the other words, those of its DNS, are assumed."""
SUFFIX = {"private": "dws.myhuaweicloud.com", "public": "dws.myhwclouds.com"}
"""As in the Chinese guide (api/README, Dialects)."""


@kept
@dataclass(slots=True)
class Domain:
    """A domain name of a cluster; it has at most one of a type."""

    id: str
    """Cluster and type."""
    cluster_id: str
    type: str
    name: str
    ttl: int
    status: str
    number: int
    """Of the change under way, or the last one."""
    failed_reason: str | None = None
    is_in_use: bool = False
    """Whether it answers, by the name that it has now."""

    @property
    def full_name(self) -> str:
        return f"{self.name}.{SUFFIX[self.type]}"


def domain(world: World, cluster: Cluster, kind: str) -> Domain | None:
    """The domain name of a type that a cluster has."""
    return world.of(Domain).get(f"{cluster.id}/{kind}")


def apply(world: World, cluster: Cluster, kind: str, name: str, ttl: int) -> None:
    """
    Begin to make a domain name.

    Raises:
        Refused: The cluster has one of that type, another has that name, or there is no elastic
            IP for one outside (assumed, and the codes with it).
    """
    _require_usable(cluster)
    present = domain(world, cluster, kind)
    if present and present.status != ERROR:
        raise name_taken("domain", present.name)
    _require_free(world, cluster, kind, name)
    if kind == "public" and network.ip_of(world, cluster) is None:
        raise Refused(400, "DWS.5135", "A public domain name needs an EIP: none is bound.")
    found = Domain(f"{cluster.id}/{kind}", cluster.id, kind, name, ttl, "", 0)
    _begin(world, found, "PENDING_CREATE", name, ttl)


def change(world: World, cluster: Cluster, kind: str, name: str, ttl: int) -> None:
    """
    Begin to change a domain name; the old one answers until the new one does.

    Raises:
        Refused: The cluster has none of that type, or another has that name.
    """
    found = _present(world, cluster, kind)
    _require_free(world, cluster, kind, name)
    _begin(world, found, "PENDING_UPDATE", name, ttl)


def give_up(world: World, cluster: Cluster, kind: str) -> None:
    """
    Begin to drop a domain name.

    Raises:
        Refused: The cluster has none of that type.
    """
    found = _present(world, cluster, kind)
    _begin(world, found, "PENDING_DELETE", found.name, found.ttl)


@effect
def domain_settled(world: World, event: Event) -> None:
    number, name, ttl, failed = event.arguments
    found = world.of(Domain).get(event.target)
    if found is None or str(found.number) != number:
        return
    if failed:
        found.status, found.failed_reason = ERROR, failed
    elif found.status == "PENDING_DELETE":
        world.forget(found)
        return
    else:
        found.status, found.name, found.ttl, found.failed_reason = ACTIVE, name, int(ttl), None
        found.is_in_use = True
    world.keep(found)


@listens
def _follow(world: World, cluster: Cluster, what: str) -> None:
    """A name for outside goes with the elastic IP (assumed), both with the cluster."""
    kinds = {
        "DisassociateEip.done": ("public",),
        "DeleteCluster.done": ("public", "private"),
        "DeleteDwsCluster.done": ("public", "private"),
    }
    for kind in kinds.get(what, ()):
        found = domain(world, cluster, kind)
        if found:
            world.forget(found)


def _begin(world: World, found: Domain, status: str, name: str, ttl: int) -> None:
    found.status, found.number = status, world.next_number()
    world.keep(found)
    failed = ""
    match world.fate():
        case TaskFailsFault(task_status=told):
            failed = told
        case StuckFault():
            return
        case _:
            pass
    due = world.now + world.lasting_s("domain", found.id)
    world.at(due, "domain_settled", found.id, str(found.number), name, str(ttl), failed)


def _present(world: World, cluster: Cluster, kind: str) -> Domain:
    _require_usable(cluster)
    found = domain(world, cluster, kind)
    if found is None:
        raise Refused(404, "DWS.0047", f"The cluster has no {kind} domain name.")
    if found.status in PENDING:
        raise busy()
    return found


def _require_usable(cluster: Cluster) -> None:
    if cluster.status not in USABLE:
        raise busy()


def _require_free(world: World, cluster: Cluster, kind: str, name: str) -> None:
    for other in world.of(Domain).values():
        if other.cluster_id != cluster.id and (other.type, other.name) == (kind, name):
            raise name_taken("domain", name)
