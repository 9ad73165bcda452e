"""Answers on external data sources."""

from __future__ import annotations

from dws.emulator import databases, jobs, lifecycle, render, sources
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.refused import Refused, name_taken
from dws.emulator.sources import ExternalSource
from dws.emulator.world import World
from dws.operations import data_sources as ops


@handles(ops.ListDataSource)
def list_data_source(world: World, op: ops.ListDataSource, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = [_told(world, source) for source in sources.of_cluster(world, cluster.id)]
    return {
        "data_sources": found,
        "project_id": caller.project_id,
        "cluster_id": cluster.id,
        "count": len(found),
    }


@handles(ops.CreateDataSource)
def create_data_source(world: World, op: ops.CreateDataSource, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    lifecycle.require_idle(world, cluster)
    if any(s.name == op.data_source_name for s in sources.of_cluster(world, cluster.id)):
        raise name_taken("data source", op.data_source_name)
    if op.type == "OBS":
        databases.require_database(world, cluster, op.connect_info or "")
    made = ExternalSource(
        id=world.new_id(),
        cluster_id=cluster.id,
        name=op.data_source_name,
        type=op.type,
        user_name=op.user_name,
        created=world.now,
        updated=world.now,
        connect_info=op.connect_info or "",
        data_source_id=op.data_source_id or "",
        description=op.description or "",
    )
    lifecycle.clear_failure(world, cluster)
    work = sources.configure(world, cluster, made, reboot=bool(op.reboot))
    # The names of these jobs are assumed, after events of the reference (5.4.6).
    job = jobs.start(world, cluster.id, f"configure{op.type}ExtDataSourcesJob", work)
    return {"id": made.id, "job_id": job.id}


@handles(ops.UpdateDataSource)
def update_data_source(world: World, op: ops.UpdateDataSource, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    changed = sources.source(world, cluster.id, op.ext_data_source_id)
    lifecycle.require_idle(world, cluster)
    if op.reconfigure.agency:
        if changed.type != "OBS":
            raise Refused(400, "DWS.5130", "Invalid agency name: only OBS has an agency.")
        changed.user_name = op.reconfigure.agency
    changed.configure_status = sources.UPDATING
    lifecycle.clear_failure(world, cluster)
    work = sources.configure(world, cluster, changed, reboot=bool(op.reconfigure.reboot))
    job = jobs.start(world, cluster.id, f"update{changed.type}ExtDataSourcesJob", work)
    return {"job_id": job.id}


@handles(ops.DeleteDataSource)
def delete_data_source(world: World, op: ops.DeleteDataSource, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    doomed = sources.source(world, cluster.id, op.ext_data_source_id)
    lifecycle.require_idle(world, cluster)
    lifecycle.clear_failure(world, cluster)
    work = sources.remove(world, cluster, doomed)
    job = jobs.start(world, cluster.id, f"delete{doomed.type}ExtDataSourcesJob", work)
    return {"job_id": job.id}


def _told(world: World, source: ExternalSource) -> Json:
    profile = world.spec.profile
    return {
        "id": source.id,
        "name": source.name,
        "type": source.type,
        "connect_info": source.connect_info,
        "user_name": source.user_name,
        "version": "",
        "configure_status": source.configure_status,
        "status": source.status,
        "data_source_id": source.data_source_id,
        "created": render.moment(source.created, profile),
        "updated": render.moment(source.updated, profile),
        "data_source_updated": render.moment(source.updated, profile),
        "extend_properties": {},
        "description": source.description,
        "fail_reason": source.fail_reason,
    }
