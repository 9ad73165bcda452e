"""Answers on whole clusters, and what becomes of them."""

from __future__ import annotations

from datetime import UTC, datetime

from dws.emulator import births, jobs, lifecycle, passwords, quotas, render
from dws.emulator.due import effect
from dws.emulator.flavors import FLAVORS, VERSION
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import Cluster, Event, Job
from dws.emulator.refused import Refused, busy
from dws.emulator.world import World
from dws.operations import clusters as ops
from dws.shapes import PublicIp
from dws.values import names_user

EMPTY_GB = 0.1
"""What the catalogues of an empty database take (assumed): its snapshot is not empty."""

LISTED_AFTER_S = 600.0
"""How long a profile with ``deleted_clusters: listed`` shows a deleted cluster (assumed)."""


@handles(ops.CreateCluster)
def create_cluster(world: World, op: ops.CreateCluster, caller: Caller) -> Json:
    told = op.cluster
    cluster = _to_be(world, caller, told.name, told.node_type, told.number_of_node)
    _place(world, cluster, [told.availability_zone] if told.availability_zone else [])
    cluster.user_name, cluster.port = told.user_name, told.port
    cluster.vpc_id, cluster.subnet_id = told.vpc_id, told.subnet_id
    cluster.security_group_id = told.security_group_id or births.SECURITY_GROUP_ID
    cluster.enterprise_project_id = told.enterprise_project_id or "0"
    cluster.tags = {told.tags.key: told.tags.value} if told.tags else {}
    cluster.passwords = [passwords.hashed(told.user_pwd.get_secret_value())]
    _reach(cluster, told.public_ip)
    return _create(world, cluster)


@handles(ops.CreateClusterV2)
def create_cluster_v2(world: World, op: ops.CreateClusterV2, caller: Caller) -> Json:
    told = op.cluster
    cluster = _to_be(world, caller, told.name, told.flavor, told.num_node)
    _place(world, cluster, told.availability_zones)
    cluster.user_name, cluster.port = told.db_name, told.db_port
    cluster.vpc_id, cluster.subnet_id = told.vpc_id, told.subnet_id
    cluster.security_group_id = told.security_group_id or births.SECURITY_GROUP_ID
    cluster.enterprise_project_id = told.enterprise_project_id or "0"
    cluster.version = told.datastore_version
    cluster.tags = {tag.key: tag.value for tag in told.tags or []}
    cluster.passwords = [passwords.hashed(told.db_password.get_secret_value())]
    _reach(cluster, told.public_ip)
    return _create(world, cluster)


@handles(ops.ListClusters)
def list_clusters(world: World, op: ops.ListClusters, caller: Caller) -> Json:
    found = [
        render.cluster_in_list(world, cluster)
        for cluster in world.clusters.values()
        if cluster.project_id == caller.project_id
        and _is_listed(world, cluster)
        and op.enterprise_project_id in {None, "all_granted_eps", cluster.enterprise_project_id}
    ]
    return {"clusters": found, "count": len(found)}


