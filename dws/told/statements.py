"""What the monitoring tells of statements and sessions."""

from __future__ import annotations

from dws.operation import Shape
from dws.values import Amount, Count, Moment, Several, Text


class Query(Shape):
    """
    One statement.

    Times named ``_time`` are milliseconds and memory is MB; ``backend_start``,
    ``curr_xact_start``, ``state_change`` and ``query_start`` are seconds since 1970 in the sample.
    """

    query_id: str
    ctime: Moment = None
    """When this was collected."""
    pid: Text = ""
    """The session."""
    inst_name: Text = ""
    query: Text = ""
    db_name: Text = ""
    user_name: Text = ""
    application_name: Text = ""
    client_address: Text = ""
    client_hostname: Text = ""
    client_port: Text = ""
    query_status: Text = ""
    """``active, idle, idle in transaction, fastpath function call, disabled`` ..."""
    wlm_status: Text = ""
    """``pending, running, finished, aborted, active, unknown``, or nothing."""
    wlm_attrib: Text = ""
    """``ordinary, simple, complicated, internal``, or nothing."""
    waiting: bool | None = None
    """It waits for a lock."""
    enqueue: Text = ""
    lane: Text = ""
    """``fast`` or ``slow``"""
    priority: str | None = None
    resource_pool: Text = ""
    control_group: Text = ""
    query_band: Text = ""
    job_name: Text = ""
    job_inst: Text = ""
    system_query: bool | None = None
    query_plan: str | None = None
    warning: Text = ""
    spill_info: Text = ""
    virtual_cluster_id: Count = None
    start_time: Count = None
    block_time: Count = None
    duration: Count = None
    estimate_total_time: Count = None
    estimate_left_time: Count = None
    estimate_memory: Count = None
    min_peak_memory: Count = None
    max_peak_memory: Count = None
    average_peak_memory: Count = None
    memory_skew_percent: Count = None
    min_spill_size: Count = None
    max_spill_size: Count = None
    average_spill_size: Count = None
    spill_skew_percent: Count = None
    min_dn_time: Count = None
    max_dn_time: Count = None
    average_dn_time: Count = None
    dntime_skew_percent: Count = None
    min_cpu_time: Count = None
    max_cpu_time: Count = None
    total_cpu_time: Count = None
    cpu_skew_percent: Count = None
    min_peak_iops: Count = None
    max_peak_iops: Count = None
    average_peak_iops: Count = None
    iops_skew_percent: Count = None
    backend_start: Count = None
    curr_xact_start: Count = None
    state_change: Count = None
    query_start: Count = None
    elapsed_time: Count = None
    """Seconds since the session began (so the sample)."""
    query_elapsed_time: Count = None
    """Seconds; -1 if not known."""


class QueriesStatus(Shape):
    """Figures of all statements."""

    average_query_waiting_time: Amount = None
    average_time_consumption_of_queries: Amount = None
    average_time_consumption_of_sessions: Amount = None
    queries_count: Count = None
    session_count: Count = None


class QueriesData(Shape):
    """Statements, and figures of all."""

    queries: list[Query]
    status: QueriesStatus | None = None


class Queries(Shape):
    """Statements, one page. ``count`` is 0 in the sample, whatever there is."""

    code: Count = None
    msg: str | None = None
    data: QueriesData
    count: Count = None


class QueryReply(Shape):
    """One statement."""

    code: Count = None
    msg: str | None = None
    data: Query


class DmsQuery(Shape):
    """One statement, in the words of 5.18.8: times are milliseconds, sizes MB."""

    query_id: str
    query: Text = ""
    db_name: Text = ""
    application: Text = ""
    min_cpu_time: Count = None
    max_cpu_time: Count = None
    total_cpu_time: Count = None
    cpu_skew: Count = None
    min_peak_mem: Count = None
    max_peak_mem: Count = None
    avg_peak_mem: Count = None
    mem_skew: Count = None
    min_spill_size: Count = None
    max_spill_size: Count = None
    avg_spill_size: Count = None
    spill_skew: Count = None
    min_peak_iops: Count = None
    max_peak_iops: Count = None
    avg_peak_iops: Count = None
    iops_skew: Count = None


class DmsQueries(Shape):
    """Statements of a cluster."""

    queries: list[DmsQuery]
    cluster_id: str | None = None
    timestamp: Moment = None


class DmsSession(Shape):
    """One session."""

    pid: str
    user_name: Text = ""
    inst_name: Text = ""
    application_name: Text = ""
    query_total: Count = None
    elapsed_time: Count = None
    query_elapsed_time: Count = None
    """Seconds."""


class DmsSessions(Shape):
    """Sessions of a cluster."""

    sessions: Several[DmsSession]
    cluster_id: str | None = None
    dimension: str | None = None
    timestamp: Moment = None
