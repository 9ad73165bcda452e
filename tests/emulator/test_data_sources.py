from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec
from dws.operations.data_sources import DataSourceAccepted, DataSources
from tests.emulator.conftest import WORLD
from tests.emulator.service import BUSY, Service, refused

OBS = {
    "type": "OBS",
    "data_source_name": "lake",
    "user_name": "DWSAccessOBS",
    "connect_info": "gaussdb",
    "description": "the lake",
}
MRS = {
    "type": "MRS",
    "data_source_name": "hive",
    "user_name": "hive_user",
    "user_pwd": "Secret_123456",
    "data_source_id": "b18e7d9b-1c3e-4c9a-8b3b-1f3e0f3f5a11",
}


def path_of(cluster_id: str, source_id: str = "") -> str:
    path = f"v1.0/clusters/{cluster_id}/ext-data-sources"
    return f"{path}/{source_id}" if source_id else path


def listed(service: Service, cluster_id: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = service.get(path_of(cluster_id))["data_sources"]
    return told


def states(service: Service, cluster_id: str) -> list[tuple[str, str]]:
    return [(s["status"], s["configure_status"]) for s in listed(service, cluster_id)]


def make(service: Service, cluster_id: str, told: dict[str, Any] = OBS) -> str:
    made = service.post(path_of(cluster_id), told)
    service.advance(200)
    return str(made["id"])


def test_a_source_is_created_by_a_job_while_its_cluster_is_configuring(
    service: Service, sales: str
) -> None:
    made = service.post(path_of(sales), OBS)
    service.advance(10)
    task, during = service.cluster(sales)["task_status"], states(service, sales)
    running = service.get(f"v1.0/job/{made['job_id']}")
    service.advance(200)

    source = listed(service, sales)[0]

    assert (task, during) == ("CONFIGURING_EXT_DATASOURCE", [("100", "100")])
    assert (running["status"], running["job_name"]) == ("RUNNING", "configureOBSExtDataSourcesJob")
    assert service.get(f"v1.0/job/{made['job_id']}")["status"] == "SUCCESS"
    assert service.cluster(sales)["task_status"] is None
    assert (source["id"], source["name"], source["type"]) == (made["id"], "lake", "OBS")
    assert (source["status"], source["configure_status"]) == ("200", "200")
    assert (source["user_name"], source["connect_info"]) == ("DWSAccessOBS", "gaussdb")
    DataSourceAccepted.model_validate(made)


def test_the_list_is_that_of_its_cluster(service: Service, sales: str) -> None:
    make(service, sales)

    told = service.get(path_of(sales))

    assert (told["count"], told["cluster_id"]) == (1, sales)
    assert listed(service, service.id_of("dr-idle")) == []
    assert DataSources.model_validate(told).data_sources[0].created is not None


def test_a_new_agency_is_taken_over(service: Service, sales: str) -> None:
    source_id = make(service, sales)

    body = {"reconfigure": {"reboot": False, "agency": "OtherAgency"}}
    job_id = service.send("PUT", path_of(sales, source_id), body).json()["job_id"]
    service.advance(10)
    during = states(service, sales)
    service.advance(200)

    assert during == [("200", "500")]
    assert states(service, sales) == [("200", "200")]
    assert listed(service, sales)[0]["user_name"] == "OtherAgency"
    assert service.get(f"v1.0/job/{job_id}")["status"] == "SUCCESS"


def test_mrs_has_no_agency(service: Service, sales: str) -> None:
    source_id = make(service, sales, MRS)

    body = {"reconfigure": {"agency": "DWSAccessOBS"}}

    assert refused(service.send("PUT", path_of(sales, source_id), body)) == (400, "DWS.5130")


def test_mrs_waits_for_a_restart_unless_it_was_told_to_restart(
    service: Service, sales: str
) -> None:
    make(service, sales, MRS)
    waiting = states(service, sales)

    service.post(f"v1.0/clusters/{sales}/restart", {"restart": {}})
    service.advance(400)

    assert waiting == [("200", "600")]
    assert states(service, sales) == [("200", "200")]


def test_a_told_restart_comes_after_the_configuration(service: Service, sales: str) -> None:
    service.post(path_of(sales), {**MRS, "reboot": True})
    tasks = []
    for _ in range(30):
        service.advance(20)
        tasks.append(service.cluster(sales)["task_status"])

    assert [t for n, t in enumerate(tasks) if t and t not in tasks[:n]] == [
        "CONFIGURING_EXT_DATASOURCE",
        "REBOOTING",
    ]
    assert states(service, sales) == [("200", "200")]


def test_a_deleted_source_is_gone_at_the_end_of_its_job(service: Service, sales: str) -> None:
    source_id = make(service, sales)

    job_id = service.send("DELETE", path_of(sales, source_id)).json()["job_id"]
    service.advance(10)
    task, during = service.cluster(sales)["task_status"], states(service, sales)
    service.advance(200)

    assert (task, during) == ("DELETING_EXT_DATASOURCE", [("304", "200")])
    assert listed(service, sales) == []
    assert service.get(f"v1.0/job/{job_id}")["status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"connect_info": None}, "DWS.0001"),
        ({"type": "MRS"}, "DWS.0001"),
        ({"type": "HDFS"}, "DWS.5065"),
        ({"data_source_name": "a-b"}, "DWS.5065"),
        ({"user_name": "ab"}, "DWS.5059"),
        ({"description": "a<b"}, "DWS.5056"),
        ({"connect_info": "nowhere"}, "DWS.5172"),
    ],
)
def test_what_does_not_fit_is_refused(
    service: Service, sales: str, change: dict[str, Any], code: str
) -> None:
    body = {key: value for key, value in {**OBS, **change}.items() if value is not None}

    assert refused(service.send("POST", path_of(sales), body)) == (400, code)


