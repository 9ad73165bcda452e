"""Growing a cluster: an automatic snapshot, a gap in which it looks idle, and the growth."""

from __future__ import annotations

from dws.emulator import births, lifecycle, quotas
from dws.emulator.due import effect
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import GAP, Cluster, Event, Resize
from dws.emulator.refused import Refused
from dws.emulator.snapshotting import take_automatic
from dws.emulator.world import World
from dws.operations import scaling as ops

MOST_NODES = 256


@handles(ops.ResizeCluster)
def resize_cluster(world: World, op: ops.ResizeCluster, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    lifecycle.require_idle(world, cluster)
    lifecycle.require_free_of_dr(world, cluster)
    count = op.scale_out.count
    if len(cluster.nodes) + count > MOST_NODES:
        raise Refused(400, "DWS.5091", f"The number of nodes exceeds the maximum: {MOST_NODES}.")
    quotas.require(world, caller.project_id, cluster.node_type, count)
    lifecycle.clear_failure(world, cluster)
    if op.create_node_only:
        _create_nodes(world, cluster, count)
    else:
        _grow(world, cluster, count)
    return {}


@effect
def nodes_created(world: World, event: Event) -> None:
    number, count = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure is None:
        _add_nodes(cluster, int(count), status="199")


@effect
def growth_shown(world: World, event: Event) -> None:
    number, count = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster:
        here = len(cluster.nodes)
        cluster.resize = Resize(here, here + int(count), "GROWING", world.now)
        world.touch(cluster)


@effect
def cluster_grown(world: World, event: Event) -> None:
    number, count = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure and cluster.resize:
        cluster.resize.status = "RESIZE_FAILURE"
        return
    cluster.resize = None
    _add_nodes(cluster, int(count), status="200")


def _create_nodes(world: World, cluster: Cluster, count: int) -> None:
    stretches = [Stretch("CREATING_NODE", world.lasting_s("create_node", cluster.name))]
    work = lifecycle.begin(world, cluster, stretches, "nodes_created", str(count))
    work.adds_nodes = count


def _grow(world: World, cluster: Cluster, count: int) -> None:
    stretches = [
        Stretch("SNAPSHOTTING", world.lasting_s("snapshot", cluster.name)),
        Stretch(GAP, world.lasting_s("gap", cluster.name)),
        Stretch("GROWING", world.lasting_s("grow", cluster.name)),
    ]
    work = lifecycle.begin(world, cluster, stretches, "cluster_grown", str(count))
    work.adds_nodes = count
    take_automatic(world, cluster, work)
    if not work.is_stuck:
        growing = work.phases[-1]
        world.at(growing.begins, "growth_shown", cluster.id, str(work.number), str(count))


def _add_nodes(cluster: Cluster, count: int, *, status: str) -> None:
    here = len(cluster.nodes)
    numbers = range(here + 1, here + count + 1)
    cluster.nodes += births.nodes_of(cluster.name, cluster.id, numbers, status)
