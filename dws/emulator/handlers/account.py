"""Answers on what the project has and may do."""

from __future__ import annotations

from dws.emulator import quotas, render
from dws.emulator.flavors import FLAVORS, VERSION, Flavor
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.pages import page
from dws.emulator.refused import Refused
from dws.emulator.world import World, id_from
from dws.operations import account as ops


@handles(ops.ListAvailabilityZones)
def list_availability_zones(world: World, op: ops.ListAvailabilityZones, caller: Caller) -> Json:
    del op, caller
    zones = [
        {"code": z, "name": z.upper(), "status": "available", "public_border_group": "center"}
        for z in world.spec.zones
    ]
    return {"availability_zones": zones, "count": len(zones)}


@handles(ops.ListNodeTypes)
def list_node_types(world: World, op: ops.ListNodeTypes, caller: Caller) -> Json:
    del op, caller
    zones = [{"code": zone, "status": "normal"} for zone in world.spec.zones]
    told = [_in_full(flavor, zones) for flavor in FLAVORS.values()]
    return {"node_types": told, "count": len(told)}


@handles(ops.ListNodeTypesV1)
def list_node_types_v1(world: World, op: ops.ListNodeTypesV1, caller: Caller) -> Json:
    del world, op, caller
    return {"node_types": [_in_short(flavor) for flavor in FLAVORS.values()]}


@handles(ops.ListQuotas)
def list_quotas(world: World, op: ops.ListQuotas, caller: Caller) -> Json:
    del op
    used = quotas.used(world, caller.project_id)
    resources = [
        # Numbers as text, and "null" for no unit: so the sample of reference 5.11.1.
        {
            "type": kind,
            "used": str(used[kind]),
            "quota": str(getattr(world.spec.quotas, kind)),
            "unit": quotas.UNITS.get(kind, "null"),
        }
        for kind in quotas.KINDS
    ]
    return {"quotas": {"resources": resources}}


@handles(ops.ListStatistics)
def list_statistics(world: World, op: ops.ListStatistics, caller: Caller) -> Json:
    del op
    return {"statistics": _statistics(world, caller)}


def _statistics(world: World, caller: Caller) -> list[Json]:
    clusters = quotas.clusters_of(world, caller.project_id)
    normal = [c for c in clusters if render.status_of(c, world.now) == "AVAILABLE"]
    used = quotas.used(world, caller.project_id)
    figures = {
        "cluster.total": len(clusters),
        "cluster.normal": len(normal),
        "instance.total": used["instances"],
        "instance.normal": sum(node.status == "200" for c in normal for node in c.nodes),
        "storage.total": used["disk_capacity"],
    }
    return [
        {"name": name, "value": value, "unit": "GB" if name == "storage.total" else None}
        for name, value in figures.items()
    ]


@handles(ops.ShowResourceStatistics)
def show_resource_statistics(world: World, op: ops.ShowResourceStatistics, caller: Caller) -> Json:
    del op
    counted = {s["name"]: s["value"] for s in _statistics(world, caller)}
    return {
        f"{kind}_statistics": {
            "active": counted[f"{name}.normal"],
            "total": counted[f"{name}.total"],
        }
        for kind, name in {"cluster": "cluster", "node": "instance"}.items()
    }


@handles(ops.ListDssPools)
def list_dss_pools(world: World, op: ops.ListDssPools, caller: Caller) -> Json:
    del op
    pools = [
        {
            "id": pool.id,
            "name": pool.name,
            "type": pool.type,
            "project_id": caller.project_id,
            "availability_zone": pool.zone or world.spec.zones[0],
            "capacity": pool.capacity_gb,
            "status": pool.status,
            "created_at": None,
        }
        for pool in world.spec.dss_pools
    ]
    return {"pools": pools, "count": len(pools)}


@handles(ops.ListActions)
def list_actions(world: World, op: ops.ListActions, caller: Caller) -> Json:
    del caller
    told = world.spec.tenant_actions
    return {"action_info": page(told, op.offset, op.limit or 10), "count": len(told)}


@handles(ops.ListEps)
def list_eps(world: World, op: ops.ListEps, caller: Caller) -> Json:
    told = [
        {"cluster_id": cluster.id, "eps_id": cluster.enterprise_project_id}
        for cluster in quotas.clusters_of(world, caller.project_id)
    ]
    return {"resources": page(told, op.offset, op.limit), "count": len(told)}


@handles(ops.ListTargetFlavors)
def list_target_flavors(world: World, op: ops.ListTargetFlavors, caller: Caller) -> Json:
    present = _flavor(op.flavor_id)
    if op.cluster_id:
        present = FLAVORS[world.cluster(op.cluster_id, caller.project_id).node_type]
    # Which kinds lead to which is assumed: those of one kind of warehouse on one kind of disk.
    told = [
        {
            "id": id_from(f"flavor:{flavor.name}"),
            "name": flavor.name,
            "vcpus": flavor.vcpus,
            "ram": flavor.ram_gb,
            "is_current_flavor": flavor == present,
        }
        for flavor in FLAVORS.values()
        if (flavor.datastore, flavor.volume) == (present.datastore, present.volume)
    ]
    return {"flavors": page(told, op.offset, op.limit), "count": len(told)}


@handles(ops.ListJobDetails)
def list_job_details(world: World, op: ops.ListJobDetails, caller: Caller) -> Json:
    return render.job(world, world.job(op.job_id, caller.project_id))


def _flavor(told: str) -> Flavor:
    for flavor in FLAVORS.values():
        if told in {flavor.name, id_from(f"flavor:{flavor.name}")}:
            return flavor
    # Assumed: the code.
    raise Refused(400, "DWS.5006", f"Invalid specifications: no flavor {told}.")


def _in_short(flavor: Flavor) -> Json:
    return {
        "spec_name": flavor.name,
        "id": id_from(f"flavor:{flavor.name}"),
        "detail": [
            {"type": "vCPU", "value": str(flavor.vcpus)},
            {"type": flavor.volume, "value": str(flavor.disk_gb), "unit": "GB"},
            {"type": "mem", "value": str(flavor.ram_gb), "unit": "GB"},
        ],
    }


def _in_full(flavor: Flavor, zones: list[Json]) -> Json:
    return {
        **_in_short(flavor),
        "datastore_type": flavor.datastore,
        "available_zones": zones,
        "ram": flavor.ram_gb,
        "vcpus": flavor.vcpus,
        "datastores": [{"version": VERSION, "attachments": {"min_cn": 2, "max_cn": 20}}],
        "volume": {"type": flavor.volume, "size": flavor.disk_gb},
        "elastic_volume_specs": [
            {"type": flavor.volume, "step": 100, "min_size": 100, "max_size": 32000}
        ],
    }
