"""Waits for redistributions and for prepared nodes."""

from __future__ import annotations

from datetime import timedelta

from dws.operations.scaling import ShowClusterRedistribution, ShowResizePreparation
from dws.told.scaling import Preparation, Redistribution
from dws.waiter import Busy, Done, Failed, Verdict, Waiter
from dws.waiters.judging import asked, percent

LAG = timedelta(seconds=30)
"""How long the last redistribution may still be told after a new one was asked for (assumed)."""
PAUSED = frozenset({"PAUSE", "PAUSING"})


def judge_redistribution(reply: Redistribution) -> Verdict:
    """
    The data is redistributed. One that is paused waits for a person.

    The service and the database each tell a status, and may differ for a while
    (facts/service_and_peers A10): the service's counts, the other where it tells none.
    """
    info = reply.redis_info
    progress = info.redis_process
    told = progress.status if progress else ""
    status = info.status or told
    if status in PAUSED:
        return Failed(f"{status}: it waits for a person")
    if status == "FAIL":
        failures = progress.fail_count if progress else None
        return Failed(f"it failed, {failures} times so far" if failures else "it failed")
    if status == "SUCCESS" or (not status and progress and progress.completed):
        return Done()
    return Busy(status or "not begun", progress.total_progress if progress else None)


def judge_suspension(reply: Redistribution) -> Verdict:
    """The redistribution rests, or was done before it could."""
    status = reply.redis_info.status
    if status in {"PAUSE", "SUCCESS"}:
        return Done()
    return Failed("it failed") if status == "FAIL" else Busy(status or "not begun")


def judge_preparation(reply: Preparation) -> Verdict:
    """Idle nodes are prepared for growth. Words not known are busy."""
    if reply.status == "SUCCESS":
        return Done()
    if reply.status == "FAIL":
        return Failed("it failed")
    if reply.status == "WAIT_RETRY":
        return Failed("WAIT_RETRY: it failed, and waits to be tried again")
    return Busy(reply.status or "not begun", percent(reply.progress))


def _redistribution(reply: Redistribution) -> Redistribution:
    return reply


def _preparation(reply: Preparation) -> Preparation:
    return reply


redistribution_finished = Waiter(
    look=ShowClusterRedistribution,
    item=_redistribution,
    judge=judge_redistribution,
    many=None,
    key=asked("cluster_id"),
    usual=(timedelta(minutes=5), timedelta(minutes=60)),
    gives=Redistribution,
    within=timedelta(hours=48),
    first_after=LAG,
)
"""A redistribution that was asked for has run; at first the end of an earlier proves nothing."""

redistribution_suspended = Waiter(
    look=ShowClusterRedistribution,
    item=_redistribution,
    judge=judge_suspension,
    many=None,
    key=asked("cluster_id"),
    usual=(timedelta(seconds=5), timedelta(minutes=2)),
    gives=Redistribution,
    within=timedelta(hours=1),
)
"""A redistribution rests, after it was suspended."""

resize_prepared = Waiter(
    look=ShowResizePreparation,
    item=_preparation,
    judge=judge_preparation,
    many=None,
    key=asked("cluster_id"),
    usual=(timedelta(minutes=3), timedelta(minutes=7)),
    gives=Preparation,
    within=timedelta(hours=2),
    first_after=LAG,
)
"""Idle nodes are prepared."""
