"""Operations and waiters as actions: what a runbook's ``uses: area.task`` may name."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from dws import waiters
from dws.operation import Operation, Repeat
from dws.operations.account import Job
from dws.shapes import Cluster, Snapshot
from dws.waiter import Waiter
from tasks.action import Action, Effect
from tasks.naming import operation_of

TOGGLES = frozenset({"switchover_disaster_recovery"})
"""Calls that undo themselves when sent twice; reached through flows that name the wanted end."""
DESTROYS = frozenset({"restore_cluster_v2"})
"""Beside all deletions: calls that may replace data that are there."""


class Gone(BaseModel):
    """What a wait for an end gives: nothing but that it has come."""


_WAITERS: MappingProxyType[str, tuple[Waiter[..., Any, Any], type[BaseModel]]] = MappingProxyType(
    {
        "account.wait_until_job_finished": (waiters.job_finished, Job),
        "clusters.wait_until_cluster_gone": (waiters.cluster_gone, Gone),
        "clusters.wait_until_cluster_settled": (waiters.cluster_settled, Cluster),
        "clusters.wait_until_cluster_task_finished": (waiters.cluster_task_finished, Cluster),
        "snapshots.wait_until_snapshot_gone": (waiters.snapshot_gone, Gone),
        "snapshots.wait_until_snapshot_ready": (waiters.snapshot_ready, Snapshot),
    }
)


def action_of(area: str, task: str) -> Action:
    """
    The action that a task of an area is.

    Raises:
        LookupError: There is no such task.
    """
    name = f"{area}.{task}"
    if name in _WAITERS:
        return _waiting(name, *_WAITERS[name])
    operation = operation_of(area, task)
    if operation is None:
        raise LookupError(f"no task {name}")
    return Action(
        name=name,
        title=_title(operation.__doc__),
        inputs=operation,
        outputs=operation.reply_type(),
        effect=_effect(operation, task),
        entry=f"tasks.{area}:{task}",
        is_toggle=task in TOGGLES,
    )


def _effect(operation: type[Operation[Any]], task: str) -> Effect:
    if operation.route.repeat is Repeat.READS:
        return Effect.READ
    destroys = operation.route.method == "DELETE" or task in DESTROYS
    return Effect.DESTRUCTIVE if destroys else Effect.MUTATE


def _waiting(name: str, waiter: Waiter[..., Any, Any], outputs: type[BaseModel]) -> Action:
    look: Any = waiter.look
    return Action(
        name=name,
        title=_title(waiter.judge.__doc__),
        inputs=look,
        outputs=outputs,
        effect=Effect.READ,
        entry=f"tasks.{name.replace('.', ':')}",
        usual=waiter.usual,
    )


def _title(doc: str | None) -> str:
    return next((line.strip() for line in (doc or "").splitlines() if line.strip()), "")
