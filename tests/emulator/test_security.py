"""Encryption, dumps of the audit log and logs in LTS, as an HTTP client sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec
from dws.operations import catalogue
from tests.emulator.conftest import Serve
from tests.emulator.service import BUSY, Service, refused

CLUSTERS = [
    {"name": "vault", "audit_dump": {"bucket": "dws-demo", "folder": "test"}},
    {"name": "old", "version": "7.1.0"},
    {"name": "new", "version": "8.3.0"},
    {"name": "primary"},
    {"name": "standby"},
    {"name": "broken", "status": "FROZEN", "audit_dump": {}},
]
PAIR = {"name": "pair-1", "primary": "primary", "standby": "standby", "status": "stopped"}
WORLD: dict[str, Any] = {"clusters": CLUSTERS, "disaster_recoveries": [PAIR]}
KEY = {"master_key_id": "key-1", "master_key_name": "KMS-test"}


@pytest.fixture
def service(serve: Serve) -> Service:
    return serve(snapshots=[], **WORLD)


@pytest.fixture
def vault(service: Service) -> str:
    return service.id_of("vault")


def read(service: Service, operation: str, path: str, **query: Any) -> Any:
    """Read, and see that the reply is what the operation promises, with nothing beside it."""
    told = service.get(path, **query)
    assert not catalogue()[operation].reply_type().model_validate(told).model_extra
    return told


def encrypt(service: Service, cluster_id: str, **told: str) -> Any:
    body = {"encrypt": {**KEY, **told}}
    return service.send("POST", f"v2/clusters/{cluster_id}/encrypt", body)


def encryption(service: Service, cluster_id: str) -> dict[str, Any]:
    path = f"v1/clusters/{cluster_id}/encrypt-info"
    told: dict[str, Any] = read(service, "ShowClusterEncryptInfo", path)
    return told


def rotate(service: Service, cluster_id: str, body: Any = None) -> Any:
    return service.send("POST", f"v1/clusters/{cluster_id}/rotate-key", body or {})


def test_a_cluster_is_encrypted_by_a_job_and_its_key_rotated(service: Service, vault: str) -> None:
    before = encryption(service, vault)
    job_id = encrypt(service, vault, crypt_algorithm="SMcompatible").json()["job_id"]
    service.advance(300)
    during = service.get(f"v1.0/job/{job_id}")["status"], encryption(service, vault)
    service.advance(1200)
    encrypted = encryption(service, vault)
    rotated = rotate(service, vault, {"master_key_id": "key-1"}).json()

    assert set(before.values()) == {None}
    assert during == ("RUNNING", before)
    assert service.get(f"v1.0/job/{job_id}")["status"] == "SUCCESS"
    assert encrypted | {"id": ""} == {
        "id": "",
        "cluster_id": vault,
        "master_key_id": "key-1",
        "master_key_name": "KMS-test",
        "last_rotate_key_time": None,
        "crypt_algorithm": "SMcompatible",
    }
    catalogue()["RotateKey"].reply_type().model_validate(rotated)
    assert (rotated["master_key_name"], rotated["cluster_id"]) == ("KMS-test", vault)
    assert encryption(service, vault)["last_rotate_key_time"] == rotated["rotate_key_time"]


def test_an_encryption_that_fails_leaves_an_ordinary_cluster(service: Service, vault: str) -> None:
    service.fault("task_fails", "EncryptCluster", task_status="ENCRYPT_FAILED")
    job_id = encrypt(service, vault).json()["job_id"]
    service.advance(1300)
    failed = service.get(f"v1.0/job/{job_id}")["status"], service.cluster(vault)["task_status"]
    again = encrypt(service, vault)

    assert failed == ("FAIL", "ENCRYPT_FAILED")
    assert encryption(service, vault)["master_key_id"] is None
    assert again.status_code == 200


def test_an_encryption_may_never_end(service: Service, vault: str) -> None:
    service.fault("stuck", "EncryptCluster")
    job_id = encrypt(service, vault).json()["job_id"]
    service.advance(5000)

    assert service.get(f"v1.0/job/{job_id}")["status"] == "RUNNING"
    assert encrypt(service, vault).status_code == BUSY[0]


def test_encryption_is_refused_where_it_cannot_be(service: Service, vault: str) -> None:
    old, primary, standby = (service.id_of(name) for name in ("old", "primary", "standby"))
    encrypt(service, vault)
    busy = encrypt(service, vault)
    service.advance(1300)

    assert refused(busy) == BUSY
    assert refused(encrypt(service, vault)) == (400, "DWS.5045")
    assert refused(encrypt(service, old)) == (400, "DWS.5206")
    assert refused(encrypt(service, primary)) == (400, "DWS.5045")
    assert refused(encrypt(service, standby)) == (400, "DWS.5045")
    assert encrypt(service, old, crypt_algorithm="rot13").status_code == 400
    assert encrypt(service, "none").status_code == 404


def test_the_key_of_an_ordinary_cluster_or_another_key_is_not_rotated(
    service: Service, vault: str
) -> None:
    ordinary = rotate(service, vault)
    encrypt(service, vault)
    service.advance(1300)

    assert refused(ordinary) == (400, "DWS.5045")
    assert refused(rotate(service, vault, {"master_key_id": "key-2"})) == (400, "DWS.5063")
    assert rotate(service, vault).status_code == 200


def test_logs_are_sent_from_when_they_are_enabled(service: Service, vault: str) -> None:
    path = f"v1/clusters/{vault}/lts-logs"
    before = read(service, "ListLtsLogs", path)
    service.post(f"{path}/enable")
    service.post(f"{path}/enable")
    enabled = read(service, "ListLtsLogs", path)
    service.post(f"{path}/disable")
    disabled = read(service, "ListLtsLogs", path)

    assert before == {"access_status": "CLOSE", "lts_access_list": [], "count": 0}
    assert enabled["access_status"] == "OPEN"
    assert {log["status"] for log in enabled["lts_access_list"]} == {"OPEN"}
    assert {log["log_type"] for log in enabled["lts_access_list"]} == {
        "CN",
        "DN",
        "messages",
        "audit",
    }
    assert disabled["access_status"] == "CLOSE"
    assert [log["id"] for log in disabled["lts_access_list"]] == [
        log["id"] for log in enabled["lts_access_list"]
    ]


def test_newer_databases_send_more_logs_and_they_come_in_pages(service: Service) -> None:
    path = f"v1/clusters/{service.id_of('new')}/lts-logs"
    service.post(f"{path}/enable")

    first, last = (service.get(path, limit=4, offset=offset) for offset in (0, 2))

    assert (len(first["lts_access_list"]), len(last["lts_access_list"])) == (4, 2)
    assert first["count"] == 10


def test_logs_are_refused_where_they_cannot_be(service: Service, vault: str) -> None:
    old, broken = service.id_of("old"), service.id_of("broken")

    off = service.send("POST", f"v1/clusters/{vault}/lts-logs/disable")
    aged = service.send("POST", f"v1/clusters/{old}/lts-logs/enable")
    listed = service.send("GET", f"v1/clusters/{old}/lts-logs")
    frozen = service.send("POST", f"v1/clusters/{broken}/lts-logs/enable")

    assert refused(off) == (400, "DWS.7107")
    assert refused(aged) == refused(listed) == (400, "DWS.5206")
    assert refused(frozen) == BUSY


def audit(service: Service, cluster_id: str) -> list[dict[str, Any]]:
    path = f"v1.0/clusters/{cluster_id}/audit-log-records"
    told: list[dict[str, Any]] = read(service, "ListAuditLog", path)["records"]
    return told


def test_the_audit_log_is_dumped_again_and_again(service: Service, vault: str) -> None:
    before = audit(service, vault)
    service.advance(601)
    first = audit(service, vault)
    service.advance(600)
    second = audit(service, vault)

    assert before == []
    assert [dump["result"] for dump in first] == ["RUNNING"]
    assert [dump["result"] for dump in second] == ["RUNNING", "SUCCESS"]
    assert second[0]["begin_time"] == second[1]["end_time"]
    assert (second[0]["bucket_name"], second[0]["location_prefix"]) == ("dws-demo", "test")


def test_a_dump_fails_while_the_cluster_is_not_usable(service: Service) -> None:
    service.advance(1300)

    dumps = audit(service, service.id_of("broken"))

    assert dumps[1]["result"] == "FAIL"
    assert "FROZEN" in dumps[1]["failed_reason"]
    assert dumps[0]["begin_time"] == dumps[1]["begin_time"]


def test_a_cluster_that_was_not_told_to_dumps_no_audit_log(service: Service) -> None:
    service.advance(5000)

    assert audit(service, service.id_of("new")) == []


def test_what_protects_a_cluster_goes_with_it(service: Service, vault: str) -> None:
    encrypt(service, vault)
    service.post(f"v1/clusters/{vault}/lts-logs/enable")
    service.advance(1300)
    service.delete_cluster(vault)
    service.advance(5000)

    assert service.send("GET", f"v1/clusters/{vault}/encrypt-info").status_code == 404
    assert service.send("GET", f"v1.0/clusters/{vault}/audit-log-records").status_code == 404


def test_what_protects_a_cluster_survives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "world.db"
    world = WorldSpec.model_validate(WORLD)
    with Emulator.serving(speed=0.0, world=world, state=state) as server:
        service = Service(server.url)
        vault = service.id_of("vault")
        encrypt(service, vault)
        service.post(f"v1/clusters/{vault}/lts-logs/enable")
        service.advance(1300)
        before = encryption(service, vault), audit(service, vault)
        service.http.close()

    with Emulator.serving(speed=0.0, state=state) as server:
        service = Service(server.url)

        assert (encryption(service, vault), audit(service, vault)) == before
        assert service.get(f"v1/clusters/{vault}/lts-logs")["access_status"] == "OPEN"
        service.advance(600)
        assert len(audit(service, vault)) == len(before[1]) + 1
        service.http.close()
