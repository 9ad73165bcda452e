"""Waits for the synchronization of database users."""

from __future__ import annotations

from datetime import timedelta

from dws.operations.databases import ListSyncRecords
from dws.told.databases import SyncRecord, SyncRecords
from dws.waiter import Busy, Done, Failed, Verdict, Waiter
from dws.waiters.judging import FAILED, asked


def judge_synchronization(records: SyncRecords) -> Verdict:
    """The latest synchronization with an identity source ended well. Words not known are busy."""
    if not records.sync_records:
        return Busy("not shown yet")
    latest = max(records.sync_records, key=_started)
    if latest.status == "SUCCESS":
        return Done()
    if latest.status == "FAIL" or FAILED.match(latest.status):
        return Failed(f"it ended in {latest.status} {latest.fail_reason or ''}".strip())
    return Busy(latest.status or "running")


def _started(record: SyncRecord) -> float:
    return record.start_time.timestamp() if record.start_time else 0.0


def _records(reply: SyncRecords) -> SyncRecords:
    return reply


identity_synced = Waiter(
    look=ListSyncRecords,
    item=_records,
    judge=judge_synchronization,
    many=None,
    key=asked("cluster_id"),
    usual=(timedelta(seconds=5), timedelta(minutes=2)),
    gives=SyncRecords,
    within=timedelta(hours=2),
    first_after=timedelta(seconds=30),
)
"""The synchronization that was just begun ended well."""
