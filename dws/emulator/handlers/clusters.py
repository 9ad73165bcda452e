"""Answers on whole clusters, and what becomes of them."""

from __future__ import annotations

from dws.emulator import (
    balance,
    births,
    creating,
    disks,
    jobs,
    lifecycle,
    passwords,
    render,
    resting,
    task_history,
)
from dws.emulator.due import effect
from dws.emulator.flags import flags
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.lifecycle import Stretch
from dws.emulator.records import Cluster, Event, Job, Work
from dws.emulator.refused import Refused, busy
from dws.emulator.versions import require_version
from dws.emulator.world import World
from dws.operations import clusters as ops
from dws.values import names_user

STARTED_BY_LIST = 4
"""Databases start when a list of so few clusters is read; of more, when details are."""
LISTED_AFTER_S = 600.0
"""How long a profile with ``deleted_clusters: listed`` shows a deleted cluster (assumed)."""


@handles(ops.CreateCluster)
def create_cluster(world: World, op: ops.CreateCluster, caller: Caller) -> Json:
    told = op.cluster
    cluster = creating.to_be(
        world, caller.project_id, told.name, told.node_type, told.number_of_node
    )
    creating.place(world, cluster, [told.availability_zone] if told.availability_zone else [])
    cluster.user_name, cluster.port = told.user_name, told.port
    cluster.vpc_id, cluster.subnet_id = told.vpc_id, told.subnet_id
    cluster.security_group_id = told.security_group_id or births.SECURITY_GROUP_ID
    cluster.enterprise_project_id = told.enterprise_project_id or "0"
    cluster.tags = {told.tags.key: told.tags.value} if told.tags else {}
    creating.administer(world, cluster, told.user_pwd)
    cluster.coordinators = [node.id for node in cluster.nodes[: told.number_of_cn or 3]]
    creating.reach(cluster, told.public_ip)
    return creating.create(world, cluster)


@handles(ops.CreateClusterV2)
def create_cluster_v2(world: World, op: ops.CreateClusterV2, caller: Caller) -> Json:
    told = op.cluster
    cluster = creating.to_be(world, caller.project_id, told.name, told.flavor, told.num_node)
    creating.require_pool(world, told.dss_pool_id)
    creating.place(world, cluster, told.availability_zones)
    cluster.user_name, cluster.port = told.db_name, told.db_port
    cluster.vpc_id, cluster.subnet_id = told.vpc_id, told.subnet_id
    cluster.security_group_id = told.security_group_id or births.SECURITY_GROUP_ID
    cluster.enterprise_project_id = told.enterprise_project_id or "0"
    cluster.version = told.datastore_version
    cluster.tags = {tag.key: tag.value for tag in told.tags or []}
    creating.administer(world, cluster, told.db_password)
    cluster.coordinators = [node.id for node in cluster.nodes[: told.num_cn]]
    creating.reach(cluster, told.public_ip)
    return creating.create(world, cluster)


@handles(ops.CheckCluster)
def check_cluster(world: World, op: ops.CheckCluster, caller: Caller) -> Json:
    told = op.cluster
    if told.name:
        births.require_free_name(world, caller.project_id, told.name)
    creating.require_possible(world, caller.project_id, told.flavor, told.num_node)
    creating.require_zones(world, told.availability_zones)
    creating.require_pool(world, told.dss_pool_id)
    point = told.restore_point
    if point and point.back_ref:
        world.snapshot(point.back_ref, caller.project_id)
    return {}


@handles(ops.ListClusters)
def list_clusters(world: World, op: ops.ListClusters, caller: Caller) -> Json:
    found = [
        cluster
        for cluster in world.clusters.values()
        if cluster.project_id == caller.project_id
        and _is_listed(world, cluster)
        and op.enterprise_project_id in {None, "all_granted_eps", cluster.enterprise_project_id}
    ]
    if len(found) <= STARTED_BY_LIST:
        world.data.start(found)
    told = [render.cluster_in_list(world, cluster) for cluster in found]
    return {"clusters": told, "count": len(told)}


@handles(ops.ShowClusters)
def show_clusters(world: World, op: ops.ShowClusters, caller: Caller) -> Json:
    del op
    return list_clusters(world, ops.ListClusters(), caller)


@handles(ops.ListClusterDetails)
def list_cluster_details(world: World, op: ops.ListClusterDetails, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    world.data.start([cluster])
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


@handles(ops.StopCluster)
def stop_cluster(world: World, op: ops.StopCluster, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    return _job(world, cluster, "stopClusterJob", resting.stop(world, cluster))


@handles(ops.StartCluster)
def start_cluster(world: World, op: ops.StartCluster, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    return _job(world, cluster, "startClusterJob", resting.start(world, cluster))


@handles(ops.ModifyClusterName)
def modify_cluster_name(world: World, op: ops.ModifyClusterName, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    work = resting.rename(world, cluster, op.cluster_name)
    return _job(world, cluster, "modifyClusterNameJob", work)


@handles(ops.ModifyClusterTimezone)
def modify_cluster_timezone(world: World, op: ops.ModifyClusterTimezone, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    work = resting.set_timezone(world, cluster, op.cluster_timezone)
    return _job(world, cluster, "modifyClusterTimezoneJob", work)


@handles(ops.ListClusterActions)
def list_cluster_actions(world: World, op: ops.ListClusterActions, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    task = task_history.last_task(world, cluster, op.action_name)
    if task is None:
        # Assumed, also the code: nothing tells of an action that never was.
        raise Refused(400, "DWS.0001", f"The cluster had no action {op.action_name}.")
    return task_history.told(task, cluster, op.action_name, world.now)


@handles(ops.SwitchOverCluster)
def switch_over_cluster(world: World, op: ops.SwitchOverCluster, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    require_version(cluster, "8.1.1.202")
    lifecycle.require_idle(world, cluster)
    raised = flags(cluster)
    if balance.UNBALANCED not in raised or balance.DEGRADED in raised:
        # Assumed: the code, and that the failed node has to be back.
        raise busy()
    lifecycle.clear_failure(world, cluster)
    work = balance.switch_back(world, cluster)
    return {"job_id": jobs.start(world, cluster.id, "switchoverClusterJob", work).id}


@handles(ops.CancelReadonlyCluster)
def cancel_readonly_cluster(world: World, op: ops.CancelReadonlyCluster, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    require_version(cluster, "1.7.2")
    if disks.READONLY not in flags(cluster):
        raise busy()  # assumed: the code
    disks.make_writable(world, cluster)
    return {}


@handles(ops.SaveClusterDescriptionInfo)
def save_cluster_description_info(
    world: World, op: ops.SaveClusterDescriptionInfo, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    cluster.description = op.description_info
    world.touch(cluster)
    return {"error_code": "DWS.0138", "error_msg": None}  # so the sample of reference 5.2.54


@handles(ops.UpdateMaintenanceWindow)
def update_maintenance_window(
    world: World, op: ops.UpdateMaintenanceWindow, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    cluster.maintain_window = [op.day, op.start_time, op.end_time]
    world.touch(cluster)
    return {}


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
    world.data.set_password(cluster, password)
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


def _job(world: World, cluster: Cluster, name: str, work: Work) -> Json:
    job = jobs.start(world, cluster.id, name, work)
    return {"error_code": None, "error_msg": None, "job_id": job.id}


def _is_listed(world: World, cluster: Cluster) -> bool:
    if cluster.deleted_at is None:
        return True
    age_s = world.now - cluster.deleted_at
    return world.spec.profile.deleted_clusters == "listed" and age_s < LISTED_AFTER_S
