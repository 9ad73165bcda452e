"""Waits for redistributions and for prepared nodes."""

from __future__ import annotations

from datetime import timedelta

from dws.operations.scaling import ShowClusterRedistribution, ShowResizePreparation
from dws.told.scaling import Preparation, Redistribution, RedistributionInfo
from dws.waiter import Busy, Done, Failed, Verdict, Waiter
from dws.waiters.judging import asked, percent

LAG = timedelta(seconds=30)
"""How long the last redistribution may still be told after a new one was asked for (assumed)."""
PAUSED = frozenset({"PAUSE", "PAUSING"})
AT_REST = frozenset({"", "WAITING", "PAUSE", "SUCCESS", "FAIL"})
"""Words of a redistribution that moves nothing; a word not known may move something."""


def judge_redistribution(reply: Redistribution) -> Verdict:
    """The data is redistributed. One that is paused waits for a person."""
    info = reply.redis_info
    status = info.word
    if status in PAUSED:
        return Failed(f"{status}: it waits for a person")
    if status == "FAIL":
        failures = info.redis_process.fail_count if info.redis_process else None
        return Failed(f"it failed, {failures} times so far" if failures else "it failed")
    return Done() if status == "SUCCESS" else _busy(info)


def judge_rest(reply: Redistribution) -> Verdict:
    """The redistribution moves nothing now: it ended, failed, rests or waits to be started."""
    info = reply.redis_info
    return Done() if info.word in AT_REST else _busy(info)


def judge_suspension(reply: Redistribution) -> Verdict:
    """The redistribution rests, or was done before it could."""
    info = reply.redis_info
    if info.status in {"PAUSE", "SUCCESS"}:
        return Done()
    return Failed("it failed") if info.status == "FAIL" else Busy(info.status or "not begun")


def _busy(info: RedistributionInfo) -> Busy:
    status = info.word or "not begun"
    told = info.redis_process
    if told is None:
        return Busy(status)
    return Busy(status, told.total_progress, told.remaining_s, told.figures)


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

redistribution_at_rest = Waiter(
    look=ShowClusterRedistribution,
    item=_redistribution,
    judge=judge_rest,
    many=None,
    key=asked("cluster_id"),
    usual=(timedelta(minutes=5), timedelta(minutes=60)),
    gives=Redistribution,
    within=timedelta(hours=48),
)
"""A redistribution moves nothing any more, for whatever reason; at once if that is so."""

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
