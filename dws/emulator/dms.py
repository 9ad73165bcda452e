"""The monitoring of reference 5.18: what clusters, nodes and disks do, and did in a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dws.emulator import queries
from dws.emulator.flavors import FLAVORS
from dws.emulator.load import DISKS, NICS, Load, spread
from dws.emulator.records import Node
from dws.emulator.statements import running
from dws.emulator.tables import CATALOGUE_GB, DATABASE

Json = dict[str, Any]
_DISKS = [name for name, _ in DISKS]


def databases(load: Load) -> Json:
    """What each database takes, reference 5.18.2."""
    used = {"postgres": CATALOGUE_GB, DATABASE: round(load.cluster.data_gb, 2)}
    told = [{"db_name": name, "deadlocks": 0, "used_spaces": gb} for name, gb in used.items()]
    return {"databases": told, **_told_of(load)}


def disk_io(load: Load) -> Json:
    """How busy each disk is, reference 5.18.3."""

    def busy(node: Node, disk: str) -> Json:
        return {"disk": disk, "io_busy": load.io_busy(node.id, disk, load.now) or 0.0}

    told = _per_node(load, "disks", _DISKS, busy)
    return {**told, **_told_of(load), "metric_name": "io_busy", "dimension": "diskIO"}


def disk_io_aggregate(load: Load, start_ms: int, end_ms: int) -> Json:
    """How busy each disk was, reference 5.18.4."""
    times = load.times(start_ms / 1000, end_ms / 1000)

    def busy(node: Node, disk: str) -> Json:
        return {"disk": disk, **spread(load.io_busy(node.id, disk, at) for at in times)}

    told = _per_node(load, "disks", _DISKS, busy)
    window = {"from": start_ms, "to": end_ms}
    return {**told, **window, "metric_name": "io_busy", "dimension": "DiskIO"}


def file_systems(load: Load) -> Json:
    """How full each file system is, reference 5.18.5."""

    def full(node: Node, disk: str) -> Json:
        return {"fs_name": _fs(disk), "usage": load.disk_percent(node.id, disk, load.now)}

    told = _per_node(load, "file_system", _DISKS, full)
    # The metric of file systems is called io_busy too, in both samples.
    return {**told, **_told_of(load), "metric_name": "io_busy", "dimension": "file_system"}


def file_systems_aggregate(load: Load, start_ms: int, end_ms: int) -> Json:
    """How full each file system was, reference 5.18.6."""
    times = [at for at in load.times(start_ms / 1000, end_ms / 1000) if not load.is_away(at)]

    def full(node: Node, disk: str) -> Json:
        values = spread(load.disk_percent(node.id, disk, at) for at in times)
        return {"fs_name": _fs(disk), **values}

    told = _per_node(load, "file_system", _DISKS, full)
    names = {"metric_name": "io_busy", "dimension": "file_system"}
    return {**told, **_told_of(load), "from": start_ms, "to": end_ms, **names}


def nic_traffic(load: Load) -> Json:
    """What passes through each interface, in bytes per second, reference 5.18.7."""

    def traffic(node: Node, nic: str) -> Json:
        rates = {
            way: int((load.kilobytes_s(node.id, f"{nic} {way}", load.now) or 0.0) * 1024)
            for way in ("read", "write")
        }
        return {"nic": nic, **rates}

    told = _per_node(load, "nics", list(NICS), traffic)
    return {**told, **_told_of(load), "metric_name": "traffic", "dimension": "nic"}


def statements(load: Load) -> Json:
    """The statements that run, reference 5.18.8."""
    found = [queries.in_short(load, s, load.now) for s in running(load, load.now)]
    return {"queries": found, **_told_of(load)}


def sessions(load: Load) -> Json:
    """The sessions, reference 5.18.9."""
    keys = ("pid", "user_name", "inst_name", "application_name")
    times = ("elapsed_time", "query_elapsed_time")
    told = [queries.query(load, s, load.now) for s in running(load, load.now)]
    found = [{key: row[key] for key in (*keys, *times)} | {"query_total": 1} for row in told]
    return {"sessions": found, "dimension": "session", **_told_of(load)}


def utilization(load: Load, metric: str, dimension: str) -> list[Json]:
    """How much CPU (cores) or memory (GB) is used, per cluster or per node, reference 5.18.10."""
    flavor = FLAVORS[load.cluster.node_type]
    total = flavor.vcpus if metric == "cpu_usage" else flavor.ram_gb
    nodes = load.cluster.nodes
    if dimension == "cluster":
        usage = load.of_cluster(metric, load.now) or 0.0
        return [_used(load.cluster.id, usage, total * len(nodes))]
    told = ((node.id, load.percent(node.id, metric, load.now) or 0.0) for node in nodes)
    return [_used(name, usage, total) for name, usage in told]


def utilization_aggregate(
    load: Load, metric: str, dimension: str, start_ms: int, end_ms: int
) -> list[Json]:
    """How much was used in a time, in percent, reference 5.18.11."""
    times = load.times(start_ms / 1000, end_ms / 1000)
    if dimension == "cluster":
        values = spread(load.of_cluster(metric, at) for at in times)
        return [{"id": load.cluster.id, **values}]
    return [
        {"id": node.id, **spread(load.percent(node.id, metric, at) for at in times)}
        for node in load.cluster.nodes
    ]


def _told_of(load: Load) -> Json:
    return {"cluster_id": load.cluster.id, "timestamp": int(load.now * 1000)}


def _per_node(load: Load, key: str, names: list[str], tell: Callable[[Node, str], Json]) -> Json:
    told = [
        {"dws_instance_id": node.id, key: [tell(node, name) for name in names]}
        for node in load.cluster.nodes
    ]
    return {"dws_instances": told}


def _fs(disk: str) -> str:
    # The system disk is partitioned: sample of reference 5.18.5.
    return f"/dev/{disk}1" if disk == "vda" else f"/dev/{disk}"


def _used(name: str, usage: float, total: float) -> Json:
    return {"id": name, "usage": usage, "total": total, "used": round(total * usage / 100, 2)}
