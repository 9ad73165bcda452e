"""Waits for logical clusters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dws.operations.logical_clusters import ListLogicalClusters
from dws.told.logical_clusters import LogicalCluster, LogicalClusters
from dws.waiter import Busy, Done, Failed, Verdict, Waiter
from dws.waiters.judging import asked

LAG = timedelta(seconds=60)
"""How long a new logical cluster may be missing from the list (Terraform 9363; assumed)."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def judge_idleness(reply: LogicalClusters) -> Verdict:
    """Nothing is done to the logical clusters of a cluster, however the last thing ended."""
    for known in reply.logical_clusters:
        if known.action_info and known.action_info.completed is False:
            return Busy(known.action_info.action_name, known.action_info.progress)
    return Busy("other work") if reply.add_enable is False else Done()


def judge_logical_clusters(reply: LogicalClusters) -> Verdict:
    """
    The last action on the logical clusters of a cluster is completed, and it worked.

    One is done at a time; one that is deleted is listed no more. ``add_enable`` is false while
    anything runs, also where the list does not show it yet.
    """
    verdict = judge_idleness(reply)
    if isinstance(verdict, Busy):
        return verdict
    last = max(reply.logical_clusters, key=_started, default=None)
    if last and last.action_info and last.action_info.result == "failed":
        action = last.action_info
        told = f": {action.logs}" if action.logs else ""
        return Failed(f"{action.action_name} of {last.logical_cluster_name} failed{told}")
    return Done()


def _started(known: LogicalCluster) -> datetime:
    return (known.action_info.start_time if known.action_info else None) or _LONG_AGO


def _reply(reply: LogicalClusters) -> LogicalClusters:
    return reply


logical_cluster_action_completed = Waiter(
    look=ListLogicalClusters,
    item=_reply,
    judge=judge_logical_clusters,
    many=None,
    key=asked("cluster_id"),
    usual=(timedelta(minutes=1), timedelta(minutes=15)),
    gives=LogicalClusters,
    within=timedelta(hours=4),
    first_after=LAG,
)
"""An action that was just accepted is completed; idleness at first proves nothing."""

logical_clusters_idle = Waiter(
    look=ListLogicalClusters,
    item=_reply,
    judge=judge_idleness,
    many=None,
    key=asked("cluster_id"),
    usual=(timedelta(minutes=1), timedelta(minutes=15)),
    gives=LogicalClusters,
    within=timedelta(hours=4),
)
"""Nothing is done to the logical clusters; at once if that is so at the first look."""
