"""Operational tasks: vacuums that the service runs in windows of time."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from dws.operation import Operation, Paging, Part, Repeat, get, post, put
from dws.shapes import Nothing
from dws.told.operational_tasks import OperationalTaskConfigReply, OperationalTasks, TaskRuns
from dws.values import moment


def _time(text: str) -> str:
    moment(text)  # there is no 30th of February
    return text


_DATE = "(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
Time = Annotated[str, Field(pattern=f"^{_DATE}[ T]{_CLOCK}(:[0-5][0-9])?$"), AfterValidator(_time)]
"""E.g. ``2026-11-21 04:00:00`` in the task's time zone (assumed: no document has the form)."""
ClockTime = Annotated[str, Field(pattern=f"^{_CLOCK}(:[0-5][0-9])?$")]
Zone = Annotated[str, Field(pattern=r"^[+-]([01][0-9]|2[0-3])[0-5][0-9]$")]
"""Offset from UTC, e.g. ``+0800``."""
_DAYS = r"([1-9]|[12][0-9]|3[01])(st|nd|rd|th)|Mon|Tue|Wed|Thu|Fri|Sat|Sun|everyday"


class Window(Part):
    """When a periodic task may run; past midnight if it ends before it starts (assumed)."""

    date_type: str = Field(pattern=f"^({_DAYS})$")
    """``1th`` for the first of a month (SDK); ``Mon`` ... and ``everyday`` are assumed."""
    date_start: ClockTime
    date_end: ClockTime


class TableName(Part):
    """A table."""

    database_name: str = Field(min_length=1)
    schema_name: str = Field(min_length=1)
    table_name: str = Field(min_length=1)


class TaskInfo(Part):
    """What to vacuum, and when."""

    task_name: str = Field(min_length=1)
    type: Literal["Date", "Window"]
    """``Date`` once, from start to end; ``Window`` in each of its windows."""
    start_time: Time | None = None
    end_time: Time
    white_list: list[Window] = []
    vacuum_mode: Literal["auto", "manual"] = "auto"
    """``manual``: the tables of ``priority`` alone."""
    vacuum_target: Literal["user_vacuumfull", "system_vacuum"] = "user_vacuumfull"
    vacuum_threshold: str | None = Field(default=None, pattern=r"^[0-9]{1,2}([.][0-9]+)?$")
    """How dirty a table must be, in percent."""
    vacuum_retrieving_space: str | None = None
    vacuum_priority: str | None = None
    priority: list[TableName] = []
    """Tables that come first."""
    time_zone: Zone = "+0000"
    category: Literal["Vacuum", "VacuumFull"] = "Vacuum"
    description: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.type == "Window" and not self.white_list:
            raise ValueError("a task of type Window needs white_list")
        if self.type == "Date" and not self.start_time:
            raise ValueError("a task of type Date needs start_time")
        if self.vacuum_mode == "manual" and not self.priority:
            raise ValueError("vacuum_mode manual needs priority")
        return self


@post("/v1/{project_id}/clusters/{cluster_id}/operational-tasks")
class AddOperationalTask(Operation[Nothing]):
    """
    Let the service vacuum tables in windows of time. A full vacuum locks the table it is at.

    Answers no id: find the task by its name with `ListOperationalTask`.
    `dws.waiters.operational_tasks.operational_task_finished` tells the end of a run. SDK only.
    """

    cluster_id: str
    task_info: TaskInfo


@post("/v1/{project_id}/cluster/{cluster_id}/operational-tasks/{task_id}", repeat=Repeat.REPEATABLE)
class UpdateOperationalTask(Operation[Nothing]):
    """
    Change an operational task; a run under way goes on as it began (assumed).

    The path has ``cluster`` where the others have ``clusters``. SDK only.
    """

    cluster_id: str
    task_id: str
    task_name: str | None = Field(default=None, min_length=1)
    type: Literal["Date", "Window"] | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    white_list: list[Window] | None = None
    vacuum_mode: Literal["auto", "manual"] | None = None
    vacuum_target: Literal["user_vacuumfull", "system_vacuum"] | None = None
    vacuum_threshold: str | None = Field(default=None, pattern=r"^[0-9]{1,2}([.][0-9]+)?$")
    vacuum_retrieving_space: str | None = None
    vacuum_priority: str | None = None
    priority: list[TableName] | None = None
    time_zone: Zone | None = None
    category: Literal["Vacuum", "VacuumFull"] | None = None
    description: str | None = None


