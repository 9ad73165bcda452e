"""Every wait of the API: what to look at, and when to be content."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from dws.operations.account import Job, ListJobDetails
from dws.operations.clusters import ListClusterDetails, ListClusters
from dws.operations.snapshots import ListSnapshotDetails, ListSnapshots
from dws.shapes import Cluster, ClusterReply, Clusters, Snapshot, SnapshotReply, Snapshots
from dws.waiter import Busy, Done, Failed, Verdict, Waiter
from dws.watch import Many

HEALTHY = frozenset({"AVAILABLE", "ACTIVE"})
"""The service says AVAILABLE, its reference ACTIVE (api/README, States)."""
DEAD = frozenset({"FROZEN", "POLICE_FROZEN", "DELETED", "STOPPED", "UNAVAILABLE"})
PARKED = frozenset({"WAITING_REDISTRIBUTION", "REDISTRIBUTION_PAUSED", "ORDER_PENDING"})
"""Tasks that go on only when a person acts (facts/service_and_peers A3)."""
GAPS = {"SNAPSHOTTING": timedelta(seconds=60)}
"""A scale-out looks idle between its snapshot and its growth (python-otcextensions 334)."""
LAG = timedelta(seconds=30)
"""How long a task may take to show up; peers wait as long before their first look."""

_FAILED = re.compile(r".*[_ -](FAILED|FAILURE)$|^FAILED$")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%?$")


def percent(text: str | None) -> float | None:
    """``"16%"`` as 16.0; None for what is no percentage."""
    found = _PERCENT.match((text or "").strip())
    return float(found[1]) if found else None


def judge_cluster(cluster: Cluster) -> Verdict:
    """
    The cluster is available and no task runs on it.

    All four fields of its state count: either of ``task_status`` and ``action_progress`` may be
    empty while it is busy. What failed is told before what is busy; a word not known is busy,
    never done. ``UNBALANCED`` and ``READONLY`` are states that a cluster can settle in.
    """
    task = cluster.task_status or ""
    if failed := _failed(cluster, task):
        return Failed(failed)
    if task in PARKED:
        return Failed(f"{task}: it waits for a person")
    flags = {flag.strip() for flag in (cluster.sub_status or "").split("|")}
    if "REDISTRIBUTING" in flags or task or cluster.action_progress:
        return _busy(cluster, task)
    # After what is busy: an offline growth makes a cluster UNAVAILABLE for a while.
    if cluster.status in DEAD:
        return Failed(f"its status is {cluster.status}")
    if cluster.status in HEALTHY:
        return Done()
    return Busy(cluster.status)


def _failed(cluster: Cluster, task: str) -> str:
    if _FAILED.match(task):
        return f"its last task ended in {task}{_reason(cluster)}"
    if _FAILED.match(cluster.status):
        return f"its status is {cluster.status}{_reason(cluster)}"
    if "REDISTRIBUTION-FAILURE" in (cluster.sub_status or ""):
        return "its redistribution failed"
    return ""


def _reason(cluster: Cluster) -> str:
    reasons = cluster.failed_reasons
    if reasons is None or not (reasons.error_code or reasons.error_msg):
        return ""
    return f" ({' '.join(filter(None, [reasons.error_code, reasons.error_msg]))})"


def _busy(cluster: Cluster, task: str) -> Busy:
    progress = cluster.action_progress
    doing = task or next(iter(progress), "") or "REDISTRIBUTING"
    return Busy(doing, percent(progress.get(doing) or next(iter(progress.values()), None)))


def judge_deletion(cluster: Cluster) -> Verdict:
    """The cluster is gone; what is left of it may still be listed as deleted."""
    if cluster.status == "DELETED":
        return Done()
    if cluster.status in {"FROZEN", "POLICE_FROZEN"} or _FAILED.match(cluster.status):
        return Failed(f"its status is {cluster.status}{_reason(cluster)}")
    return Busy(cluster.status, percent(cluster.action_progress.get("DELETING")))


def judge_snapshot(snapshot: Snapshot) -> Verdict:
    """The snapshot is complete. Words not known are busy."""
    if snapshot.status in {"AVAILABLE", "COMPLETED"}:
        return Done()
    if snapshot.status in {"UNAVAILABLE", "FROZEN", "POLICE_FROZEN", "DELETED"}:
        return Failed(f"its status is {snapshot.status}")
    if _FAILED.match(snapshot.status):
        return Failed(f"its status is {snapshot.status}")
    return Busy(snapshot.status, percent(snapshot.progress))


def judge_job(job: Job) -> Verdict:
    """The job ended well. Its states are an open set; a word not known is busy."""
    if job.status == "SUCCESS":
        return Done()
    if job.status in {"FAIL", "FAILED", "ERROR", "STOP"}:
        why = " ".join(filter(None, [job.failed_code, job.failed_detail]))
        return Failed(f"{job.job_name or 'it'} ended in {job.status} {why}".strip())
    return Busy(job.status, percent(job.progress))


def judge_snapshot_deletion(snapshot: Snapshot) -> Verdict:
    """The snapshot is gone."""
    return Done() if snapshot.status == "DELETED" else Busy(snapshot.status)


def _cluster(reply: ClusterReply) -> Cluster:
    return reply.cluster


def _snapshot(reply: SnapshotReply) -> Snapshot:
    return reply.snapshot


def _clusters(reply: Clusters) -> list[Cluster]:
    return reply.clusters


def _snapshots(reply: Snapshots) -> list[Snapshot]:
    return reply.snapshots


def _job(reply: Job) -> Job:
    return reply


def _id(item: Cluster | Snapshot) -> str:
    return item.id


def _asked(field: str) -> Any:
    def key(operation: Any) -> str:
        return str(getattr(operation, field))

    return key


ALL_CLUSTERS: Many[Cluster] = Many(ListClusters, _clusters, _id)
ALL_SNAPSHOTS: Many[Snapshot] = Many(ListSnapshots, _snapshots, _id)

cluster_settled = Waiter(
    look=ListClusterDetails,
    item=_cluster,
    judge=judge_cluster,
    many=ALL_CLUSTERS,
    key=_asked("cluster_id"),
    usual=(timedelta(minutes=3), timedelta(minutes=15)),
    within=timedelta(hours=4),
    gaps=GAPS,
    appears_within=timedelta(minutes=2),
)
"""The cluster is available and no task runs on it; at once if that is so at the first look."""

cluster_task_finished = Waiter(
    look=ListClusterDetails,
    item=_cluster,
    judge=judge_cluster,
    many=ALL_CLUSTERS,
    key=_asked("cluster_id"),
    usual=(timedelta(minutes=3), timedelta(minutes=20)),
    within=timedelta(hours=12),
    first_after=LAG,
    gaps=GAPS,
)
"""A task that was just accepted has run, and no other: idleness at first proves nothing."""

cluster_gone = Waiter(
    look=ListClusterDetails,
    item=_cluster,
    judge=judge_deletion,
    many=ALL_CLUSTERS,
    key=_asked("cluster_id"),
    usual=(timedelta(minutes=2), timedelta(minutes=5)),
    within=timedelta(hours=2),
    if_absent=Done(),
)
"""The service itself says that the cluster does not exist, in one of its several ways."""

snapshot_ready = Waiter(
    look=ListSnapshotDetails,
    item=_snapshot,
    judge=judge_snapshot,
    many=ALL_SNAPSHOTS,
    key=_asked("snapshot_id"),
    usual=(timedelta(minutes=3), timedelta(minutes=10)),
    within=timedelta(hours=24),
    appears_within=timedelta(minutes=2),
)
"""The snapshot is complete and can be restored."""

snapshot_gone = Waiter(
    look=ListSnapshotDetails,
    item=_snapshot,
    judge=judge_snapshot_deletion,
    many=ALL_SNAPSHOTS,
    key=_asked("snapshot_id"),
    usual=(timedelta(0), timedelta(minutes=1)),
    within=timedelta(hours=1),
    if_absent=Done(),
)
"""The service itself says that the snapshot does not exist."""

job_finished = Waiter(
    look=ListJobDetails,
    item=_job,
    judge=judge_job,
    many=None,
    key=_asked("job_id"),
    usual=(timedelta(minutes=5), timedelta(minutes=15)),
    within=timedelta(hours=12),
)
"""The job ended well."""
