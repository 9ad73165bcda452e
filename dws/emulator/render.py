"""
Resources as the service tells them: JSON-ready dicts, with the keys and forms of the reference.

No pydantic here: a thousand details a second are written.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dws.emulator import endpoints
from dws.emulator.flavors import FLAVORS, Flavor
from dws.emulator.records import Cluster, Job, Phase, Resize, Snapshot
from dws.emulator.spec import Profile
from dws.emulator.world import World, id_from

Json = dict[str, Any]

OF_STATUS = frozenset({"CREATING", "DELETING"})
"""Actions that show as the cluster's status, not as its task."""
TURNING = {"STOPPING": "STOPING", "STARTING": "STARTING"}
"""Actions that show as both: clients see a task (facts A3), the list a status, one P lost."""


def moment(seconds: float, profile: Profile) -> str:
    """A time of the V1 calls: whole seconds, UTC."""
    written = bare_moment(seconds)
    return f"{written}Z" if profile.times == "zulu" else written


def bare_moment(seconds: float) -> str:
    """A time of jobs, V2 calls and disaster recovery: UTC without saying so."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S")


def phase_of(cluster: Cluster, now: float) -> Phase | None:
    """What a cluster shows to be doing."""
    return cluster.work.phase_at(now) if cluster.work else None


def status_of(cluster: Cluster, now: float) -> str:
    """The status of a cluster."""
    if cluster.deleted_at is not None:
        return "DELETED"
    phase = phase_of(cluster, now)
    if phase and phase.action in TURNING:
        return TURNING[phase.action]
    return phase.action if phase and phase.action in OF_STATUS else cluster.status


def task_of(cluster: Cluster, now: float) -> str | None:
    """The task that a cluster shows: the running one, or the failed last one."""
    return _task(cluster, now)[0]


def cluster_in_list(world: World, cluster: Cluster) -> Json:
    """A cluster in the list of reference 5.2.6."""
    return {
        **_cluster(world, cluster),
        "nodes": [{"id": node.id, "status": node.status} for node in cluster.nodes],
    }


def cluster_in_full(world: World, cluster: Cluster) -> Json:
    """A cluster in its details, reference 5.2.13."""
    told = _cluster(world, cluster)
    told |= {
        "nodes": cluster.nodes,
        "subnet_ids": [cluster.subnet_id],
        "private_ip": endpoints.private_ips(world, cluster),
        "parameter_group": {
            "id": parameter_group_id(cluster, "parameterGroup"),
            # The trailing blank is the service's (samples of the reference and the guides).
            "name": "Default-Parameter-Group-dws ",
            "status": cluster.parameters_status,
        },
        "maintain_window": _maintain_window(cluster),
        # Told to clients though the reference has neither (facts/service_and_peers C).
        "cluster_description_info": cluster.description or None,
        "cluster_timezone": cluster.timezone,
        "flavor_detail": _flavor_detail(FLAVORS[cluster.node_type], cluster.node_disk_gb),
        "failed_reasons": _failed_reasons(cluster),
        "use_logical_cluster": cluster.is_logical or cluster.shows_logical,
        "datastore_type": FLAVORS[cluster.node_type].datastore,
    }
    elb = endpoints.balancer(world, cluster)
    if elb:
        told["elb"] = elb
    if cluster.resize:
        told["resize_info"] = _resize(cluster.resize, world.spec.profile)
    return told


def parameter_group_id(cluster: Cluster, kind: str) -> str:
    """The id of one of the groups of parameters of a cluster, by its type."""
    return id_from(f"{cluster.id}:{kind}")


def _maintain_window(cluster: Cluster) -> Json:
    return dict(zip(("day", "start_time", "end_time"), cluster.maintain_window, strict=True))


def _flavor_detail(flavor: Flavor, disk_gb: int) -> Json:
    # Numbers are text here, in the sample of reference 5.2.13.
    return {
        "type": flavor.datastore,
        "cpu": str(flavor.vcpus),
        "mem": str(flavor.ram_gb),
        "volume_type": flavor.volume,
        "volume_size": str(disk_gb),
        "volume_num": "1",
    }


def _cluster(world: World, cluster: Cluster) -> Json:
    now, profile = world.now, world.spec.profile
    status = status_of(cluster, now)
    task, progress = _task(cluster, now)
    return {
        "id": cluster.id,
        "name": cluster.name,
        "status": profile.usable if status == "AVAILABLE" else status,
        "sub_status": cluster.sub_status,
        "task_status": task,
        "action_progress": progress,
        "version": cluster.version,
        "created": moment(cluster.created, profile),
        "updated": moment(cluster.updated, profile),
        "user_name": cluster.user_name,
        "number_of_node": len(cluster.nodes),
        "node_type": cluster.node_type,
        "availability_zone": cluster.availability_zone,
        "port": endpoints.listening(world, cluster).port,
        "vpc_id": cluster.vpc_id,
        "subnet_id": cluster.subnet_id,
        "security_group_id": cluster.security_group_id,
        "enterprise_project_id": cluster.enterprise_project_id,
        "tags": [{"key": key, "value": value} for key, value in cluster.tags.items()],
        "recent_event": cluster.recent_event,
        "public_ip": endpoints.public_ip(world, cluster),
        **endpoints.endpoints(world, cluster, status),
    }


def _task(cluster: Cluster, now: float) -> tuple[str | None, Json]:
    phase = phase_of(cluster, now)
    if phase is None or cluster.work is None:
        return cluster.failure, {}
    progress = {phase.action: cluster.work.progress(phase, now)}
    if phase.action in TURNING:
        return phase.action, {}
    if phase.action == "DELETING":
        # Not among the keys of action_progress (facts/service_and_peers A4).
        return None, {}
    return (None if phase.action in OF_STATUS else phase.action), progress


def _failed_reasons(cluster: Cluster) -> Json | None:
    if cluster.failed_code is None:
        return None
    return {"error_code": cluster.failed_code, "error_msg": f"{cluster.status}: told by a fault."}


def _resize(resize: Resize, profile: Profile) -> Json:
    # Its numbers are text in the samples of the reference.
    return {
        "target_node_num": str(resize.target),
        "origin_node_num": str(resize.origin),
        "resize_status": resize.status,
        "start_time": moment(resize.started, profile),
    }


def snapshot_in_list(world: World, snapshot: Snapshot) -> Json:
    """A snapshot in the list of reference 5.3.3, which tells no progress."""
    profile = world.spec.profile
    finished = None if snapshot.finished is None else moment(snapshot.finished, profile)
    return {
        "id": snapshot.id,
        "name": snapshot.name,
        "description": snapshot.description,
        "started": moment(snapshot.started, profile),
        "finished": finished,
        "size": snapshot.size_gb,
        "status": snapshot.status,
        "type": snapshot.type,
        "cluster_id": snapshot.cluster_id,
    }


def snapshot_in_full(world: World, snapshot: Snapshot) -> Json:
    """A snapshot in its details, reference 5.3.4, with the progress that the SDK knows."""
    return {
        **snapshot_in_list(world, snapshot),
        "updated": moment(snapshot.finished or snapshot.started, world.spec.profile),
        "progress": snapshot.progress(world.now),
        "cluster_name": snapshot.cluster_name,
        "cluster_status": _cluster_status(world, snapshot),
        "backup_level": snapshot.level,
    }


def snapshot_of_cluster(world: World, snapshot: Snapshot) -> Json:
    """A snapshot in the list of one cluster, reference 5.3.23: other words, other times."""
    finished = None if snapshot.finished is None else bare_moment(snapshot.finished)
    return {
        "id": snapshot.id,
        "name": snapshot.name,
        "description": snapshot.description,
        "started": bare_moment(snapshot.started),
        "finished": finished,
        "updated": finished or bare_moment(snapshot.started),
        "size": snapshot.size_gb,
        "total_backup_size": snapshot.size_gb,
        "status": snapshot.status,
        "progress": snapshot.progress(world.now),
        "type": "AUTO" if snapshot.type == "AUTOMATED" else snapshot.type,
        "cluster_id": snapshot.cluster_id,
        "cluster_name": snapshot.cluster_name,
        "cluster_status": _cluster_status(world, snapshot),
        "datastore": {"type": "dws", "version": snapshot.version},
        "backup_key": snapshot.backup_key,
        "prior_backup_key": snapshot.prior_key,
        "backup_device": "OBS",
        "backup_level": snapshot.level,
        "support_inplace_restore": True,
        "fine_grained_backup": snapshot.level != "cluster",
        "fine_grained_backup_detail": {},
        "db_user": snapshot.user_name,
    }


def _cluster_status(world: World, snapshot: Snapshot) -> str:
    cluster = world.clusters.get(snapshot.cluster_id)
    return "UNAVAILABLE" if cluster is None else status_of(cluster, world.now)


def job(world: World, found: Job) -> Json:
    """A job, reference 5.13.1."""
    return {
        "job_id": found.id,
        "job_name": found.name,
        "status": found.status(world.now),
        "progress": found.progress(world.now),
        "begin_time": bare_moment(found.begins),
        "end_time": None if found.ended is None else bare_moment(found.ended),
        "failed_code": found.failed_code,
        "failed_detail": found.failed_detail,
    }