def test_a_name_is_given_once_in_a_cluster(service: Service, sales: str) -> None:
    make(service, sales)

    assert refused(service.send("POST", path_of(sales), OBS)) == (409, "DWS.5050")
    assert service.send("POST", path_of(service.id_of("dr-idle")), OBS).status_code == 200


def test_a_busy_cluster_refuses(service: Service, sales: str) -> None:
    source_id = make(service, sales)
    service.take(sales, "backup-1", wait=False)

    body = {**OBS, "data_source_name": "other"}
    reconfigure = {"reconfigure": {"reboot": False}}

    assert refused(service.send("POST", path_of(sales), body)) == BUSY
    assert refused(service.send("PUT", path_of(sales, source_id), reconfigure)) == BUSY
    assert refused(service.send("DELETE", path_of(sales, source_id))) == BUSY


def test_an_unknown_source_is_not_found(service: Service, sales: str) -> None:
    unknown = path_of(sales, "d303f19c-fbd1-4716-ae04-07d1ff358f22")

    answered = service.send("PUT", unknown, {"reconfigure": {}})

    assert refused(answered) == (404, "DWS.0001")
    assert refused(service.send("DELETE", unknown)) == (404, "DWS.0001")


def test_a_failed_creation_stays_with_its_reason(service: Service, sales: str) -> None:
    service.fault("task_fails", "CreateDataSource", task_status="CONFIGURE_FAILED")
    made = service.post(path_of(sales), OBS)
    service.advance(200)

    source = listed(service, sales)[0]

    assert (source["status"], source["configure_status"]) == ("303", "300")
    assert source["fail_reason"] == "CONFIGURE_FAILED"
    assert service.get(f"v1.0/job/{made['job_id']}")["status"] == "FAIL"
    assert service.cluster(sales)["task_status"] == "CONFIGURE_FAILED"


def test_a_failed_deletion_keeps_the_source(service: Service, sales: str) -> None:
    source_id = make(service, sales)
    service.fault("task_fails", "DeleteDataSource", task_status="DELETE_FAILED")

    service.send("DELETE", path_of(sales, source_id))
    service.advance(200)

    assert states(service, sales) == [("302", "200")]


def test_a_stuck_creation_never_ends(service: Service, sales: str) -> None:
    service.fault("stuck", "CreateDataSource")
    made = service.post(path_of(sales), OBS)
    service.advance(40_000)

    assert states(service, sales) == [("100", "100")]
    assert service.get(f"v1.0/job/{made['job_id']}")["status"] == "RUNNING"


def test_sources_go_with_their_cluster(service: Service, sales: str) -> None:
    source_id = make(service, sales)
    service.delete_cluster(sales)
    service.advance(400)

    assert service.send("GET", path_of(sales)).status_code == 404
    assert refused(service.send("DELETE", path_of(sales, source_id)))[0] == 404


def test_sources_and_their_jobs_survive_a_restart_of_the_emulator(tmp_path: Path) -> None:
    spec = WorldSpec.model_validate(WORLD)
    with Emulator.serving(speed=0.0, world=spec, state=tmp_path / "world.db") as server:
        service = Service(server.url)
        sales = service.id_of("sales")
        job_id = service.post(path_of(sales), OBS)["job_id"]
        service.http.close()

    with Emulator.serving(speed=0.0, world=spec, state=tmp_path / "world.db") as server:
        service = Service(server.url)
        before = states(service, sales)
        service.advance(200)
        after = states(service, sales), service.get(f"v1.0/job/{job_id}")["status"]
        service.http.close()

    assert before == [("100", "100")]
    assert after == ([("200", "200")], "SUCCESS")
