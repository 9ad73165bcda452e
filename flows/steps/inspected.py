"""What an inspection has seen, and what of it is wrong: judged without asking anything more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dws.shapes import Cluster, Snapshot
from dws.told.monitoring import TableRate
from dws.waiter import Failed
from dws.waiters import judge_cluster
from flows.declared.daily_inspection import Inputs, Observation
from tasks.action import Level
from tasks.inspection import ClusterSight, Lag, ProjectSight
from tasks.preconditions import AT_REST
from tasks.retention import is_good

URGENT = frozenset({"urgent", "1"})
"""Words of the table, and of the sample, of reference 5.8.2."""
IMPORTANT = frozenset({"important", "2"})
_ORDER = (Level.BLOCK, Level.WARN, Level.PASS)


@dataclass(frozen=True)
class Inspected:
    """
    All that was seen at one moment.

    Attributes:
        at: When, by the cloud's time of day.
        sights: By id of the cluster.
    """

    at: datetime
    account: str
    inputs: Inputs
    clusters: tuple[Cluster, ...]
    sights: dict[str, ClusterSight]
    project: ProjectSight

    @property
    def lags(self) -> tuple[Lag, ...]:
        """The pairs that any of the clusters belongs to."""
        ids = [cluster.id for cluster in self.clusters]
        return tuple(lag for lag in self.project.lags if any(map(lag.pair.holds, ids)))

    @property
    def not_told(self) -> tuple[str, ...]:
        """What could not be looked at, and why."""
        names = {cluster.id: cluster.name for cluster in self.clusters}
        of_clusters = (
            f"{names[one]}: {told}" for one, sight in self.sights.items() for told in sight.not_told
        )
        return (*self.project.not_told, *of_clusters)

    def newest_backup(self, cluster: Cluster) -> Snapshot | None:
        """The youngest good snapshot of a cluster, automated ones included."""
        own = [
            item
            for item in self.project.snapshots
            if item.cluster_id == cluster.id and is_good(item) and item.started
        ]
        return max(own, key=lambda item: str(item.started), default=None)

    def backup_age(self, cluster: Cluster) -> timedelta | None:
        """How old the newest good snapshot is; None if there is none."""
        newest = self.newest_backup(cluster)
        return self.at - newest.started if newest and newest.started else None

    def fullest_disks(self, cluster: Cluster) -> dict[str, float]:
        """How full the fullest disk of each node is, in percent."""
        found: dict[str, float] = {}
        for disk in self.sights[cluster.id].disks:
            name = disk.instance_name or disk.host_name
            found[name] = max(found.get(name, 0.0), disk.used_percentage or 0.0)
        return found


def findings(seen: Inspected) -> tuple[Observation, ...]:
    """What is wrong, the most serious first."""
    found = [one for cluster in seen.clusters for one in _of_cluster(seen, cluster)]
    found += [one for lag in seen.lags for one in _of_pair(seen.inputs, lag)]
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.level), one.subject)))


def _of_cluster(seen: Inspected, cluster: Cluster) -> Iterator[Observation]:
    for judge in (_state, _hosts, _disks, _skew, _backup, _alarms, _events):
        for level, told, cure in judge(seen, cluster):
            yield Observation(level=level, subject=cluster.name, told=told, cure=cure)


Judged = Iterator[tuple[Level, str, str]]
"""How serious, what was seen, and what to do."""


def _state(seen: Inspected, cluster: Cluster) -> Judged:
    del seen
    verdict, flags = judge_cluster(cluster), cluster.sub_status or ""
    if cluster.status == "STOPPED":
        yield Level.WARN, "it is stopped", "Run start-cluster if it is to be used."
    elif isinstance(verdict, Failed):
        yield Level.BLOCK, verdict.why, "Look at its recent tasks and events, and repair it."
    if "READONLY" in flags:
        yield (
            Level.BLOCK,
            "it is read-only",
            "Drop or move data, or add disk space; then lift READONLY.",
        )
    if "UNBALANCED" in flags:
        yield (
            Level.WARN,
            "it is unbalanced: a standby process works as primary",
            "Switch the primaries back when few queries run.",
        )


def _hosts(seen: Inspected, cluster: Cluster) -> Judged:
    if cluster.status == "STOPPED":
        return
    hosts = seen.sights[cluster.id].hosts
    if down := [
        host.instance_name or host.host_name for host in hosts if host.host_stat == "OFFLINE"
    ]:
        told = f"{len(down)} of {len(hosts)} nodes are offline: {', '.join(down)}"
        yield Level.BLOCK, told, "See whether the service repairs the node; else replace it."


def _disks(seen: Inspected, cluster: Cluster) -> Judged:
    full = seen.fullest_disks(cluster)
    worst = max(full, key=lambda name: full[name], default="")
    if not worst or full[worst] < seen.inputs.disk_warn:
        return
    count = sum(percent >= seen.inputs.disk_warn for percent in full.values())
    told = (
        f"disks of {count} of {len(full)} nodes are over {seen.inputs.disk_warn:g} %; "
        f"{worst} is {full[worst]:.0f} % full"
    )
    level = Level.BLOCK if full[worst] >= seen.inputs.disk_block else Level.WARN
    yield (
        level,
        told,
        "Vacuum and drop what is not needed, or expand the disks, before it is read-only.",
    )


def _skew(seen: Inspected, cluster: Cluster) -> Judged:
    limit = seen.inputs.skew_warn
    found = [one for one in seen.sights[cluster.id].skewed if (one.skew_rate or 0) >= limit]
    if found:
        names = ", ".join(f"{_path(one)} ({one.skew_rate:g} %)" for one in found[:5])
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        told = f"{len(found)} tables are skewed by {limit:g} % or more: {names}{more}"
        yield Level.WARN, told, "Choose another distribution column for the largest of them."


def _path(table: TableRate) -> str:
    return f"{table.db_name}.{table.schema_name}.{table.table_name}"


def _backup(seen: Inspected, cluster: Cluster) -> Judged:
    newest, age = seen.newest_backup(cluster), seen.backup_age(cluster)
    cure = "Run fleet-backup, and look at the cluster's snapshot policies."
    if newest is None or age is None:
        yield Level.BLOCK, "it has no backup that can be restored", cure
        return
    if age > seen.inputs.snapshot_max_age:
        limit = spelled(seen.inputs.snapshot_max_age)
        told = f"its newest backup {newest.name} is {spelled(age)} old, more than {limit}"
        yield Level.WARN, told, cure
    for item in seen.project.snapshots:
        is_later = item.started and newest.started and item.started > newest.started
        if item.cluster_id == cluster.id and item.status == "UNAVAILABLE" and is_later:
            yield Level.WARN, f"backup {item.name} failed", "See why in the events; take another."


def _alarms(seen: Inspected, cluster: Cluster) -> Judged:
    for alarm in seen.project.alarms:
        if alarm.resource_id != cluster.id or alarm.alarm_status == "1":
            continue
        level = Level.PASS
        if alarm.alarm_level.lower() in URGENT:
            level = Level.BLOCK
        elif alarm.alarm_level.lower() in IMPORTANT:
            level = Level.WARN
        since = (
            f" since {alarm.alarm_generate_date:%Y-%m-%d %H:%M}"
            if alarm.alarm_generate_date
            else ""
        )
        told = f"alarm {alarm.alarm_name or alarm.alarm_id}{since}: {alarm.alarm_message}"
        yield level, told.rstrip(": "), "Do what the alarm's help says; it ends by itself then."


def _events(seen: Inspected, cluster: Cluster) -> Judged:
    for event in seen.project.events:
        if event.severity != "warning" or event.source_id != cluster.id:
            continue
        what = event.display_name or event.name
        told = f"event {what} at {event.occur_time:%Y-%m-%d %H:%M}"
        yield Level.WARN, told, "See whether it was meant, and whether it ended well."


def _of_pair(inputs: Inputs, lag: Lag) -> Iterator[Observation]:
    pair, name = lag.pair, lag.pair.name or lag.pair.id
    if re.search("fail|abnormal", pair.status):
        yield Observation(
            level=Level.BLOCK,
            subject=name,
            told=f"disaster recovery is {pair.status}",
            cure="Look at both clusters, and start or recover it.",
        )
    elif pair.status in AT_REST:
        yield Observation(
            level=Level.WARN,
            subject=name,
            told=f"disaster recovery is {pair.status}: the standby falls behind",
            cure="Start it again once what it was stopped for is done.",
        )
    if lag.rpo_s is not None and lag.rpo_s > inputs.lag_max.total_seconds():
        behind, limit = spelled(timedelta(seconds=lag.rpo_s)), spelled(inputs.lag_max)
        yield Observation(
            level=Level.WARN,
            subject=name,
            told=f"its standby is {behind} behind, more than {limit}",
            cure="See whether synchronisations end, and shorten their period.",
        )


def spelled(length: timedelta) -> str:
    """``3 d 4 h``, ``5 h 20 min``, ``7 min``: two units at most."""
    minutes = max(int(length.total_seconds()) // 60, 0)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{minutes} min"
