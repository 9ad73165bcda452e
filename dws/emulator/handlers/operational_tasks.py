"""Answers on operational tasks, their runs, and how they are run."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from dws.emulator import invalid, vacuum_windows, vacuuming
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.refused import Refused, name_taken
from dws.emulator.vacuuming import VacuumConfig, VacuumRun, VacuumTask
from dws.emulator.world import World
from dws.operations import operational_tasks as ops

PAGE = 100
"""How many are told at once unless the caller says (SDK)."""
CATEGORY = "VacuumFull"
"""How the service tells both of the words that it takes (SDK)."""


@handles(ops.AddOperationalTask)
def add_operational_task(world: World, op: ops.AddOperationalTask, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    _require_free_name(world, cluster.id, op.task_info.task_name)
    task = VacuumTask(world.new_job_id(), cluster.id, op.task_info.model_dump(mode="json"))
    vacuuming.choose_fate(world, task)
    world.keep(task)
    vacuuming.plan(world, task)
    return {}


@handles(ops.UpdateOperationalTask)
def update_operational_task(world: World, op: ops.UpdateOperationalTask, caller: Caller) -> Json:
    task = _task(world, op.cluster_id, op.task_id, caller)
    given = op.model_dump(mode="json", exclude_none=True, exclude={"cluster_id", "task_id"})
    try:
        whole = ops.TaskInfo.model_validate(task.told | given)
    except ValidationError as error:
        raise invalid.refusal(ops.UpdateOperationalTask, error) from None
    if whole.task_name != task.told["task_name"]:
        _require_free_name(world, task.cluster_id, whole.task_name)
    task.told = whole.model_dump(mode="json")
    world.keep(task)
    if all(run.status != "running" for run in _runs(world, task)):
        vacuuming.plan(world, task)
    return {}


@handles(ops.ListOperationalTask)
def list_operational_task(world: World, op: ops.ListOperationalTask, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = [
        task
        for task in vacuuming.tasks_of(world, cluster.id)
        if op.type in {None, task.told["type"]}
    ]
    return {"data": [_told(task, op) for task in _page(found, op)], "count": len(found)}


@handles(ops.ListOperationalTaskDetail)
def list_operational_task_detail(
    world: World, op: ops.ListOperationalTaskDetail, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    zone = vacuum_windows.offset(None)
    first, last = (vacuum_windows.seconds(told, zone) for told in (op.start_time, op.end_time))
    found = [
        run
        for run in vacuuming.runs_of(world, cluster.id)
        if op.task_id in {None, "", run.task_id}
        and op.status in {None, run.status}
        and op.category in {None, "", CATEGORY, "Vacuum"}
        and (first is None or run.opens >= first)
        and (last is None or run.opens <= last)
    ]
    return {"data": [_run(world, run) for run in _page(found, op)], "count": len(found)}


@handles(ops.DeleteOperationalTask)
def delete_operational_task(world: World, op: ops.DeleteOperationalTask, caller: Caller) -> Json:
    for task in _tasks(world, op.cluster_id, op.task_ids, caller):
        vacuuming.drop(world, task)
    return {}


@handles(ops.PauseOperationalTask)
def pause_operational_task(world: World, op: ops.PauseOperationalTask, caller: Caller) -> Json:
    for task in _tasks(world, op.cluster_id, op.task_ids, caller):
        task.is_paused = True
        world.keep(task)
    return {}


@handles(ops.ResumeOperationalTask)
def resume_operational_task(world: World, op: ops.ResumeOperationalTask, caller: Caller) -> Json:
    for task in _tasks(world, op.cluster_id, op.task_ids, caller):
        task.is_paused = False
        world.keep(task)
        vacuuming.go_on(world, task)
    return {}


@handles(ops.RefreshOperationalTask)
def refresh_operational_task(world: World, op: ops.RefreshOperationalTask, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    vacuuming.look_anew(world, cluster.id)
    return {}


@handles(ops.ShowOperationalTaskConfig)
def show_operational_task_config(
    world: World, op: ops.ShowOperationalTaskConfig, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = vacuuming.config(world, cluster.id)
    return {
        "configuration": {
            "parallel_min": found.parallel_min,
            "parallel_max": found.parallel_max,
            "small_cu_rows_limit": found.small_cu_rows_limit,
            "small_cu_percentage": found.small_cu_percentage,
        }
    }


@handles(ops.UpdateOperationalTaskConfig)
def update_operational_task_config(
    world: World, op: ops.UpdateOperationalTaskConfig, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    now = vacuuming.config(world, cluster.id)
    wanted = VacuumConfig(
        cluster.id,
        now.parallel_min if op.parallel_min is None else op.parallel_min,
        now.parallel_max if op.parallel_max is None else op.parallel_max,
        now.small_cu_rows_limit if op.small_cu_rows_limit is None else op.small_cu_rows_limit,
        now.small_cu_percentage if op.small_cu_percentage is None else op.small_cu_percentage,
    )
    if wanted.parallel_min > wanted.parallel_max:
        message = "Integer type is of wrong range: parallel_min exceeds parallel_max."
        raise Refused(400, "DWS.5060", message)
    world.keep(wanted)
    return {}


def _require_free_name(world: World, cluster_id: str, name: str) -> None:
    # That names are unique in a cluster is assumed: the service answers no id of a new task.
    if any(task.told["task_name"] == name for task in vacuuming.tasks_of(world, cluster_id)):
        raise name_taken("task", name)


def _task(world: World, cluster_id: str, task_id: str, caller: Caller) -> VacuumTask:
    cluster = world.cluster(cluster_id, caller.project_id)
    found = world.of(VacuumTask).get(task_id)
    if found is None or found.cluster_id != cluster.id:
        # No document says how: assumed, as of other things that are not there.
        raise Refused(404, "DWS.0047", f"The task {task_id} does not exist.")
    return found


def _tasks(world: World, cluster_id: str, task_ids: list[str], caller: Caller) -> list[VacuumTask]:
    return [_task(world, cluster_id, task_id, caller) for task_id in dict.fromkeys(task_ids)]


def _runs(world: World, task: VacuumTask) -> list[VacuumRun]:
    return [r for r in vacuuming.runs_of(world, task.cluster_id) if r.task_id == task.id]


def _page(found: list[Any], op: Any) -> list[Any]:
    size = op.limit or PAGE
    start = (op.offset or 0) * size
    return found[start : start + size]


def _told(task: VacuumTask, op: ops.ListOperationalTask) -> Json:
    told, zone = task.told, vacuum_windows.offset(task.told["time_zone"])
    shown = vacuum_windows.offset(op.time_zone)
    times = {
        key: vacuum_windows.written(vacuum_windows.seconds(told[key], zone), shown)
        for key in ("start_time", "end_time")
    }
    return {
        **{key: value for key, value in told.items() if key != "priority"},
        **times,
        "task_id": task.id,
        "category": CATEGORY,
        "is_paused": int(task.is_paused),
        "vacuum_priority": told["priority"],
    }


def _run(world: World, run: VacuumRun) -> Json:
    states = ("waiting", "running", "finished", "canceled")
    lists: dict[str, list[str]] = {state: getattr(run, state) for state in states}
    numbers = {f"{state}_num": len(paths) for state, paths in lists.items()}
    left_s = max(int(run.closes - world.now), 0) if run.ended is None else 0
    return {
        "task_id": run.task_id,
        "task_dead_line": vacuum_windows.written(run.closes),
        "category": CATEGORY,
        "status": run.status,
        "time_left": f"{left_s // 3600:02d}:{left_s // 60 % 60:02d}:{left_s % 60:02d}",
        "start_time": vacuum_windows.written(run.opens),
        "end_time": vacuum_windows.written(run.ended),
        "finished_percentage": f"{vacuuming.percent(run, world.now):.2f}",
        "vacuumed_space": f"{run.freed / 2**30:.2f} GB",
        "table_vacuum_info": {
            f"vacuum_{state}_info": [_table(path) for path in paths]
            for state, paths in lists.items()
        },
        "vacuum_info": [],
        "table_vacuum_num_info": {**numbers, "total_num": sum(numbers.values())},
    }


def _table(path: str) -> Json:
    database, schema, table = path.split(".")
    return {"database_name": database, "schema_name": schema, "table_name": table}
