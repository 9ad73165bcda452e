"""What the ``uses`` of a step names; nothing here imports Prefect."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec

from dws.operation import Operation
from tasks.action import Action, Effect
from tasks.operations import action_of

_NAME = re.compile(r"(?:(?P<area>[a-z][a-z0-9_]*)\.)?(?P<name>[a-z][a-z0-9_]*)")
_LATER = {"approval", "manual"}


def action_named(uses: str) -> Action:
    """
    The flow of a bare name, the task of a name with an area.

    Raises:
        LookupError: There is none; the message says why.
    """
    if uses in _LATER or uses.startswith("runbook:"):
        raise LookupError(f"`{uses}` does not work yet in this version: steps use flows and tasks")
    found = _NAME.fullmatch(uses)
    if found is None:
        raise LookupError(f"{uses!r}: name a flow, as `backup_then_delete`, or `area.task`")
    if area := found["area"]:
        return action_of(area, found["name"])
    module = f"flows.declared.{found['name']}"
    # Beside the declarations of flows lie parts that they share, which declare no action.
    action = getattr(import_module(module), "ACTION", None) if find_spec(module) else None
    if not isinstance(action, Action):
        raise LookupError(f"no flow {uses}")
    return action


def reads_once(action: Action) -> bool:
    """Whether it is one operation that reads, so that a plan may carry it out."""
    # A wait looks with the same operation, and may last for hours.
    is_wait = action.name.partition(".")[2].startswith("wait_until_")
    return action.effect is Effect.READ and not is_wait and issubclass(action.inputs, Operation)
