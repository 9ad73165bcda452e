"""Waits for parameters."""

from __future__ import annotations

from datetime import timedelta

from dws.operations.configurations import ListClusterConfigurations
from dws.told.configurations import Configurations
from dws.waiter import Busy, Done, Failed, Verdict, Waiter
from dws.waiters.judging import asked


def judge_parameters(told: Configurations) -> Verdict:
    """No group of parameters is being applied; some may count only after a restart."""
    for group in told.configurations:
        if group.status == "Sync-Failure":
            return Failed(
                f"{group.name or group.id}: Sync-Failure {group.fail_reason or ''}".strip()
            )
    busy = [group.status for group in told.configurations if group.status not in _APPLIED]
    return Busy(busy[0]) if busy else Done()


_APPLIED = frozenset({"In-Sync", "Pending-Reboot", ""})


def _groups(reply: Configurations) -> Configurations:
    return reply


parameters_applied = Waiter(
    look=ListClusterConfigurations,
    item=_groups,
    judge=judge_parameters,
    many=None,
    key=asked("cluster_id"),
    usual=(timedelta(seconds=20), timedelta(seconds=90)),
    gives=Configurations,
    within=timedelta(minutes=30),
    first_after=timedelta(seconds=10),
)
"""Parameters that were just set are applied, though some may wait for a restart."""
