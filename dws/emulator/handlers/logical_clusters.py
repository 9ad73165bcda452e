"""Answers on logical clusters, their rings, tasks and plans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dws.emulator import logical, logical_plans, logical_told, rings
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.logical import Logical, LogicalTask
from dws.emulator.logical_plans import LogicalPlan, PlannedAction
from dws.emulator.records import Cluster
from dws.emulator.refused import Refused
from dws.emulator.world import World
from dws.operations import logical_clusters as ops
from dws.sent.logical_clusters import ClusterRing

SUCCESS: Json = {"error_code": "DWS.0000", "error_msg": None}
_WORDS = "Request successfully processed."
_LEGACY: Json = {
    "errCode": "DWS.0000",
    "externalMessage": _WORDS,
    "error_code": "DWS.0000",
    "error_msg": _WORDS,
    "retCode": "DWS.0000",
    "retMessage": _WORDS,
}
PAGE = 10
"""What a page holds unless told (SDK field documentation)."""
_SORT: dict[str, Callable[[LogicalTask], Any]] = {
    "startTime": lambda task: task.started,
    "endTime": lambda task: task.ended or 0.0,
    "type": lambda task: task.type,
    "logicalClusterName": lambda task: task.name,
}


@handles(ops.CreateLogicalCluster)
def create_logical_cluster(world: World, op: ops.CreateLogicalCluster, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    logical.require_idle(world, cluster)
    told = op.logical_cluster
    free = logical.available(world, cluster)
    wanted = logical.chosen(cluster, free, _hosts(told.cluster_rings))
    logical.create(world, cluster, told.logical_cluster_name, wanted)
    return _LEGACY


@handles(ops.ConvertToLogicalCluster)
def convert_to_logical_cluster(
    world: World, op: ops.ConvertToLogicalCluster, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    logical.require_idle(world, cluster)
    logical.convert(world, cluster, op.name)
    return SUCCESS


@handles(ops.ListLogicalClusters)
def list_logical_clusters(world: World, op: ops.ListLogicalClusters, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    is_free = _is_free(world, cluster)
    listed = [lc for lc in logical.of(world, cluster) if world.now >= lc.listed_from]
    told = [logical_told.told(world, cluster, known, is_free=is_free) for known in listed]
    loose = [ring for ring in rings.rings_of(world, cluster) if not ring.owner]
    if cluster.is_logical and loose:
        told.append(logical_told.elastic(world, cluster, loose))
    return {
        "logical_clusters": _page(told, op.offset, op.limit),
        "count": len(told),
        "add_enable": is_free,
    }


@handles(ops.ListLogicalClusterTasks)
def list_logical_cluster_tasks(
    world: World, op: ops.ListLogicalClusterTasks, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = [
        task
        for task in world.of(LogicalTask).values()
        if task.cluster_id == cluster.id
        and op.logical_cluster_name in {None, "", task.name}
        and op.type in {None, "", task.type}
    ]
    key = _SORT.get(op.order_by or "startTime", _SORT["startTime"])
    found.sort(key=key, reverse=(op.order or "DESC").upper() == "DESC")
    page = [logical_told.told_task(task) for task in _page(found, op.offset, op.limit)]
    return {"logical_cluster_tasks": page, "count": len(found)}


@handles(ops.ListLogicalClusterVolumes)
def list_logical_cluster_volumes(
    world: World, op: ops.ListLogicalClusterVolumes, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    told = [logical_told.volume(world, cluster, known) for known in logical.of(world, cluster)]
    page = _page(told, op.offset, op.limit)
    return {"volumes": page, "count": len(told)} | SUCCESS


@handles(ops.ListLogicalClusterRings)
def list_logical_cluster_rings(
    world: World, op: ops.ListLogicalClusterRings, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    free = logical.available(world, cluster)
    page = [rings.told(cluster, ring) for ring in _page(free, op.offset, op.limit)]
    bound = [logical_told.first_ring(world, cluster, known) for known in logical.of(world, cluster)]
    kept = [rings.told(cluster, ring) for ring in bound if ring]
    return SUCCESS | {
        "cluster_rings": page,
        "unshrinkable_cluster_rings": kept or None,
        "count": len(free),
    }


@handles(ops.ListTopoRings)
def list_topo_rings(world: World, op: ops.ListTopoRings, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = rings.rings_of(world, cluster)
    page = _page(found, op.offset, op.limit)
    told = [{"instance_info_lists": logical_told.instances(cluster, ring)} for ring in page]
    return {"cluster_rings": told, "count": len(found)}


@handles(ops.DeleteLogicalCluster)
def delete_logical_cluster(world: World, op: ops.DeleteLogicalCluster, caller: Caller) -> Json:
    cluster, known = _which(world, op.cluster_id, op.logical_cluster_id, caller)
    if known.is_first:
        # The words are the service's (facts/service_and_peers B5), the code is assumed.
        raise Refused(400, "DWS.5095", "the first logical cluster can't be deleted")
    logical.require_idle(world, cluster)
    logical.begin(world, cluster, known, "Delete", [])
    return _LEGACY


@handles(ops.UpdateLogicalCluster)
def update_logical_cluster(world: World, op: ops.UpdateLogicalCluster, caller: Caller) -> Json:
    cluster, known = _which(world, op.cluster_id, op.logical_cluster_id, caller)
    logical.require_idle(world, cluster)
    own = logical_told.own_rings(world, cluster, known)
    among = own + [ring for ring in logical.available(world, cluster) if ring not in own]
    wanted = logical.chosen(cluster, among, _hosts(op.cluster_rings))
    more = [ring for ring in wanted if ring not in own]
    fewer = [ring for ring in own if ring not in wanted]
    if bool(more) is bool(fewer) or own[0] not in wanted:
        told = "Tell more rings or fewer, and the first of them."
        raise Refused(400, "DWS.5048", told)  # assumed: by this code
    known.mode = op.mode or known.mode
    known.waiting_for_killing = op.waiting_for_killing or 0
    logical.begin(world, cluster, known, "Expand" if more else "Shrink", wanted)
    return SUCCESS


@handles(ops.ShrinkLogicalCluster)
def shrink_logical_cluster(world: World, op: ops.ShrinkLogicalCluster, caller: Caller) -> Json:
    cluster, known = _which(world, op.cluster_id, op.logical_cluster_id, caller)
    logical.require_idle(world, cluster)
    removable = rings.removable(world, cluster, known.id)
    if op.cluster_rings:
        going = logical.chosen(cluster, removable, _hosts(op.cluster_rings))
    else:
        count = op.shrink_node_num or 0
        found = rings.first(removable, count)
        if found is None:
            allowed = rings.numbers(removable)
            raise Refused(400, "DWS.5047", f"Invalid instance quantity: {count}, not in {allowed}.")
        going = found
    known.mode = op.mode or "insert"
    staying = [ring for ring in logical_told.own_rings(world, cluster, known) if ring not in going]
    logical.begin(world, cluster, known, "Shrink", staying)
    return SUCCESS


@handles(ops.RestartLogicalCluster)
def restart_logical_cluster(world: World, op: ops.RestartLogicalCluster, caller: Caller) -> Json:
    cluster, known = _which(world, op.cluster_id, op.logical_cluster_id, caller)
    logical.require_idle(world, cluster)
    logical.begin(world, cluster, known, "Restart", [])
    return SUCCESS


@handles(ops.EnableLogicalCluster)
def enable_logical_cluster(world: World, op: ops.EnableLogicalCluster, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    cluster.shows_logical = op.enable
    world.touch(cluster)
    return SUCCESS


@handles(ops.ListLogicalClusterPlans)
def list_logical_cluster_plans(
    world: World, op: ops.ListLogicalClusterPlans, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    return {"plans": [logical_told.told_plan(plan) for plan in logical_plans.of(world, cluster)]}


@handles(ops.CreateLogicalClusterPlan)
def create_logical_cluster_plan(
    world: World, op: ops.CreateLogicalClusterPlan, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    if op.main_logical_cluster:
        logical.owner_of(world, cluster, op.main_logical_cluster)
    plan = LogicalPlan(
        id=world.new_id(),
        cluster_id=cluster.id,
        name=op.logical_cluster_name,
        nodes=op.node_num,
        is_periodic=op.plan_type == "periodicity",
        user=op.user or "",
        main=op.main_logical_cluster or "",
        starts=_seconds(op.start_time),
        ends=_seconds(op.end_time),
        updated=world.now,
        actions=[PlannedAction(world.new_id(), a.type, a.strategy) for a in op.actions],
    )
    logical_plans.schedule(world, plan)
    return {"plan_id": plan.id}


@handles(ops.UpdateLogicalClusterPlan)
def update_logical_cluster_plan(
    world: World, op: ops.UpdateLogicalClusterPlan, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    plan = logical_plans.with_id(world, cluster, op.plan_id)
    logical_plans.change(world, plan, {told.id: (told.type, told.strategy) for told in op.actions})
    return SUCCESS


@handles(ops.DeleteLogicalClusterPlan)
def delete_logical_cluster_plan(
    world: World, op: ops.DeleteLogicalClusterPlan, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    world.forget(logical_plans.with_id(world, cluster, op.plan_id))
    return SUCCESS


@handles(ops.DisableLogicalClusterPlan)
def disable_logical_cluster_plan(
    world: World, op: ops.DisableLogicalClusterPlan, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    logical_plans.rest(world, logical_plans.with_id(world, cluster, op.plan_id))
    return SUCCESS


@handles(ops.EnableLogicalClusterPlan)
def enable_logical_cluster_plan(
    world: World, op: ops.EnableLogicalClusterPlan, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    plan = logical_plans.with_id(world, cluster, op.plan_id)
    if plan.is_disabled:
        plan.is_disabled = False
        logical_plans.schedule(world, plan)
    return SUCCESS


def _which(
    world: World, cluster_id: str, logical_id: str, caller: Caller
) -> tuple[Cluster, Logical]:
    cluster = world.cluster(cluster_id, caller.project_id)
    return cluster, logical.with_id(world, cluster, logical_id)


def _hosts(told: list[ClusterRing]) -> list[set[str]]:
    return [{host.host_name for host in ring.ring_hosts} for ring in told]


def _is_free(world: World, cluster: Cluster) -> bool:
    try:
        logical.require_idle(world, cluster)
    except Refused:
        return False
    return True


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _page(told: list[Any], offset: int | None, limit: int | None) -> list[Any]:
    size = limit or PAGE
    start = (offset or 0) * size
    return told[start : start + size]
