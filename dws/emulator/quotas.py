"""How much of the project's quotas is used, and what does not fit any more."""

from __future__ import annotations

from dws.emulator.flavors import FLAVORS
from dws.emulator.records import Cluster
from dws.emulator.refused import Refused
from dws.emulator.world import World

KINDS = ("instances", "core", "ram", "disk", "disk_capacity")
UNITS = {"ram": "GB", "disk_capacity": "GB"}


def clusters_of(world: World, project_id: str) -> list[Cluster]:
    """The clusters of a project that are there."""
    return [
        cluster
        for cluster in world.clusters.values()
        if cluster.project_id == project_id and cluster.deleted_at is None
    ]


def used(world: World, project_id: str) -> dict[str, int]:
    """What the project uses, by kind of quota."""
    total = dict.fromkeys(KINDS, 0)
    for cluster in clusters_of(world, project_id):
        nodes = len(cluster.nodes) + (cluster.work.adds_nodes if cluster.work else 0)
        for kind, amount in needs(cluster.node_type, nodes).items():
            total[kind] += amount
        flavor = FLAVORS[cluster.node_type]
        total["disk_capacity"] += nodes * (cluster.node_disk_gb - flavor.disk_gb)
    return total


def needs(node_type: str, nodes: int) -> dict[str, int]:
    """What some nodes need, by kind of quota."""
    flavor = FLAVORS[node_type]
    return {
        "instances": nodes,
        "core": nodes * flavor.vcpus,
        "ram": nodes * flavor.ram_gb,
        "disk": nodes,
        "disk_capacity": nodes * flavor.disk_gb,
    }


def require(world: World, project_id: str, node_type: str, nodes: int) -> None:
    """
    See that more nodes fit into the quotas.

    Raises:
        Refused: They do not (assumed: by the code of too many nodes).
    """
    present = used(world, project_id)
    for kind, amount in needs(node_type, nodes).items():
        limit = getattr(world.spec.quotas, kind)
        if present[kind] + amount > limit:
            raise Refused(
                400,
                "DWS.5091",
                f"The number of nodes has reached the maximum: quota {kind} is {limit}, "
                f"{present[kind]} used, {amount} more wanted.",
            )
