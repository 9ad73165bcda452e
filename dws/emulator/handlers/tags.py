"""Answers on tags."""

from __future__ import annotations

from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.quotas import clusters_of
from dws.emulator.refused import Refused
from dws.emulator.world import World
from dws.operations import tags as ops

MOST_TAGS = 20


@handles(ops.ListTags)
def list_tags(world: World, op: ops.ListTags, caller: Caller) -> Json:
    del op
    values: dict[str, set[str]] = {}
    for cluster in clusters_of(world, caller.project_id):
        for key, value in cluster.tags.items():
            values.setdefault(key, set()).add(value)
    return {"tags": [{"key": key, "values": sorted(values[key])} for key in sorted(values)]}


@handles(ops.ListClusterTags)
def list_cluster_tags(world: World, op: ops.ListClusterTags, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    return {"tags": [{"key": key, "value": value} for key, value in cluster.tags.items()]}


@handles(ops.BatchCreateResourceTag)
def batch_create_resource_tag(world: World, op: ops.BatchCreateResourceTag, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    wanted = cluster.tags | {tag.key: tag.value for tag in op.tags}
    if len(wanted) > MOST_TAGS:
        raise Refused(400, "DWS.5194", f"The number of tags exceeds the maximum: {MOST_TAGS}.")
    cluster.tags = wanted
    world.touch(cluster)
    return {}


@handles(ops.BatchDeleteResourceTag)
def batch_delete_resource_tag(world: World, op: ops.BatchDeleteResourceTag, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    unwanted = {tag.key for tag in op.tags}
    cluster.tags = {key: value for key, value in cluster.tags.items() if key not in unwanted}
    world.touch(cluster)
    return {}
