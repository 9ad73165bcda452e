"""Figures and metrics that are collected over time: which there are, and what they were."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dws.emulator.hosts import number_of
from dws.emulator.load import Load
from dws.emulator.refused import Refused
from dws.emulator.statements import running
from dws.emulator.tables import COLLECTED_EVERY_S, Table, tables
from dws.emulator.world import World

Json = dict[str, Any]
Read = Callable[[Load, list[str], float], float | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a cluster, or of some of its nodes."""

    plugin: str
    unit: str
    read: Read


def _percent(metric: str) -> Read:
    def read(load: Load, nodes: list[str], at: float) -> float | None:
        return _mean([load.percent(node, metric, at) for node in nodes])

    return read


def _disk(load: Load, nodes: list[str], at: float) -> float | None:
    return _mean([load.disk_percent(node, "vdb", at) for node in nodes])


def _busy(load: Load, nodes: list[str], at: float) -> float | None:
    return _mean([load.io_busy(node, "vdb", at) for node in nodes])


def _probe(load: Load, nodes: list[str], at: float) -> float | None:
    level = _mean([load.level(node, at) for node in nodes])
    return None if level is None else 5 + 120 * level**2


def _queries(load: Load, nodes: list[str], at: float) -> float | None:
    del nodes
    return None if load.is_away(at) else float(len(running(load, at)))


FIGURES = {
    # Samples of reference 5.14.4 and 5.14.5 have the first two and the last; others assumed.
    "cluster.cpu_usage": Figure("CpuStat", "percentage", _percent("cpu_usage")),
    "cluster.cpu_mem": Figure("MemStat", "percentage", _percent("mem_usage")),
    "cluster.disk_usage": Figure("DiskStat", "percentage", _disk),
    "cluster.io_busy": Figure("DiskStat", "percentage", _busy),
    "cluster.queries": Figure("QueryStat", "count", _queries),
    "cluster.sql_probe_single": Figure("SqlProbeTask", "ms", _probe),
}
JOINED: dict[str, Callable[[list[float]], float]] = {
    "average": statistics.fmean,
    "avg": statistics.fmean,
    "max": max,
    "min": min,
}
METRICS = {"TableDirtyPageRate": "dirty_page_rate", "TableSkewRate": "skew_rate"}
"""The first is of the sample of reference 5.14.9, the second assumed."""


def figure(name: str) -> Figure:
    """
    A figure, by its name.

    Raises:
        Refused: There is none of that name (assumed: this code).
    """
    if name not in FIGURES:
        raise Refused(400, "DWS.5037", f"The parameter does not exist: {name}.")
    return FIGURES[name]


def points(
    load: Load, told: Figure, nodes: list[str], start: float, end: float
) -> list[tuple[float, float]]:
    """Times and values of a figure; nothing for times in which nothing was collected."""
    read = ((at, told.read(load, nodes, at)) for at in load.times(start, end))
    return [(at, value) for at, value in read if value is not None]


def joined(
    found: list[tuple[float, float]], period_s: float, function: str
) -> list[tuple[float, float]]:
    """The points of each period put together, at its beginning."""
    if function not in JOINED:
        raise Refused(400, "DWS.5037", f"The parameter does not exist: {function}.")
    periods: dict[float, list[float]] = {}
    for at, value in found:
        periods.setdefault(at // period_s * period_s, []).append(value)
    return [(at, JOINED[function](values)) for at, values in periods.items()]


def metric(load: Load, name: str) -> Json:
    """A metric with its columns, reference 5.14.9."""
    rate = METRICS[name]
    texts = ("db_name", "schema_name", "table_name", "table_owner")
    return {
        "metric_name": name,
        "scope": "CN,ANY",
        "fields": [
            *({"column_name": column, "column_type": "text"} for column in texts),
            {"column_name": "table_size", "column_type": "bigint"},
            {"column_name": rate, "column_type": "double precision"},
        ],
        "collect_rate": int(COLLECTED_EVERY_S),
        "collect_range": [],
        "create_time": str(int(load.cluster.created * 1000)),
    }


def rows(world: World, load: Load, name: str, start: float, end: float) -> list[Json]:
    """
    What a metric collected in a time, oldest first.

    Raises:
        Refused: There is no such metric (assumed: this code).
    """
    if name not in METRICS:
        raise Refused(404, "DWS.5037", f"The parameter does not exist: {name}.")
    first = int(-(-start // COLLECTED_EVERY_S))
    last = int(min(end, load.now) // COLLECTED_EVERY_S)
    times = (n * COLLECTED_EVERY_S for n in range(first, last + 1))
    return [
        _row(load, name, table, at)
        for at in times
        if not load.is_away(at)
        for table in tables(world, load, at)
    ]


def size(table: Table) -> str:
    """The size of a table in words: ``224 KB``."""
    amount, unit = float(table.size_bytes), "bytes"
    for larger in ("KB", "MB", "GB", "TB"):
        if amount < 10240:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.0f} {unit}"


def _row(load: Load, name: str, table: Table, at: float) -> Json:
    rate = METRICS[name]
    return {
        "ctime": int(at * 1000),
        "virtual_cluster_id": number_of(load.cluster.id),
        "db_name": table.database,
        "schema_name": table.schema,
        "table_name": table.name,
        "table_owner": table.owner,
        "table_size": table.size_bytes,
        rate: table.dirty_percent if rate == "dirty_page_rate" else table.skew_percent,
    }


def _mean(values: list[float | None]) -> float | None:
    found = [value for value in values if value is not None]
    return statistics.fmean(found) if found else None
