"""How clusters grow: by new nodes or by idle ones, and what becomes of their data."""

from __future__ import annotations

from dataclasses import dataclass

from dws.emulator import births, lifecycle, logical, quotas, redistribution, rings
from dws.emulator.due import effect
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import GAP, Cluster, Event, Resize
from dws.emulator.refused import Refused
from dws.emulator.snapshotting import take_automatic
from dws.emulator.world import World

MOST_NODES = 256
PREPARED = 0.5
"""How much of the usual time growth takes by nodes that were prepared (assumed)."""


@kept
@dataclass(slots=True)
class Growth:
    """The last growth of a cluster, as it was asked for; its id is the cluster's."""

    id: str
    count: int
    redistributes: bool = True
    mode: str = "offline"
    jobs: int = redistribution.USUAL_JOBS
    owner: str = ""
    """Id of the logical cluster that grows."""
    owner_name: str = ""
    by_idle_nodes: bool = False


def require_room(world: World, cluster: Cluster, count: int) -> None:
    """
    See that a cluster may have more nodes.

    Raises:
        Refused: It would have too many, or the quota is used up.
    """
    if len(cluster.nodes) + count > MOST_NODES:
        raise Refused(400, "DWS.5091", f"The number of nodes exceeds the maximum: {MOST_NODES}.")
    quotas.require(world, cluster.project_id, cluster.node_type, count)


def idle_nodes(cluster: Cluster) -> list[str]:
    """Ids of the nodes of a cluster that hold no data."""
    return [node.id for node in cluster.nodes if node.status == rings.IDLE]


def require_all_idle(cluster: Cluster, count: int) -> None:
    """
    See that growth by idle nodes uses all of them, as reference 5.2.22 demands.

    Raises:
        Refused: There are none, or it does not (assumed: by this code).
    """
    idle = len(idle_nodes(cluster))
    if idle == 0 or count != idle:
        raise Refused(400, "DWS.5047", f"All {idle} idle nodes must be used, not {count}.")


def create_nodes(world: World, cluster: Cluster, count: int) -> None:
    """Begin to create nodes that stay idle."""
    stretches = [Stretch("CREATING_NODE", world.lasting_s("create_node", cluster.name))]
    work = lifecycle.begin(world, cluster, stretches, "nodes_created", str(count))
    work.adds_nodes = count


def grow(world: World, cluster: Cluster, growth: Growth) -> None:
    """Begin to grow: a snapshot, a while in which all looks idle, and then the growth."""
    stretches = [
        Stretch("SNAPSHOTTING", world.lasting_s("snapshot", cluster.name)),
        Stretch(GAP, world.lasting_s("gap", cluster.name)),
        Stretch("GROWING", world.lasting_s("grow", cluster.name)),
    ]
    world.keep(growth)
    work = lifecycle.begin(world, cluster, stretches, "cluster_grown")
    take_automatic(world, cluster, work)
    if not growth.by_idle_nodes:
        work.adds_nodes = growth.count
    if not work.is_stuck:
        world.at(work.phases[-1].begins, "growth_shown", cluster.id, str(work.number))


def grow_without_snapshot(world: World, cluster: Cluster, growth: Growth, share: float) -> None:
    """Begin to grow at once, in a share of the usual time."""
    lasting_s = world.lasting_s("grow", cluster.name) * share
    world.keep(growth)
    work = lifecycle.begin(world, cluster, [Stretch("GROWING", lasting_s)], "cluster_grown")
    if not work.is_stuck:
        world.at(work.phases[-1].begins, "growth_shown", cluster.id, str(work.number))


@effect
def nodes_created(world: World, event: Event) -> None:
    number, count = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure is None:
        _add_nodes(cluster, int(count), status=rings.IDLE)


@effect
def growth_shown(world: World, event: Event) -> None:
    cluster = lifecycle.ending(world, event.target, event.arguments[0])
    if cluster:
        growth = world.of(Growth)[cluster.id]
        after = len(cluster.nodes) + (0 if growth.by_idle_nodes else growth.count)
        cluster.resize = Resize(after - growth.count, after, "GROWING", world.now)
        world.touch(cluster)


@effect
def cluster_grown(world: World, event: Event) -> None:
    cluster = lifecycle.ending(world, event.target, event.arguments[0])
    if cluster is None or cluster.work is None:
        return
    # A fault may let the redistribution fail that follows: then the growth itself works.
    later = cluster.work.fails_as if cluster.work.fails_as == redistribution.FAILED else None
    if later:
        cluster.work.fails_as = None
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure and cluster.resize:
        cluster.resize.status = "RESIZE_FAILURE"
        return
    growth = world.of(Growth)[cluster.id]
    cluster.resize = None
    _enlarge(world, cluster, growth)
    _redistribute(world, cluster, growth, later)


def _enlarge(world: World, cluster: Cluster, growth: Growth) -> None:
    rings.settle(world, cluster)
    if growth.by_idle_nodes:
        for node in cluster.nodes:
            node.status = "200" if node.status == rings.IDLE else node.status
    else:
        _add_nodes(cluster, growth.count, status="200")
    rings.settle(world, cluster, growth.owner)
    logical.note_growth(world, cluster, growth.owner_name or logical.ELASTIC)


def _redistribute(world: World, cluster: Cluster, growth: Growth, fails_as: str | None) -> None:
    if cluster.is_logical and not growth.owner:
        return  # free rings hold no data (assumed: there is nothing to redistribute)
    told = (growth.mode, growth.jobs, growth.owner_name)
    if not growth.redistributes:
        redistribution.wait(world, cluster, *told)
        return
    begun = redistribution.after_growth(world, cluster, *told)
    world.operation = "ExecuteRedistributionCluster"
    redistribution.begin(world, cluster, begun, fails_as, stuck=False)


def _add_nodes(cluster: Cluster, count: int, *, status: str) -> None:
    here = len(cluster.nodes)
    numbers = range(here + 1, here + count + 1)
    cluster.nodes += births.nodes_of(cluster.name, cluster.id, numbers, status)


@listens
def _forget(world: World, cluster: Cluster, what: str) -> None:
    known = world.of(Growth).get(cluster.id)
    if known and what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        world.forget(known)
