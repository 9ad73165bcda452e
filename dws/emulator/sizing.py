"""What a cluster consists of beside its number of nodes: fewer nodes, larger disks, a flavor."""

from __future__ import annotations

from dws.emulator import lifecycle, quotas, rings
from dws.emulator.due import effect
from dws.emulator.flavors import FLAVORS, Flavor
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import Cluster, Event, Work
from dws.emulator.refused import Refused
from dws.emulator.world import World, id_from

EXPANDABLE_SINCE = "8.1.1.203"
STEP_GB = 100
"""``elastic_volume_specs`` of `ListNodeTypes`."""
LARGEST_GB = 32_000
COPIES = 2
"""How often data is held: ``duplicate`` of the sample of reference 5.2.49."""
CHECKING_S = 30.0
"""How long the check before a scale-in takes (assumed)."""
FULL = 0.8
"""How full disks may be after a scale-in (assumed)."""


def require_sequence(world: World, cluster: Cluster, count: int) -> None:
    """
    See that so many nodes may go: whole rings, in the reverse order of growth.

    Raises:
        Refused: They may not (assumed: by this code).
    """
    allowed = rings.numbers(rings.removable(world, cluster))
    if count not in allowed:
        raise Refused(400, "DWS.5047", f"Invalid instance quantity: {count}, not in {allowed}.")


def fits(cluster: Cluster, fewer: int) -> bool:
    """Whether the data of a cluster fits on fewer nodes."""
    left = sum(node.status != rings.IDLE for node in cluster.nodes) - fewer
    return left > 0 and cluster.data_gb <= left * cluster.node_disk_gb * FULL


def shrink(world: World, cluster: Cluster, count: int) -> Work:
    """Begin to take nodes from a cluster; a check comes first, which may end it."""
    stretches = [Stretch("SHRINK_CHECKING", CHECKING_S)]
    works = fits(cluster, count)
    if works:
        lasting_s = world.lasting_s("shrink", cluster.name)
        stretches.append(Stretch("CLUSTER_SHRINKING", lasting_s))
    work = lifecycle.begin(world, cluster, stretches, "cluster_shrunk", str(count))
    if not works:
        work.fails_as = "SHRINK_CHECK_FAILED"
    return work


@effect
def cluster_shrunk(world: World, event: Event) -> None:
    number, count = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure:
        return
    rings.settle(world, cluster)
    going = rings.first(rings.removable(world, cluster), int(count)) or []
    gone = {node for ring in going for node in ring.nodes}
    cluster.nodes = [node for node in cluster.nodes if node.id not in gone]
    cluster.coordinators = [node for node in cluster.coordinators if node not in gone]
    rings.settle(world, cluster)
    world.touch(cluster)


def require_expandable(world: World, cluster: Cluster, new_gb: int) -> None:
    """
    See that the disks of a cluster may be made that large.

    Raises:
        Refused: Its flavor has none that grow, it is no such size, or the quota is used up.
    """
    flavor = FLAVORS[cluster.node_type]
    if flavor.datastore == "dws" and flavor.volume != "SSD":
        raise Refused(400, "DWS.5081", f"The disks of {flavor.name} cannot grow: {flavor.volume}.")
    present = cluster.node_disk_gb
    # Counted from the present size: not all flavors begin with a whole step (assumed).
    if not present < new_gb <= LARGEST_GB or (new_gb % STEP_GB and (new_gb - present) % STEP_GB):
        raise Refused(
            400,
            "DWS.5078",
            f"Invalid disk size: {new_gb} is no step of {STEP_GB} GB from {present} "
            f"to {LARGEST_GB}.",
        )
    more = (new_gb - present) * len(cluster.nodes)
    limit = world.spec.quotas.disk_capacity
    if quotas.used(world, cluster.project_id)["disk_capacity"] + more > limit:
        raise Refused(400, "DWS.5038", f"The quota disk_capacity is {limit} GB.")


def expand(world: World, cluster: Cluster, new_gb: int) -> None:
    """Begin to make the disks of a cluster larger."""
    stretches = [Stretch("DISK_EXPANDING", world.lasting_s("expand_disk", cluster.name))]
    lifecycle.begin(world, cluster, stretches, "disks_expanded", str(new_gb))


@effect
def disks_expanded(world: World, event: Event) -> None:
    number, new_gb = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure is None:
        cluster.disk_gb = int(new_gb)


def flavor_of(flavor_id: str) -> Flavor | None:
    """The flavor of an id, or of a name (assumed: it is taken for an id); None if there is none."""
    for flavor in FLAVORS.values():
        if flavor_id in {flavor.name, id_from(f"flavor:{flavor.name}")}:
            return flavor
    return None


def require_target(world: World, cluster: Cluster, flavor_id: str) -> Flavor:
    """
    The flavor that a cluster may change to.

    Raises:
        Refused: There is none of that id, it is the present one, of another kind of warehouse,
            its disks are smaller, or the quota is used up. Which code it is, is assumed.
    """
    target, present = flavor_of(flavor_id), FLAVORS[cluster.node_type]
    if target is None:
        raise Refused(400, "DWS.5006", f"Invalid specifications: no flavor {flavor_id}.")
    if target == present or target.datastore != present.datastore:
        raise Refused(400, "DWS.5034", f"Flavors do not match: {present.name}, {target.name}.")
    capacity = len(cluster.nodes) * (cluster.disk_gb or target.disk_gb)
    if cluster.data_gb > capacity:
        raise Refused(400, "DWS.5034", f"The data does not fit on {target.name}.")
    _require_quota(world, cluster, present, target)
    return target


def change_flavor(world: World, cluster: Cluster, target: Flavor) -> Work:
    """Begin to change the flavor of a cluster."""
    stretches = [Stretch("FLAVOR_RESIZING", world.lasting_s("change_flavor", cluster.name))]
    return lifecycle.begin(world, cluster, stretches, "flavor_changed", target.name)


@effect
def flavor_changed(world: World, event: Event) -> None:
    number, name = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    if cluster.failure is None:
        cluster.node_type = name
        if cluster.disk_gb <= FLAVORS[name].disk_gb:
            cluster.disk_gb = 0


def _require_quota(world: World, cluster: Cluster, present: Flavor, target: Flavor) -> None:
    used, nodes = quotas.used(world, cluster.project_id), len(cluster.nodes)
    before, after = quotas.needs(present.name, nodes), quotas.needs(target.name, nodes)
    for kind in ("core", "ram"):
        limit = getattr(world.spec.quotas, kind)
        if used[kind] - before[kind] + after[kind] > limit:
            raise Refused(400, "DWS.5200", f"The quota {kind} is {limit}.")
