"""The names that tasks bear: those of their operations, in snake case."""

from __future__ import annotations

import re
from typing import Any

from dws.operation import Operation
from dws.operations import area_of, catalogue


def snake(name: str) -> str:
    """``RestartCluster`` as ``restart_cluster``, ``CreateClusterV2`` as ``create_cluster_v2``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


_OF_TWO_WORDS = (
    "disaster_recovery",
    "logical_cluster",
    "operational_task",
    "private_domain",
    "public_domain",
)


def kind_of(waiter: str) -> str:
    """What a waiter waits for, as people say it: ``disaster recovery``, ``cluster``."""
    for words in _OF_TWO_WORDS:
        if waiter.startswith(f"{words}_"):
            return words.replace("_", " ")
    return waiter.partition("_")[0]


def operation_of(area: str, task: str) -> type[Operation[Any]] | None:
    """The operation that a task of an area carries out; None if there is none."""
    found = (
        cls for name, cls in catalogue().items() if snake(name) == task and area_of(cls) == area
    )
    return next(found, None)
