"""Answers on nodes, disks, networks, metrics, tables, statements and sessions."""

from __future__ import annotations

from typing import Any

from dws.emulator import dms, hosts, indicators, queries, quotas
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.load import DISKS, NICS, Load
from dws.emulator.records import Node
from dws.emulator.refused import Refused
from dws.emulator.statements import remembered, running
from dws.emulator.tables import tables
from dws.emulator.world import World
from dws.operations import monitoring as ops

OLDEST_VERSION = "8.0.0"
"""``support_datastore_version`` of the sample of reference 5.14.4."""


@handles(ops.ListHostOverview)
def list_host_overview(world: World, op: ops.ListHostOverview, caller: Caller) -> list[Json]:
    found = _nodes(world, op.cluster_id, op.instance_name, caller)
    return [hosts.overview(load, node) for load, node in _page(found, op)]


@handles(ops.ListHostDisk)
def list_host_disk(world: World, op: ops.ListHostDisk, caller: Caller) -> list[Json]:
    found = [
        (load, node, name)
        for load, node in _nodes(world, op.cluster_id, op.instance_name, caller)
        if op.instance_id in {None, node.id}
        for name, _ in DISKS
    ]
    return [hosts.disk(load, node, name) for load, node, name in _page(found, op)]


@handles(ops.ListHostNet)
def list_host_net(world: World, op: ops.ListHostNet, caller: Caller) -> list[Json]:
    found = [
        (load, node, name)
        for load, node in _nodes(world, op.cluster_id, op.instance_name, caller)
        for name in NICS
    ]
    return [hosts.nic(load, node, name) for load, node, name in _page(found, op)]


@handles(ops.ListMonitorIndicators)
def list_monitor_indicators(
    world: World, op: ops.ListMonitorIndicators, caller: Caller
) -> list[Json]:
    del world, op, caller
    return [
        {
            "indicator_name": name,
            "plugin_name": figure.plugin,
            "default_collect_rate": "30",
            "support_datastore_version": OLDEST_VERSION,
        }
        for name, figure in indicators.FIGURES.items()
    ]


@handles(ops.ListMonitorIndicatorData)
def list_monitor_indicator_data(
    world: World, op: ops.ListMonitorIndicatorData, caller: Caller
) -> list[Json]:
    figure = indicators.figure(op.indicator_name)
    load = _load(world, _of_dimension(op.dim0, {"cluster_id"}), caller)
    nodes = _chosen(load, op.dim1)
    found = indicators.points(load, figure, nodes, op.from_ / 1000, op.to / 1000)
    if op.period:
        found = indicators.joined(found, _period_s(op.period), op.function or "average")
    told: Json = {
        "query_time": int(world.now * 1000),
        "indicator_name": op.indicator_name,
        "object_id": load.cluster.id,
        "unit": figure.unit,
        "data_points": [
            {"result": f"{value:.2f}", "timestamp": int(at * 1000)} for at, value in found
        ],
    }
    if op.dim1:
        told["sub_object_id"] = nodes[0]
    return [told]


@handles(ops.ListTablesStatistic)
def list_tables_statistic(world: World, op: ops.ListTablesStatistic, caller: Caller) -> Json:
    load = _load(world, op.cluster_id, caller)
    rate = "skew_rate" if op.rate_type == "skew" else "dirty_page_rate"
    found = [
        {
            "db_name": table.database,
            "schema_name": table.schema,
            "table_name": table.name,
            "table_owner": table.owner,
            "table_size": indicators.size(table),
            "skew_rate": table.skew_percent if op.rate_type == "skew" else None,
            "dirty_page_rate": table.dirty_percent if op.rate_type == "dirtyPage" else None,
            "bytes": table.size_bytes,
        }
        for table in tables(world, load, world.now)
    ]
    if op.filter and op.value:
        found = [row for row in found if row[op.filter] == op.value]
    key = "bytes" if op.order_by == "table_size" else rate
    found.sort(key=lambda row: row[key] or 0, reverse=op.sort_by != "ASC")
    for row in found:
        del row["bytes"]
    page = _page(found, op)
    return {"collect_time": int(world.now * 1000), "data": page, "count": len(found)}


