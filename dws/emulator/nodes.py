"""What becomes of nodes: deleted, or given a coordinator, or relieved of it."""

from __future__ import annotations

from dataclasses import dataclass

from dws.emulator import lifecycle
from dws.emulator.due import effect
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import Cluster, Event, Node, Work
from dws.emulator.refused import Refused
from dws.emulator.world import World

IDLE, USED, FAILED, DELETING, NOT_DELETED, DELETED = "199", "200", "300", "304", "305", "400"
BROKEN = frozenset({FAILED, "303", NOT_DELETED})
MOST_COORDINATORS = 20


@kept
@dataclass(slots=True)
class GoneNode:
    """A node that was deleted; its cluster's list can still show it."""

    id: str
    cluster_id: str
    name: str


def coordinators(cluster: Cluster) -> list[Node]:
    """The nodes with a coordinator, in order."""
    found = [node for node in cluster.nodes if node.id in set(cluster.coordinators)]
    return found or cluster.nodes[:3]


def fewest_and_most(cluster: Cluster) -> tuple[int, int]:
    """How many coordinators a cluster may have (assumed: 2 to one per node, at most 20)."""
    most = min(len(cluster.nodes), MOST_COORDINATORS)
    return min(2, most), most


def add_coordinators(world: World, cluster: Cluster, wanted: int) -> Work:
    """
    Begin to bring a cluster to more coordinators.

    Raises:
        Refused: It is busy, or may not have so many, or has as many (the last is assumed).
    """
    lifecycle.require_idle(world, cluster)
    fewest, most = fewest_and_most(cluster)
    if not max(fewest, len(coordinators(cluster)) + 1) <= wanted <= most:
        here = len(coordinators(cluster))
        raise _wrong_number(f"{wanted} coordinators: there are {here}, there may be {most}.")
    lifecycle.clear_failure(world, cluster)
    stretches = [Stretch("ADD_CN_ING", world.lasting_s("add_cn", cluster.name))]
    return lifecycle.begin(world, cluster, stretches, "coordinators_added", str(wanted))


def take_coordinators(world: World, cluster: Cluster, ids: list[str]) -> Work:
    """
    Begin to take coordinators away.

    Raises:
        Refused: It is busy, one is not there, or too few would be left.
    """
    lifecycle.require_idle(world, cluster)
    present = {node.id for node in coordinators(cluster)}
    if unknown := sorted(set(ids) - present):
        raise Refused(400, "DWS.0001", f"The cluster has no coordinator {unknown[0]}.")  # assumed
    fewest, _ = fewest_and_most(cluster)
    if len(present - set(ids)) < fewest:
        raise _wrong_number(f"At least {fewest} coordinators must be left.")
    lifecycle.clear_failure(world, cluster)
    stretches = [Stretch("DEL_CN_ING", world.lasting_s("delete_cn", cluster.name))]
    return lifecycle.begin(world, cluster, stretches, "coordinators_taken", *ids)


def delete(world: World, cluster: Cluster, ids: list[str], *, broken: bool) -> Work:
    """
    Begin to delete nodes.

    Args:
        broken: Failed nodes are meant, not idle ones.

    Raises:
        Refused: The cluster is busy, or a node is not there or in use (the code is assumed).
    """
    lifecycle.require_idle(world, cluster)
    allowed = BROKEN if broken else {IDLE, NOT_DELETED}
    doomed = [node for node in cluster.nodes if node.id in ids]
    if unknown := sorted(set(ids) - {node.id for node in doomed}):
        raise Refused(400, "DWS.0001", f"The cluster has no node {unknown[0]}.")
    if used := [node.name for node in doomed if node.status not in allowed]:
        raise Refused(400, "DWS.5095", f"The node is in use: {used[0]}.")
    lifecycle.clear_failure(world, cluster)
    for node in doomed:
        node.status = DELETING
    stretches = [Stretch("DELETING_NODE", world.lasting_s("delete_node", cluster.name))]
    return lifecycle.begin(world, cluster, stretches, "nodes_deleted", *ids)


@effect
def coordinators_added(world: World, event: Event) -> None:
    number, wanted = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure is None:
        present = coordinators(cluster)
        others = [node for node in cluster.nodes if node not in present]
        cluster.coordinators = [node.id for node in [*present, *others][: int(wanted)]]


@effect
def coordinators_taken(world: World, event: Event) -> None:
    number, *ids = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure is None:
        cluster.coordinators = [n.id for n in coordinators(cluster) if n.id not in ids]


@effect
def nodes_deleted(world: World, event: Event) -> None:
    number, *ids = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    doomed = [node for node in cluster.nodes if node.id in ids]
    for node in doomed:
        if cluster.failure:
            node.status = NOT_DELETED
        else:
            world.keep(GoneNode(node.id, cluster.id, node.name))
    if cluster.failure is None:
        cluster.nodes = [node for node in cluster.nodes if node.id not in ids]


@listens
def _forget(world: World, cluster: Cluster, what: str) -> None:
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        for gone in [g for g in world.of(GoneNode).values() if g.cluster_id == cluster.id]:
            world.forget(gone)


def _wrong_number(message: str) -> Refused:
    # Which code it is, is assumed.
    return Refused(400, "DWS.5047", f"Invalid instance quantity. {message}")
