"""Operational tasks: vacuums that run in their windows, table by table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dws.emulator.due import effect
from dws.emulator.faults import StuckFault, TaskFailsFault
from dws.emulator.happenings import listens
from dws.emulator.kept import kept
from dws.emulator.load import Load
from dws.emulator.records import Cluster, Event
from dws.emulator.tables import Table, tables, vacuum
from dws.emulator.vacuum_windows import windows
from dws.emulator.world import World

SYSTEM_SCHEMAS = frozenset({"pg_catalog", "pg_toast", "information_schema"})
TABLE_S = 60.0
GB_S = 2.0
"""How long a table takes, and each GB of it (assumed)."""
THRESHOLD = 20.0
"""How dirty a table must be unless told, in percent (assumed)."""


@kept
@dataclass(slots=True)
class VacuumTask:
    """What is vacuumed, and when; `told` is as it was asked for."""

    id: str
    cluster_id: str
    told: dict[str, Any]
    is_paused: bool = False
    fails_next: bool = False
    sticks_next: bool = False


@kept
@dataclass(slots=True)
class VacuumRun:
    """One run of a task: to come, under way or over."""

    id: str
    task_id: str
    cluster_id: str
    opens: float
    closes: float
    status: str = "waiting"
    waiting: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    canceled: list[str] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    spans: dict[str, list[float]] = field(default_factory=dict)
    """When each table is begun and ended."""
    freed: float = 0.0
    """Bytes that were won."""
    ended: float | None = None


@kept
@dataclass(slots=True)
class VacuumConfig:
    """How the vacuums of a cluster, its id, are run. Defaults are assumed."""

    id: str
    parallel_min: int = 1
    parallel_max: int = 3
    small_cu_rows_limit: int = 100
    small_cu_percentage: float = 50.0


def config(world: World, cluster_id: str) -> VacuumConfig:
    """How the vacuums of a cluster are run."""
    return world.of(VacuumConfig).get(cluster_id) or VacuumConfig(cluster_id)


def tasks_of(world: World, cluster_id: str) -> list[VacuumTask]:
    """The tasks of a cluster."""
    return [t for t in world.of(VacuumTask).values() if t.cluster_id == cluster_id]


def runs_of(world: World, cluster_id: str) -> list[VacuumRun]:
    """The runs of the tasks of a cluster, the newest first."""
    found = [r for r in world.of(VacuumRun).values() if r.cluster_id == cluster_id]
    return sorted(found, key=lambda run: (run.opens, run.id), reverse=True)


def plan(world: World, task: VacuumTask) -> None:
    """Let the next run of a task come; one that was still to come is dropped."""
    for run in runs_of(world, task.cluster_id):
        if run.task_id == task.id and run.status == "waiting":
            world.forget(run)
    after = max([r.closes for r in _runs(world, task) if r.status != "waiting"], default=0.0)
    window = next(windows(task.told, max(world.now, after)), None)
    if window is None:
        return
    run = VacuumRun(world.new_job_id(), task.id, task.cluster_id, *window)
    _choose(world, task, run)
    world.keep(run)
    world.at(max(run.opens, world.now), "vacuum_opened", run.id)
    world.at(run.closes, "vacuum_closed", run.id)


def drop(world: World, task: VacuumTask) -> None:
    """Forget a task and its runs."""
    for run in _runs(world, task):
        world.forget(run)
    world.forget(task)


def go_on(world: World, task: VacuumTask) -> None:
    """Begin the next tables of a run under way."""
    for run in _runs(world, task):
        if run.status == "running":
            _proceed(world, run)


def look_anew(world: World, cluster_id: str) -> None:
    """Choose again what is to be vacuumed by the runs to come."""
    for task in tasks_of(world, cluster_id):
        for run in _runs(world, task):
            if run.status == "waiting":
                _choose(world, task, run)
                world.keep(run)


def choose_fate(world: World, task: VacuumTask) -> None:
    """Keep what is to go wrong with the next run."""
    fate = world.fate()
    task.fails_next = isinstance(fate, TaskFailsFault)
    task.sticks_next = isinstance(fate, StuckFault)


@effect
def vacuum_opened(world: World, event: Event) -> None:
    run = world.of(VacuumRun).get(event.target)
    task = world.of(VacuumTask).get(run.task_id) if run else None
    if run is None or task is None:
        return
    cluster = world.clusters[run.cluster_id]
    run.status = "running"
    _choose(world, task, run)
    if task.fails_next or Load(world, cluster).is_away(world.now):
        task.fails_next = False
        _end(world, run)
        return
    _proceed(world, run)


@effect
def table_vacuumed(world: World, event: Event) -> None:
    run, path = world.of(VacuumRun).get(event.target), event.arguments[0]
    if run is None or run.status != "running" or path not in run.running:
        return
    run.running.remove(path)
    run.finished.append(path)
    load = Load(world, world.clusters[run.cluster_id])
    found = next((t for t in tables(world, load, world.now) if ".".join(t.path) == path), None)
    if found:
        run.freed += found.size_bytes * found.dirty_percent / 100
        vacuum(world, run.cluster_id, found.path)
    _proceed(world, run)


@effect
def vacuum_closed(world: World, event: Event) -> None:
    run = world.of(VacuumRun).get(event.target)
    task = world.of(VacuumTask).get(run.task_id) if run else None
    if run is None or task is None:
        return
    if run.status == "running" and not task.sticks_next:
        _end(world, run)


@listens
def clean_up(world: World, cluster: Cluster, what: str) -> None:
    """Forget what was planned for a cluster that is gone."""
    if what in {"DeleteCluster.done", "DeleteDwsCluster.done"}:
        for task in tasks_of(world, cluster.id):
            drop(world, task)


def percent(run: VacuumRun, now: float) -> float:
    """How far a run is, by its tables; those under way count in part."""
    whole = len(run.waiting) + len(run.running) + len(run.finished) + len(run.canceled)
    if whole == 0:
        return 100.0 if run.ended is not None else 0.0
    partly = 0.0
    for path in run.running:
        begins, ends = run.spans[path]
        partly += min((now - begins) / (ends - begins), 0.99)
    return round((len(run.finished) + partly) / whole * 100, 2)


def _runs(world: World, task: VacuumTask) -> list[VacuumRun]:
    return [run for run in world.of(VacuumRun).values() if run.task_id == task.id]


def _choose(world: World, task: VacuumTask, run: VacuumRun) -> None:
    cluster = world.clusters[task.cluster_id]
    told = task.told
    first = [(t["database_name"], t["schema_name"], t["table_name"]) for t in told["priority"]]
    found = [
        table
        for table in tables(world, Load(world, cluster), world.now)
        if table.path in first or (told["vacuum_mode"] == "auto" and _is_due(told, table))
    ]
    found.sort(key=lambda t: (t.path not in first, -t.dirty_percent))
    run.waiting = [".".join(table.path) for table in found]
    run.sizes = {".".join(table.path): table.size_bytes for table in found}


def _is_due(told: dict[str, Any], table: Table) -> bool:
    is_system = table.schema in SYSTEM_SCHEMAS
    wants_system = told["vacuum_target"] == "system_vacuum"
    return is_system is wants_system and table.dirty_percent >= float(
        told["vacuum_threshold"] or THRESHOLD
    )


def _proceed(world: World, run: VacuumRun) -> None:
    task = world.of(VacuumTask)[run.task_id]
    most = config(world, run.cluster_id).parallel_max
    while run.waiting and len(run.running) < most and not task.is_paused:
        path = run.waiting.pop(0)
        ends = world.now + TABLE_S + GB_S * run.sizes[path] / 2**30
        run.running.append(path)
        run.spans[path] = [world.now, ends]
        if not task.sticks_next:
            world.at(ends, "table_vacuumed", run.id, path)
    if not run.waiting and not run.running:
        _end(world, run)
    else:
        world.keep(run)


def _end(world: World, run: VacuumRun) -> None:
    run.canceled = [*run.running, *run.waiting]
    run.running, run.waiting = [], []
    run.status = "canceled" if run.canceled else "finished"
    run.ended = world.now
    world.keep(run)
    task = world.of(VacuumTask)[run.task_id]
    world.keep(task)
    plan(world, task)
