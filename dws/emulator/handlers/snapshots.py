"""Answers on snapshots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dws.emulator import jobs, lifecycle, render, restoring, snapshotting
from dws.emulator.faults import StuckFault, TaskFailsFault
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.records import Cluster, Snapshot
from dws.emulator.refused import Refused, busy
from dws.emulator.world import World
from dws.operations import snapshots as ops

_SORT: dict[str, Callable[[Snapshot], Any]] = {
    "name": lambda snapshot: snapshot.name,
    "clusterName": lambda snapshot: snapshot.cluster_name,
    "startTime": lambda snapshot: snapshot.started,
}
_PAGE = 1000


@handles(ops.CreateSnapshot)
def create_snapshot(world: World, op: ops.CreateSnapshot, caller: Caller) -> Json:
    told = op.snapshot
    cluster = world.cluster(told.cluster_id, caller.project_id)
    snapshot, _ = snapshotting.take(world, cluster, told.name, told.description or "")
    return {"snapshot": {"id": snapshot.id}}


@handles(ops.CreateSnapshotV2)
def create_snapshot_v2(world: World, op: ops.CreateSnapshotV2, caller: Caller) -> Json:
    told = op.snapshot
    cluster = world.cluster(op.cluster_id, caller.project_id)
    prior = _prior(world, cluster, told)
    snapshot, work = snapshotting.take(world, cluster, told.name, told.description or "")
    snapshot.level = told.backup_level or "cluster"
    snapshot.prior_key = prior
    job = jobs.start(world, cluster.id, "createSnapshotJob", work)
    backup = render.snapshot_of_cluster(world, snapshot) | {
        "created": render.bare_moment(snapshot.started),
        "status": "BUILDING",  # as in the sample of reference 5.3.2
    }
    return {"backup": backup, "extendparam": {"jobs": [job.id]}}


@handles(ops.CheckSnapshot)
def check_snapshot(world: World, op: ops.CheckSnapshot, caller: Caller) -> Json:
    snapshotting.require_free_name(world, caller.project_id, op.snapshot_name)
    return {}


@handles(ops.ListSnapshots)
def list_snapshots(world: World, op: ops.ListSnapshots, caller: Caller) -> Json:
    del op
    found = [
        render.snapshot_in_list(world, snapshot)
        for snapshot in world.snapshots.values()
        if snapshot.project_id == caller.project_id and snapshot.deleted_at is None
    ]
    return {"snapshots": found, "count": len(found)}


@handles(ops.ListClusterSnapshots)
def list_cluster_snapshots(world: World, op: ops.ListClusterSnapshots, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = world.snapshots_of(cluster.id)
    key = _SORT.get(op.sort_key or "startTime", _SORT["startTime"])
    # Newest first unless told otherwise (assumed).
    found.sort(key=key, reverse=(op.sort_dir or "DESC").upper() == "DESC")
    limit = op.limit or _PAGE
    start = (op.offset or 0) * (limit if world.spec.profile.offset == "pages" else 1)
    return {
        "snapshots": [render.snapshot_of_cluster(world, s) for s in found[start : start + limit]],
        "project_id": caller.project_id,
        "cluster_id": cluster.id,
        "count": len(found),
    }


@handles(ops.ListSnapshotDetails)
def list_snapshot_details(world: World, op: ops.ListSnapshotDetails, caller: Caller) -> Json:
    snapshot = world.snapshot(op.snapshot_id, caller.project_id)
    return {"snapshot": render.snapshot_in_full(world, snapshot)}


@handles(ops.CopySnapshot)
def copy_snapshot(world: World, op: ops.CopySnapshot, caller: Caller) -> Json:
    source = world.snapshot(op.snapshot_id, caller.project_id)
    if source.type != "AUTOMATED":
        raise Refused(400, "DWS.5149", "Only an automated snapshot can be copied.")
    snapshotting.require_free_name(world, caller.project_id, op.backup_name)
    lasting_s = world.lasting_s("copy_snapshot", op.backup_name)
    snapshotting.hold(world, source, "copy", lasting_s)
    copy = snapshotting.copied(world, source, op.backup_name, op.description or "")
    fails_as = ""
    match world.fate():
        case TaskFailsFault(task_status=status):
            fails_as = status
        case StuckFault():
            copy.is_stuck = True
        case _:
            pass
    world.add(copy)
    if not copy.is_stuck:
        world.at(source.held_until, "snapshot_copied", copy.id, source.id, fails_as)
    return {"snapshot_id": copy.id}


@handles(ops.StopSnapshot)
def stop_snapshot(world: World, op: ops.StopSnapshot, caller: Caller) -> Json:
    snapshot = world.snapshot(op.snapshot_id, caller.project_id)
    if snapshot.status == "UNAVAILABLE":
        return {}
    cluster = world.clusters[snapshot.cluster_id]
    if not snapshotting.is_being_taken(snapshot, cluster.work):
        raise Refused(400, "DWS.5149", "The snapshot is not being created.")
    snapshotting.finish(world, snapshot, 0.0, works=False)
    lifecycle.end(world, cluster)
    jobs.stop(world, cluster.id)
    return {}


@handles(ops.DeleteSnapshot, status=202)
def delete_snapshot(world: World, op: ops.DeleteSnapshot, caller: Caller) -> Json:
    snapshot = world.snapshot(op.snapshot_id, caller.project_id)
    if snapshot.type != "MANUAL":
        raise Refused(400, "DWS.5149", "An automated snapshot cannot be deleted.")
    if snapshot.held_for == "delete":
        return {}
    if snapshot.status == "CREATING" or world.now < snapshot.held_until:
        raise busy()
    lasting_s = world.lasting_s("delete_snapshot", snapshot.name)
    snapshotting.hold(world, snapshot, "delete", lasting_s)
    world.at(snapshot.held_until, "snapshot_deleted", snapshot.id)
    return {}


@handles(ops.RestoreCluster)
def restore_cluster(world: World, op: ops.RestoreCluster, caller: Caller) -> Json:
    snapshot = world.snapshot(op.snapshot_id, caller.project_id)
    target = restoring.Target(**op.restore.model_dump(exclude={"name"}))
    cluster, _ = restoring.to_new(world, snapshot, op.restore.name, target)
    return {"cluster": {"id": cluster.id}}


@handles(ops.RestoreClusterV2)
def restore_cluster_v2(world: World, op: ops.RestoreClusterV2, caller: Caller) -> Json:
    snapshot = world.snapshot(op.snapshot_id, caller.project_id)
    told = op.restore or ops.RestoreTarget()
    if op.action == 0:
        target = restoring.Target(**told.model_dump(exclude={"name", "cluster_id"}))
        cluster, work = restoring.to_new(world, snapshot, told.name or "", target)
    else:
        over = snapshot.cluster_id if op.action == 1 else told.cluster_id or ""
        cluster = world.cluster(over, caller.project_id)
        work = restoring.over(world, snapshot, cluster)
    job = jobs.start(world, cluster.id, "restoreClusterJob", work)
    return {"cluster_id": cluster.id, "cluster": {"id": cluster.id}, "job_id": job.id}


def _prior(world: World, cluster: Cluster, told: ops.NewSnapshotV2) -> str:
    if told.type == 0:
        return "FULL"
    wanted = "".join(filter(str.isdigit, str(told.backup_key)))
    for snapshot in world.snapshots_of(cluster.id):
        if wanted == snapshot.backup_key.replace("_", "") and snapshot.status == "AVAILABLE":
            return snapshot.backup_key
    raise Refused(400, "DWS.5111", f"The backup file ID does not exist: {told.backup_key}.")
