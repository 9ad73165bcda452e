"""Answers on security."""

from __future__ import annotations

from dws.emulator import jobs, lifecycle, protection
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.lifecycle import Stretch
from dws.emulator.protection import LogAccess
from dws.emulator.records import Cluster
from dws.emulator.refused import Refused, busy
from dws.emulator.versions import require_version
from dws.emulator.world import World
from dws.operations import security as ops

USUAL_ALGORITHM = "generalCipher"


@handles(ops.ListAuditLog)
def list_audit_log(world: World, op: ops.ListAuditLog, caller: Caller) -> Json:
    return protection.dumps_told(world, world.cluster(op.cluster_id, caller.project_id))


@handles(ops.ShowClusterEncryptInfo)
def show_cluster_encrypt_info(world: World, op: ops.ShowClusterEncryptInfo, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    return protection.encryption_told(protection.encryption_of(world, cluster))


@handles(ops.EncryptCluster)
def encrypt_cluster(world: World, op: ops.EncryptCluster, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    lifecycle.require_idle(world, cluster)
    require_version(cluster, protection.SINCE_ENCRYPTION)
    if protection.encryption_of(world, cluster):
        raise Refused(400, "DWS.5045", "The cluster is encrypted already.")  # assumed: this code
    _require_single(world, cluster)
    lifecycle.clear_failure(world, cluster)
    told = op.encrypt
    words = (told.master_key_id, told.master_key_name, told.crypt_algorithm or USUAL_ALGORITHM)
    # The word of the task is assumed: the reference has none for this.
    stretches = [Stretch("ENCRYPTING", world.lasting_s("encrypt", cluster.name))]
    work = lifecycle.begin(world, cluster, stretches, "cluster_encrypted", *words)
    return {"job_id": jobs.start(world, cluster.id, "encryptClusterJob", work).id}


@handles(ops.RotateKey)
def rotate_key(world: World, op: ops.RotateKey, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    lifecycle.require_idle(world, cluster)
    found = protection.encryption_of(world, cluster)
    if found is None:
        raise Refused(400, "DWS.5045", "The cluster is not encrypted.")  # assumed: this code
    if op.master_key_id not in {None, "", found.key_id}:
        raise Refused(400, "DWS.5063", "The key is not that of the cluster.")  # assumed
    found.rotated = world.now
    world.keep(found)
    return {
        "master_key_name": found.key_name,
        "cluster_id": cluster.id,
        "rotate_key_time": protection.moment(found.rotated),
    }


@handles(ops.ListLtsLogs)
def list_lts_logs(world: World, op: ops.ListLtsLogs, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    require_version(cluster, protection.SINCE_LOGS)
    told = protection.logs_told(world, cluster)
    logs, limit = told["lts_access_list"], op.limit or told["count"]
    start = (op.offset or 0) * limit
    return {**told, "lts_access_list": logs[start : start + limit]}


@handles(ops.EnableLtsLogs)
def enable_lts_logs(world: World, op: ops.EnableLtsLogs, caller: Caller) -> Json:
    cluster = _sending(world, op.cluster_id, caller)
    world.keep(LogAccess(cluster.id, is_open=True))
    return {}


@handles(ops.DisableLtsLogs)
def disable_lts_logs(world: World, op: ops.DisableLtsLogs, caller: Caller) -> Json:
    cluster = _sending(world, op.cluster_id, caller)
    access = world.of(LogAccess).get(cluster.id)
    if access is None or not access.is_open:
        # The code is seen (facts/service_and_peers B5); that it is told here is assumed.
        raise Refused(400, "DWS.7107", "LTS is not enabled.")
    world.keep(LogAccess(cluster.id, is_open=False))
    return {}


def _sending(world: World, cluster_id: str, caller: Caller) -> Cluster:
    cluster = world.cluster(cluster_id, caller.project_id)
    require_version(cluster, protection.SINCE_LOGS)
    if cluster.status not in lifecycle.USABLE:
        raise busy()
    return cluster


def _require_single(world: World, cluster: Cluster) -> None:
    """See that no disaster recovery holds a cluster, not even a stopped one (user guide)."""
    for pair in world.pairs.values():
        if pair.deleted_at is None and cluster.id in {pair.primary_id, pair.standby_id}:
            raise Refused(400, "DWS.5045", f"The disaster recovery {pair.name} holds the cluster.")
