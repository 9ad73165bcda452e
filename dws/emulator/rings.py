"""
The rings of a cluster: three or four nodes that hold each other's copies, and go together.

A cluster that nothing was done to has its nodes in rings of three, the last ones of four. What
grew later are rings of their own, so that it can go again first.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from dws.emulator.flavors import FLAVORS
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.load import address_of, host_of
from dws.emulator.records import Cluster, Node
from dws.emulator.world import World

Json = dict[str, Any]
IDLE = "199"


@kept
@dataclass(slots=True)
class Ring:
    """Nodes that go together."""

    id: str
    cluster_id: str
    number: int
    """Rings go in the reverse order of it."""
    nodes: list[str]
    """Ids."""
    owner: str = ""
    """Id of the logical cluster that has it; empty: none, or the free ones."""


def rings_of(world: World, cluster: Cluster) -> list[Ring]:
    """The rings of a cluster, oldest first; idle nodes are in none."""
    known = [ring for ring in world.of(Ring).values() if ring.cluster_id == cluster.id]
    known.sort(key=lambda ring: ring.number)
    there = {node.id for node in cluster.nodes if node.status != IDLE}
    placed = {node for ring in known for node in ring.nodes}
    told = [_left(ring, there) for ring in known]
    rings = [ring for ring in told if ring.nodes]
    loose = [node.id for node in cluster.nodes if node.id in there - placed]
    first = max((ring.number for ring in known), default=0) + 1
    for number, nodes in enumerate(_split(loose), start=first):
        rings.append(Ring(f"{cluster.id}/{number}", cluster.id, number, nodes))
    return rings


def settle(world: World, cluster: Cluster, owner: str = "") -> list[Ring]:
    """Write down the rings of a cluster, and give those that are new to a logical cluster."""
    rings = rings_of(world, cluster)
    known = world.of(Ring)
    for ring in rings:
        if ring.id not in known:
            ring.owner = owner
        world.keep(ring)
    here = {ring.id for ring in rings}
    for gone in [r for r in known.values() if r.cluster_id == cluster.id and r.id not in here]:
        world.forget(gone)
    return rings


def removable(world: World, cluster: Cluster, owner: str = "") -> list[Ring]:
    """
    The rings that may go, the last one first.

    One ring stays where data is: of a cluster, or of a logical cluster. Free ones may all go.
    """
    rings = [ring for ring in rings_of(world, cluster) if ring.owner == owner]
    holds_data = bool(owner) or not cluster.is_logical
    loose = rings[:0:-1] if holds_data else rings[::-1]
    return loose if cluster.is_logical else loose[: world.spec.profile.scale_in_rings]


def numbers(rings: list[Ring]) -> list[int]:
    """How many nodes may go, where these rings may, in this order."""
    return list(accumulate(len(ring.nodes) for ring in rings))


def first(rings: list[Ring], nodes: int) -> list[Ring] | None:
    """The first rings that have so many nodes together; None if none have."""
    for count, reached in enumerate(numbers(rings), start=1):
        if reached == nodes:
            return rings[:count]
    return None


def told(cluster: Cluster, ring: Ring) -> Json:
    """A ring in the lists of references 5.2.7 and 5.2.11."""
    flavor = FLAVORS[cluster.node_type]
    return {
        "ring_hosts": [
            {
                "host_name": host_of(node),
                "back_ip": address_of(node),
                "cpu_cores": flavor.vcpus,
                "memory": flavor.ram_gb,
                "disk_size": cluster.node_disk_gb,
            }
            for node in members(cluster, ring)
        ]
    }


def members(cluster: Cluster, ring: Ring) -> list[Node]:
    """The nodes of a ring."""
    return [node for node in cluster.nodes if node.id in ring.nodes]


def named(cluster: Cluster, rings: list[Ring], hosts: set[str]) -> Ring | None:
    """The ring that consists of the hosts of these names; None if none does."""
    for ring in rings:
        if {host_of(node) for node in members(cluster, ring)} == hosts:
            return ring
    return None


def _left(ring: Ring, there: set[str]) -> Ring:
    nodes = [node for node in ring.nodes if node in there]
    return Ring(ring.id, ring.cluster_id, ring.number, nodes, ring.owner)


def _split(nodes: list[str]) -> list[list[str]]:
    """Rings of three, the last ones of four; what is less than six and not four is one."""
    if not nodes:
        return []
    count = max(len(nodes) // 3, 1)
    sizes = [len(nodes) // count] * count
    for number in range(len(nodes) % count):
        sizes[-1 - number] += 1
    ends = list(accumulate(sizes))
    return [nodes[end - size : end] for end, size in zip(ends, sizes, strict=True)]


@listens
def _forget(world: World, cluster: Cluster, what: str) -> None:
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        for ring in [r for r in world.of(Ring).values() if r.cluster_id == cluster.id]:
            world.forget(ring)
