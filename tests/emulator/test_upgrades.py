"""Clusters that are upgraded, rolled back and confirmed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec
from tests.emulator.conftest import WORLD
from tests.emulator.service import BUSY, Service, refused


def _paths(service: Service, cluster_id: str) -> list[dict[str, Any]]:
    path = f"v1/clusters/{cluster_id}/upgrade-management/avail-versions"
    return list(service.get(path)["items"])


def _records(service: Service, cluster_id: str) -> list[dict[str, Any]]:
    return list(service.get(f"v1/clusters/{cluster_id}/upgrade-management/records")["records"])


def _act(service: Service, cluster_id: str, action: str, item: str) -> Any:
    told = {"action": action, "item_id": item}
    return service.send("POST", f"v1/clusters/{cluster_id}/upgrade-management/action", told)


def test_a_cluster_is_upgraded_and_that_is_confirmed(service: Service, sales: str) -> None:
    first, second = _paths(service, sales)
    job = _act(service, sales, "update", first["id"]).json()["job_id"]
    service.advance(900)
    running, disabled = _paths(service, sales)
    service.advance(3600)
    upgraded = service.cluster(sales)["version"]
    confirmed = _act(service, sales, "commit", first["id"])
    service.advance(100)

    assert (first["from"], first["to"], first["status"]) == ("8.2.1", "8.2.1.220", "Waiting")
    assert (running["status"], disabled["status"]) == ("Update_Running", "Disable")
    assert 0 < int(running["process"]) < 100
    assert (upgraded, confirmed.status_code) == ("8.2.1.220", 200)
    assert service.get(f"v1.0/job/{job}")["status"] == "SUCCESS"
    assert [r["status"] for r in _records(service, sales)] == ["Completed", "Update_Success"]
    assert [p["status"] for p in _paths(service, sales)] == ["Completed", "Waiting"]
    assert second["to"] == "8.3.0.100"


def test_an_upgrade_is_undone_until_it_is_confirmed(service: Service, sales: str) -> None:
    item = _paths(service, sales)[0]["id"]
    _act(service, sales, "update", item)
    service.advance(3700)
    _act(service, sales, "rollback", item)
    service.advance(3700)
    back = service.cluster(sales)["version"], _paths(service, sales)[0]["status"]
    _act(service, sales, "update", item)
    service.advance(3700)
    _act(service, sales, "commit", item)
    service.advance(100)

    last = next(r for r in _records(service, sales) if r["record_type"] == "rollback")
    assert back == ("8.2.1", "Rollback_Success")
    assert (last["from_version"], last["to_version"]) == ("8.2.1.220", "8.2.1")
    assert refused(_act(service, sales, "rollback", item)) == BUSY


def test_a_failed_upgrade_keeps_the_version_and_can_be_tried_again(
    service: Service, sales: str
) -> None:
    item = _paths(service, sales)[0]["id"]
    service.fault("task_fails", "ExecuteClusterUpgradeAction", task_status="no space")
    job = _act(service, sales, "update", item).json()["job_id"]
    service.advance(3700)
    failed = _paths(service, sales)[0]
    version = service.cluster(sales)["version"]
    again = refused(_act(service, sales, "update", item))
    _act(service, sales, "retry", item)
    service.advance(3700)

    assert (failed["status"], failed["failed_reason"]) == ("Update_Failure", "no space")
    assert (version, again) == ("8.2.1", BUSY)
    assert service.get(f"v1.0/job/{job}")["status"] == "FAIL"
    assert service.cluster(sales)["version"] == "8.2.1.220"


def test_a_failed_rollback_is_retried_as_a_rollback(service: Service, sales: str) -> None:
    item = _paths(service, sales)[0]["id"]
    _act(service, sales, "update", item)
    service.advance(3700)
    service.fault("task_fails", "ExecuteClusterUpgradeAction", task_status="no space")
    _act(service, sales, "rollback", item)
    service.advance(3700)
    failed = _paths(service, sales)[0]["status"]
    _act(service, sales, "retry", item)
    service.advance(3700)

    assert failed == "Rollback_Failure"
    assert service.cluster(sales)["version"] == "8.2.1"


def test_a_failed_confirmation_leaves_the_upgrade_to_be_confirmed(
    service: Service, sales: str
) -> None:
    item = _paths(service, sales)[0]["id"]
    _act(service, sales, "update", item)
    service.advance(3700)
    service.fault("task_fails", "ExecuteClusterUpgradeAction", task_status="no")
    _act(service, sales, "commit", item)
    service.advance(100)

    assert _paths(service, sales)[0]["status"] == "Update_Success"
    assert _records(service, sales)[0]["status"] == "Commit_Failure"


@pytest.mark.parametrize("action", ["retry", "rollback", "commit"])
def test_what_did_not_begin_is_neither_retried_nor_undone_nor_confirmed(
    service: Service, sales: str, action: str
) -> None:
    item = _paths(service, sales)[0]["id"]

    assert refused(_act(service, sales, action, item)) == BUSY


def test_busy_clusters_those_in_disaster_recovery_and_unknown_items_are_refused(
    service: Service, sales: str
) -> None:
    held = service.id_of("dr-primary")
    item = _paths(service, sales)[0]["id"]
    unknown = refused(_act(service, sales, "update", "none"))
    service.post(f"v1.0/clusters/{sales}/restart")

    assert unknown == (400, "DWS.0001")
    assert refused(_act(service, sales, "update", item)) == BUSY
    assert refused(_act(service, held, "update", _paths(service, held)[0]["id"])) == BUSY


def test_the_newest_version_has_no_way_on(service: Service, sales: str) -> None:
    item = _paths(service, sales)[1]["id"]
    _act(service, sales, "update", item)
    service.advance(3700)

    assert [path["to"] for path in _paths(service, sales)] == ["8.3.0.100"]


def test_records_come_in_pages(service: Service, sales: str) -> None:
    item = _paths(service, sales)[0]["id"]
    for action in ("update", "rollback"):
        _act(service, sales, action, item)
        service.advance(3700)
    path = f"v1/clusters/{sales}/upgrade-management/records"

    told = service.get(path, offset=1, limit=1)

    assert (told["count"], [r["record_type"] for r in told["records"]]) == (2, ["update"])


def test_an_upgrade_survives_a_restart_of_the_emulator(tmp_path: Path) -> None:
    spec = WorldSpec.model_validate(WORLD)
    state = tmp_path / "world.db"
    with Emulator.serving(speed=0.0, world=spec, state=state) as server:
        service = Service(server.url)
        cluster_id = service.id_of("sales")
        _act(service, cluster_id, "update", _paths(service, cluster_id)[0]["id"])
        service.http.close()

    with Emulator.serving(speed=0.0, world=spec, state=state) as server:
        service = Service(server.url)
        running = _records(service, cluster_id)[0]["status"]
        service.advance(3700)
        version = service.cluster(cluster_id)["version"]
        service.http.close()

    assert (running, version) == ("Update_Running", "8.2.1.220")
