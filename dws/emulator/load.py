"""
What clusters bear: a load that follows from seed, cluster, node and emulated time.

It comes in waves, a day and a week long, is higher under tasks, and has gaps where the database is
away. Asked twice for one time it is the same: what a cluster went through is kept, not guessed.
"""

from __future__ import annotations

import hashlib
import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from dws.emulator.due import effect
from dws.emulator.flavors import FLAVORS
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.records import GAP, Cluster, Event, Node
from dws.emulator.world import World

STEP_S = 30.0
"""How often figures are collected: ``default_collect_rate`` in the sample of reference 5.14.4."""
MOST_POINTS = 2880
"""A day's worth. Longer times are told by fewer points (assumed)."""
SYSTEM_GB = 49.0
"""Size of the system disk: sample of reference 5.14.2."""
LOG_GB = 100.0
FLOOR_PERCENT = 2.0
"""How full an empty data disk is (assumed)."""

AWAY = frozenset(
    {"CREATING", "RESTORING", "REBOOTING", "STARTING", "STOPPING", "STOPPED", "FLAVOR_RESIZING"}
)
"""Actions under which the database answers nothing (assumed)."""
STRAINS = {"SNAPSHOTTING": 0.1, "GROWING": 0.25, "REDISTRIBUTING": 0.3, "CLUSTER_SHRINKING": 0.25}
"""What tasks add to the load (assumed)."""
OTHER_STRAIN = 0.05
UNREACHABLE = frozenset({"UNAVAILABLE", "STOPPED", "CREATE_FAILED", "CREATION FAILED", "FROZEN"})

DISKS = (("vda", "system"), ("vdb", "data"), ("vdc", "log"), ("vdd", "data"))
"""Disks of a node: samples of reference 5.14.2 and 5.18.3."""
NICS = ("eth0", "eth1", "eth2", "eth3")


@kept
@dataclass(slots=True)
class Strain:
    """A time in which something was done to a cluster."""

    id: str
    cluster_id: str
    action: str
    begins: float
    ends: float | None
    """None while nobody knows."""

    def holds(self, at: float) -> bool:
        """Whether it was so then."""
        return self.begins <= at and (self.ends is None or at < self.ends)


@kept
@dataclass(slots=True)
class Stock:
    """What a cluster held from some time on."""

    id: str
    cluster_id: str
    since: float
    data_gb: float
    nodes: int


