"""How clusters come to be: by a request, or with the world."""

from __future__ import annotations

from datetime import UTC, datetime

from dws.emulator import contents, disks, durations, logical, passwords, protection
from dws.emulator.flags import raise_flags
from dws.emulator.flavors import VERSION
from dws.emulator.network import Balancer, ElasticIp
from dws.emulator.quotas import clusters_of
from dws.emulator.records import Cluster, Node, Pair, Snapshot
from dws.emulator.refused import name_taken
from dws.emulator.spec import ToldCluster, ToldElb, ToldPair, ToldSnapshot
from dws.emulator.world import World, id_from

MONTH_S = 30 * 86400.0
VPC_ID = "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574"
SUBNET_ID = "374eca02-cfc4-4de7-8ab5-dbebf7d9a720"
SECURITY_GROUP_ID = "dc3ec145-9029-4b39-b5a3-ace5a01f772b"


def nodes_of(cluster_name: str, seed: str, numbers: range, status: str = "200") -> list[Node]:
    """Nodes of a cluster; names as in the sample of reference 5.2.13."""
    return [
        Node(id_from(f"{seed}:node:{n}"), f"{cluster_name}-dws-cn-cn-{n}-1", status)
        for n in numbers
    ]


def project_id_of(world: World, told: str | None) -> str:
    """The id of a project told by its name or id; of the first one if it is not told."""
    projects = world.spec.projects
    return next((p.id for p in projects if told in {p.name, p.id}), projects[0].id)


def populate(world: World) -> None:
    """Make what the world is told to begin with."""
    for elb in world.spec.elbs:
        world.keep(_balancer(world, elb))
    for eip in world.spec.eips:
        owner = project_id_of(world, eip.project)
        world.keep(ElasticIp(eip.id, owner, eip.address, eip.bandwidth))
    salt = id_from(f"{world.spec.seed}:salt").replace("-", "")[:16]  # equal worlds are alike
    for told in world.spec.clusters:
        password = passwords.hashed(told.password.get_secret_value(), salt)
        for n in range(1, told.count + 1):
            cluster = _cluster(world, told, told.name.replace("{n}", str(n)))
            cluster.passwords = [password]
            world.add(cluster)
            world.data.admit(cluster, told.password.get_secret_value(), told.sql)
            _decline(world, told, cluster)
            _furnish(world, told, cluster)
    by_name = {cluster.name: cluster for cluster in world.clusters.values()} | world.clusters
    for snapshot in world.spec.snapshots:
        made = _snapshot(world, snapshot, by_name[snapshot.cluster])
        world.add(made)
        contents.copy(world, made.cluster_id, made.id)
        world.data.back_up(world.clusters[made.cluster_id], made)
    for pair in world.spec.disaster_recoveries:
        found = _pair(world, pair, by_name[pair.primary], by_name[pair.standby])
        world.add(found)
        if found.synced is not None:
            world.data.begin_synchronisation(found)
            world.data.end_synchronisation(found)
            # At once rather than in three hours, should one of the two be told as broken.
            healthy = {"AVAILABLE"} == {by_name[pair.primary].status, by_name[pair.standby].status}
            ahead = durations.period_s(found.used_period) - 600 if healthy else 0
            world.at(world.now + max(ahead, 60), "pair_backup_begun", found.id, "0")


def _balancer(world: World, told: ToldElb) -> Balancer:
    return Balancer(
        id=told.id,
        project_id=project_id_of(world, told.project),
        name=told.name,
        private_ip=told.private_ip,
        public_ip=told.public_ip,
        vpc_id=told.vpc_id,
        subnet_id=told.subnet_id,
    )


def _cluster(world: World, told: ToldCluster, name: str) -> Cluster:
    cluster_id = told.id or _new_id(world, f"{world.spec.seed}:cluster:{name}")
    created = _moment(told.created, world.now - MONTH_S)
    return Cluster(
        id=cluster_id,
        project_id=project_id_of(world, told.project),
        name=name,
        status=told.status,
        sub_status=told.sub_status,
        node_type=told.node_type,
        nodes=nodes_of(name, cluster_id, range(1, told.nodes + 1)),
        user_name=told.user_name,
        port=told.port,
        created=created,
        updated=created,
        vpc_id=VPC_ID,
        subnet_id=SUBNET_ID,
        security_group_id=SECURITY_GROUP_ID,
        availability_zone=world.spec.zones[0],
        version=told.version or VERSION,
        data_gb=told.data_gb,
        tags=dict(told.tags),
        failure=told.task,
        enterprise_project_id=told.enterprise_project,
    )


def _decline(world: World, told: ToldCluster, cluster: Cluster) -> None:
    if disks.are_full(cluster):
        raise_flags(world, cluster, disks.READONLY)
    if told.node_fails_after is not None:
        world.at(world.now + told.node_fails_after.total_seconds(), "node_failed", cluster.id)
    if told.breaks_after is not None:
        world.at(world.now + told.breaks_after.total_seconds(), "cluster_broken", cluster.id)


def _furnish(world: World, told: ToldCluster, cluster: Cluster) -> None:
    if told.audit_dump:
        protection.begin_dumping(world, cluster, told.audit_dump)
    if told.logical_clusters:
        logical.admit(world, cluster, told.logical_clusters)
    if told.databases is not None:
        world.keep(contents.Contents(cluster.id, told.databases))


def _new_id(world: World, text: str) -> str:
    # Two clusters of one name are two: enterprise projects had them (assumed).
    found = id_from(text)
    return _new_id(world, f"{text}'") if found in world.clusters else found


def _snapshot(world: World, told: ToldSnapshot, cluster: Cluster) -> Snapshot:
    started = _moment(told.started, world.now - MONTH_S / 30)
    return Snapshot(
        id=told.id or id_from(f"{world.spec.seed}:snapshot:{told.name}"),
        project_id=cluster.project_id,
        name=told.name,
        cluster_id=cluster.id,
        cluster_name=cluster.name,
        status=told.status,
        type=told.type,
        started=started,
        finished=started + 300,
        description=told.description,
        size_gb=cluster.data_gb if told.size_gb is None else told.size_gb,
        version=cluster.version,
        user_name=cluster.user_name,
        backup_key=backup_key(started),
    )


def _pair(world: World, told: ToldPair, primary: Cluster, standby: Cluster) -> Pair:
    has_run = told.status in {"running", "abnormal"}
    return Pair(
        id=told.id or id_from(f"{world.spec.seed}:pair:{told.name}"),
        project_id=primary.project_id,
        name=told.name,
        status=told.status,
        dr_type=told.dr_type,
        primary_id=primary.id,
        standby_id=standby.id,
        created=world.now - MONTH_S / 2,
        started=world.now - MONTH_S / 2 if has_run else None,
        synced=world.now - 600 if has_run else None,
        sync_period=told.sync_period,
        used_period=told.sync_period,
        has_failed_over=told.failed_over,
    )


def require_free_name(world: World, project_id: str, name: str) -> None:
    """
    See that no cluster of the project has that name.

    Raises:
        Refused: One has.
    """
    present = clusters_of(world, project_id)
    if any(cluster.name == name for cluster in present):
        raise name_taken("cluster", name)


def backup_key(moment: float) -> str:
    """The key of a backup: its time, as in the sample of reference 5.3.23."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y%m%d_%H%M%S")


def _moment(told: datetime | None, otherwise: float) -> float:
    if told is None:
        return otherwise
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()
