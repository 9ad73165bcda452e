"""Monitoring: nodes, disks, networks, metrics, tables, statements, sessions. All of it reads."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, model_validator

from dws.operation import At, Operation, Paging, Part, Repeat, get, post
from dws.told import dms
from dws.told import monitoring as told
from dws.told.statements import DmsQueries, DmsSessions, Queries, QueryReply

DAY_MS = 86_400_000
Offset = Annotated[int, Field(ge=0, le=2_147_483_646)]
Limit = Annotated[int, Field(ge=1, le=2_147_483_647)]
Milliseconds = Annotated[int, Field(ge=0)]
"""A time: milliseconds since 1970."""
OperationT = TypeVar("OperationT", bound=Operation[Any])


def _in_order(operation: OperationT, start: int, end: int) -> OperationT:
    if start > end:
        raise ValueError("from must not exceed to")
    return operation


@get("/v1.0/{project_id}/dms/host-overview", paging=Paging.RECORDS)
class ListHostOverview(Operation[told.Hosts]):
    """
    List the nodes of one cluster, or of all, with their CPU, memory, disk and network.

    ``offset`` counts records by the reference, pages by the SDK. Reference 5.14.1.
    """

    cluster_id: str | None = None
    instance_name: str | None = None
    limit: Limit
    offset: Offset = 0


@get("/v1.0/{project_id}/dms/disk", paging=Paging.RECORDS)
class ListHostDisk(Operation[told.Disks]):
    """List the disks of the nodes of one cluster, or of all. Reference 5.14.2."""

    cluster_id: str | None = None
    instance_name: str | None = None
    instance_id: str | None = None
    limit: Limit
    offset: Offset = 0


@get("/v1.0/{project_id}/dms/net", paging=Paging.RECORDS)
class ListHostNet(Operation[told.Nics]):
    """List the network interfaces of the nodes of one cluster, or of all. Reference 5.14.3."""

    cluster_id: str | None = None
    instance_name: str | None = None
    limit: Limit
    offset: Offset = 0


@get("/v1.0/{project_id}/dms/metric-data/indicators")
class ListMonitorIndicators(Operation[told.Indicators]):
    """List the figures that `ListMonitorIndicatorData` tells over time. Reference 5.14.4."""


@get("/v1.0/{project_id}/dms/metric-data")
class ListMonitorIndicatorData(Operation[told.Trends]):
    """
    Show a figure of a cluster, or of one of its nodes, over time.

    ``period`` (seconds, assumed) puts the points of each period together by ``function``.
    Reference 5.14.5.
    """

    from_: Annotated[int, Field(ge=0, alias="from")]
    to: Milliseconds
    indicator_name: str
    function: str | None = None
    """Assumed: ``average, max, min``."""
    period: str | None = None
    dim0: str
    """``cluster_id,<id>``"""
    dim1: str | None = None
    """Assumed: ``instance_name,<name>`` or ``instance_id,<id>`` of a node."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        return _in_order(self, self.from_, self.to)


@get("/v1/{project_id}/clusters/{cluster_id}/dms/tables/statistic", paging=Paging.RECORDS)
class ListTablesStatistic(Operation[told.TableRates]):
    """List how skewed, or how dirty, the tables of a cluster are. Reference 5.14.6."""

    cluster_id: str
    rate_type: Literal["skew", "dirtyPage"]
    filter: Literal["", "db_name", "schema_name", "table_name", "table_owner"] | None = None
    value: str | None = None
    """What ``filter`` must be."""
    offset: Offset = 0
    limit: Limit
    order_by: Literal["", "table_size", "rate"] | None = None
    sort_by: Literal["ASC", "DESC"] | None = None


class QueryCondition(Part):
    """What statements must be like."""

    field: str = Field(min_length=1)
    """A field of the answer in camel case, e.g. ``userName`` (so the sample)."""
    value: str
    operator: Literal["=", "!=", "<>", "like", "not like", ">", "<", ">=", "<="]
    """Text knows no order, numbers no likeness; ``<>`` is in the sample alone."""


@post("/v2/{project_id}/clusters/{cluster_id}/dms/queries", repeat=Repeat.READS)
class ListQueries(Operation[Queries]):
    """
    List the statements that run on a cluster, by conditions that must all hold. Reads only.

    The reference wants cluster and project in the body as well; that the service takes it without
    the project is assumed. One page per call: ask again with a greater ``offset``.
    Reference 5.14.7.
    """

    cluster_id: Annotated[str, At("path", "body")]
    project_id: Annotated[str | None, At("body")] = None
    offset: Offset = 0
    limit: Limit = 100
    conditions: list[QueryCondition] = []
    order_by: str | None = None
    """A field of the answer and a direction, e.g. ``duration asc``."""
    target: Literal["db_queries"] = "db_queries"


@get("/v1/{project_id}/clusters/{cluster_id}/dms/queries/{query_id}")
class ShowQueryDetail(Operation[QueryReply]):
    """Show one statement: as it was at a time, or as it is. Reference 5.14.8."""

    cluster_id: str
    query_id: str
    ctime: Milliseconds | None = None


