from __future__ import annotations

import pytest

from tests.emulator.conftest import Serve
from tests.emulator.service import BUSY, Service, refused


def nightly(service: Service) -> str:
    found = service.get("v1.0/snapshots")["snapshots"]
    return next(str(s["id"]) for s in found if s["name"] == "nightly")


def test_a_snapshot_is_creating_while_its_cluster_is_snapshotting(
    service: Service, sales: str
) -> None:
    snapshot_id = service.take(sales, "backup-1", wait=False)
    service.advance(100)
    making, cluster = service.snapshot(snapshot_id), service.cluster(sales)
    service.advance(600)
    made = service.snapshot(snapshot_id)

    assert (making["status"], cluster["task_status"]) == ("CREATING", "SNAPSHOTTING")
    assert {making["progress"]} == set(cluster["action_progress"].values())
    assert (made["status"], made["size"], made["type"]) == ("AVAILABLE", 240.0, "MANUAL")
    assert service.cluster(sales)["task_status"] is None


def test_the_list_of_the_project_tells_no_progress(service: Service, sales: str) -> None:
    service.take(sales, "backup-1", wait=False)

    listed = service.get("v1.0/snapshots")
    of_cluster = service.get(f"v1.0/clusters/{sales}/snapshots")

    assert listed["count"] == 3
    assert all("progress" not in snapshot for snapshot in listed["snapshots"])
    assert of_cluster["snapshots"][0]["progress"] == "0%"


def test_automated_snapshots_have_another_word_in_each_list(service: Service, sales: str) -> None:
    listed = {s["name"]: s["type"] for s in service.get("v1.0/snapshots")["snapshots"]}
    path = f"v1.0/clusters/{sales}/snapshots"
    of_cluster = {s["name"]: s["type"] for s in service.get(path)["snapshots"]}

    assert (listed["nightly"], of_cluster["nightly"]) == ("AUTOMATED", "AUTO")


def test_a_busy_cluster_takes_no_second_snapshot(service: Service, sales: str) -> None:
    service.take(sales, "backup-1", wait=False)
    told = {"snapshot": {"name": "backup-2", "cluster_id": sales}}

    assert refused(service.send("POST", "v1.0/snapshots", told)) == BUSY


def test_names_are_unique_whatever_the_case_of_their_letters(service: Service, sales: str) -> None:
    told = {"snapshot": {"name": "NIGHTLY", "cluster_id": sales}}

    created = service.send("POST", "v1.0/snapshots", told)
    checked = service.send("POST", "v1/snapshots/check", {"snapshot_name": "Nightly"})
    free = service.send("POST", "v1/snapshots/check", {"snapshot_name": "backup-1"})

    assert refused(created) == refused(checked) == (409, "DWS.5050")
    assert (free.status_code, free.json()) == (200, {})


def test_a_stopped_snapshot_is_unavailable_and_its_cluster_free(
    service: Service, sales: str
) -> None:
    snapshot_id = service.take(sales, "backup-1", wait=False)
    service.advance(30)

    service.post(f"v1/snapshots/{snapshot_id}/stop")
    service.post(f"v1/snapshots/{snapshot_id}/stop")

    assert service.snapshot(snapshot_id)["status"] == "UNAVAILABLE"
    assert service.cluster(sales)["task_status"] is None
    service.advance(700)
    assert service.snapshot(snapshot_id)["status"] == "UNAVAILABLE"


def test_a_finished_snapshot_cannot_be_stopped(service: Service) -> None:
    answered = service.send("POST", f"v1/snapshots/{nightly(service)}/stop")

    assert refused(answered) == (400, "DWS.5149")


def test_a_deleted_snapshot_is_gone_a_little_later(service: Service, sales: str) -> None:
    snapshot_id = service.take(sales, "backup-1")

    answered = service.send("DELETE", f"v1.0/snapshots/{snapshot_id}")
    still = service.send("GET", f"v1.0/snapshots/{snapshot_id}")
    service.advance(20)

    assert (answered.status_code, answered.json()) == (202, {})
    assert still.status_code == 200
    assert service.send("GET", f"v1.0/snapshots/{snapshot_id}").status_code == 404


def test_an_automated_snapshot_cannot_be_deleted(service: Service) -> None:
    answered = service.send("DELETE", f"v1.0/snapshots/{nightly(service)}")

    assert refused(answered) == (400, "DWS.5149")


