"""Disaster recovery pairs as the service tells them."""

from __future__ import annotations

from typing import Any

from dws.emulator.records import Pair, Phase
from dws.emulator.render import bare_moment, status_of
from dws.emulator.world import World

Json = dict[str, Any]
NONE = "N/A"


def in_list(world: World, pair: Pair) -> Json:
    """A pair in the list of reference 5.12.3."""
    told: Json = _common(world, pair)
    for role, cluster_id in _sides(world, pair):
        cluster = world.clusters[cluster_id]
        told |= {
            f"{role}_cluster_id": cluster.id,
            f"{role}_cluster_name": cluster.name,
            f"{role}_cluster_role": role,
            f"{role}_cluster_status": _side_status(world, pair, role, cluster_id),
            f"{role}_cluster_region": cluster.availability_zone,
            f"{role}_cluster_project_id": cluster.project_id,
        }
    return told | {"last_disaster_time": _moment(pair.synced)}


def in_full(world: World, pair: Pair) -> Json:
    """A pair in its details, reference 5.12.4."""
    told: Json = _common(world, pair) | {"dr_sync_period": pair.sync_period}
    for role, cluster_id in _sides(world, pair):
        cluster = world.clusters[cluster_id]
        told[f"{role}_cluster"] = {
            "id": cluster.id,
            "name": cluster.name,
            "cluster_az": cluster.availability_zone,
            "role": role,
            "region": cluster.availability_zone,
            "status": _side_status(world, pair, role, cluster_id),
            "progress": _progress(world, pair, role),
            "last_success_time": _moment(pair.synced),
            "obs_bucket_name": pair.primary_bucket if role == "primary" else pair.standby_bucket,
        }
    return told


def progress(world: World, pair: Pair) -> Json:
    """How far the standby is behind, reference 5.12.5."""
    behind_s = None if pair.synced is None else int(world.now - pair.synced)
    return {
        "primary_cluster": _action(world, pair.backup, NONE),
        "standby_cluster": _action(world, pair.restore, ",".join(pair.waiting) or NONE)
        | {"key": _key(pair.backup) if pair.restore else NONE},
        "latest_barrier_time": _spaced(pair.synced),
        "last_recovery_spend": _spent(world, pair.restore),
        "recovery_point_object": behind_s,
        "recovery_time_object": _takeover_s(world, pair),
    }


def _common(world: World, pair: Pair) -> Json:
    return {
        "id": pair.id,
        "name": pair.name,
        "status": pair.shown(world.now),
        "dr_type": pair.dr_type,
        "start_time": _moment(pair.started),
        "create_time": bare_moment(pair.created),
    }


def _sides(world: World, pair: Pair) -> tuple[tuple[str, str], tuple[str, str]]:
    primary, standby = pair.primary_id, pair.standby_id
    lag_s = world.spec.durations.dr_roles.total_seconds()
    if pair.turned is not None and world.now < pair.turned + lag_s:
        primary, standby = standby, primary
    return ("primary", primary), ("standby", standby)


def _side_status(world: World, pair: Pair, role: str, cluster_id: str) -> str | None:
    if pair.status == "creating":
        return None  # the sample of reference 5.12.3
    if status_of(world.clusters[cluster_id], world.now) != "AVAILABLE":
        return "abnormal"
    if pair.status in {"unstart", "stopped"}:
        return "stopped"
    phase, doing = (pair.backup, "backuping") if role == "primary" else (pair.restore, "restoring")
    return doing if _is_under_way(pair, phase, world.now) else "waiting"


def _progress(world: World, pair: Pair, role: str) -> str:
    """Of the task of the pair, else of the side's part of the synchronisation."""
    if pair.moving:
        return "33" if pair.is_stuck else str(pair.moving.percent(world.now))
    phase = pair.backup if role == "primary" else pair.restore
    return str(phase.percent(world.now)) if phase else "100"


def _is_under_way(pair: Pair, phase: Phase | None, now: float) -> bool:
    return pair.status == "running" and phase is not None and phase.begins <= now < phase.ends


def _action(world: World, phase: Phase | None, waiting: str) -> Json:
    if phase is None:
        return {
            "key": NONE,
            "action_type": NONE,
            "unrestore_keys": waiting,
            "action_start_time": None,
            "action_end_time": None,
        }
    return {
        "key": _key(phase),
        "action_type": phase.action,
        "unrestore_keys": waiting,
        "action_start_time": _spaced(phase.begins),
        "action_end_time": _spaced(phase.ends) if phase.ends <= world.now else None,
    }


def _key(phase: Phase | None) -> str:
    written = bare_moment(phase.begins) if phase else ""
    return written.replace("-", "").replace(":", "").replace("T", "_") or NONE


def _spent(world: World, restore: Phase | None) -> int | None:
    return int(restore.ends - restore.begins) if restore and restore.ends <= world.now else None


def _takeover_s(world: World, pair: Pair) -> int:
    # What is still to be restored, and the switch itself (assumed: how the service reckons).
    restore_s = world.lasting_s("dr_restore", pair.name)
    return int(len(pair.waiting) * restore_s + world.lasting_s("dr_switch", pair.name))


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else bare_moment(seconds)


def _spaced(seconds: float | None) -> str | None:
    return None if seconds is None else bare_moment(seconds).replace("T", " ")