@handles(ops.ListClusterDetails)
def list_cluster_details(world: World, op: ops.ListClusterDetails, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    return {"cluster": render.cluster_in_full(world, cluster)}


@handles(ops.RestartCluster)
def restart_cluster(world: World, op: ops.RestartCluster, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    lifecycle.require_idle(world, cluster)
    lifecycle.require_free_of_dr(world, cluster)
    lifecycle.clear_failure(world, cluster)
    lasting_s = world.lasting_s("restart", cluster.name)
    # The cluster stays AVAILABLE by its status; that it is not tells its task alone (facts A11).
    lifecycle.begin(world, cluster, [Stretch("REBOOTING", lasting_s)], "cluster_restarted")
    return {}


@effect
def cluster_restarted(world: World, event: Event) -> None:
    cluster = lifecycle.ending(world, event.target, event.arguments[0])
    if cluster:
        cluster.failure = lifecycle.end(world, cluster)


@handles(ops.ResetPassword)
def reset_password(world: World, op: ops.ResetPassword, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    lifecycle.require_idle(world, cluster)
    lifecycle.require_free_of_dr(world, cluster)
    if names_user(op.new_password, cluster.user_name):
        raise Refused(400, "DWS.5145", "The password contains the name of the administrator.")
    password = op.new_password.get_secret_value()
    if passwords.is_among(password, cluster.passwords):
        raise Refused(400, "DWS.5144", "The password was used before.")
    cluster.passwords.append(passwords.hashed(password))
    world.touch(cluster)
    return {}


@handles(ops.DeleteCluster, status=202)
def delete_cluster(world: World, op: ops.DeleteCluster, caller: Caller) -> Json:
    _delete(world, op.cluster_id, caller, keeping=op.keep_last_manual_snapshot)
    return {}


@handles(ops.DeleteDwsCluster, status=202)
def delete_dws_cluster(world: World, op: ops.DeleteDwsCluster, caller: Caller) -> Json:
    job = _delete(world, op.cluster_id, caller, keeping=op.keep_last_manual_backup)
    return {"error_code": None, "error_msg": None, "job_id": job.id}


@effect
def cluster_created(world: World, event: Event) -> None:
    cluster = lifecycle.ending(world, event.target, event.arguments[0])
    if cluster is None:
        return
    fails_as = lifecycle.end(world, cluster)
    cluster.status = fails_as or "AVAILABLE"
    # Facts B5: what peers saw when the flavor was sold out.
    cluster.failed_code = "DWS.5200" if fails_as else None


@effect
def cluster_deleted(world: World, event: Event) -> None:
    number, keeping = event.arguments
    cluster = lifecycle.ending(world, event.target, number)
    if cluster is None:
        return
    fails_as = lifecycle.end(world, cluster)
    if fails_as:
        cluster.status = fails_as
        return
    cluster.deleted_at = world.now
    _drop_snapshots(world, cluster, keeping=int(keeping))


def _drop_snapshots(world: World, cluster: Cluster, *, keeping: int) -> None:
    # Automated ones die with the cluster; of the manual ones the newest stay, as many as told.
    # That one which is no good counts too is assumed.
    snapshots = sorted(world.snapshots_of(cluster.id), key=lambda s: s.started, reverse=True)
    kept = [s.id for s in snapshots if s.type == "MANUAL"][:keeping]
    for snapshot in snapshots:
        if snapshot.id not in kept:
            snapshot.deleted_at = world.now
            world.touch(snapshot)


def _delete(world: World, cluster_id: str, caller: Caller, *, keeping: int) -> Job:
    cluster = world.cluster(cluster_id, caller.project_id)
    may_break_off = world.spec.profile.delete_while_creating and cluster.status == "CREATING"
    if (cluster.work and not may_break_off) or world.now < cluster.settles_at:
        raise busy()
    lifecycle.require_free_of_dr(world, cluster)
    lasting_s = world.lasting_s("delete", cluster.name)
    stretches = [Stretch("DELETING", lasting_s)]
    work = lifecycle.begin(world, cluster, stretches, "cluster_deleted", str(keeping))
    return jobs.start(world, cluster.id, "deleteClusterJob", work)


def _to_be(world: World, caller: Caller, name: str, node_type: str, nodes: int) -> Cluster:
    births.require_free_name(world, caller.project_id, name)
    if node_type not in FLAVORS:
        raise Refused(400, "DWS.5006", f"Invalid specifications: no node type {node_type}.")
    quotas.require(world, caller.project_id, node_type, nodes)
    cluster_id = world.new_id()
    return Cluster(
        id=cluster_id,
        project_id=caller.project_id,
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


def _place(world: World, cluster: Cluster, zones: list[str]) -> None:
    for zone in zones:
        if zone not in world.spec.zones:
            raise Refused(400, "DWS.5012", f"The region or AZ does not exist: {zone}.")
    cluster.availability_zone = ",".join(zones) or cluster.availability_zone


def _reach(cluster: Cluster, public_ip: PublicIp | None) -> None:
    if public_ip:
        cluster.public_bind_type = public_ip.public_bind_type
        cluster.eip_id = public_ip.eip_id or ""


def _create(world: World, cluster: Cluster) -> Json:
    world.add(cluster)
    lasting_s = world.lasting_s("create", cluster.name)
    stretches = [Stretch("CREATING", lasting_s)]
    lifecycle.begin(world, cluster, stretches, "cluster_created", shows_at_once=True)
    order = datetime.fromtimestamp(world.now, UTC).strftime("%Y%m%d%H%M%S")
    told: Json = {}
    if world.spec.profile.create_answers != "cluster":
        told["subscriptionsID"] = f"{order}{world.next_number():09d}"
    if world.spec.profile.create_answers != "order":
        told["cluster"] = {"id": cluster.id}
    return told


def _is_listed(world: World, cluster: Cluster) -> bool:
    if cluster.deleted_at is None:
        return True
    age_s = world.now - cluster.deleted_at
    return world.spec.profile.deleted_clusters == "listed" and age_s < LISTED_AFTER_S