@get("/v1/{project_id}/clusters/{cluster_id}/operational-tasks", paging=Paging.PAGES_FROM_0)
class ListOperationalTask(Operation[OperationalTasks]):
    """List the operational tasks of a cluster. SDK only."""

    cluster_id: str
    time_zone: Zone | None = None
    type: Literal["Date", "Window"] | None = None
    limit: int | None = Field(default=None, ge=1)
    offset: int | None = Field(default=None, ge=0)


@get("/v1/{project_id}/clusters/{cluster_id}/operational-tasks/detail", paging=Paging.PAGES_FROM_0)
class ListOperationalTaskDetail(Operation[TaskRuns]):
    """List the runs of the operational tasks of a cluster, with their progress. SDK only."""

    cluster_id: str
    category: str | None = None
    task_id: str | None = None
    status: Literal["running", "waiting", "finished", "canceled"] | None = None
    start_time: Time | None = None
    """Runs that began at or after it, in UTC (assumed)."""
    end_time: Time | None = None
    limit: int | None = Field(default=None, ge=1)
    offset: int | None = Field(default=None, ge=0)


TaskIds = Annotated[list[str], Field(min_length=1)]


@post(
    "/v1/{project_id}/clusters/{cluster_id}/operational-tasks/batch-delete",
    repeat=Repeat.REPEATABLE,
)
class DeleteOperationalTask(Operation[Nothing]):
    """Delete operational tasks and the record of their runs; one under way ends. SDK only."""

    cluster_id: str
    task_ids: TaskIds


@post(
    "/v1/{project_id}/clusters/{cluster_id}/operational-tasks/batch-pause",
    repeat=Repeat.REPEATABLE,
)
class PauseOperationalTask(Operation[Nothing]):
    """Pause operational tasks; the tables under way are finished (assumed). SDK only."""

    cluster_id: str
    task_ids: TaskIds


@post(
    "/v1/{project_id}/clusters/{cluster_id}/operational-tasks/batch-resume",
    repeat=Repeat.REPEATABLE,
)
class ResumeOperationalTask(Operation[Nothing]):
    """Let paused operational tasks go on. SDK only."""

    cluster_id: str
    task_ids: TaskIds


@post("/v1/{project_id}/clusters/{cluster_id}/operational-tasks/sync", repeat=Repeat.REPEATABLE)
class RefreshOperationalTask(Operation[Nothing]):
    """Look anew which tables the operational tasks are to vacuum (assumed). SDK only."""

    cluster_id: str


@get("/v1/{project_id}/clusters/{cluster_id}/operational-tasks/configuration")
class ShowOperationalTaskConfig(Operation[OperationalTaskConfigReply]):
    """Show how the vacuums of a cluster are run. SDK only."""

    cluster_id: str


@put("/v1/{project_id}/clusters/{cluster_id}/operational-tasks/configuration")
class UpdateOperationalTaskConfig(Operation[Nothing]):
    """Change how the vacuums of a cluster are run. What is not told stays (assumed). SDK only."""

    cluster_id: str
    parallel_min: int | None = Field(default=None, ge=1, le=24)
    parallel_max: int | None = Field(default=None, ge=1, le=24)
    small_cu_rows_limit: int | None = Field(default=None, ge=0, le=1000)
    small_cu_percentage: Annotated[float | None, Field(ge=0.01, le=99.99)] = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.parallel_min and self.parallel_max and self.parallel_min > self.parallel_max:
            raise ValueError("parallel_min must not exceed parallel_max")
        return self