def test_a_copy_of_an_automated_snapshot_outlives_the_cluster(service: Service, sales: str) -> None:
    told = {"backup_name": "kept-1", "description": ""}
    copy_id = service.post(f"v1.0/snapshots/{nightly(service)}/linked-copy", told)["snapshot_id"]
    making = service.snapshot(copy_id)
    service.advance(610)
    made = service.snapshot(copy_id)
    service.delete_cluster(sales, 1)
    service.advance(310)

    assert (making["status"], made["status"]) == ("CREATING", "AVAILABLE")
    assert (made["type"], made["size"]) == ("MANUAL", 240.0)
    assert service.snapshot_names() == {"kept-1"}


def test_a_manual_snapshot_is_not_copied(service: Service, sales: str) -> None:
    snapshot_id = service.take(sales, "backup-1")
    path = f"v1.0/snapshots/{snapshot_id}/linked-copy"

    assert refused(service.send("POST", path, {"backup_name": "kept-1"})) == (400, "DWS.5149")


def test_copying_and_restoring_an_automated_snapshot_exclude_each_other(service: Service) -> None:
    snapshot_id = nightly(service)
    service.post(f"v1.0/snapshots/{snapshot_id}/linked-copy", {"backup_name": "kept-1"})

    told = {"restore": {"name": "restored"}}
    busy = service.send("POST", f"v1.0/snapshots/{snapshot_id}/actions", told)
    service.advance(610)

    assert refused(busy) == BUSY
    service.post(f"v1.0/snapshots/{snapshot_id}/actions", told)


def test_v2_tells_a_backup_under_way_and_its_job(service: Service, sales: str) -> None:
    told = {"type": 0, "name": "backup-2"}

    answered = service.post(f"v2/clusters/{sales}/snapshots", {"snapshot": told})
    job_id = answered["extendparam"]["jobs"][0]
    service.advance(100)
    running = service.get(f"v1.0/job/{job_id}")
    service.advance(600)

    assert answered["backup"]["status"] == "BUILDING"
    assert running["status"] == "RUNNING"
    assert service.get(f"v1.0/job/{job_id}")["status"] == "SUCCESS"
    assert service.snapshot(answered["backup"]["id"])["status"] == "AVAILABLE"


def test_an_incremental_backup_needs_a_full_one_that_is_there(service: Service, sales: str) -> None:
    full = service.post(
        f"v2/clusters/{sales}/snapshots", {"snapshot": {"type": 0, "name": "full-1"}}
    )
    service.advance(620)
    key = full["backup"]["backup_key"]

    def more(name: str, backup_key: str) -> dict[str, object]:
        return {"snapshot": {"type": 1, "name": name, "backup_key": backup_key}}

    wrong = service.send("POST", f"v2/clusters/{sales}/snapshots", more("inc-0", "19700101"))
    service.post(f"v2/clusters/{sales}/snapshots", more("inc-1", key))

    assert refused(wrong) == (400, "DWS.5111")


def test_a_restore_makes_a_cluster_like_the_source(service: Service, sales: str) -> None:
    backup = service.take(sales, "backup-1")

    told = service.post(f"v1.0/snapshots/{backup}/actions", {"restore": {"name": "twin"}})
    service.advance(100)
    making = service.cluster(told["cluster"]["id"])
    service.advance(810)
    made = service.cluster(told["cluster"]["id"])

    assert (making["status"], making["task_status"]) == ("CREATING", "RESTORING")
    assert (made["status"], made["node_type"], made["number_of_node"]) == (
        "AVAILABLE",
        "dws.d2.xlarge",
        3,
    )


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"name": "sales"}, (409, "DWS.5050")),
        ({"name": "x"}, (400, "DWS.5057")),
        ({"name": "twin", "availability_zone": "nowhere"}, (400, "DWS.5012")),
        ({"name": "twin", "port": 1}, (400, "DWS.5060")),
    ],
)
def test_a_restore_that_cannot_be_is_refused(
    service: Service, sales: str, told: dict[str, object], code: tuple[int, str]
) -> None:
    backup = service.take(sales, "backup-1")

    answered = service.send("POST", f"v1.0/snapshots/{backup}/actions", {"restore": told})

    assert refused(answered) == code


def test_a_snapshot_that_is_not_available_is_not_restored(service: Service) -> None:
    found = service.get("v1.0/snapshots")["snapshots"]
    broken = next(s["id"] for s in found if s["name"] == "broken")

    answered = service.send(
        "POST", f"v1.0/snapshots/{broken}/actions", {"restore": {"name": "twin"}}
    )

    assert refused(answered) == (400, "DWS.5149")


