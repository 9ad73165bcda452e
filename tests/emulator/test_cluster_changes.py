"""Clusters that are stopped, renamed, described and checked, and the history of their tasks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec
from tests.emulator.conftest import WORLD, Serve
from tests.emulator.service import BUSY, PASSWORD, Service, new_cluster, refused

TOLD: dict[str, Any] = {
    "flavor": "dws.d2.xlarge",
    "availability_zones": ["az1"],
    "num_node": 3,
    "datastore_version": "8.2.1",
    "vpc_id": "vpc-1",
    "subnet_id": "subnet-1",
}


def _shown(service: Service, cluster_id: str) -> tuple[str, str | None]:
    cluster = service.cluster(cluster_id)
    return cluster["status"], cluster["task_status"]


def test_a_cluster_is_stopped_and_started(service: Service, sales: str) -> None:
    job = service.post(f"v1/clusters/{sales}/stop")
    service.advance(10)
    stopping = _shown(service, sales)
    service.advance(300)
    stopped = _shown(service, sales)
    service.post(f"v1/clusters/{sales}/start")
    service.advance(10)
    starting = _shown(service, sales)
    service.advance(400)

    assert (job["error_code"], job["error_msg"]) == (None, None)
    assert service.get(f"v1.0/job/{job['job_id']}")["status"] == "SUCCESS"
    assert (stopping, stopped) == (("STOPING", "STOPPING"), ("STOPPED", None))
    assert (starting, _shown(service, sales)) == (("STARTING", "STARTING"), ("AVAILABLE", None))


def test_a_stopped_cluster_refuses_all_but_to_be_started_or_deleted(
    service: Service, sales: str
) -> None:
    service.post(f"v1/clusters/{sales}/stop")
    service.advance(400)

    answers = [
        service.send("POST", f"v1.0/clusters/{sales}/restart"),
        service.send("POST", f"v1/clusters/{sales}/stop"),
        service.send("POST", "v1.0/snapshots", {"snapshot": {"name": "late", "cluster_id": sales}}),
    ]

    assert [refused(answer) for answer in answers] == [BUSY] * 3
    assert service.delete_cluster(sales).status_code == 202


def test_one_that_runs_cannot_be_started(service: Service, sales: str) -> None:
    assert refused(service.send("POST", f"v1/clusters/{sales}/start")) == BUSY


def test_one_held_by_disaster_recovery_cannot_be_stopped(service: Service) -> None:
    held = service.id_of("dr-primary")

    assert refused(service.send("POST", f"v1/clusters/{held}/stop")) == BUSY


@pytest.mark.parametrize(("what", "left"), [("stop", "AVAILABLE"), ("start", "STOPPED")])
def test_a_failed_stop_or_start_leaves_the_status_and_says_so(
    service: Service, sales: str, what: str, left: str
) -> None:
    if what == "start":
        service.post(f"v1/clusters/{sales}/stop")
        service.advance(400)
    service.fault("task_fails", f"{what.title()}Cluster", task_status="REBOOT_FAILURE")
    job = service.post(f"v1/clusters/{sales}/{what}")["job_id"]
    service.advance(400)

    assert _shown(service, sales) == (left, "REBOOT_FAILURE")
    assert service.get(f"v1.0/job/{job}")["status"] == "FAIL"


def test_a_renamed_cluster_is_found_under_its_new_name(service: Service, sales: str) -> None:
    job = service.send("PUT", f"v1/clusters/{sales}/cluster-name", {"cluster_name": "retail"})
    before = service.cluster(sales)["name"]
    while_busy = refused(service.send("POST", f"v1.0/clusters/{sales}/restart"))
    service.advance(60)

    assert (before, while_busy) == ("sales", BUSY)
    assert service.id_of("retail") == sales
    assert service.get(f"v1.0/job/{job.json()['job_id']}")["status"] == "SUCCESS"


def test_a_failed_renaming_keeps_the_name(service: Service, sales: str) -> None:
    service.fault("task_fails", "ModifyClusterName", task_status="FAILED")
    service.send("PUT", f"v1/clusters/{sales}/cluster-name", {"cluster_name": "retail"})
    service.advance(60)

    assert service.cluster(sales)["name"] == "sales"


@pytest.mark.parametrize(
    ("name", "code"), [("dr-idle", (409, "DWS.5050")), ("4ever", (400, "DWS.5057"))]
)
def test_a_name_that_is_taken_or_none_is_refused(
    service: Service, sales: str, name: str, code: tuple[int, str]
) -> None:
    answered = service.send("PUT", f"v1/clusters/{sales}/cluster-name", {"cluster_name": name})

    assert refused(answered) == code


def test_details_tell_time_zone_description_and_maintenance_window(
    service: Service, sales: str
) -> None:
    window = {"day": "Sat", "start_time": "01:00", "end_time": "05:00"}
    service.post(f"v2/clusters/{sales}/timezone", {"cluster_timezone": "Europe/Berlin"})
    described = service.post(
        f"v1/clusters/{sales}/description?namespace=DWS", {"description_info": "of the shops"}
    )
    service.send("PUT", f"v1.0/clusters/{sales}/maintenance-window", window)
    service.advance(100)

    cluster = service.cluster(sales)

    assert cluster["cluster_timezone"] == "Europe/Berlin"
    assert cluster["cluster_description_info"] == "of the shops"
    assert cluster["maintain_window"] == window
    assert described == {"error_code": "DWS.0138", "error_msg": None}


def test_a_window_that_never_ends_is_refused(service: Service, sales: str) -> None:
    window = {"day": "Sat", "start_time": "01:00", "end_time": "01:00"}

    answered = service.send("PUT", f"v1.0/clusters/{sales}/maintenance-window", window)

    assert answered.status_code == 400


def test_a_task_is_told_step_by_step(serve: Serve) -> None:
    service = serve(durations={"snapshot": 300, "gap": 40, "grow": 1000, "lag": 5})
    cluster_id = service.id_of("sales")
    service.post(f"v1.0/clusters/{cluster_id}/resize", {"scale_out": {"count": 3}})
    path = f"v1/clusters/{cluster_id}/actions/GROWING"
    waiting = service.get(path)["status"]
    service.advance(350)
    running = service.get(path)
    service.advance(20_000)

    steps = {item["item_name"]: item["sub_items"][0] for item in running["items"]}
    assert (waiting, running["status"]) == ("WAITING", "RUNNING")
    assert {name: step["status"] for name, step in steps.items()} == {
        "SNAPSHOTTING": "SUCCESS",
        "GROWING": "RUNNING",
    }
    assert steps["GROWING"]["estimated_time"] == 995
    assert service.get(path)["status"] == "SUCCESS"


def test_a_failed_task_is_told_under_its_failure_too(service: Service, sales: str) -> None:
    service.fault("task_fails", "RestartCluster", task_status="REBOOT_FAILURE")
    service.post(f"v1.0/clusters/{sales}/restart")
    service.advance(600)

    told = service.get(f"v1/clusters/{sales}/actions/REBOOT_FAILURE")

    assert (told["action_name"], told["status"]) == ("REBOOT_FAILURE", "FAILED")
    assert told["items"][-1]["sub_items"][0]["detail"] == "REBOOT_FAILURE"


def test_a_stuck_task_is_told_as_running_for_an_unknown_time(service: Service, sales: str) -> None:
    service.fault("stuck", "RestartCluster")
    service.post(f"v1.0/clusters/{sales}/restart")
    service.advance(9000)

    told = service.get(f"v1/clusters/{sales}/actions/REBOOTING")

    assert told["status"] == told["items"][0]["sub_items"][0]["status"] == "RUNNING"
    assert told["items"][0]["sub_items"][0]["estimated_time"] == -1


def test_an_action_that_never_was_is_refused(service: Service, sales: str) -> None:
    answered = service.send("GET", f"v1/clusters/{sales}/actions/GROWING")

    assert refused(answered) == (400, "DWS.0001")


def test_the_other_list_tells_the_same_clusters(service: Service) -> None:
    assert service.get("v2/clusters") == service.get("v1.0/clusters")


def test_a_cluster_that_could_be_created_passes_the_check_and_none_is(service: Service) -> None:
    point = {"back_ref": service.get("v1.0/snapshots")["snapshots"][0]["id"]}
    told = TOLD | {"db_name": "dbadmin", "db_password": PASSWORD, "db_port": "8000"}
    before = service.state()["clusters"]

    assert service.post("v2/cluster-precheck", {"cluster": told | {"restore_point": point}}) == {}
    assert service.state()["clusters"] == before


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"flavor": "dws.none"}, "DWS.5006"),
        ({"availability_zones": ["mars-1"]}, "DWS.5012"),
        ({"name": "sales"}, "DWS.5050"),
        ({"num_node": 2}, "DWS.5047"),
        ({"num_cn": 9}, "DWS.5060"),
        ({"dss_pool_id": "none"}, "DWS.0001"),
        ({"db_name": "dbadmin", "db_password": "Dbadmin_12345"}, "DWS.5145"),
        ({"restore_point": {"back_ref": "none"}}, "DWS.5149"),
    ],
)
def test_a_cluster_that_could_not_be_created_fails_the_check(
    service: Service, wrong: dict[str, Any], code: str
) -> None:
    answered = service.send("POST", "v2/cluster-precheck", {"cluster": TOLD | wrong})

    assert refused(answered)[1] == code


def test_the_quota_counts_in_the_check(serve: Serve) -> None:
    service = serve(quotas={"instances": 13})

    answered = service.send("POST", "v2/cluster-precheck", {"cluster": TOLD})

    assert refused(answered) == (400, "DWS.5091")


def test_changes_survive_a_restart_of_the_emulator(tmp_path: Path) -> None:
    spec = WorldSpec.model_validate(WORLD)
    state = tmp_path / "world.db"
    with Emulator.serving(speed=0.0, world=spec, state=state) as server:
        service = Service(server.url)
        cluster_id = service.id_of("sales")
        service.post(f"v1/clusters/{cluster_id}/description", {"description_info": "kept"})
        service.post(f"v1/clusters/{cluster_id}/stop")
        service.advance(10)
        service.http.close()

    with Emulator.serving(speed=0.0, world=spec, state=state) as server:
        service = Service(server.url)
        task = service.get(f"v1/clusters/{cluster_id}/actions/STOPPING")["status"]
        service.advance(400)
        cluster = service.cluster(cluster_id)
        service.http.close()

    assert (task, cluster["status"]) == ("RUNNING", "STOPPED")
    assert cluster["cluster_description_info"] == "kept"


def test_a_deleted_cluster_leaves_no_tasks_behind(service: Service) -> None:
    cluster_id = service.post("v1.0/clusters", new_cluster())["cluster"]["id"]
    service.advance(1000)
    service.delete_cluster(cluster_id)
    service.advance(400)

    answered = service.send("GET", f"v1/clusters/{cluster_id}/actions/CREATING")

    assert answered.status_code == 404
