"""What a cluster must be before it is changed: findings that more than one procedure asks for."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from dws import clock
from dws.operations.disaster_recovery import DisasterRecovery
from dws.shapes import Cluster, Snapshot
from dws.waiter import Busy, Failed
from dws.waiters import judge_cluster
from dws.waiters.clusters import HEALTHY
from tasks.action import Finding, Level, Target
from tasks.locks import cluster_lock
from tasks.windows import Window

AT_REST = frozenset({"unstart", "stopped", "start_failed", "create_failed", "deleted"})
"""States of a disaster recovery in which its clusters may be changed (facts A8)."""


def cluster_target(account: str, cluster: Cluster) -> Target:
    """A cluster as what a run would change."""
    return Target("cluster", cluster.id, cluster.name, cluster_lock(account, cluster.id))


def is_well(cluster: Cluster, *, mends: Collection[str] = ()) -> Finding:
    """
    Whether the cluster is available; one that is at work is waited for.

    Args:
        mends: Failed tasks that the procedure asks for again, e.g. ``ELB_BIND_FAILED``: the word
            stays until then (facts/service_and_peers A3).
    """
    check = "cluster is available"
    if cluster.status in HEALTHY and cluster.task_status in mends:
        told = f"cluster {cluster.name}: its last task ended in {cluster.task_status}; asked again"
        return Finding(check, Level.WARN, told)
    verdict = judge_cluster(cluster)
    if isinstance(verdict, Failed):
        told = f"cluster {cluster.name}: {verdict.why}; repair it first"
        return Finding(check, Level.BLOCK, told)
    if isinstance(verdict, Busy):
        told = f"cluster {cluster.name} is busy: {verdict.doing}; its end is waited for"
        return Finding(check, Level.WARN, told)
    return Finding(check, Level.PASS, f"its state is {cluster.status}")


def is_no_older_than(cluster: Cluster, version: str, what: str) -> Finding:
    """
    Whether the cluster's version can do something.

    Args:
        version: The first that can, e.g. ``8.1.1.202``.
        what: What it is for, e.g. ``scale-in``.
    """
    check = f"version of the cluster bears {what}"
    if cluster.version is None:
        return Finding(check, Level.WARN, f"the service tells no version; {what} needs {version}")
    if _numbers(cluster.version) >= _numbers(version):
        return Finding(check, Level.PASS, cluster.version)
    told = f"cluster {cluster.name} has version {cluster.version}; {what} needs {version}: upgrade"
    return Finding(check, Level.BLOCK, told)


def is_writable(cluster: Cluster) -> Finding:
    """Whether the cluster is not read-only, as one with full disks is."""
    check = "cluster is writable"
    if "READONLY" in (cluster.sub_status or ""):
        told = f"cluster {cluster.name} is READONLY; free disk space and lift that first"
        return Finding(check, Level.BLOCK, told)
    return Finding(check, Level.PASS, f"its state is {cluster.sub_status or 'NORMAL'}")


def is_free_of_recovery(cluster: Cluster, pairs: Sequence[DisasterRecovery]) -> Finding:
    """
    Whether no disaster recovery is at work on the cluster.

    While one runs the service refuses restore, scaling, upgrade, restart, replacement of nodes and
    a new password on either cluster (facts/service_and_peers A8).
    """
    check = "no disaster recovery runs"
    running = [pair for pair in pairs if pair.status not in AT_REST]
    if not running:
        return Finding(check, Level.PASS, "none is at work on it")
    told = ", ".join(f"{pair.name or pair.id} ({pair.status})" for pair in running)
    return Finding(
        check,
        Level.BLOCK,
        f"cluster {cluster.name} belongs to disaster recovery {told}; pause that first",
    )


def is_no_standby(cluster: Cluster, pairs: Sequence[DisasterRecovery]) -> Finding:
    """Whether the cluster is no standby of a running recovery: that refuses backups (facts A8)."""
    check = "no standby"
    follows = [
        pair
        for pair in pairs
        if pair.standby_cluster_id == cluster.id and pair.status not in AT_REST
    ]
    if not follows:
        return Finding(check, Level.PASS, "it follows no other cluster")
    told = ", ".join(f"{pair.name or pair.id} ({pair.status})" for pair in follows)
    return Finding(
        check,
        Level.BLOCK,
        f"cluster {cluster.name} is the standby of disaster recovery {told}: back up its primary",
    )


def is_open(window: Window, *, now_or_never: bool = False) -> Finding:
    """Whether a window is open; a closed one is waited for, unless it is now or never."""
    check = "window is open"
    now = clock.time_of_day()
    closes = window.closing(now)
    if closes is not None:
        return Finding(check, Level.PASS, f"{window}, until {closes:%Y-%m-%d %H:%M} UTC")
    told = f"window {window} is closed; it opens at {window.opening(now):%Y-%m-%d %H:%M} UTC"
    if now_or_never:
        return Finding(check, Level.BLOCK, f"{told}: run it then, or without now_or_never")
    return Finding(check, Level.WARN, f"{told}, which is waited for")


def can_go_back(cluster: Cluster, snapshots: Sequence[Snapshot]) -> Finding:
    """Whether there is a snapshot to go back to, before what cannot be undone. Never blocks."""
    check = "there is a snapshot to go back to"
    usable = [(one.started, one.name) for one in snapshots if one.is_usable and one.started]
    if not usable:
        told = f"cluster {cluster.name} has none; take one first, by runbook fleet-backup"
        return Finding(check, Level.WARN, told)
    at, name = max(usable)
    return Finding(check, Level.PASS, f"{name} of {at:%Y-%m-%d %H:%M} UTC")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))
