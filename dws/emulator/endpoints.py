"""Where a cluster listens, as its details and its connections tell it."""

from __future__ import annotations

from typing import Any

from dws.emulator import domains, network
from dws.emulator.data_plane import Address
from dws.emulator.records import Cluster
from dws.emulator.world import World

Json = dict[str, Any]

SILENT = frozenset({"CREATING", "CREATE_FAILED", "DELETED"})
_JDBC = "jdbc:postgresql://{}/<YOUR_DATABASE_name>"


def address(cluster: Cluster, n: int) -> str:
    """An address of a cluster inside its network."""
    return f"192.168.{sum(cluster.id.encode()) % 256}.{10 + n}"


def listening(world: World, cluster: Cluster) -> Address:
    """Where a cluster listens inside its network; its real database, where there is one."""
    return world.data.address(cluster) or Address(address(cluster, 0), cluster.port)


def private_ips(world: World, cluster: Cluster) -> list[str]:
    """The addresses in the details of a cluster: of two coordinators, or of its real database."""
    if real := world.data.address(cluster):
        return [real.host]
    return [address(cluster, n) for n in range(min(len(cluster.nodes), 2))]


def endpoints(world: World, cluster: Cluster, status: str) -> Json:
    """
    The endpoints in the list and the details of clusters, reference 5.2.6 and 5.2.13.

    By domain name where there is one, as in the Chinese guide, though with the port.
    """
    # Lists, also while creating: clients iterate over them (facts/real_clients 21).
    if status in SILENT:
        return {"endpoints": [], "public_endpoints": []}
    at = listening(world, cluster)
    # A domain name or elastic IP of the emulated network leads to no real database.
    is_real = world.data.address(cluster) is not None
    name = None if is_real else _name(world, cluster, "private")
    inside = f"{name or at.host}:{at.port}"
    public = []
    eip = network.ip_of(world, cluster)
    if eip:
        name = _name(world, cluster, "public") or eip.address
        outside = f"{at.host if is_real else name}:{at.port}"
        public = [{"public_connect_info": outside, "jdbc_url": _JDBC.format(outside)}]
    return {
        "endpoints": [{"connect_info": inside, "jdbc_url": _JDBC.format(inside)}],
        "public_endpoints": public,
    }


def balancer(world: World, cluster: Cluster) -> Json | None:
    """The load balancer in the details of a cluster, reference 5.2.13."""
    found = network.balancer_of(world, cluster)
    if found is None:
        return None
    return {
        "public_ip": found.public_ip,
        "private_ip": found.private_ip,
        "private_endpoint": f"{found.private_ip}:{cluster.port}",
        "name": found.name,
        "id": found.id,
        "vpc_id": found.vpc_id,
    }


def public_ip(world: World, cluster: Cluster) -> Json:
    """The elastic IP in the list and the details of clusters."""
    eip = network.ip_of(world, cluster)
    return {"public_bind_type": cluster.public_bind_type, "eip_id": eip.id if eip else ""}


def _name(world: World, cluster: Cluster, kind: str) -> str | None:
    found = domains.domain(world, cluster, kind)
    # While a change is pending the old name is in use; a first one is not there yet.
    usable = found is not None and found.is_in_use
    return found.full_name if found and usable else None
