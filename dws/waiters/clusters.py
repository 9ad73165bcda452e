"""Waits for clusters."""

from __future__ import annotations

from datetime import timedelta

from dws.operations.clusters import ListClusterDetails, ListClusters
from dws.shapes import Cluster, ClusterReply, Clusters
from dws.waiter import Busy, Done, Failed, Verdict, Waiter
from dws.waiters.judging import FAILED, asked, percent
from dws.watch import Many

HEALTHY = frozenset({"AVAILABLE", "ACTIVE"})
"""The service says AVAILABLE, its reference ACTIVE (api/README, States)."""
DEAD = frozenset({"FROZEN", "POLICE_FROZEN", "DELETED", "STOPPED", "UNAVAILABLE"})
PARKED = frozenset({"WAITING_REDISTRIBUTION", "REDISTRIBUTION_PAUSED", "ORDER_PENDING"})
"""Tasks that go on only when a person acts (facts/service_and_peers A3)."""
AFTER_GROWTH = frozenset(
    {
        "REDISTRIBUTING",
        "WAITING_REDISTRIBUTION",
        "REDISTRIBUTION_PAUSED",
        "REDISTRIBUTE_FAILURE",
    }
)
"""What may come of a growth that worked: its data is, was or is to be redistributed."""
GAPS = {"SNAPSHOTTING": timedelta(seconds=60)}
"""A scale-out looks idle between its snapshot and its growth (python-otcextensions 334)."""
LAG = timedelta(seconds=30)
"""How long a task may take to show up; peers wait as long before their first look."""


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
    if FAILED.match(task):
        return f"its last task ended in {task}{_reason(cluster)}"
    if FAILED.match(cluster.status):
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
    # One whose creation failed is told so until its deletion shows up, seconds after the request.
    is_older = cluster.status == "CREATE_FAILED"
    if cluster.status in {"FROZEN", "POLICE_FROZEN"} or (
        FAILED.match(cluster.status) and not is_older
    ):
        return Failed(f"its status is {cluster.status}{_reason(cluster)}")
    return Busy(cluster.status, percent(cluster.action_progress.get("DELETING")))


def judge_growth(cluster: Cluster) -> Verdict:
    """The cluster has grown. What becomes of its data then, a failure too, is not judged."""
    is_redistributed = "REDISTRIBUT" in (cluster.sub_status or "")
    if is_redistributed or (cluster.task_status or "") in AFTER_GROWTH:
        return Done()
    return judge_cluster(cluster)


def judge_start(cluster: Cluster) -> Verdict:
    """The cluster runs again, after it was told to start."""
    idle = not cluster.task_status and not cluster.action_progress
    if cluster.status == "STOPPED" and idle:
        return Busy("STOPPED")
    return judge_cluster(cluster)


def judge_repair(cluster: Cluster) -> Verdict:
    """The cluster is available again; one that is unavailable is repaired by the service."""
    if cluster.status == "UNAVAILABLE":
        return Busy("UNAVAILABLE")
    return judge_cluster(cluster)


def judge_stop(cluster: Cluster) -> Verdict:
    """The cluster is stopped. One that runs and is idle has not yet begun to stop."""
    task = cluster.task_status or ""
    if failed := _failed(cluster, task):
        return Failed(failed)
    if task or cluster.action_progress:
        return _busy(cluster, task)
    if cluster.status == "STOPPED":
        return Done()
    if cluster.status in DEAD:
        return Failed(f"its status is {cluster.status}")
    return Busy(cluster.status)


def judge_balance(cluster: Cluster) -> Verdict:
    """The cluster is balanced again, and no task runs on it."""
    verdict = judge_cluster(cluster)
    is_balanced = "UNBALANCED" not in (cluster.sub_status or "")
    return Busy("UNBALANCED") if isinstance(verdict, Done) and not is_balanced else verdict


def _cluster(reply: ClusterReply) -> Cluster:
    return reply.cluster


def _clusters(reply: Clusters) -> list[Cluster]:
    return reply.clusters


def _id(cluster: Cluster) -> str:
    return cluster.id


ALL_CLUSTERS: Many[Cluster] = Many(ListClusters, _clusters, _id)

cluster_settled = Waiter(
    look=ListClusterDetails,
    item=_cluster,
    judge=judge_cluster,
    many=ALL_CLUSTERS,
    key=asked("cluster_id"),
    usual=(timedelta(minutes=3), timedelta(minutes=15)),
    gives=Cluster,
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
    key=asked("cluster_id"),
    usual=(timedelta(minutes=3), timedelta(minutes=20)),
    gives=Cluster,
    within=timedelta(hours=12),
    first_after=LAG,
    gaps=GAPS,
)
"""A task that was just accepted has run, and no other: idleness at first proves nothing."""

cluster_grown = Waiter(
    look=ListClusterDetails,
    item=_cluster,
    judge=judge_growth,
    many=ALL_CLUSTERS,
    key=asked("cluster_id"),
    usual=(timedelta(minutes=20), timedelta(minutes=60)),
    gives=Cluster,
    within=timedelta(hours=12),
    first_after=LAG,
    gaps={**GAPS, "GROWING": timedelta(seconds=60)},
)
"""A growth that was just accepted has run; its redistribution may be under way, or due."""

cluster_started = Waiter(
    look=ListClusterDetails,
    item=_cluster,
    judge=judge_start,
    many=ALL_CLUSTERS,
    key=asked("cluster_id"),
    usual=(timedelta(minutes=3), timedelta(minutes=6)),
    gives=Cluster,
    within=timedelta(hours=2),
)
"""A stopped cluster runs again; at once if it runs at the first look."""

cluster_repaired = Waiter(
    look=ListClusterDetails,
    item=_cluster,
    judge=judge_repair,
    many=ALL_CLUSTERS,
    key=asked("cluster_id"),
    usual=(timedelta(minutes=10), timedelta(minutes=30)),
    gives=Cluster,
    within=timedelta(hours=12),
)
"""A cluster that was unavailable works again; at once if it works at the first look."""

cluster_stopped = Waiter(
    look=ListClusterDetails,
    item=_cluster,
    judge=judge_stop,
    many=ALL_CLUSTERS,
    key=asked("cluster_id"),
    usual=(timedelta(minutes=2), timedelta(minutes=5)),
    gives=Cluster,
    within=timedelta(hours=2),
)
"""A cluster that was told to stop is stopped."""

cluster_balanced = Waiter(
    look=ListClusterDetails,
    item=_cluster,
    judge=judge_balance,
    many=ALL_CLUSTERS,
    key=asked("cluster_id"),
    usual=(timedelta(minutes=1), timedelta(minutes=5)),
    gives=Cluster,
    within=timedelta(hours=2),
)
"""An unbalanced cluster was switched back; at once if it is balanced at the first look."""

cluster_gone = Waiter(
    look=ListClusterDetails,
    item=_cluster,
    judge=judge_deletion,
    many=ALL_CLUSTERS,
    key=asked("cluster_id"),
    usual=(timedelta(minutes=2), timedelta(minutes=5)),
    within=timedelta(hours=2),
    if_absent=Done(),
)
"""The service itself says that the cluster does not exist, in one of its several ways."""