@handles(ops.ListQueries)
def list_queries(world: World, op: ops.ListQueries, caller: Caller) -> Json:
    load = _load(world, op.cluster_id, caller)
    told = [queries.query(load, statement, world.now) for statement in running(load, world.now)]
    found = [row for row in told if queries.fits(row, op.conditions)]
    if op.order_by and found:
        field, _, direction = op.order_by.strip().partition(" ")
        name = queries.field_of(found[0], field)
        reverse = direction.strip().lower() == "desc"
        found.sort(key=lambda row: (row[name] is None, row[name] or 0), reverse=reverse)
    data = {"queries": _page(found, op), "status": queries.figures(load)}
    return {"code": 0, "msg": "OK", "data": data, "count": len(found)}


@handles(ops.ShowQueryDetail)
def show_query_detail(world: World, op: ops.ShowQueryDetail, caller: Caller) -> Json:
    load = _load(world, op.cluster_id, caller)
    at = min(world.now if op.ctime is None else op.ctime / 1000, world.now)
    statement = remembered(load, op.query_id, at)
    if statement is None:
        # The reference documents 404 and no code: assumed, as of other things that are not there.
        raise Refused(404, "DWS.0047", f"The query {op.query_id} does not exist.")
    return {"code": 0, "msg": "OK", "data": queries.query(load, statement, at)}


@handles(ops.ListMetrics)
def list_metrics(world: World, op: ops.ListMetrics, caller: Caller) -> Json:
    load = _load(world, op.cluster_id, caller)
    found = [indicators.metric(load, name) for name in indicators.METRICS]
    return {"code": 0, "msg": "OK", "data": _page(found, op), "count": len(found)}


@handles(ops.ListMetricsData)
def list_metrics_data(world: World, op: ops.ListMetricsData, caller: Caller) -> Json:
    load = _load(world, op.cluster_id, caller)
    found = indicators.rows(world, load, op.metric_name, op.from_ / 1000, op.to / 1000)
    # Newest first unless told otherwise (assumed).
    found.sort(key=lambda row: row["ctime"], reverse=op.sort_by != "asc")
    return {"code": 0, "msg": "OK", "data": _page(found, op), "count": len(found)}


@handles(ops.ShowDmsClusterStatus)
def show_dms_cluster_status(world: World, op: ops.ShowDmsClusterStatus, caller: Caller) -> Json:
    found = [hosts.status(load) for load in _loads(world, op.cluster_id, caller)]
    return {"clusters": found, **_asked(world, caller)}


@handles(ops.ShowDmsDatabaseUsage)
def show_dms_database_usage(world: World, op: ops.ShowDmsDatabaseUsage, caller: Caller) -> Json:
    return dms.databases(_load(world, op.cluster_id, caller))


@handles(ops.ShowDmsDiskIo)
def show_dms_disk_io(world: World, op: ops.ShowDmsDiskIo, caller: Caller) -> Json:
    return dms.disk_io(_load(world, op.cluster_id, caller))


@handles(ops.ShowDmsDiskIoAggregate)
def show_dms_disk_io_aggregate(
    world: World, op: ops.ShowDmsDiskIoAggregate, caller: Caller
) -> Json:
    return dms.disk_io_aggregate(_load(world, op.cluster_id, caller), op.from_, op.to)


@handles(ops.ShowDmsFileSystem)
def show_dms_file_system(world: World, op: ops.ShowDmsFileSystem, caller: Caller) -> Json:
    return dms.file_systems(_load(world, op.cluster_id, caller))