@get("/v1/{project_id}/clusters/{cluster_id}/dms/metrics", paging=Paging.RECORDS)
class ListMetrics(Operation[told.Metrics]):
    """List the metrics that are collected from a cluster, with their columns. Reference 5.14.9."""

    cluster_id: str
    limit: Annotated[int, Field(ge=1, le=1000)]
    offset: Offset = 0
    order_by: Literal["create_time"] | None = None
    sort_by: Literal["asc", "desc"] | None = None


@get("/v1/{project_id}/clusters/{cluster_id}/dms/metrics/{metric_name}", paging=Paging.RECORDS)
class ListMetricsData(Operation[told.MetricRows]):
    """Show what a metric collected within one day at most. Reference 5.14.10."""

    cluster_id: str
    metric_name: str
    limit: Annotated[int, Field(ge=1, le=1000)]
    offset: Offset = 0
    from_: Annotated[int, Field(ge=0, alias="from")]
    to: Milliseconds
    order_by: Literal["ctime"] | None = None
    sort_by: Literal["asc", "desc"] | None = None

    @model_validator(mode="after")
    def _within_a_day(self) -> Self:
        if self.to - self.from_ > DAY_MS:
            raise ValueError("from and to must not exceed one day")
        return _in_order(self, self.from_, self.to)


@get("/v1/{project_id}/dms/cluster/status")
class ShowDmsClusterStatus(Operation[dms.DmsClusterStatus]):
    """Show whether one cluster, or all, and their nodes and processes run. Reference 5.18.1."""

    cluster_id: str | None = None


@get("/v1/{project_id}/dms/clusters/{cluster_id}/database")
class ShowDmsDatabaseUsage(Operation[dms.DmsDatabaseUsage]):
    """Show what each database of a cluster takes. Reference 5.18.2."""

    cluster_id: str


@get("/v1/{project_id}/dms/clusters/{cluster_id}/disk-io")
class ShowDmsDiskIo(Operation[dms.DmsDiskIo]):
    """Show how busy each disk of a cluster is. Reference 5.18.3."""

    cluster_id: str


@get("/v1/{project_id}/dms/clusters/{cluster_id}/disk-io/aggregate")
class ShowDmsDiskIoAggregate(Operation[dms.DmsDiskIoAggregate]):
    """Show how busy each disk of a cluster was in a time. Reference 5.18.4."""

    cluster_id: str
    from_: Annotated[int, Field(ge=0, alias="from")]
    to: Milliseconds

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        return _in_order(self, self.from_, self.to)


@get("/v1/{project_id}/dms/clusters/{cluster_id}/file-system")
class ShowDmsFileSystem(Operation[dms.DmsFileSystem]):
    """Show how full each file system of a cluster is. Reference 5.18.5."""

    cluster_id: str


@get("/v1/{project_id}/dms/clusters/{cluster_id}/file-system/aggregate")
class ShowDmsFileSystemAggregate(Operation[dms.DmsFileSystemAggregate]):
    """Show how full each file system of a cluster was in a time. Reference 5.18.6."""

    cluster_id: str
    from_: Annotated[int, Field(ge=0, alias="from")]
    to: Milliseconds

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        return _in_order(self, self.from_, self.to)


@get("/v1/{project_id}/dms/clusters/{cluster_id}/nic/traffic")
class ShowDmsNicTraffic(Operation[dms.DmsNicTraffic]):
    """Show what passes through each network interface of a cluster. Reference 5.18.7."""

    cluster_id: str


@get("/v1/{project_id}/dms/clusters/{cluster_id}/query")
class ListDmsQueries(Operation[DmsQueries]):
    """List the statements that run on a cluster, with what they cost. Reference 5.18.8."""

    cluster_id: str


@get("/v1/{project_id}/dms/clusters/{cluster_id}/session")
class ListDmsSessions(Operation[DmsSessions]):
    """List the sessions of a cluster. Reference 5.18.9."""

    cluster_id: str


@get("/v1/{project_id}/dms/resource/utilization")
class ShowDmsResourceUtilization(Operation[dms.DmsResourceUtilization]):
    """Show how much CPU or memory one cluster, or each, uses. Reference 5.18.10."""

    dim: Literal["cluster", "node"]
    """Whether per cluster or per node."""
    cluster_id: str | None = None
    metric_name: Literal["cpu_usage", "mem_usage"]


@get("/v1/{project_id}/dms/resource/utilization/aggregate")
class ShowDmsResourceUtilizationAggregate(Operation[dms.DmsResourceUtilizationAggregate]):
    """
    Show how much CPU or memory a cluster, or each of its nodes, used in a time.

    Reference 5.18.11.
    """

    dim: Literal["cluster", "node"] | None = None
    """``cluster`` unless told (assumed)."""
    cluster_id: str
    metric_name: Literal["cpu_usage", "mem_usage"]
    from_: Annotated[int, Field(ge=0, alias="from")]
    to: Milliseconds

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        return _in_order(self, self.from_, self.to)
