"""Waits for jobs."""

from __future__ import annotations

from datetime import timedelta

from dws.operations.account import Job, ListJobDetails
from dws.waiter import Busy, Done, Failed, Verdict, Waiter
from dws.waiters.judging import asked, percent


def judge_job(job: Job) -> Verdict:
    """The job ended well. Its states are an open set; a word not known is busy."""
    if job.status == "SUCCESS":
        return Done()
    if job.status in {"FAIL", "FAILED", "ERROR", "STOP"}:
        why = " ".join(filter(None, [job.failed_code, job.failed_detail]))
        return Failed(f"{job.job_name or 'it'} ended in {job.status} {why}".strip())
    return Busy(job.status, percent(job.progress))


def _job(reply: Job) -> Job:
    return reply


job_finished = Waiter(
    look=ListJobDetails,
    item=_job,
    judge=judge_job,
    many=None,
    key=asked("job_id"),
    usual=(timedelta(minutes=5), timedelta(minutes=15)),
    gives=Job,
    within=timedelta(hours=12),
)
"""The job ended well."""
