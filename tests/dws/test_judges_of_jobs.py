"""Verdicts on snapshots and jobs: facts/service_and_peers A5, A6."""

from __future__ import annotations

from typing import Any

import pytest

from dws.operations.account import Job
from dws.shapes import Snapshot
from dws.waiter import Busy, Done, Failed, Verdict
from dws.waiters import (
    judge_job,
    judge_snapshot,
    judge_snapshot_deletion,
)


def snapshot(status: str, **told: Any) -> Snapshot:
    whole = {"id": "s1", "name": "s", "cluster_id": "c1", "status": status, **told}
    return Snapshot.model_validate(whole)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("AVAILABLE", Done),
        ("COMPLETED", Done),
        ("CREATING", Busy),
        ("BUILDING", Busy),
        ("SOMETHING_NEW", Busy),
        ("", Busy),
        ("UNAVAILABLE", Failed),
        ("FROZEN", Failed),
        ("POLICE_FROZEN", Failed),
        ("DELETED", Failed),
        ("CREATE_FAILED", Failed),
        ("FAILED", Failed),
    ],
)
def test_a_snapshot_is_ready_when_it_is_complete(status: str, kind: type[Verdict]) -> None:
    assert type(judge_snapshot(snapshot(status))) is kind


def test_a_snapshot_tells_how_far_it_is() -> None:
    assert judge_snapshot(snapshot("CREATING", progress="42%")) == Busy("CREATING", 42.0)


@pytest.mark.parametrize(("status", "kind"), [("DELETED", Done), ("AVAILABLE", Busy), ("X", Busy)])
def test_a_snapshot_is_gone_when_it_is_said(status: str, kind: type[Verdict]) -> None:
    assert type(judge_snapshot_deletion(snapshot(status))) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("SUCCESS", Done),
        ("INIT", Busy),
        ("WAITING", Busy),
        ("RUNNING", Busy),
        ("DELAY_SCHEDULED", Busy),
        ("SOMETHING_NEW", Busy),
        ("FAIL", Failed),
        ("FAILED", Failed),
        ("ERROR", Failed),
        ("STOP", Failed),
    ],
)
def test_a_job_has_finished_when_it_succeeded(status: str, kind: type[Verdict]) -> None:
    assert type(judge_job(Job(job_id="j1", status=status))) is kind


def test_a_failed_job_tells_why() -> None:
    told = {
        "job_id": "j1",
        "job_name": "ecfClusterElbCreateJob",
        "status": "FAIL",
        "failed_code": "CreateELBTask-fail:DWS.0114",
        "failed_detail": "ELB private IP is not configured.",
    }

    verdict = judge_job(Job.model_validate(told))

    assert verdict == Failed(
        "ecfClusterElbCreateJob ended in FAIL CreateELBTask-fail:DWS.0114 "
        "ELB private IP is not configured."
    )
