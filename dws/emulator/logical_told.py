"""Logical clusters as the service tells them: JSON-ready dicts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dws.emulator import rings
from dws.emulator.load import address_of
from dws.emulator.logical import ELASTIC, Logical, LogicalTask
from dws.emulator.logical_plans import LogicalPlan
from dws.emulator.records import Cluster
from dws.emulator.rings import Ring
from dws.emulator.world import World, id_from

Json = dict[str, Any]


def own_rings(world: World, cluster: Cluster, known: Logical) -> list[Ring]:
    """The rings of a logical cluster."""
    return [ring for ring in rings.rings_of(world, cluster) if ring.owner == known.id]


def first_ring(world: World, cluster: Cluster, known: Logical) -> Ring | None:
    """The ring that a logical cluster cannot lose."""
    return next(iter(own_rings(world, cluster, known)), None)


def told(world: World, cluster: Cluster, known: Logical, *, is_free: bool) -> Json:
    """A logical cluster in the list of reference 5.2.7."""
    return {
        "logical_cluster_id": known.id,
        "logical_cluster_name": known.name,
        "cluster_rings": [rings.told(cluster, ring) for ring in own_rings(world, cluster, known)],
        "status": known.status,
        "first_logical_cluster": known.is_first,
        "action_info": _action(world, known),
        "edit_enable": is_free,
        "restart_enable": is_free,
        "delete_enable": is_free and not known.is_first,
        "add_to_elastic": True,
        "mode": known.mode or None,
        "waiting_for_killing": known.waiting_for_killing,
        "cluster_type": known.kind or None,
        "base_vw": known.is_first,
    }


def _action(world: World, known: Logical) -> Json:
    is_done = bool(known.result)
    return {
        "progress": known.progress(world.now),
        "completed": is_done,
        "result": known.result,
        "logs": known.logs,
        "action_name": "Create" if known.action == "Switch" else known.action,
        "start_time": _second(known.span.begins if known.span else None),
        "end_time": _second(known.span.ends if known.span and is_done else None),
    }


def elastic(world: World, cluster: Cluster, loose: list[Ring]) -> Json:
    """The free rings, as a logical cluster that nothing can be done to (sample of 5.2.7)."""
    grown = [
        task
        for task in world.of(LogicalTask).values()
        if task.cluster_id == cluster.id and task.name == ELASTIC
    ]
    action = None
    if grown:
        done = {"progress": 100, "completed": True, "logs": None}
        action = done | told_task(grown[-1])
        action["action_name"] = action.pop("type")
    return {
        "logical_cluster_id": id_from(f"{cluster.id}:{ELASTIC}"),
        "logical_cluster_name": ELASTIC,
        "cluster_rings": [rings.told(cluster, ring) for ring in loose],
        "status": "Normal",
        "first_logical_cluster": False,
        "action_info": action,
        "edit_enable": False,
        "restart_enable": False,
        "delete_enable": False,
        "add_to_elastic": True,
        "mode": None,
        "waiting_for_killing": 0,
        "cluster_type": None,
        "base_vw": False,
    }


def told_task(task: LogicalTask) -> Json:
    """An action in the list of reference 5.2.8."""
    return {
        "type": task.type,
        "logical_cluster_name": task.name,
        "start_time": _second(task.started),
        "end_time": _second(task.ended),
        "result": task.result,
        "log": task.log,
    }


def volume(world: World, cluster: Cluster, known: Logical) -> Json:
    """A logical cluster in the list of reference 5.2.9."""
    nodes = sum(len(ring.nodes) for ring in own_rings(world, cluster, known))
    total = nodes * cluster.node_disk_gb
    # Assumed: what was there before is all in the first one.
    used = cluster.data_gb if known.is_first else 0.0
    return {
        "logical_cluster_name": known.name,
        "usage": f"{used:.2f}",
        "total": f"{total:.2f}",
        "percent": f"{100 * used / total if total else 0.0:.2f}",
    }


def instances(cluster: Cluster, ring: Ring) -> list[Json]:
    """The nodes of a ring in the list of reference 5.2.12."""
    return [
        {
            "id": node.id,
            "name": node.name,
            "manage_ip": address_of(node),
            "traffic_ip": address_of(node),
            "internal_ip": address_of(node),
            "internal_mgnt_ip": None,
            "eip": None,
            "elb": None,
            "status": int(node.status),
            "az_code": cluster.availability_zone,
        }
        for node in rings.members(cluster, ring)
    ]


def told_plan(plan: LogicalPlan) -> Json:
    """A plan as the SDK reads it."""
    return {
        "id": plan.id,
        "logical_cluster_name": plan.name,
        "node_num": plan.nodes,
        "plan_type": "periodicity" if plan.is_periodic else "once",
        "status": plan.status(),
        "start_time": _second(plan.starts),
        "end_time": _second(plan.ends),
        "update_time": _second(plan.updated),
        "user": plan.user or None,
        "main_logical_cluster": plan.main or None,
        "actions": [
            {
                "id": action.id,
                "type": action.type,
                "strategy": action.strategy,
                "status": "disabled" if plan.is_disabled else action.status,
                "next_fire_time": _second(action.next) or None,
                "pre_fire_time": _second(action.previous) or None,
                "failed_reason": action.failed_reason or None,
            }
            for action in plan.actions
        ],
    }


def _second(at: float | None) -> str:
    """A time as these calls write it, e.g. ``2024-04-13 07:17:49``; empty for none."""
    return "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
