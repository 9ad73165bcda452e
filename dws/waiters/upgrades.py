"""Waits for upgrades."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dws.operations.upgrades import ListUpdateRecord
from dws.told.upgrades import UpgradeRecord, UpgradeRecords
from dws.waiter import Busy, Done, Failed, Verdict, Waiter
from dws.waiters.judging import asked

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def judge_upgrade(told: UpgradeRecords) -> Verdict:
    """The last step of the cluster's upgrade ended well; a word not known is busy."""
    if not told.records:
        return Busy("no record yet")
    last = max(told.records, key=_begun)
    status = last.status or ""
    if status.endswith(("_Success", "Completed")):
        return Done()
    if status.endswith(("_Failure", "_Failed", "_Fail")):
        return Failed(f"{status} {last.failed_reason or ''}".strip())
    return Busy(status or "Waiting")


def _begun(record: UpgradeRecord) -> datetime:
    return record.start_time or _LONG_AGO


def _records(reply: UpgradeRecords) -> UpgradeRecords:
    return reply


upgrade_finished = Waiter(
    look=ListUpdateRecord,
    item=_records,
    judge=judge_upgrade,
    many=None,
    key=asked("cluster_id"),
    usual=(timedelta(minutes=30), timedelta(minutes=60)),
    gives=UpgradeRecords,
    within=timedelta(hours=12),
    first_after=timedelta(seconds=30),
)
"""The step of an upgrade that was just begun ended well."""
