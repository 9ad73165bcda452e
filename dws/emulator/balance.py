"""
Where the primaries of a cluster are: a node that fails hands them over, a switchback returns them.
"""

from __future__ import annotations

from dws.emulator import lifecycle
from dws.emulator.due import effect
from dws.emulator.flags import drop_flags, raise_flags
from dws.emulator.records import Cluster, Event, Work
from dws.emulator.world import World

DEGRADED = "DEGRADED"
UNBALANCED = "UNBALANCED"
REPAIRED_AFTER_S = 600.0
"""How long a failed node is away (assumed)."""
SWITCHING = "ACTIVE_STANDY_SWITCHOVER"
"""So spelled by the service."""


def switch_back(world: World, cluster: Cluster) -> Work:
    """Begin to return the primaries of a cluster to their nodes."""
    stretches = [lifecycle.Stretch(SWITCHING, world.lasting_s("switchover", cluster.name))]
    return lifecycle.begin(world, cluster, stretches, "cluster_switched_back")


@effect
def cluster_switched_back(world: World, event: Event) -> None:
    cluster = lifecycle.ending(world, event.target, event.arguments[0])
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure is None:
        drop_flags(world, cluster, UNBALANCED)


@effect
def node_failed(world: World, event: Event) -> None:
    """The last node of a cluster fails: its primaries go to others, and stay there."""
    cluster = world.clusters[event.target]
    if cluster.deleted_at is not None or len(cluster.nodes) == 1:
        return
    node = cluster.nodes[-1]
    node.status = "300"
    raise_flags(world, cluster, DEGRADED, UNBALANCED)
    world.at(world.now + REPAIRED_AFTER_S, "node_repaired", cluster.id, node.id)


@effect
def node_repaired(world: World, event: Event) -> None:
    cluster = world.clusters[event.target]
    for node in cluster.nodes:
        if node.id == event.arguments[0] and node.status == "300":
            node.status = "200"
    drop_flags(world, cluster, DEGRADED)
