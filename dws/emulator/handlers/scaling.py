"""Answers on the size of a cluster, and on the redistribution of its data."""

from __future__ import annotations

from dws.emulator import (
    databases,
    growing,
    jobs,
    lifecycle,
    logical,
    moved_tables,
    preparing,
    redistribution,
    redistribution_told,
    rings,
    sizing,
    sizing_told,
)
from dws.emulator.flavors import FLAVORS
from dws.emulator.growing import Growth
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.records import Cluster
from dws.emulator.refused import Refused
from dws.emulator.versions import require_version
from dws.emulator.world import World
from dws.operations import scaling as ops

SUCCESS: Json = {"error_code": "DWS.0000", "error_msg": "Request successfully processed."}
REDISTRIBUTES_SINCE = "8.1.1.200"
PAGE = 10
"""What a page holds unless told (SDK field documentation)."""
_LEGACY: Json = {
    "errCode": "DWS.0000",
    "externalMessage": "Request successfully processed.",
    "retCode": None,
    "retMessage": None,
} | SUCCESS


@handles(ops.ResizeCluster)
def resize_cluster(world: World, op: ops.ResizeCluster, caller: Caller) -> Json:
    cluster = _free(world, op.cluster_id, caller)
    growing.require_room(world, cluster, op.scale_out.count)
    growth = _growth(world, cluster, op)
    lifecycle.clear_failure(world, cluster)
    if op.create_node_only:
        growing.create_nodes(world, cluster, op.scale_out.count)
    else:
        growing.grow(world, cluster, growth)
    return {}


@handles(ops.ResizeClusterWithExistedNodes)
def resize_cluster_with_existed_nodes(
    world: World, op: ops.ResizeClusterWithExistedNodes, caller: Caller
) -> Json:
    cluster = _free(world, op.cluster_id, caller)
    growing.require_all_idle(cluster, op.scale_out.count)
    growth = _growth(world, cluster, op)
    growth.by_idle_nodes = True
    lifecycle.clear_failure(world, cluster)
    if op.force_backup:
        growing.grow(world, cluster, growth)
    else:
        share = growing.PREPARED if preparing.is_prepared(world, cluster) else 1.0
        growing.grow_without_snapshot(world, cluster, growth, share)
    return {}


@handles(ops.ResizePreparation)
def resize_preparation(world: World, op: ops.ResizePreparation, caller: Caller) -> Json:
    cluster = _free(world, op.cluster_id, caller)
    job = preparing.prepare(world, cluster, op.num_node, retries=bool(op.is_retry))
    return {"job_id": job.id}


