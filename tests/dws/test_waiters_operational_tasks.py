"""What is made of the runs of operational tasks."""

from __future__ import annotations

import pytest

from dws.told.operational_tasks import TaskRun, TaskRuns
from dws.waiter import Busy, Done, Failed, Verdict
from dws.waiters.operational_tasks import judge_run, operational_task_finished


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"status": "finished", "finished_percentage": "100.00"}, Done()),
        ({"status": "running", "finished_percentage": "37.50"}, Busy("running", 37.5)),
        ({"status": "running", "finished_percentage": ""}, Busy("running")),
        ({"status": "waiting", "finished_percentage": "0.00"}, Busy("waiting", 0.0)),
        ({"status": ""}, Busy("waiting")),
        ({"status": "resting"}, Busy("resting")),
        ({"status": "canceled"}, Failed("its run was canceled")),
        (
            {"status": "canceled", "table_vacuum_num_info": {"canceled_num": 3}},
            Failed("its run was canceled: 3 tables are left"),
        ),
    ],
)
def test_a_run_is_judged(told: dict[str, object], verdict: Verdict) -> None:
    assert judge_run(TaskRun.model_validate({"task_id": "t1", **told})) == verdict


@pytest.mark.parametrize(
    ("statuses", "seen"),
    [
        ([], "waiting"),
        (["waiting"], "waiting"),
        (["waiting", "finished"], "finished"),
        (["running", "finished"], "running"),
        (["waiting", "canceled", "finished"], "canceled"),
    ],
)
def test_a_run_to_come_does_not_hide_how_the_last_one_ended(statuses: list[str], seen: str) -> None:
    runs = [TaskRun(task_id="t1", status=status) for status in statuses]

    assert operational_task_finished.item(TaskRuns(data=runs)).status == seen