@pytest.mark.parametrize("action", [1, 2])
def test_v2_restores_over_a_cluster_that_is_there(
    service: Service, sales: str, action: int
) -> None:
    backup = service.take(sales, "backup-1")
    over = sales if action == 1 else service.id_of("dr-idle")
    told = {"action": action} | ({"restore": {"cluster_id": over}} if action == 2 else {})

    answered = service.post(f"v2/snapshots/{backup}/actions", told)
    service.advance(100)
    cluster, job = service.cluster(over), service.get(f"v1.0/job/{answered['job_id']}")
    service.advance(810)

    assert answered["cluster_id"] == over
    assert (cluster["status"], cluster["task_status"]) == ("AVAILABLE", "RESTORING")
    assert (job["status"], job["progress"]) == ("RUNNING", cluster["action_progress"]["RESTORING"])
    assert service.cluster(over)["task_status"] is None
    assert service.get(f"v1.0/job/{answered['job_id']}")["status"] == "SUCCESS"


def test_a_restore_that_fails_is_told_by_cluster_and_job(service: Service, sales: str) -> None:
    backup = service.take(sales, "backup-1")
    service.fault("task_fails", "RestoreClusterV2", task_status="RESTORING_FAILED")

    answered = service.post(f"v2/snapshots/{backup}/actions", {"action": 1})
    service.advance(910)

    job = service.get(f"v1.0/job/{answered['job_id']}")
    assert (job["status"], bool(job["failed_code"])) == ("FAIL", True)
    assert service.cluster(sales)["task_status"] == "RESTORING_FAILED"


def test_a_clusters_snapshots_come_in_pages(service: Service, sales: str) -> None:
    for name in ("first", "second", "third"):
        service.take(sales, name)
    path = f"v1.0/clusters/{sales}/snapshots"

    pages = [
        [s["name"] for s in service.get(path, offset=n, limit=2)["snapshots"]] for n in range(3)
    ]
    by_name = service.get(path, sort_key="name", sort_dir="ASC", limit=2)["snapshots"]

    assert pages[0] == ["third", "second"]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [s["name"] for s in by_name] == ["broken", "first"]
    assert refused(service.send("GET", path, params={"limit": "0"})) == (400, "DWS.5060")


def test_a_profile_may_count_records_in_offset(serve: Serve) -> None:
    service = serve(profile={"offset": "records"})
    path = f"v1.0/clusters/{service.id_of('sales')}/snapshots"

    assert len(service.get(path, offset=1, limit=10)["snapshots"]) == 1


@pytest.mark.parametrize("form", ["400 DWS.5149", "400 DWS.0001"])
def test_the_profile_says_how_a_missing_snapshot_is_told(serve: Serve, form: str) -> None:
    service = serve(profile={"missing_snapshot": form})

    status, code = refused(service.send("GET", "v1.0/snapshots/none"))

    assert f"{status} {code}" == form


def test_a_second_deletion_of_a_snapshot_is_taken_as_the_first(
    service: Service, sales: str
) -> None:
    snapshot_id = service.take(sales, "backup-1")

    answers = [service.send("DELETE", f"v1.0/snapshots/{snapshot_id}") for _ in range(2)]
    service.advance(20)

    assert [answered.status_code for answered in answers] == [202, 202]
    assert refused(service.send("DELETE", f"v1.0/snapshots/{snapshot_id}")) == (404, "DWS.5149")


def test_a_copy_being_made_cannot_be_stopped_nor_stops_another(
    service: Service, sales: str
) -> None:
    told = {"backup_name": "kept-1"}
    copy_id = service.post(f"v1.0/snapshots/{nightly(service)}/linked-copy", told)["snapshot_id"]
    taken = service.take(sales, "backup-1", wait=False)

    assert refused(service.send("POST", f"v1/snapshots/{copy_id}/stop")) == (400, "DWS.5149")
    assert service.snapshot(taken)["status"] == "CREATING"


def test_a_stopped_backup_stops_its_job(service: Service, sales: str) -> None:
    told = {"snapshot": {"type": 0, "name": "backup-2"}}
    answered = service.post(f"v2/clusters/{sales}/snapshots", told)

    service.post(f"v1/snapshots/{answered['backup']['id']}/stop")
    service.advance(700)

    job = service.get(f"v1.0/job/{answered['extendparam']['jobs'][0]}")
    assert job["status"] == "FAIL"
