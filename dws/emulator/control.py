"""The control interface, ``/_emulator/``: what tests turn and look at. No part of the service."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from pydantic import ValidationError

from dws.emulator import iam, render
from dws.emulator.call import Answer, Call, answer
from dws.emulator.clock import told
from dws.emulator.faults import CorruptBackupFault, read_fault
from dws.emulator.log import Log
from dws.emulator.records import Cluster, Job, Pair, Snapshot
from dws.emulator.world import World
from dws.operations import catalogue

PREFIX = "/_emulator"
Json = dict[str, Any]
LONGEST_S = 100 * 365 * 86400.0
"""The clock is moved on by a century at most in one request."""


class _Mistake(Exception):
    pass


def serve(world: World, log: Log, call: Call) -> Answer:
    """Answer a call of the control interface."""
    handler = _ROUTES.get((call.method, call.path))
    if handler is None:
        known = ", ".join(f"{method} {path}" for method, path in _ROUTES)
        return answer(404, {"error": f"no {call.method} {call.path} here; there are: {known}"})
    try:
        return handler(world, log, call)
    except _Mistake as mistake:
        return answer(400, {"error": str(mistake)})


def _state(world: World, log: Log, call: Call) -> Answer:
    del log, call
    return answer(
        200,
        {
            "now": told(world.now),
            "clusters": [_cluster(world, cluster) for cluster in world.clusters.values()],
            "snapshots": [_snapshot(snapshot) for snapshot in world.snapshots.values()],
            "disaster_recoveries": [_pair(pair) for pair in world.pairs.values()],
            "jobs": [_job(world, job) for job in world.jobs.values()],
        },
    )


def _requests(world: World, log: Log, call: Call) -> Answer:
    del world, call
    return answer(200, {"requests": log.told()})


def _clock(world: World, log: Log, call: Call) -> Answer:
    del log
    seconds = _body(call).get("advance_s")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise _Mistake("advance_s: a number of seconds is missing")
    if not math.isfinite(seconds) or not 0 <= seconds <= LONGEST_S:
        raise _Mistake(f"advance_s: must be from 0 to {LONGEST_S:.0f}, is {seconds}")
    world.clock.advanced += seconds
    world.catch_up()
    world.data.tend()
    world.save()
    world.save_clock()
    return answer(200, {"now": told(world.now)})


def _add_fault(world: World, log: Log, call: Call) -> Answer:
    del log
    try:
        fault = read_fault(_body(call))
    except ValidationError as error:
        raise _Mistake("; ".join(_lines(error))) from None
    if fault.operation is not None and fault.operation not in _named():
        raise _Mistake(f"operation: no {fault.operation}; the official name of one, or null")
    if isinstance(fault, CorruptBackupFault) and not world.data.is_real:
        raise _Mistake(f"kind: {fault.kind} needs databases: --data-plane postgres")
    return answer(201, {"id": world.faults.add(fault)})


def _named() -> set[str]:
    return {*catalogue(), *iam.ROUTES.values()}


def _faults(world: World, log: Log, call: Call) -> Answer:
    del log, call
    return answer(200, {"faults": world.faults.told()})


def _clear_faults(world: World, log: Log, call: Call) -> Answer:
    del log, call
    world.faults.clear()
    return answer(200, {})


def _reset(world: World, log: Log, call: Call) -> Answer:
    del call
    world.reset()
    log.clear()
    return answer(200, {})


def _cluster(world: World, cluster: Cluster) -> Json:
    return {
        **_common(cluster, render.status_of(cluster, world.now)),
        "task_status": render.task_of(cluster, world.now),
        "nodes": len(cluster.nodes),
    }


def _snapshot(snapshot: Snapshot) -> Json:
    return {
        "id": snapshot.id,
        "name": snapshot.name,
        "status": snapshot.status,
        "created": told(snapshot.started),
        "deleted": snapshot.deleted_at is not None,
        "cluster_id": snapshot.cluster_id,
        "type": snapshot.type,
    }


def _pair(pair: Pair) -> Json:
    return _common(pair, pair.status)


def _job(world: World, job: Job) -> Json:
    return {
        "id": job.id,
        "name": job.name,
        "status": job.status(world.now),
        "created": told(job.begins),
        "deleted": False,
        "operation": job.operation,
        "progress": job.progress(world.now),
    }


def _common(record: Cluster | Pair, status: str) -> Json:
    return {
        "id": record.id,
        "name": record.name,
        "status": status,
        "created": told(record.created),
        "deleted": record.deleted_at is not None,
    }


def _body(call: Call) -> Json:
    try:
        body = orjson.loads(call.body)
    except ValueError:
        raise _Mistake("the body is no JSON") from None
    if not isinstance(body, dict):
        raise _Mistake("the body is no JSON object")
    return body


def _lines(error: ValidationError) -> Iterable[str]:
    for mistake in error.errors(include_url=False, include_input=False, include_context=False):
        # The kind of fault stands before the field, as it chose the model.
        where = ".".join(str(step) for step in mistake["loc"][1:]) or "kind"
        yield f"{where}: {mistake['msg']}"


_ROUTES: dict[tuple[str, str], Callable[[World, Log, Call], Answer]] = {
    ("GET", f"{PREFIX}/state"): _state,
    ("GET", f"{PREFIX}/requests"): _requests,
    ("POST", f"{PREFIX}/clock"): _clock,
    ("POST", f"{PREFIX}/faults"): _add_fault,
    ("GET", f"{PREFIX}/faults"): _faults,
    ("DELETE", f"{PREFIX}/faults"): _clear_faults,
    ("POST", f"{PREFIX}/reset"): _reset,
}
