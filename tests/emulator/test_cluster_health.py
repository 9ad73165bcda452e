"""Clusters that are unbalanced until switched back, or read-only until there is space."""

from __future__ import annotations

from typing import Any

from tests.emulator.conftest import Serve
from tests.emulator.service import BUSY, refused

NO_OTHERS: dict[str, Any] = {"snapshots": [], "disaster_recoveries": []}


def test_a_node_that_fails_leaves_the_cluster_unbalanced_until_switched_back(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales", "node_fails_after": 100}], **NO_OTHERS)
    cluster_id = service.id_of("sales")
    service.advance(101)
    failed = service.cluster(cluster_id)
    early = refused(service.send("POST", f"v1.0/clusters/{cluster_id}/switchover"))
    service.advance(600)
    back = service.cluster(cluster_id)
    job = service.post(f"v1.0/clusters/{cluster_id}/switchover")["job_id"]
    service.advance(10)
    switching = service.cluster(cluster_id)["task_status"]
    service.advance(400)

    assert (failed["sub_status"], failed["nodes"][-1]["status"]) == ("DEGRADED | UNBALANCED", "300")
    assert (early, back["sub_status"], back["nodes"][-1]["status"]) == (BUSY, "UNBALANCED", "200")
    assert switching == "ACTIVE_STANDY_SWITCHOVER"
    assert service.cluster(cluster_id)["sub_status"] == "NORMAL"
    assert service.get(f"v1.0/job/{job}")["status"] == "SUCCESS"


def test_a_failed_switchback_leaves_it_unbalanced(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales", "sub_status": "UNBALANCED"}], **NO_OTHERS)
    cluster_id = service.id_of("sales")
    failure = "ACTIVE_STANDY_SWITCHOVER_FAILURE"
    service.fault("task_fails", "SwitchOverCluster", task_status=failure)
    service.post(f"v1.0/clusters/{cluster_id}/switchover")
    service.advance(400)

    cluster = service.cluster(cluster_id)

    assert (cluster["sub_status"], cluster["task_status"]) == ("UNBALANCED", failure)


def test_a_balanced_or_an_old_cluster_is_not_switched_back(serve: Serve) -> None:
    told = [{"name": "sales"}, {"name": "old-1", "version": "8.1.1", "sub_status": "UNBALANCED"}]
    service = serve(clusters=told, **NO_OTHERS)

    answers = [
        service.send("POST", f"v1.0/clusters/{service.id_of(name)}/switchover")
        for name in ("sales", "old-1")
    ]

    assert [refused(answer) for answer in answers] == [BUSY, (400, "DWS.5206")]


def test_full_disks_make_a_cluster_read_only_until_it_grows(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales", "data_gb": 4800}], **NO_OTHERS)
    cluster_id = service.id_of("sales")
    path = f"v1.0/clusters/{cluster_id}"
    full = service.cluster(cluster_id)["sub_status"]
    service.post(f"{path}/cancel-readonly")
    cancelled = service.cluster(cluster_id)["sub_status"]
    service.advance(700)
    full_again = service.cluster(cluster_id)["sub_status"]
    service.post(f"{path}/resize", {"scale_out": {"count": 3}})
    service.advance(10 * 86400)
    service.login()

    assert (full, cancelled, full_again) == ("READONLY", "NORMAL", "READONLY")
    assert service.cluster(cluster_id)["sub_status"] == "NORMAL"


def test_read_only_is_cancelled_only_where_it_is(serve: Serve) -> None:
    told = [{"name": "sales"}, {"name": "old-1", "version": "1.7.1", "sub_status": "READONLY"}]
    service = serve(clusters=told, **NO_OTHERS)

    answers = [
        service.send("POST", f"v1.0/clusters/{service.id_of(name)}/cancel-readonly")
        for name in ("sales", "old-1")
    ]

    assert [refused(answer) for answer in answers] == [BUSY, (400, "DWS.5206")]