class Load:
    """What one cluster bears, at any time up to the present."""

    def __init__(self, world: World, cluster: Cluster) -> None:
        self.cluster = cluster
        self.seed = f"{world.spec.seed}:{cluster.id}"
        self.now = world.now
        self.bearing = bearing(cluster)
        self.strains = [s for s in world.of(Strain).values() if s.cluster_id == cluster.id]
        found = [s for s in world.of(Stock).values() if s.cluster_id == cluster.id]
        self.stocks = sorted(found, key=lambda stock: stock.since)

    def is_away(self, at: float) -> bool:
        """Whether the database answers nothing then."""
        cluster = self.cluster
        if at < cluster.created or at > self.now or cluster.status in UNREACHABLE:
            return True
        return any(s.action in AWAY and s.holds(at) for s in self.strains)

    def level(self, node: str, at: float) -> float | None:
        """How much a node has to do, from 0 to 1; None where the database is away."""
        if self.is_away(at):
            return None
        moment = at // STEP_S * STEP_S
        strain = sum(STRAINS.get(s.action, OTHER_STRAIN) for s in self.strains if s.holds(moment))
        # Three figures of chance: the cluster's own calm, the node's share, and this moment's.
        calm = 0.6 + 0.4 * chance(self.seed, "calm")
        share = 0.9 + 0.2 * chance(self.seed, node, "share")
        jitter = 0.12 * (chance(self.seed, node, str(moment)) - 0.5)
        return min(max(0.08 + 0.5 * calm * share * wave(moment) + strain + jitter, 0.01), 1.0)

    def percent(self, node: str, metric: str, at: float) -> float | None:
        """``cpu_usage`` or ``mem_usage`` of a node."""
        level = self.level(node, at)
        if level is None:
            return None
        low, span = (3.0, 92.0) if metric == "cpu_usage" else (32.0, 45.0)
        return round(low + span * level, 2)

    def of_cluster(self, metric: str, at: float) -> float | None:
        """The same of the cluster: the mean of its nodes."""
        told = [self.percent(node.id, metric, at) for node in self.cluster.nodes]
        found = [value for value in told if value is not None]
        return round(statistics.fmean(found), 2) if found else None

    def io_busy(self, node: str, disk: str, at: float) -> float | None:
        """How busy a disk is, in percent: data disks more than the others."""
        level = self.level(node, at)
        if level is None:
            return None
        weight = 70.0 if dict(DISKS)[disk] == "data" else 12.0
        swing = 0.5 + chance(self.seed, node, disk, str(at // STEP_S))
        return round(min(weight * level * swing, 100.0), 2)

    def disk_gb(self, disk: str) -> float:
        """How large a disk is: the capacity of the node is that of its data disks together."""
        sizes = {"system": SYSTEM_GB, "log": LOG_GB}
        return sizes.get(dict(DISKS)[disk], capacity_gb(self.cluster) / 2)

    def disk_percent(self, node: str, disk: str, at: float) -> float:
        """How full a disk is. Data lie evenly over the nodes, but for a few percent."""
        kind = dict(DISKS)[disk]
        if kind == "data" and node not in self.bearing:
            return FLOOR_PERCENT
        if kind != "data":
            # System and log fill up and are cleared every week (assumed).
            week = at / (7 * 86400) + chance(self.seed, node, disk)
            return round((11.0 if kind == "system" else 4.0) + 3.0 * (week % 1), 2)
        held = self._stock(at)
        uneven = 0.97 + 0.06 * chance(self.seed, node, "data")
        used = held.data_gb / max(held.nodes, 1) * uneven
        return round(min(FLOOR_PERCENT + used / capacity_gb(self.cluster) * 100, 100.0), 2)

    def kilobytes_s(self, node: str, what: str, at: float) -> float | None:
        """What passes a disk (``read, write``) or an interface (``eth2 read`` ...) per second."""
        level = self.level(node, at)
        if level is None:
            return None
        if what.startswith("eth1"):  # is there and carries nothing: sample of reference 5.18.7
            return 0.0
        swing = 0.4 + 1.2 * chance(self.seed, node, what, str(at // STEP_S))
        return round(4000.0 * level * level * swing, 2)

    def times(self, start: float, end: float) -> list[float]:
        """When figures were collected in a time, both ends included; never after the present."""
        end = min(end, self.now)
        first, last = math.ceil(start / STEP_S), math.floor(end / STEP_S)
        stride = max(1, math.ceil((last - first + 1) / MOST_POINTS))
        return [n * STEP_S for n in range(first, last + 1, stride)]

    def _stock(self, at: float) -> Stock:
        before = [stock for stock in self.stocks if stock.since <= at] or self.stocks[:1]
        if before:
            return before[-1]
        return Stock("", self.cluster.id, 0.0, self.cluster.data_gb, len(self.bearing))


def bearing(cluster: Cluster) -> frozenset[str]:
    """The ids of the nodes that hold data: idle ones hold none."""
    return frozenset(node.id for node in cluster.nodes if node.status != "199")


def capacity_gb(cluster: Cluster) -> float:
    """How much data fits on a node."""
    return float(cluster.disk_gb or FLAVORS[cluster.node_type].disk_gb)


def chance(*parts: str) -> float:
    """A number from 0 to 1 that follows from some text."""
    digest = hashlib.blake2b(":".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def wave(at: float) -> float:
    """From 0 at night to 1 at three in the afternoon (UTC); half of it at weekends."""
    hour = at / 3600 % 24
    daily = (1 - math.cos(2 * math.pi * (hour - 3) / 24)) / 2
    is_weekend = (at // 86400 + 3) % 7 >= 5  # 1970 began on a Thursday
    return daily * (0.5 if is_weekend else 1.0)


def spread(values: Iterable[float | None]) -> dict[str, float]:
    """
    What a figure was over a time; zeros if nothing was collected (assumed).

    ``skew`` is how far the mean stays behind the peak, as in the samples of reference 5.18.4.
    """
    found = sorted(value for value in values if value is not None)
    if not found:
        return dict.fromkeys(("max", "min", "avg", "skew", "p95", "median"), 0.0)
    mean, peak = statistics.fmean(found), found[-1]
    told = {
        "max": peak,
        "min": found[0],
        "avg": mean,
        "skew": (peak - mean) / peak * 100 if peak else 0.0,
        "p95": found[max(0, math.ceil(len(found) * 0.95) - 1)],
        "median": statistics.median(found),
    }
    return {name: round(value, 2) for name, value in told.items()}


def host_of(node: Node) -> str:
    """The name of the machine of a node: form of the sample of reference 5.18.1."""
    return f"host-{address_of(node).replace('.', '-')}"


def address_of(node: Node) -> str:
    """The address of a node inside."""
    return f"172.16.{int(chance(node.id, 'a') * 255)}.{1 + int(chance(node.id, 'b') * 253)}"


@listens
def bear(world: World, cluster: Cluster, what: str) -> None:
    """Keep what a cluster goes through."""
    operation, _, moment = what.rpartition(".")
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        _forget(world, cluster)
        return
    if moment == "started":
        _note_stock(world, cluster, cluster.created)
        _strain(world, cluster)
    else:
        _relieve(world, cluster)
        if what == "StopCluster.done":
            _keep(world, cluster, "STOPPED", world.now, None)
    if operation == "StartCluster":
        _relieve(world, cluster, "STOPPED")
    # The listener is told before nodes and data change: they are noted right after.
    world.at(world.now, "stock_noted", cluster.id)


@effect
def stock_noted(world: World, event: Event) -> None:
    cluster = world.clusters[event.target]
    if cluster.deleted_at is None:
        _note_stock(world, cluster, world.now)


def _note_stock(world: World, cluster: Cluster, since: float) -> None:
    held = [stock for stock in world.of(Stock).values() if stock.cluster_id == cluster.id]
    last = max(held, key=lambda stock: stock.since, default=None)
    if last and (since == cluster.created or _is(last, cluster)):
        return
    number = f"{world.next_number():012d}"
    world.keep(Stock(number, cluster.id, since, cluster.data_gb, len(bearing(cluster))))


def _is(stock: Stock, cluster: Cluster) -> bool:
    return stock.data_gb == cluster.data_gb and stock.nodes == len(bearing(cluster))


def _strain(world: World, cluster: Cluster) -> None:
    work = cluster.work
    for phase in work.phases if work else []:
        if phase.action != GAP and work:
            ends = None if work.is_stuck else phase.ends
            _keep(world, cluster, phase.action, phase.begins, ends)


def _keep(world: World, cluster: Cluster, action: str, begins: float, ends: float | None) -> None:
    number = f"{world.next_number():012d}"
    world.keep(Strain(number, cluster.id, action, begins, ends))


def _relieve(world: World, cluster: Cluster, action: str | None = None) -> None:
    """End what goes on, or is to come: its task is over. ``STOPPED`` stays until told."""
    for strain in list(world.of(Strain).values()):
        goes_on = strain.ends is None or strain.ends > world.now
        fits = strain.action == action if action else strain.action != "STOPPED"
        if strain.cluster_id == cluster.id and goes_on and fits:
            strain.ends = max(world.now, strain.begins)
            world.keep(strain)


def _forget(world: World, cluster: Cluster) -> None:
    kinds: tuple[type[Strain | Stock], ...] = (Strain, Stock)
    for kind in kinds:
        for record in list(world.of(kind).values()):
            if record.cluster_id == cluster.id:
                world.forget(record)
