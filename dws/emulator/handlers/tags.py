"""Answers on tags."""

from __future__ import annotations

from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.pages import page
from dws.emulator.quotas import clusters_of
from dws.emulator.records import Cluster
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


@handles(ops.ListTagsForResource)
def list_tags_for_resource(world: World, op: ops.ListTagsForResource, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    # The key of the sample; that the service gives no other is assumed.
    told = [{"key": "_sys_enterprise_project_id", "value": cluster.enterprise_project_id}]
    return {"sys_tags": page(told, op.offset, op.limit), "count": len(told)}


@handles(ops.ListResourceByTag)
def list_resource_by_tag(world: World, op: ops.ListResourceByTag, caller: Caller) -> Json:
    told = [
        {
            "resource_id": cluster.id,
            "resource_name": cluster.name,
            "resource_detail": "",
            "tags": [{"key": key, "value": value} for key, value in cluster.tags.items()],
        }
        for cluster in clusters_of(world, caller.project_id)
        if all(_has(cluster, wanted) for wanted in op.tags or [])
    ]
    return {"resources": page(told, op.offset, op.limit), "count": len(told)}


def _has(cluster: Cluster, wanted: ops.TagFilter) -> bool:
    if wanted.key not in cluster.tags:
        return False
    return not wanted.values or cluster.tags[wanted.key] in wanted.values