@handles(ops.ShowResizePreparation)
def show_resize_preparation(world: World, op: ops.ShowResizePreparation, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    known = world.of(preparing.Preparing).get(cluster.id)
    if known is None:
        return {"status": None, "is_support": True, "progress": None, "instance_ids": []}
    return {
        "status": known.status(world.now),
        "is_support": True,
        "progress": known.progress(world.now),
        "instance_ids": known.nodes,
    }


@handles(ops.CheckGrowCluster)
def check_grow_cluster(world: World, op: ops.CheckGrowCluster, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    count = (op.scale_out.count if op.scale_out else None) or 0
    findings = []
    try:
        lifecycle.require_idle(world, cluster)
        lifecycle.require_free_of_dr(world, cluster)
    except Refused as refused:
        findings.append(_finding("status", refused))
    try:
        if op.expand_with_existed_node:
            growing.require_all_idle(cluster, count)
        else:
            growing.require_room(world, cluster, count)
    except Refused as refused:
        findings.append(_finding("quota", refused))
    return {"data": findings}


@handles(ops.ShrinkCluster)
def shrink_cluster(world: World, op: ops.ShrinkCluster, caller: Caller) -> Json:
    cluster = _free(world, op.cluster_id, caller)
    if op.type != FLAVORS[cluster.node_type].datastore:
        told = f"The cluster is no warehouse of the type {op.type}."
        raise Refused(400, "DWS.5089", told)
    sizing.require_sequence(world, cluster, op.shrink_number)
    lifecycle.clear_failure(world, cluster)
    work = sizing.shrink(world, cluster, op.shrink_number)
    # The reference answers a code, the SDK reads a job (facts/real_clients 24).
    job = jobs.start(world, cluster.id, "shrinkClusterJob", work)
    return SUCCESS | {"job_id": job.id}


@handles(ops.ListClusterScaleInNumbers)
def list_cluster_scale_in_numbers(
    world: World, op: ops.ListClusterScaleInNumbers, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    owner = logical.owner_of(world, cluster, op.logical_cluster_name)
    return {"shrink_sequence": rings.numbers(rings.removable(world, cluster, owner))}


@handles(ops.CheckClusterShrink)
def check_cluster_shrink(world: World, op: ops.CheckClusterShrink, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    allowed = rings.numbers(rings.removable(world, cluster))
    if op.shrink_count not in allowed:
        return {"is_passed": False}  # assumed: no error, but a check that fails
    match op.check_item:
        case "disk":
            passes = sizing.fits(cluster, op.shrink_count)
        case "guc":
            # Assumed: parameters that wait for a restart are in the way.
            passes = cluster.parameters_status == "In-Sync"
        case "schema":
            # Assumed: tables are in the way that were not redistributed to their end.
            known = redistribution.found(world, cluster)
            passes = known is None or known.status == "SUCCESS"
    return {"is_passed": passes}


@handles(ops.ExpandInstanceStorage)
def expand_instance_storage(world: World, op: ops.ExpandInstanceStorage, caller: Caller) -> Json:
    cluster = _free(world, op.cluster_id, caller)
    require_version(cluster, sizing.EXPANDABLE_SINCE)
    sizing.require_expandable(world, cluster, op.new_size)
    lifecycle.clear_failure(world, cluster)
    sizing.expand(world, cluster, op.new_size)
    return {}


@handles(ops.CheckInstanceStorage)
def check_instance_storage(world: World, op: ops.CheckInstanceStorage, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    require_version(cluster, sizing.EXPANDABLE_SINCE)
    sizing.require_expandable(world, cluster, op.new_size)
    return {}


@handles(ops.ShowClusterStorageExpandRange)
def show_cluster_storage_expand_range(
    world: World, op: ops.ShowClusterStorageExpandRange, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    present = cluster.node_disk_gb
    return {"min_size": present, "max_size": sizing.LARGEST_GB, "current_size": present}


@handles(ops.ShowClusterVolume)
def show_cluster_volume(world: World, op: ops.ShowClusterVolume, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    return sizing_told.volume(world, cluster)


@handles(ops.ShowClusterFlavor)
def show_cluster_flavor(world: World, op: ops.ShowClusterFlavor, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    return sizing_told.flavor(cluster)


@handles(ops.ExecuteFlavorChange)
def execute_flavor_change(world: World, op: ops.ExecuteFlavorChange, caller: Caller) -> Json:
    cluster = _free(world, op.cluster_id, caller)
    target = sizing.require_target(world, cluster, op.target_flavor_id)
    lifecycle.clear_failure(world, cluster)
    work = sizing.change_flavor(world, cluster, target)
    job = jobs.start(world, cluster.id, "flavorResizeJob", work)  # its name is assumed
    return {"job_id": job.id, "error_code": "DWS.0000", "error_msg": "request succeeded!"}


@handles(ops.ExecuteRedistributionCluster)
def execute_redistribution_cluster(
    world: World, op: ops.ExecuteRedistributionCluster, caller: Caller
) -> Json:
    cluster = _redistributing(world, op.cluster_id, caller)
    redistribution.start(world, cluster, op.redis_mode, op.parallel_jobs)
    return {}


@handles(ops.ShowClusterRedistribution)
def show_cluster_redistribution(
    world: World, op: ops.ShowClusterRedistribution, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    require_version(cluster, REDISTRIBUTES_SINCE)
    known = redistribution.found(world, cluster)
    told = redistribution_told.told(world, cluster, known)
    found = redistribution_told.tables(world, cluster, known, op)
    if found is not None:
        page = {"data": _page(found, op.offset, op.limit), "total": len(found)}
        told["redis_info"]["redis_table_detail"] = page
    return told


@handles(ops.StopRedistribution)
def stop_redistribution(world: World, op: ops.StopRedistribution, caller: Caller) -> Json:
    redistribution.suspend(world, _redistributing(world, op.cluster_id, caller))
    return _LEGACY


@handles(ops.RestoreRedistribution)
def restore_redistribution(world: World, op: ops.RestoreRedistribution, caller: Caller) -> Json:
    redistribution.resume(world, _redistributing(world, op.cluster_id, caller))
    return _LEGACY


@handles(ops.UpdateRedistributionConfigurations)
def update_redistribution_configurations(
    world: World, op: ops.UpdateRedistributionConfigurations, caller: Caller
) -> Json:
    cluster = _redistributing(world, op.cluster_id, caller)
    changed = redistribution.at_rest(world, cluster)
    moved_tables.freeze(world, cluster, changed)
    changed.jobs = op.parallel_jobs or changed.jobs
    changed.policy = op.priority_policy or changed.policy
    world.keep(changed)
    return {}


@handles(ops.SetRedistributionPriority)
def set_redistribution_priority(
    world: World, op: ops.SetRedistributionPriority, caller: Caller
) -> Json:
    cluster = _redistributing(world, op.cluster_id, caller)
    changed = redistribution.at_rest(world, cluster)
    databases.require_database(world, cluster, op.db_name)
    wanted = [(told.schema_name, told.table_name or "", told.redis_order) for told in op.priority]
    moved_tables.require_there(world, cluster, op.db_name, wanted)
    moved_tables.freeze(world, cluster, changed)
    for schema, table, order in wanted:
        changed.orders[moved_tables.key(schema, table)] = order
    world.keep(changed)
    return {}


@handles(ops.ListRedistributionSchema)
def list_redistribution_schema(
    world: World, op: ops.ListRedistributionSchema, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    require_version(cluster, REDISTRIBUTES_SINCE)
    databases.require_database(world, cluster, op.db_name)
    known = redistribution.found(world, cluster)
    orders: dict[str, int] = {}
    left = moved_tables.all_tables(world, cluster, known, world.now) if known else []
    for rank, found in enumerate((m for m in left if m.status != "y"), start=1):
        if found.table.database == op.db_name and op.schema_name in {None, found.table.schema}:
            orders.setdefault(found.table.schema, rank)
    told = [{"schema_name": name, "redis_order": order} for name, order in orders.items()]
    page = _page(told, op.offset, op.limit)
    return {"error_code": "DWS.0000", "error_msg": None, "schemas": page, "count": len(told)}


def _free(world: World, cluster_id: str, caller: Caller) -> Cluster:
    """A cluster that may begin a change of its size."""
    cluster = world.cluster(cluster_id, caller.project_id)
    lifecycle.require_idle(world, cluster)
    lifecycle.require_free_of_dr(world, cluster)
    return cluster


def _redistributing(world: World, cluster_id: str, caller: Caller) -> Cluster:
    cluster = world.cluster(cluster_id, caller.project_id)
    require_version(cluster, REDISTRIBUTES_SINCE)
    return cluster


def _growth(
    world: World, cluster: Cluster, op: ops.ResizeCluster | ops.ResizeClusterWithExistedNodes
) -> Growth:
    owner = logical.owner_of(world, cluster, op.logical_cluster_name)
    growth = Growth(cluster.id, op.scale_out.count, op.auto_redistribute is not False)
    if owner:
        growth.owner, growth.owner_name = owner, op.logical_cluster_name or logical.ELASTIC
    if op.redis_conf:
        growth.mode, growth.jobs = op.redis_conf.redis_mode.lower(), op.redis_conf.parallel_jobs
    return growth


def _finding(kind: str, refused: Refused) -> Json:
    # The words are assumed: the only sample has no finding.
    return {
        "pass": False,
        "reason": refused.message,
        "required": True,
        "desc": refused.code,
        "type": kind,
    }


def _page(told: list[Json], offset: int | None, limit: int | None) -> list[Json]:
    size = limit or PAGE
    start = (offset or 0) * size
    return told[start : start + size]
