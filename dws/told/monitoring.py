"""What the monitoring of clusters, nodes, tables and statements tells."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, RootModel

from dws.operation import Shape
from dws.values import Amount, Count, Moment, Several, Text

T = TypeVar("T")


def _rows(told: Any) -> Any:
    # No content (204) is none; one sample of 5.14.1 has an object where its table has a list.
    if told == {}:
        return []
    return [told] if isinstance(told, dict) else told


Rows = Annotated[list[T], BeforeValidator(_rows)]
"""A bare list; nothing, or its only item, may be sent in its place."""


class Host(Shape):
    """One node as a machine. Rates are KB/s, sizes GB, usages percent."""

    instance_name: Text = ""
    host_name: str
    host_stat: Text = ""
    """``ONLINE`` or ``OFFLINE``"""
    work_ip: str | None = None
    mem_free: Amount = None
    mem_total: Amount = None
    mem_usage: Amount = None
    """Percent in the sample, GB by the table."""
    mem_cached: Amount = None
    mem_buffer: Amount = None
    """MB"""
    swap_free: Amount = None
    swap_total: Amount = None
    cpu_usage: Amount = None
    cpu_usage_sys: Amount = None
    cpu_usage_usr: Amount = None
    cpu_idle: Amount = None
    cpu_iowait: Amount = None
    disk_usage_avg: Amount = None
    disk_total: Amount = None
    disk_used: Amount = None
    disk_available: Amount = None
    disk_io: Amount = None
    disk_io_read: Amount = None
    disk_io_write: Amount = None
    tcp_resend_rate: Amount = None
    net_io: Amount = None


class Hosts(RootModel[Rows[Host]]):
    """Nodes as machines, a bare list."""


class Disk(Shape):
    """One disk of a node. Rates are KB/s, sizes GB."""

    instance_name: Text = ""
    instance_id: str | None = None
    host_name: str
    disk_name: str
    disk_type: Text = ""
    """``system, data, log``"""
    total: Amount = None
    used: Amount = None
    available: Amount = None
    used_percentage: Amount = None
    wait_ms: Amount = Field(default=None, alias="await")
    svctm: Amount = None
    """Milliseconds of service per I/O."""
    util: Amount = None
    read_rate: Amount = None
    write_rate: Amount = None

    @property
    def holds_data(self) -> bool:
        """Whether it is no system and no log disk (reference 5.14.2)."""
        return self.disk_type in {"data", ""}

    @property
    def percent(self) -> float | None:
        """How full it is; None if the service does not tell."""
        if self.used_percentage is not None:
            return self.used_percentage
        return 100 * self.used / self.total if self.used is not None and self.total else None


class Disks(RootModel[Rows[Disk]]):
    """Disks, a bare list."""


class Nic(Shape):
    """One network interface of a node."""

    virtual_cluster_id: Count = None
    ctime: Moment = None
    host_id: Count = None
    host_name: str
    instance_name: Text = ""
    interface_name: str
    up: bool | None = None
    speed: Count = None
    """Mbit/s; -1 if the interface does not know."""
    recv_packets: Count = None
    send_packets: Count = None
    recv_drop: Count = None
    recv_rate: Amount = None
    """KB/s"""
    send_rate: Amount = None
    io_rate: Amount = None


class Nics(RootModel[Rows[Nic]]):
    """Network interfaces, a bare list."""


class Indicator(Shape):
    """A figure that is collected over time."""

    indicator_name: str
    plugin_name: Text = ""
    default_collect_rate: Count = None
    """Seconds."""
    support_datastore_version: str | None = None
    """The oldest cluster version that has it."""


class Indicators(RootModel[Rows[Indicator]]):
    """Figures that are collected, a bare list."""


class DataPoint(Shape):
    """The figure at a moment; text, e.g. ``10.20``."""

    result: Amount = None
    timestamp: Moment = None


class Trend(Shape):
    """A figure over time."""

    query_time: Moment = None
    indicator_name: str
    object_id: str | None = None
    sub_object_id: str | None = None
    unit: str | None = None
    data_points: Several[DataPoint] = []


class Trends(RootModel[Rows[Trend]]):
    """Figures over time, a bare list."""


class TableRate(Shape):
    """How skewed or dirty a table is."""

    db_name: Text = ""
    schema_name: Text = ""
    table_name: str
    table_owner: str | None = None
    table_size: Text = ""
    """With its unit, e.g. ``224 KB``."""
    skew_rate: Amount = None
    dirty_page_rate: Amount = None


class TableRates(Shape):
    """How skewed or dirty tables are."""

    collect_time: Moment = None
    data: list[TableRate]
    count: Count = None


class Column(Shape):
    """A column of a metric."""

    column_name: str
    column_type: Text = ""


class Metric(Shape):
    """A set of columns that is collected at intervals."""

    metric_name: str
    scope: str | None = None
    fields_: Several[Column] = Field(default=[], alias="fields")
    collect_rate: Count = None
    """Seconds."""
    collect_range: Several[str] = []
    create_time: Moment = None


class Metrics(Shape):
    """What is collected from a cluster."""

    code: Count = None
    msg: str | None = None
    data: list[Metric]
    count: Count = None


class MetricRow(Shape):
    """One row that was collected; its columns are those that the metric names."""

    ctime: Moment = None


class MetricRows(Shape):
    """What was collected."""

    code: Count = None
    msg: str | None = None
    data: list[MetricRow]
    count: Count = None
