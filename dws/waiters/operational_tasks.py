"""Waits for operational tasks."""

from __future__ import annotations

from datetime import timedelta

from dws.operations.operational_tasks import ListOperationalTaskDetail
from dws.told.operational_tasks import TaskRun, TaskRuns
from dws.waiter import Busy, Done, Failed, Verdict, Waiter
from dws.waiters.judging import asked


def judge_run(run: TaskRun) -> Verdict:
    """The last run of the task vacuumed all its tables. Words not known are busy."""
    if run.status == "finished":
        return Done()
    if run.status == "canceled":
        numbers = run.table_vacuum_num_info
        left = f": {numbers.canceled_num} tables are left" if numbers else ""
        return Failed(f"its run was canceled{left}")
    return Busy(run.status or "waiting", run.finished_percentage)


def _newest(runs: TaskRuns) -> TaskRun:
    # One to come does not hide how the last one ended.
    begun = [run for run in runs.data if run.status != "waiting"]
    found = begun or runs.data
    return found[0] if found else TaskRun(task_id="", status="waiting")


operational_task_finished = Waiter(
    look=ListOperationalTaskDetail,
    item=_newest,
    judge=judge_run,
    many=None,
    key=asked("task_id"),
    usual=(timedelta(minutes=5), timedelta(hours=2)),
    gives=TaskRun,
    within=timedelta(hours=24),
)
"""The last run of a task ended, and all its tables are vacuumed; ask for one ``task_id``."""
