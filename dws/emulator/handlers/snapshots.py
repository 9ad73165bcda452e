"""Answers on snapshots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from dws.emulator import (
    abroad,
    databases,
    jobs,
    lifecycle,
    policies,
    render,
    restoring,
    snapshot_flavors,
    snapshotting,
    table_restoring,
)
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
_SHORT_PAGE = 10
"""Where the reference tells a default (5.3.18, 5.3.28)."""
_PLAN_S = 7 * policies.DAY_S
"""How far the preview of policies looks ahead (assumed)."""
T = TypeVar("T")


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


@handles(ops.CreateSnapshotPolicy)
def create_snapshot_policy(world: World, op: ops.CreateSnapshotPolicy, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    wishes = [(told.policy_id, _wish(told)) for told in op.backup_strategies or []]
    policies.put(world, cluster, wishes)
    policies.keep(world, _kept(policies.keeping(world, cluster.id), op))
    return {}


@handles(ops.ListSnapshotPolicy)
def list_snapshot_policy(world: World, op: ops.ListSnapshotPolicy, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    keeping = policies.keeping(world, cluster.id)
    return {
        "keep_day": keeping.days,
        "backup_strategies": [_policy(policy) for policy in policies.of(world, cluster.id)],
        "device_name": keeping.device.lower(),
        "server_ips": keeping.server_ips,
        "server_port": keeping.server_port,
        "backup_param": keeping.param,
    }


@handles(ops.PreviewSnapshotPolicy)
def preview_snapshot_policy(world: World, op: ops.PreviewSnapshotPolicy, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    plans = policies.plans(world, cluster.id, world.now + _PLAN_S)
    return {
        "backup_time": [
            {
                "id": plan.policy.id,
                "time": render.bare_moment(plan.at),
                "type": plan.policy.kind,
                "level": plan.policy.level,
            }
            for plan in plans
        ]
    }


@handles(ops.ShowSnapshotPolicy)
def show_snapshot_policy(world: World, op: ops.ShowSnapshotPolicy, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    return _policy(policies.found(world, cluster.id, op.id))


@handles(ops.UpdateSnapshotPolicy)
def update_snapshot_policy(world: World, op: ops.UpdateSnapshotPolicy, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    policies.change(world, policies.found(world, cluster.id, op.id), _wish(op))
    return {}


@handles(ops.DeleteSnapshotPolicy)
def delete_snapshot_policy(world: World, op: ops.DeleteSnapshotPolicy, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    world.forget(policies.found(world, cluster.id, op.id))
    return {}


@handles(ops.CheckTableRestore)
def check_table_restore(world: World, op: ops.CheckTableRestore, caller: Caller) -> Json:
    snapshot = world.snapshot(op.snapshot_id, caller.project_id)
    cluster = world.cluster(snapshot.cluster_id, caller.project_id)
    databases.require_database(world, cluster, op.database)
    sources, targets = _names(op.restore_table_list), _names(op.target_table_list)
    there = table_restoring.in_snapshot(world, snapshot, op.database)
    taken = table_restoring.in_cluster(world, cluster, op.database)
    by_case = op.case_sensitive
    return {
        "check_table_name_result": {
            "database": op.database,
            "restore_table_list": table_restoring.missing(there, sources, by_case=by_case) or None,
            "target_table_list": table_restoring.present(taken, targets, by_case=by_case) or None,
        }
    }


@handles(ops.RestoreTable)
def restore_table(world: World, op: ops.RestoreTable, caller: Caller) -> Json:
    snapshot = world.snapshot(op.snapshot_id, caller.project_id)
    sources, targets = _names(op.restore_table_list), _names(op.target_table_list)
    by_case = op.case_sensitive
    table_restoring.require_tables(world, snapshot, op.database, sources, by_case=by_case)
    sources = table_restoring.stored(world, snapshot, op.database, sources)
    job = table_restoring.begin(world, snapshot, op.database, sources, targets)
    return {"job_id": job.id}


@handles(ops.ListSnapshotFlavor)
def list_snapshot_flavor(world: World, op: ops.ListSnapshotFlavor, caller: Caller) -> Json:
    snapshot = world.snapshot(op.snapshot_id, caller.project_id)
    return {"flavor": snapshot_flavors.present(world, snapshot)}


@handles(ops.ListSnapshotFlavorInfo)
def list_snapshot_flavor_info(world: World, op: ops.ListSnapshotFlavorInfo, caller: Caller) -> Json:
    snapshot = world.snapshot(op.snapshot_id, caller.project_id)
    found = snapshot_flavors.possible(world, snapshot, kind=op.type, zone=op.az_code)
    return {"flavors": found, "count": len(found)}


@handles(ops.ListSnapshotStatistics)
def list_snapshot_statistics(world: World, op: ops.ListSnapshotStatistics, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    used = sum(snapshot.size_gb for snapshot in world.snapshots_of(cluster.id))
    # As much as the cluster's own disks is free of charge (assumed, after the console).
    free = float(snapshot_flavors.disks_gb(cluster))
    figures = {"storage.free": free, "storage.paid": max(0.0, used - free), "storage.used": used}
    return {"statistics": [{"name": n, "value": v, "unit": "GB"} for n, v in figures.items()]}


@handles(ops.ListSnapshotCrossRegions)
def list_snapshot_cross_regions(
    world: World, op: ops.ListSnapshotCrossRegions, caller: Caller
) -> Json:
    del caller
    found = [{"region_id": region} for region in world.spec.regions]
    return {"regions": _page(found, op.offset, op.limit, _SHORT_PAGE), "count": len(found)}


@handles(ops.CreateSnapshotCrossRegionPolicy)
def create_snapshot_cross_region_policy(
    world: World, op: ops.CreateSnapshotCrossRegionPolicy, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    if op.destination_region not in world.spec.regions:
        raise Refused(400, "DWS.5010", f"Invalid region: {op.destination_region}.")
    told = abroad.Abroad(
        cluster.id,
        cluster.project_id,
        op.destination_region,
        op.destination_project_id,
        op.status,
        op.back_keep_day,
    )
    world.keep(told)
    return {}


@handles(ops.ListSnapshotCrossRegionPolicies)
def list_snapshot_cross_region_policies(
    world: World, op: ops.ListSnapshotCrossRegionPolicies, caller: Caller
) -> Json:
    region = next(p.name for p in world.spec.projects if p.id == caller.project_id)
    found = [
        {
            "cluster_id": told.id,
            "cluster_name": world.clusters[told.id].name,
            "source_region": region,
            "source_project_id": told.project_id,
            "destination_region": told.region,
            "destination_project_id": told.target_project_id,
            "status": told.is_on,
            "back_keep_day": told.keep_days,
            "total_size": int(abroad.size_gb(world, told.id)),
        }
        for told in world.of(abroad.Abroad).values()
        if told.project_id == caller.project_id and op.cluster_id in {None, told.id}
    ]
    told_page = _page(found, op.offset, op.limit, _PAGE)
    return {"cross_region_configs": told_page, "count": len(found)}


@handles(ops.DeleteSnapshotCrossRegionPolicy)
def delete_snapshot_cross_region_policy(
    world: World, op: ops.DeleteSnapshotCrossRegionPolicy, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    # Of a cluster that has none it is no mistake (assumed).
    if told := world.of(abroad.Abroad).get(cluster.id):
        world.forget(told)
    return {}


@handles(ops.ListRoachConfigs)
def list_roach_configs(world: World, op: ops.ListRoachConfigs, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = [
        {"key": key, "value": int(value) if value.isdecimal() else value, "type": kind}
        for kind, values in abroad.roach(world, cluster.id).values.items()
        for key, value in values.items()
    ]
    return {"roach_configs": _page(found, op.offset, op.limit, _PAGE), "count": len(found)}


@handles(ops.UpdateRoachConfigs)
def update_roach_configs(world: World, op: ops.UpdateRoachConfigs, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    roach = abroad.roach(world, cluster.id)
    for told in op.roach_config:
        # A key that the reference does not name is taken as it is (assumed).
        roach.values.setdefault(told.type, {})[told.key] = str(told.value)
    world.keep(roach)
    return {}


@handles(ops.ListDatabases)
def list_databases(world: World, op: ops.ListDatabases, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = [name for name in databases.names(world, cluster) if (op.database or "") in name]
    return {"databases": _page(found, op.offset, op.limit, _PAGE), "count": len(found)}


@handles(ops.ListDatabaseSchemas)
def list_database_schemas(world: World, op: ops.ListDatabaseSchemas, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    databases.require_database(world, cluster, op.database)
    schemas = table_restoring.schemas_of_users(world, cluster, op.database)
    found = [name for name in schemas if (op.filters or "") in name]
    found.sort(reverse=op.order == "desc")
    return {"schemas": _page(found, op.offset, op.limit, _SHORT_PAGE), "count": len(found)}


def _page(found: Sequence[T], offset: int | None, limit: int | None, usual: int) -> Sequence[T]:
    start = offset or 0
    return found[start : start + (limit or usual)]


def _names(tables: Sequence[ops.TableName]) -> list[table_restoring.Name]:
    return [(table.schema_name, table.table_name) for table in tables]


def _wish(told: ops.BackupStrategy | ops.UpdateSnapshotPolicy) -> policies.Wish:
    return policies.Wish(
        told.policy_name, told.backup_strategy, told.backup_type, told.backup_level
    )


def _kept(present: policies.Keeping, told: ops.CreateSnapshotPolicy) -> policies.Keeping:
    return policies.Keeping(
        present.id,
        told.keep_day or present.days,
        (told.device_name or present.device).upper(),
        told.server_ips or present.server_ips,
        told.server_port or present.server_port,
        told.backup_param or present.param,
    )


def _policy(policy: policies.Policy) -> Json:
    next_ms = None if policy.next is None else str(int(policy.next * 1000))
    return {
        "policy_id": policy.id,
        "policy_name": policy.name,
        "backup_strategy": policy.cron,
        "backup_type": policy.kind,
        "backup_level": policy.level,
        "next_fire_time": next_ms,  # milliseconds as text: the sample of reference 5.3.11
        "update_time": render.bare_moment(policy.updated),
    }


def _prior(world: World, cluster: Cluster, told: ops.NewSnapshotV2) -> str:
    if told.type == 0:
        return "FULL"
    wanted = "".join(filter(str.isdigit, str(told.backup_key)))
    for snapshot in world.snapshots_of(cluster.id):
        if wanted == snapshot.backup_key.replace("_", "") and snapshot.status == "AVAILABLE":
            return snapshot.backup_key
    raise Refused(400, "DWS.5111", f"The backup file ID does not exist: {told.backup_key}.")
