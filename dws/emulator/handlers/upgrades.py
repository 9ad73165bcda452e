"""Answers on upgrades."""

from __future__ import annotations

from dws.emulator import upgrading
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.pages import page
from dws.emulator.records import Cluster
from dws.emulator.render import bare_moment
from dws.emulator.upgrading import Upgrade, UpgradeStep
from dws.emulator.world import World
from dws.operations import upgrades as ops


@handles(ops.ListUpdatableVersion)
def list_updatable_version(world: World, op: ops.ListUpdatableVersion, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = upgrading.paths(world, cluster)
    told = [_path(world, cluster, path) for path in page(found, op.offset, op.limit)]
    # Under both keys: that of the table, and that of the sample of reference 5.17.2.
    return {"count": len(found), "items": told, "idems": told}


@handles(ops.ListUpdateRecord)
def list_update_record(world: World, op: ops.ListUpdateRecord, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = upgrading.steps(world, cluster)
    return {
        "count": len(found),
        "records": [_record(step) for step in page(found, op.offset, op.limit)],
    }


@handles(ops.ExecuteClusterUpgradeAction)
def execute_cluster_upgrade_action(
    world: World, op: ops.ExecuteClusterUpgradeAction, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    return {"job_id": upgrading.act(world, cluster, op.action, op.item_id).id}


def _path(world: World, cluster: Cluster, path: Upgrade) -> Json:
    process = 0 if path.ended is None else 100
    if path.started is not None and path.ended is None and cluster.work:
        process = cluster.work.phases[0].percent(world.now)
    return {
        "id": path.id,
        "from": path.from_version,
        "to": path.to_version,
        "status": path.status,
        "process": str(process),
        "start_time": "" if path.started is None else bare_moment(path.started),
        "end_time": "" if path.ended is None else bare_moment(path.ended),
        "job_id": path.job_id or None,
        "failed_reason": path.failure or None,
    }


def _record(step: UpgradeStep) -> Json:
    return {
        "item_id": step.item_id,
        "status": step.status,
        "record_type": step.action,
        "from_version": step.from_version,
        "to_version": step.to_version,
        "start_time": bare_moment(step.started),
        "end_time": "" if step.ended is None else bare_moment(step.ended),
        "job_id": step.id,
        "failed_reason": step.failure or None,
    }
