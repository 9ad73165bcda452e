"""Waits for snapshots."""

from __future__ import annotations

from datetime import timedelta

from dws.operations.account import Job, ListJobDetails
from dws.operations.snapshots import ListSnapshotDetails, ListSnapshots
from dws.shapes import Snapshot, SnapshotReply, Snapshots
from dws.waiter import Busy, Done, Failed, Verdict, Waiter
from dws.waiters.account import judge_job
from dws.waiters.judging import FAILED, asked, percent
from dws.watch import Many


def judge_snapshot(snapshot: Snapshot) -> Verdict:
    """The snapshot is complete. Words not known are busy."""
    if snapshot.is_usable:
        return Done()
    if snapshot.status in {"UNAVAILABLE", "FROZEN", "POLICE_FROZEN", "DELETED"}:
        return Failed(f"its status is {snapshot.status}")
    if FAILED.match(snapshot.status):
        return Failed(f"its status is {snapshot.status}")
    return Busy(snapshot.status, percent(snapshot.progress))


def judge_snapshot_deletion(snapshot: Snapshot) -> Verdict:
    """The snapshot is gone."""
    return Done() if snapshot.status == "DELETED" else Busy(snapshot.status)


def _snapshot(reply: SnapshotReply) -> Snapshot:
    return reply.snapshot


def _snapshots(reply: Snapshots) -> list[Snapshot]:
    return reply.snapshots


def judge_table_restore(job: Job) -> Verdict:
    """The tables of a `RestoreTable` are restored: its job ended well."""
    return judge_job(job)


def _job(reply: Job) -> Job:
    return reply


def _id(snapshot: Snapshot) -> str:
    return snapshot.id


ALL_SNAPSHOTS: Many[Snapshot] = Many(ListSnapshots, _snapshots, _id)

snapshot_ready = Waiter(
    look=ListSnapshotDetails,
    item=_snapshot,
    judge=judge_snapshot,
    many=ALL_SNAPSHOTS,
    key=asked("snapshot_id"),
    usual=(timedelta(minutes=3), timedelta(minutes=10)),
    gives=Snapshot,
    within=timedelta(hours=24),
    appears_within=timedelta(minutes=2),
)
"""The snapshot is complete and can be restored."""

snapshot_gone = Waiter(
    look=ListSnapshotDetails,
    item=_snapshot,
    judge=judge_snapshot_deletion,
    many=ALL_SNAPSHOTS,
    key=asked("snapshot_id"),
    usual=(timedelta(0), timedelta(minutes=1)),
    within=timedelta(hours=1),
    if_absent=Done(),
)
"""The service itself says that the snapshot does not exist."""

table_restored = Waiter(
    look=ListJobDetails,
    item=_job,
    judge=judge_table_restore,
    many=None,
    key=asked("job_id"),
    usual=(timedelta(minutes=3), timedelta(minutes=10)),
    gives=Job,
    within=timedelta(hours=12),
    appears_within=timedelta(minutes=2),
)
"""The tables are restored."""
