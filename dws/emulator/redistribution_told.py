"""Redistributions as the service tells them: JSON-ready dicts."""

from __future__ import annotations

from typing import Any

from dws.emulator import moved_tables
from dws.emulator.records import Cluster
from dws.emulator.redistribution import Redistribution
from dws.emulator.versions import parts
from dws.emulator.world import World, id_from
from dws.operations.scaling import ShowClusterRedistribution

Json = dict[str, Any]
FIGURES_SINCE = "8.2.1"
"""Older databases do not tell how far they are (reference 5.2.32)."""
_NO_SCHEDULE = dict.fromkeys(
    ("scheduleStart", "scheduleEnd", "scheduleType", "scheduleDate", "scheduleTime")
)
_NO_PROGRESS: Json = {
    "bytes_done": 0,
    "byte_left": 0,
    "tables_done": 0,
    "tables_left": 0,
    "table_progress": 0,
    "total_progress": 0,
    "redis_rate": "0 KB/s",
    "estimated_time": None,
    "completed": False,
    "initialed": False,
    "fail_count": 0,
    "redistributing": False,
    "status": None,
    "pause_by_user": False,
    "total_redis_rate": None,
}


def told(world: World, cluster: Cluster, known: Redistribution | None) -> Json:
    """The redistribution of a cluster in the answer of reference 5.2.32; its tables are apart."""
    status = known.shown(world.now) if known else ""
    return {
        "error_code": "DWS.0000",
        "error_msg": None,
        "redis_info": _info(world, cluster, known, status),
        "schedule_mode": False,
        "pause_enable": status == "RUNNING",
        "recover_enable": status == "PAUSE",
        "retry_enable": status == "FAIL",
        "update_enable": False,
        "control_enable": False,
    }


def tables(
    world: World, cluster: Cluster, known: Redistribution | None, asked: ShowClusterRedistribution
) -> list[Json] | None:
    """The tables that are asked for; None where none are told."""
    if known is None or known.shown(world.now) not in moved_tables.LISTED:
        return None
    wanted = set((asked.type or "i,y,n").split(","))
    return [
        moved_tables.told_table(found, known.logical_cluster)
        for found in moved_tables.all_tables(world, cluster, known, world.now)
        if found.status in wanted
        and asked.db_name in {None, found.table.database}
        and (asked.table_name or "") in found.table.name
    ]


def _info(world: World, cluster: Cluster, known: Redistribution | None, status: str) -> Json:
    progress = _NO_PROGRESS
    if known and parts(cluster.version) >= parts(FIGURES_SINCE):
        progress = moved_tables.progress(world, cluster, known)
    return {
        "id": id_from(f"redistribution:{cluster.id}") if known else None,
        "cluster_id": cluster.id,
        "start_time": moved_tables.minute(known.started if known else None),
        "end_time": moved_tables.minute(known.ended if known else None),
        "status": status,
        "redis_conf": _conf(known),
        # So called by the reference, and otherwise by the SDK.
        "redis_process": progress,
        "redis_progress": progress,
        "redis_table_detail": {"data": None, "total": None},
    }


def _conf(known: Redistribution | None) -> Json:
    return {
        "redis_mode": known.mode if known else "offline",
        "schedule_conf": dict(_NO_SCHEDULE),
        "parallel_jobs": known.jobs if known else None,
        "parallelJobs": known.jobs if known else None,
        "priority_policy": known.policy if known else None,
    }