@handles(ops.ShowDmsFileSystemAggregate)
def show_dms_file_system_aggregate(
    world: World, op: ops.ShowDmsFileSystemAggregate, caller: Caller
) -> Json:
    return dms.file_systems_aggregate(_load(world, op.cluster_id, caller), op.from_, op.to)


@handles(ops.ShowDmsNicTraffic)
def show_dms_nic_traffic(world: World, op: ops.ShowDmsNicTraffic, caller: Caller) -> Json:
    return dms.nic_traffic(_load(world, op.cluster_id, caller))


@handles(ops.ListDmsQueries)
def list_dms_queries(world: World, op: ops.ListDmsQueries, caller: Caller) -> Json:
    return dms.statements(_load(world, op.cluster_id, caller))


@handles(ops.ListDmsSessions)
def list_dms_sessions(world: World, op: ops.ListDmsSessions, caller: Caller) -> Json:
    return dms.sessions(_load(world, op.cluster_id, caller))


@handles(ops.ShowDmsResourceUtilization)
def show_dms_resource_utilization(
    world: World, op: ops.ShowDmsResourceUtilization, caller: Caller
) -> Json:
    clusters = [
        {"cluster_id": load.cluster.id, "data": dms.utilization(load, op.metric_name, op.dim)}
        for load in _loads(world, op.cluster_id, caller)
    ]
    names = {"dimension": op.dim, "metric_name": op.metric_name}
    return {"clusters": clusters, **names, **_asked(world, caller)}


@handles(ops.ShowDmsResourceUtilizationAggregate)
def show_dms_resource_utilization_aggregate(
    world: World, op: ops.ShowDmsResourceUtilizationAggregate, caller: Caller
) -> Json:
    load = _load(world, op.cluster_id, caller)
    dimension = op.dim or "cluster"
    data = dms.utilization_aggregate(load, op.metric_name, dimension, op.from_, op.to)
    return {
        "clusters": [{"cluster_id": load.cluster.id, "data": data}],
        "dimension": dimension,
        "metric_name": op.metric_name,
        "from": op.from_,
        "to": op.to,
        "timestamp": int(world.now * 1000),
    }


def _asked(world: World, caller: Caller) -> Json:
    return {"project_id": caller.project_id, "timestamp": int(world.now * 1000)}


def _load(world: World, cluster_id: str, caller: Caller) -> Load:
    return Load(world, world.cluster(cluster_id, caller.project_id))


def _loads(world: World, cluster_id: str | None, caller: Caller) -> list[Load]:
    if cluster_id:
        return [_load(world, cluster_id, caller)]
    return [Load(world, cluster) for cluster in quotas.clusters_of(world, caller.project_id)]


def _nodes(
    world: World, cluster_id: str | None, instance_name: str | None, caller: Caller
) -> list[tuple[Load, Node]]:
    return [
        (load, node)
        for load in _loads(world, cluster_id, caller)
        for node in load.cluster.nodes
        if not instance_name or instance_name == node.name
    ]


def _page(found: list[Any], op: Any) -> list[Any]:
    return found[op.offset : op.offset + op.limit]


def _of_dimension(dimension: str, known: set[str]) -> str:
    kind, _, value = dimension.partition(",")
    if kind not in known or not value:
        wanted = " or ".join(f"{name},..." for name in sorted(known))
        raise Refused(400, "DWS.5065", f"Invalid format: a dimension is {wanted}.")
    return value


def _chosen(load: Load, dim1: str | None) -> list[str]:
    if not dim1:
        return [node.id for node in load.cluster.nodes]
    value = _of_dimension(dim1, {"instance_id", "instance_name"})
    found = [node.id for node in load.cluster.nodes if value in {node.id, node.name}]
    if not found:
        raise Refused(404, "DWS.0047", f"The instance {value} does not exist.")
    return found


def _period_s(period: str) -> float:
    if not period.isascii() or not period.isdigit() or int(period) == 0:
        raise Refused(400, "DWS.5065", "Invalid format: period is a number of seconds.")
    return float(period)
