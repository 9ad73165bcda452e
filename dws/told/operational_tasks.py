"""What is told of operational tasks, their runs, and how they are run."""

from __future__ import annotations

from dws.operation import Shape
from dws.values import Amount, Count, Several, Text


class ToldTable(Shape):
    """A table."""

    database_name: Text = ""
    schema_name: Text = ""
    table_name: str


class ToldWindow(Shape):
    """When a task may run."""

    date_type: Text = ""
    date_start: Text = ""
    date_end: Text = ""


class OperationalTask(Shape):
    """What is vacuumed, and when."""

    task_id: str
    task_name: Text = ""
    type: Text = ""
    category: Text = ""
    description: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    white_list: Several[ToldWindow] = []
    vacuum_mode: str | None = None
    vacuum_target: str | None = None
    is_paused: Count = None
    """1 if it is."""
    vacuum_threshold: Amount = None
    vacuum_retrieving_space: str | None = None
    vacuum_priority: Several[ToldTable] = []
    time_zone: str | None = None


class OperationalTasks(Shape):
    """The operational tasks of a cluster."""

    data: list[OperationalTask]
    count: Count = None


class VacuumTables(Shape):
    """The tables of a run, by how far they are."""

    vacuum_running_info: Several[ToldTable] = []
    vacuum_waiting_info: Several[ToldTable] = []
    vacuum_finished_info: Several[ToldTable] = []
    vacuum_canceled_info: Several[ToldTable] = []


class VacuumNumbers(Shape):
    """How many tables of a run are how far."""

    waiting_num: Count = None
    running_num: Count = None
    finished_num: Count = None
    canceled_num: Count = None
    total_num: Count = None


class TaskRun(Shape):
    """A run of a task: one to come, one under way, or one of the past."""

    task_id: str
    task_dead_line: str | None = None
    category: str | None = None
    status: Text = ""
    """``waiting, running, finished, canceled``"""
    time_left: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    finished_percentage: Amount = None
    vacuumed_space: str | None = None
    table_vacuum_info: VacuumTables | None = None
    table_vacuum_num_info: VacuumNumbers | None = None


class TaskRuns(Shape):
    """Runs of tasks, the newest first (assumed)."""

    data: list[TaskRun]
    count: Count = None


class OperationalTaskConfig(Shape):
    """How vacuums are run."""

    parallel_min: Count = None
    parallel_max: Count = None
    """How many tables at once."""
    small_cu_rows_limit: Count = None
    small_cu_percentage: Amount = None


class OperationalTaskConfigReply(Shape):
    """How vacuums are run."""

    configuration: OperationalTaskConfig
