"""How a cluster is created: what must hold, and how it begins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from dws.emulator import births, lifecycle, passwords, quotas
from dws.emulator.due import effect
from dws.emulator.flavors import FLAVORS, VERSION
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import Cluster, Event
from dws.emulator.refused import Refused
from dws.emulator.world import World
from dws.shapes import PublicIp

EMPTY_GB = 0.1
"""What the catalogues of an empty database take (assumed): its snapshot is not empty."""


def require_possible(world: World, project_id: str, node_type: str, nodes: int) -> None:
    """
    See that so many nodes of a kind can be had.

    Raises:
        Refused: There is no such kind, or the quota is used up.
    """
    if node_type not in FLAVORS:
        raise Refused(400, "DWS.5006", f"Invalid specifications: no node type {node_type}.")
    quotas.require(world, project_id, node_type, nodes)


def require_zones(world: World, zones: list[str]) -> None:
    """
    See that zones exist.

    Raises:
        Refused: One does not.
    """
    for zone in zones:
        if zone not in world.spec.zones:
            raise Refused(400, "DWS.5012", f"The region or AZ does not exist: {zone}.")


def require_pool(world: World, pool_id: str | None) -> None:
    """
    See that a storage pool exists, if one is told.

    Raises:
        Refused: It does not (assumed: by this code).
    """
    if pool_id and pool_id not in {pool.id for pool in world.spec.dss_pools}:
        raise Refused(400, "DWS.0001", f"The storage pool does not exist: {pool_id}.")


def to_be(world: World, project_id: str, name: str, node_type: str, nodes: int) -> Cluster:
    """
    A cluster that is not in the world yet.

    Raises:
        Refused: Its name is taken, or its nodes cannot be had.
    """
    births.require_free_name(world, project_id, name)
    require_possible(world, project_id, node_type, nodes)
    cluster_id = world.new_id()
    return Cluster(
        id=cluster_id,
        project_id=project_id,
        name=name,
        status="CREATING",
        node_type=node_type,
        nodes=births.nodes_of(name, cluster_id, range(1, nodes + 1)),
        user_name="",
        port=8000,
        created=world.now,
        updated=world.now,
        vpc_id="",
        subnet_id="",
        security_group_id="",
        availability_zone=world.spec.zones[0],
        version=VERSION,
        data_gb=EMPTY_GB,
    )


def place(world: World, cluster: Cluster, zones: list[str]) -> None:
    """
    Put a cluster into zones.

    Raises:
        Refused: One does not exist.
    """
    require_zones(world, zones)
    cluster.availability_zone = ",".join(zones) or cluster.availability_zone


def administer(world: World, cluster: Cluster, password: SecretStr) -> None:
    """Give the administrator of a cluster that is to be their first password."""
    cluster.passwords = [passwords.hashed(password.get_secret_value())]
    world.data.admit(cluster, password.get_secret_value())


def reach(cluster: Cluster, public_ip: PublicIp | None) -> None:
    """Let a cluster be reached from outside, if told so."""
    if public_ip:
        cluster.public_bind_type = public_ip.public_bind_type
        cluster.eip_id = public_ip.eip_id or ""


def create(world: World, cluster: Cluster) -> dict[str, Any]:
    """Begin to create a cluster; answers what the service tells of it."""
    world.add(cluster)
    lasting_s = world.lasting_s("create", cluster.name)
    stretches = [Stretch("CREATING", lasting_s)]
    lifecycle.begin(world, cluster, stretches, "cluster_created", shows_at_once=True)
    order = datetime.fromtimestamp(world.now, UTC).strftime("%Y%m%d%H%M%S")
    told: dict[str, Any] = {}
    if world.spec.profile.create_answers != "cluster":
        told["subscriptionsID"] = f"{order}{world.next_number():09d}"
    if world.spec.profile.create_answers != "order":
        told["cluster"] = {"id": cluster.id}
    return told


@effect
def cluster_created(world: World, event: Event) -> None:
    cluster = lifecycle.ending(world, event.target, event.arguments[0])
    if cluster is None:
        return
    fails_as = lifecycle.end(world, cluster)
    cluster.status = fails_as or "AVAILABLE"
    # Facts B5: what peers saw when the flavor was sold out.
    cluster.failed_code = "DWS.5200" if fails_as else None
