"""Operations and waiters as actions: what a runbook's ``uses: area.task`` may name."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from dws.operation import Operation, Repeat
from dws.waiter import Waiter
from dws.waiters import waiters
from tasks.action import Action, Effect
from tasks.naming import operation_of

TOGGLES = frozenset({"switch_failover_disaster", "switchover_disaster_recovery"})
"""Calls that undo themselves when sent twice; reached through flows that name the wanted end."""
DESTROYS = frozenset(
    {
        "delete_cluster_nodes",
        "delete_operational_task",
        "restore_cluster_v2",
        "restore_disaster",
        "restore_table",
        "switch_failover_disaster",
    }
)
"""Beside all deletions: calls that may replace data that are there."""


class Gone(BaseModel):
    """What a wait for an end gives: nothing but that it has come."""


def action_of(area: str, task: str) -> Action:
    """
    The action that a task of an area is.

    Raises:
        LookupError: There is no such task.
    """
    name = f"{area}.{task}"
    waiter = waiters().get(f"{area}.{task.removeprefix('wait_until_')}")
    if waiter is not None and task.startswith("wait_until_"):
        return _waiting(name, waiter)
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


def _waiting(name: str, waiter: Waiter[..., Any, Any]) -> Action:
    look: Any = waiter.look
    return Action(
        name=name,
        title=_title(waiter.judge.__doc__),
        inputs=look,
        outputs=waiter.gives or Gone,
        effect=Effect.READ,
        entry=f"tasks.{name.replace('.', ':')}",
        usual=waiter.usual,
    )


def _title(doc: str | None) -> str:
    return next((line.strip() for line in (doc or "").splitlines() if line.strip()), "")
