"""What was told of each cluster, as the figures that an inspection is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from dws.operations.alarms import Alarm
from dws.operations.disaster_recovery import DisasterRecovery
from dws.shapes import Cluster, Snapshot
from dws.told.monitoring import Disk, Host, TableRate
from tasks.preconditions import AT_REST
from tasks.retention import is_good
from tasks.survey import Answer, ClusterTold, PairTold, ProjectTold, Untold

IDLE = "199"
"""The status of nodes that hold no data yet (reference 5.2.6)."""
OVER = "1"
"""``alarm_status`` of what is over (assumed); all other words count as open."""
T = TypeVar("T")


@dataclass(frozen=True)
class NodeUse:
    """How full the data disks of a node are: the fullest counts."""

    node: str
    percent: float


@dataclass(frozen=True)
class PairFigures:
    """A disaster recovery, and how far its standby is behind."""

    pair: DisasterRecovery
    lag: Answer[timedelta]
    is_primary_inspected: bool
    """Whether its primary is among the clusters that are looked at."""

    @property
    def name(self) -> str:
        """What people call it."""
        return self.pair.name or self.pair.id


@dataclass(frozen=True)
class ClusterFigures:
    """
    One cluster.

    Attributes:
        at: The moment that ages are counted to.
        snapshots: Its own, of either type and any status.
        pairs: Those that it belongs to, on either side.
        alarms: Its own that are open.
    """

    cluster: Cluster
    at: datetime
    told: ClusterTold
    snapshots: Answer[tuple[Snapshot, ...]]
    pairs: Answer[tuple[PairFigures, ...]]
    alarms: Answer[tuple[Alarm, ...]]

    @property
    def name(self) -> str:
        """What people call it."""
        return self.cluster.name or self.cluster.id

    @cached_property
    def uses(self) -> Answer[tuple[NodeUse, ...]]:
        """How full each node is that holds data, by name."""
        disks = self.told.disks
        if isinstance(disks, Untold):
            return disks
        found = _fullest(disk for disk in disks if disk.holds_data and self._holds_data(disk))
        return found or Untold("the service tells of no data disks")

    @property
    def hosts(self) -> Answer[tuple[Host, ...]]:
        """Its nodes as machines."""
        return self.told.hosts or Untold("the service tells of no nodes")

    @property
    def holding(self) -> int:
        """How many nodes hold data; 0 if the service does not tell."""
        nodes = self.cluster.nodes
        return sum(node.status != IDLE for node in nodes) or self.cluster.number_of_node or 0

    @property
    def is_told_in_full(self) -> bool:
        """Whether every node that holds data is told of, as far as the service counts them."""
        uses = self.uses
        return isinstance(uses, Untold) or len(uses) >= self.holding

    @property
    def fullest(self) -> Answer[NodeUse]:
        """The fullest node."""
        uses = self.uses
        return uses if isinstance(uses, Untold) else max(uses, key=lambda use: use.percent)

    @property
    def skew_points(self) -> Answer[float]:
        """Percentage points between the fullest and the emptiest node."""
        uses = self.uses
        if isinstance(uses, Untold):
            return uses
        told = [use.percent for use in uses]
        return max(told) - min(told)

    @property
    def other_disks(self) -> tuple[Disk, ...]:
        """Disks of the system and of logs, as far as they are told."""
        disks = self.told.disks
        if isinstance(disks, Untold):
            return ()
        return tuple(disk for disk in disks if not disk.holds_data)

    @property
    def most_skewed(self) -> Answer[TableRate | None]:
        """Of the largest tables the most skewed one, but for catalogues; None if there is none."""
        tables = self.told.tables
        if isinstance(tables, Untold):
            return tables
        own = [table for table in tables if not table.schema_name.startswith("pg_")]
        if not own:
            return None
        found = [table for table in own if table.skew_rate is not None]
        worst = max(found, key=lambda table: table.skew_rate or 0.0, default=None)
        return worst or Untold("the service tells the skew of no table")

    @cached_property
    def newest(self) -> Answer[Snapshot | None]:
        """The newest snapshot that can be restored; None if there is none."""
        if isinstance(self.snapshots, Untold):
            return self.snapshots
        good = [one for one in self.snapshots if is_good(one)]
        dated = [one for one in good if one.started]
        if good and not dated:
            return Untold("the service does not tell when its snapshots were taken")
        return max(dated, key=lambda one: one.started or self.at, default=None)

    @property
    def age(self) -> Answer[timedelta | None]:
        """How old the state is that could be restored; None if there is none."""
        newest = self.newest
        if newest is None or isinstance(newest, Untold) or newest.started is None:
            return newest if isinstance(newest, Untold) else None
        return max(self.at - newest.started, timedelta(0))

    @property
    def failed_since(self) -> tuple[Snapshot, ...]:
        """Snapshots that failed after the newest good one was begun."""
        if isinstance(self.snapshots, Untold) or isinstance(self.newest, Untold):
            return ()
        since = self.newest.started if self.newest else None
        failed = [one for one in self.snapshots if one.status == "UNAVAILABLE"]
        late = [one for one in failed if not since or not one.started or one.started > since]
        return tuple(sorted(late, key=lambda one: one.name))

    @property
    def follows(self) -> PairFigures | None:
        """The disaster recovery in which it is the standby at work: it refuses backups then."""
        pairs = () if isinstance(self.pairs, Untold) else self.pairs
        return next(
            (
                one
                for one in pairs
                if one.pair.standby_cluster_id == self.cluster.id and one.pair.status not in AT_REST
            ),
            None,
        )

    @property
    def untold(self) -> tuple[tuple[str, Untold], ...]:
        """What was asked of this cluster alone and not told, by what it is."""
        asked: tuple[tuple[str, Answer[object]], ...] = (
            ("disk use", self.uses),
            ("state of the nodes", self.hosts),
            ("skew of tables", self.most_skewed),
        )
        return tuple((what, told) for what, told in asked if isinstance(told, Untold))

    @property
    def is_whole(self) -> bool:
        """Whether all that makes up its health was told."""
        of_all = (self.newest, self.pairs, self.alarms)
        lags = () if isinstance(self.pairs, Untold) else tuple(one.lag for one in self.pairs)
        missing = [told for told in (*of_all, *lags) if isinstance(told, Untold)]
        return not missing and not self.untold and self.is_told_in_full

    def _holds_data(self, disk: Disk) -> bool:
        idle = {node.id for node in self.cluster.nodes if node.status == IDLE}
        return disk.instance_id not in idle


def figures_of(
    cluster: Cluster, told: ClusterTold, project: ProjectTold, inspected: Container[str]
) -> ClusterFigures:
    """
    What concerns one cluster of all that was told.

    Args:
        inspected: Ids of all clusters that are looked at.
    """
    pairs = _those(project.pairs, lambda one: one.pair.holds(cluster.id))
    return ClusterFigures(
        cluster=cluster,
        at=project.at,
        told=told,
        snapshots=_those(project.snapshots, lambda one: one.cluster_id == cluster.id),
        pairs=pairs
        if isinstance(pairs, Untold)
        else tuple(
            PairFigures(
                pair=one.pair,
                lag=_lag(one, project.at),
                is_primary_inspected=one.pair.primary_cluster_id in inspected,
            )
            for one in pairs
        ),
        alarms=_those(project.alarms, lambda one: is_open(one) and concerns(one, cluster)),
    )


def is_open(alarm: Alarm) -> bool:
    """Whether what it tells is not known to be over."""
    return alarm.alarm_status != OVER


def concerns(alarm: Alarm, cluster: Cluster) -> bool:
    """Whether an alarm is of a cluster: by its id, or by its name where no id is told."""
    if alarm.resource_id:
        return alarm.resource_id == cluster.id
    return bool(alarm.resource_id_name) and alarm.resource_id_name == cluster.name


def _fullest(disks: Iterable[Disk]) -> tuple[NodeUse, ...]:
    told: dict[str, list[float]] = defaultdict(list)
    for disk in disks:
        if disk.percent is not None:
            told[disk.instance_name or disk.host_name].append(disk.percent)
    return tuple(NodeUse(node, max(told[node])) for node in sorted(told))


def _lag(told: PairTold, at: datetime) -> Answer[timedelta]:
    """
    How far a standby is behind: by the service's own figure, else since it last caught up.

    The service tells the seconds of data that a failover would lose (reference 5.12.5).
    """
    synchronised, progress = told.pair.last_disaster_time, told.progress
    if not isinstance(progress, Untold):
        if progress.recovery_point_object is not None:
            return timedelta(seconds=progress.recovery_point_object)
        synchronised = synchronised or progress.latest_barrier_time
    if synchronised:
        return max(at - synchronised, timedelta(0))
    return progress if isinstance(progress, Untold) else Untold("the service tells no lag")


def _those(told: Answer[tuple[T, ...]], wanted: Callable[[T], bool]) -> Answer[tuple[T, ...]]:
    return told if isinstance(told, Untold) else tuple(one for one in told if wanted(one))
