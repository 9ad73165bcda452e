"""What a person should know of one cluster: its figures, held against the thresholds."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from dws.operations.alarms import Alarm
from dws.waiter import Busy, Failed
from dws.waiters import judge_cluster
from flows.declared.daily_inspection import Inputs, InspectionFinding, Severity
from flows.steps.inspection.figures import ClusterFigures, PairFigures
from flows.steps.inspection.words import moment, percent, points, span
from tasks.survey import Untold

BROKEN_NODES = {"300": "unavailable", "303": "creation failed", "305": "deletion failed"}
"""Reference 5.2.6."""
LEVELS = {
    **dict.fromkeys(("1", "urgent"), Severity.BLOCK),
    **dict.fromkeys(("2", "important"), Severity.WARN),
    **dict.fromkeys(("3", "minor", "4", "prompt"), Severity.NOTE),
}
"""The levels of alarms (reference 5.8.2; which digit is which is assumed)."""
CURES = {
    "READONLY": "free or add disk space, then `runbook run lift-read-only`",
    "UNBALANCED": "`runbook run rebalance-cluster`, when the load is low",
}
FEW = 3
"""How many of the same are told one by one."""
PAIR_TROUBLE = frozenset({"abnormal", "create_failed", "start_failed", "stop_failed"})
PAIR_AT_REST = frozenset({"unstart", "stopped"})


@dataclass(frozen=True)
class Judge:
    """Holds the figures of one cluster against the thresholds."""

    figures: ClusterFigures
    limits: Inputs

    def findings(self) -> Iterator[InspectionFinding]:
        """All that is to be said of the cluster."""
        yield from self._state()
        yield from self._nodes()
        yield from self._disks()
        yield from self._skew()
        yield from self._snapshots()
        yield from self._recoveries()
        yield from self._alarms()
        yield from self._silences()

    def _says(
        self, severity: Severity, what: str, figure: str, cure: str, threshold: str = ""
    ) -> InspectionFinding:
        return InspectionFinding(
            severity=severity,
            cluster=self.figures.name,
            what=what,
            figure=figure,
            threshold=threshold,
            cure=cure,
        )

    def _state(self) -> Iterator[InspectionFinding]:
        cluster = self.figures.cluster
        match judge_cluster(cluster):
            case Failed(why=why) if cluster.status == "STOPPED":
                cure = "`runbook run start-cluster`, if it is to work"
                yield self._says(Severity.WARN, "status", why, cure)
            case Failed(why=why):
                cure = "look at the cluster's events and tasks, then repair it"
                yield self._says(Severity.BLOCK, "status", why, cure)
            case Busy(doing=doing):
                cure = "nothing; look again if it lasts"
                yield self._says(Severity.NOTE, "busy", doing, cure)
        for flag in sorted(cluster.flags):
            severity = Severity.BLOCK if flag == "READONLY" else Severity.WARN
            cure = CURES.get(flag, "look at the cluster's events and nodes")
            yield self._says(severity, "status", flag, cure)
        yield from self._parameters()

    def _parameters(self) -> Iterator[InspectionFinding]:
        group = self.figures.cluster.parameter_group
        told = (group.status if group else None) or "In-Sync"
        if told == "Pending-Reboot":
            cure = "`runbook run restart-in-window`"
            yield self._says(Severity.NOTE, "parameters await a restart", told, cure)
        if told == "Sync-Failure":
            cure = "apply them again: `runbook run apply-parameters`"
            yield self._says(Severity.WARN, "parameters are not applied", told, cure)

    def _nodes(self) -> Iterator[InspectionFinding]:
        for node in self.figures.cluster.nodes:
            if node.status in BROKEN_NODES:
                told = f"{node.name or node.id}: {BROKEN_NODES[node.status]} ({node.status})"
                cure = "let the service replace the node"
                yield self._says(Severity.BLOCK, "node", told, cure)
        hosts = self.figures.hosts
        if isinstance(hosts, Untold) or self.figures.cluster.status == "STOPPED":
            return
        away = [host for host in hosts if host.host_stat.upper() != "ONLINE"]
        if away:
            names = ", ".join(
                f"{host.instance_name or host.host_name} ({host.host_stat or 'state not told'})"
                for host in away
            )
            told = f"{len(away)} of {len(hosts)}: {names}"
            cure = "look at the nodes; queries fail over to their standbys as long as they can"
            yield self._says(Severity.BLOCK, "nodes are not online", told, cure)

    def _disks(self) -> Iterator[InspectionFinding]:
        uses = self.figures.uses
        told = () if isinstance(uses, Untold) else uses
        cure = "delete or vacuum data, or `runbook run scale-out-with-redistribution`"
        yield from self._full("data disks", {one.node: one.percent for one in told}, cure)
        others = {
            f"{disk.instance_name or disk.host_name} {disk.disk_type}": disk.percent
            for disk in self.figures.other_disks
            if disk.percent is not None
        }
        cure = "ask the service to clear or grow them"
        yield from self._full("system and log disks", others, cure)
        if not self.figures.is_told_in_full:
            figure = f"told of {len(told)} of {self.figures.holding} nodes"
            yield self._says(Severity.WARN, "disk use", figure, "find out what the others are at")

    def _full(self, what: str, uses: Mapping[str, float], cure: str) -> Iterator[InspectionFinding]:
        """One finding for all disks that pass the same threshold, the fullest first."""
        warn, block = self.limits.disk_warn_percent, self.limits.disk_block_percent
        worst = sorted(uses, key=lambda name: uses[name], reverse=True)
        for severity, least, below in (
            (Severity.BLOCK, block, math.inf),
            (Severity.WARN, warn, block),
        ):
            full = [name for name in worst if least <= uses[name] < below]
            if full:
                figure = _few([f"{percent(uses[name])} {name}" for name in full])
                yield self._says(severity, f"{what} are filling up", figure, cure, percent(least))

    def _skew(self) -> Iterator[InspectionFinding]:
        gap, limit = self.figures.skew_points, self.limits.disk_skew_warn_points
        if not isinstance(gap, Untold) and gap >= limit:
            cure = "look for skewed tables, and choose other distribution columns for them"
            what = "disk use differs between nodes"
            yield self._says(Severity.WARN, what, points(gap), cure, points(limit))
        table, most = self.figures.most_skewed, self.limits.table_skew_warn_percent
        if table and not isinstance(table, Untold) and (table.skew_rate or 0.0) >= most:
            what = f"table {table.db_name}.{table.schema_name}.{table.table_name} is skewed"
            told = f"{percent(table.skew_rate or 0.0)}, {table.table_size or 'size not told'}"
            cure = "choose another distribution column"
            yield self._says(Severity.WARN, what, told, cure, percent(most))

    def _snapshots(self) -> Iterator[InspectionFinding]:
        age, follows = self.figures.age, self.figures.follows
        if follows:
            # It refuses backups itself (facts/service_and_peers A8).
            told = f"standby of {follows.name}"
            yield self._says(Severity.NOTE, "no snapshots of its own", told, "back up its primary")
            return
        cure = "`runbook run fleet-backup`, and look at its snapshot policies"
        if age is None:
            yield self._says(Severity.BLOCK, "no snapshot can be restored", "none", cure)
        elif isinstance(age, timedelta):
            yield from self._age("newest snapshot is too old", age, cure, "snapshot_age")
        for one in self.figures.failed_since:
            told = f"{one.name}, {moment(one.started)}"
            yield self._says(Severity.WARN, "snapshot failed", told, "find out why, take another")

    def _age(self, what: str, age: timedelta, cure: str, limit: str) -> Iterator[InspectionFinding]:
        for severity in (Severity.BLOCK, Severity.WARN):
            most: timedelta = getattr(self.limits, f"{limit}_{severity}")
            if age >= most:
                yield self._says(severity, what, span(age), cure, span(most))
                return

    def _recoveries(self) -> Iterator[InspectionFinding]:
        pairs = self.figures.pairs
        for one in () if isinstance(pairs, Untold) else pairs:
            # Told once, of the primary; of the standby where that is not inspected.
            if (
                one.pair.primary_cluster_id == self.figures.cluster.id
                or not one.is_primary_inspected
            ):
                yield from self._recovery(one)

    def _recovery(self, one: PairFigures) -> Iterator[InspectionFinding]:
        name, status = f"disaster recovery {one.name}", one.pair.status or "not told"
        if status in PAIR_TROUBLE:
            cure = "`runbook run dr-recover` after a failover; else look at its events"
            yield self._says(Severity.BLOCK, name, status, cure)
        elif status in PAIR_AT_REST:
            cure = "start it, or `runbook run dr-tear-down` if it is not wanted"
            yield self._says(Severity.WARN, f"{name} protects nothing", status, cure)
        elif status != "running":
            yield self._says(Severity.WARN, name, status, "look again; it does not run yet")
        if isinstance(one.lag, Untold):
            cure = "ask the service; until then assume the worst"
            yield self._says(Severity.WARN, f"lag of {name}", f"not told here: {one.lag.why}", cure)
        else:
            cure = "look at load and network of both sides"
            yield from self._age(f"standby of {name} is behind", one.lag, cure, "dr_lag")

    def _alarms(self) -> Iterator[InspectionFinding]:
        alarms = self.figures.alarms
        if not isinstance(alarms, Untold):
            yield from alarm_findings(alarms, self.figures.name)

    def _silences(self) -> Iterator[InspectionFinding]:
        for what, told in self.figures.untold:
            yield silence(self.figures.name, what, told)


def alarm_findings(alarms: Sequence[Alarm], cluster: str) -> Iterator[InspectionFinding]:
    """What open alarms mean, those of a kind together; a level that is not known warns."""
    kinds: dict[tuple[Severity, str], list[Alarm]] = defaultdict(list)
    for alarm in alarms:
        severity = LEVELS.get(alarm.alarm_level.lower(), Severity.WARN)
        kinds[severity, alarm.alarm_name or alarm.alarm_id].append(alarm)
    for (severity, name), alike in kinds.items():
        dates = [one.alarm_generate_date for one in alike if one.alarm_generate_date]
        says = _few([_short(one.alarm_message) for one in alike], 1)
        yield InspectionFinding(
            severity=severity,
            cluster=cluster,
            what=f"alarm: {name}",
            figure=f"{len(alike)} open, the first since {moment(min(dates, default=None))}; {says}",
            threshold="",
            cure="see the alarm's help in the console",
        )


def _short(message: str) -> str:
    """A message without ids, and without the cluster, which the page tells beside it."""
    parts = [
        part.partition(": ") for part in message.removeprefix("CloudService=DWS, ").split(", ")
    ]
    ids = {"resourceId", "resourceIdName", "instance_id", "snapshot_id"}
    return ", ".join("".join(part) for part in parts if part[0] not in ids)


def _few(told: Sequence[str], most: int = FEW) -> str:
    more = [f"and {len(told) - most} more"] if len(told) > most else []
    return "; ".join([*told[:most], *more])


def silence(cluster: str, what: str, told: Untold) -> InspectionFinding:
    """Something that is not known: never taken for healthy."""
    if not told.is_offered:
        return InspectionFinding(
            severity=Severity.NOTE,
            cluster=cluster,
            what=what,
            figure="not offered here",
            threshold="",
            cure="look in the console; this region's API does not tell it",
        )
    return InspectionFinding(
        severity=Severity.WARN,
        cluster=cluster,
        what=what,
        figure=f"not told here: {told.why}",
        threshold="",
        cure="inspect again; look in the console until then",
    )
