"""Deletion is honest: what it does not keep is gone for good."""

from __future__ import annotations

import pytest

from tests.emulator.service import BUSY, Service, refused


def test_a_deleted_cluster_shows_deleting_and_then_is_gone_from_list_and_details(
    service: Service, sales: str
) -> None:
    answered = service.delete_cluster(sales)
    service.advance(6)
    deleting = service.cluster(sales)["status"]
    again = service.delete_cluster(sales)
    service.advance(305)

    assert (answered.status_code, answered.json()) == (202, {})
    assert deleting == "DELETING"
    assert refused(again) == BUSY
    assert service.send("GET", f"v1.0/clusters/{sales}").status_code == 404
    assert "sales" not in {c["name"] for c in service.get("v1.0/clusters")["clusters"]}
    assert refused(service.delete_cluster(sales)) == (404, "DWS.3027")


@pytest.mark.parametrize(
    ("keep", "left"),
    [
        (0, set()),
        (1, {"third"}),
        (2, {"second", "third"}),
        (9, {"broken", "first", "second", "third"}),
    ],
)
def test_deletion_keeps_that_many_of_the_newest_manual_snapshots(
    service: Service, sales: str, keep: int, left: set[str]
) -> None:
    for name in ("first", "second", "third"):
        service.take(sales, name)

    service.delete_cluster(sales, keep)
    service.advance(310)

    assert service.snapshot_names() == left


def test_who_keeps_none_loses_the_backup_just_made(service: Service, sales: str) -> None:
    backup = service.take(sales, "backup-1")

    service.delete_cluster(sales, 0)
    service.advance(310)

    assert service.send("GET", f"v1.0/snapshots/{backup}").status_code == 404
    told = {s["name"]: s["deleted"] for s in service.state()["snapshots"]}
    assert told == {"nightly": True, "broken": True, "backup-1": True}


def test_snapshots_are_there_until_the_cluster_is_gone(service: Service, sales: str) -> None:
    service.delete_cluster(sales, 0)
    service.advance(60)

    assert service.snapshot_names() == {"nightly", "broken"}


def test_a_deletion_that_fails_loses_nothing(service: Service, sales: str) -> None:
    service.fault("task_fails", "DeleteCluster", task_status="DELETE_FAILED")

    service.delete_cluster(sales, 0)
    service.advance(310)

    assert service.cluster(sales)["status"] == "DELETE_FAILED"
    assert service.snapshot_names() == {"nightly", "broken"}
    assert service.delete_cluster(sales).status_code == 202


def test_keep_last_manual_snapshot_has_no_default(service: Service, sales: str) -> None:
    answered = service.send("DELETE", f"v1.0/clusters/{sales}")

    assert refused(answered) == (400, "DWS.5037")
    assert "keep_last_manual_snapshot" in answered.json()["error_msg"]


def test_v2_deletes_by_query_and_tells_a_job(service: Service, sales: str) -> None:
    service.take(sales, "backup-1")
    query = {"keep_last_manual_backup": "1", "release_eip_type": "NO_RELEASE"}

    answered = service.send("DELETE", f"v2/clusters/{sales}", params=query)
    job_id = answered.json()["job_id"]
    waiting = service.get(f"v1.0/job/{job_id}")
    service.advance(310)

    assert answered.status_code == 202
    assert (waiting["status"], waiting["progress"]) == ("INIT", "0%")
    assert service.get(f"v1.0/job/{job_id}")["status"] == "SUCCESS"
    assert service.snapshot_names() == {"backup-1"}


def test_the_body_of_a_deletion_does_not_spoil_the_next_request(
    service: Service, sales: str
) -> None:
    for _ in range(3):
        service.delete_cluster(sales)
        assert service.get("v1.0/clusters")["clusters"]


def test_a_cluster_can_be_restored_after_it_was_deleted(service: Service, sales: str) -> None:
    backup = service.take(sales, "backup-1")
    service.delete_cluster(sales, 1)
    service.advance(310)

    told = service.post(f"v1.0/snapshots/{backup}/actions", {"restore": {"name": "sales"}})
    service.advance(910)

    cluster = service.cluster(told["cluster"]["id"])
    assert (cluster["name"], cluster["status"], cluster["number_of_node"]) == (
        "sales",
        "AVAILABLE",
        3,
    )
