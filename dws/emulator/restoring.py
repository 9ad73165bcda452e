"""How snapshots are restored: to a new cluster, or over one that is there."""

from __future__ import annotations

from dataclasses import dataclass

from dws.emulator import births, contents, lifecycle, quotas
from dws.emulator.due import effect
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import Cluster, Event, Snapshot, Work
from dws.emulator.refused import Refused
from dws.emulator.snapshotting import hold
from dws.emulator.world import World


@dataclass(frozen=True, slots=True)
class Target:
    """What the new cluster has otherwise than the source. None: as the source."""

    subnet_id: str | None = None
    security_group_id: str | None = None
    vpc_id: str | None = None
    availability_zone: str | None = None
    port: int | None = None
    public_ip: dict[str, str] | None = None
    enterprise_project_id: str | None = None


def to_new(world: World, snapshot: Snapshot, name: str, target: Target) -> tuple[Cluster, Work]:
    """
    Begin to restore a snapshot to a new cluster. Its source may be deleted meanwhile.

    Raises:
        Refused: The snapshot is not AVAILABLE, the name taken, the quota used up.
    """
    source = world.clusters[snapshot.cluster_id]
    if target.availability_zone and target.availability_zone not in world.spec.zones:
        raise Refused(400, "DWS.5012", f"The AZ does not exist: {target.availability_zone}.")
    births.require_free_name(world, snapshot.project_id, name)
    quotas.require(world, snapshot.project_id, source.node_type, len(source.nodes))
    lasting_s = world.lasting_s("restore", name)
    hold(world, snapshot, "restore", lasting_s)
    cluster = _like(world, source, snapshot, name, target)
    world.add(cluster)
    stretches = [Stretch("RESTORING", lasting_s)]
    work = lifecycle.begin(
        world, cluster, stretches, "cluster_restored_to", snapshot.id, shows_at_once=True
    )
    world.data.begin_restore(snapshot, cluster)
    return cluster, work


def over(world: World, snapshot: Snapshot, cluster: Cluster) -> Work:
    """
    Begin to restore a snapshot over a cluster, whose data is lost.

    Raises:
        Refused: The snapshot is not AVAILABLE, or the cluster busy or held.
    """
    lifecycle.require_idle(world, cluster)
    lifecycle.require_free_of_dr(world, cluster)
    lasting_s = world.lasting_s("restore", cluster.name)
    hold(world, snapshot, "restore", lasting_s)
    lifecycle.clear_failure(world, cluster)
    stretches = [Stretch("RESTORING", lasting_s)]
    work = lifecycle.begin(world, cluster, stretches, "cluster_restored_over", snapshot.id)
    world.data.begin_restore(snapshot, cluster)
    return work


@effect
def cluster_restored_to(world: World, event: Event) -> None:
    number, snapshot_id = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    fails_as = lifecycle.end(world, cluster)
    cluster.status = fails_as or "AVAILABLE"
    cluster.failed_code = "DWS.0005" if fails_as else None
    _fill(world, cluster, world.snapshots[snapshot_id], works=not fails_as)


@effect
def cluster_restored_over(world: World, event: Event) -> None:
    number, snapshot_id = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    cluster.failure = lifecycle.end(world, cluster)
    _fill(world, cluster, world.snapshots[snapshot_id], works=not cluster.failure)


def _fill(world: World, cluster: Cluster, snapshot: Snapshot, *, works: bool) -> None:
    cluster.data_gb = snapshot.size_gb if works else 0.0
    world.data.end_restore(cluster, works=works)
    if works:
        contents.copy(world, snapshot.id, cluster.id)


def _like(world: World, source: Cluster, snapshot: Snapshot, name: str, target: Target) -> Cluster:
    cluster_id = world.new_id()
    public_ip = target.public_ip or {}
    return Cluster(
        id=cluster_id,
        project_id=source.project_id,
        name=name,
        status="CREATING",
        node_type=source.node_type,
        nodes=births.nodes_of(name, cluster_id, range(1, len(source.nodes) + 1)),
        user_name=source.user_name,
        port=target.port or source.port,
        created=world.now,
        updated=world.now,
        vpc_id=target.vpc_id or source.vpc_id,
        subnet_id=target.subnet_id or source.subnet_id,
        security_group_id=target.security_group_id or source.security_group_id,
        availability_zone=target.availability_zone or source.availability_zone,
        version=source.version,
        data_gb=0.0,
        enterprise_project_id=target.enterprise_project_id or source.enterprise_project_id,
        public_bind_type=public_ip.get("public_bind_type", "not_use"),
        eip_id=public_ip.get("eip_id") or "",
        passwords=list(snapshot.passwords or source.passwords),
    )
