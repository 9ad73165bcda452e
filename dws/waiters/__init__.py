"""
Every wait of the API: what to look at, and when to be content. One module per area.

A module's waiters are its values of the type `Waiter`; tasks and runbooks find them here.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from dws.waiter import Waiter
from dws.waiters.account import job_finished, judge_job
from dws.waiters.clusters import (
    DEAD,
    cluster_gone,
    cluster_settled,
    cluster_task_finished,
    judge_cluster,
    judge_deletion,
)
from dws.waiters.judging import percent
from dws.waiters.snapshots import (
    judge_snapshot,
    judge_snapshot_deletion,
    snapshot_gone,
    snapshot_ready,
)

__all__ = [
    "DEAD",
    "cluster_gone",
    "cluster_settled",
    "cluster_task_finished",
    "job_finished",
    "judge_cluster",
    "judge_deletion",
    "judge_job",
    "judge_snapshot",
    "judge_snapshot_deletion",
    "percent",
    "snapshot_gone",
    "snapshot_ready",
    "waiters",
]


@cache
def waiters() -> Mapping[str, Waiter[..., Any, Any]]:
    """All waiters, as ``area.name``."""
    areas = [info.name for info in pkgutil.iter_modules(__path__) if info.name != "judging"]
    return MappingProxyType(
        {
            f"{area}.{name}": value
            for area in areas
            for name, value in vars(import_module(f"{__name__}.{area}")).items()
            if isinstance(value, Waiter)
        }
    )
