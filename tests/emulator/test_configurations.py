"""Parameters that are set, wait for a restart, or fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from dws.emulator import Emulator, WorldSpec
from tests.emulator.conftest import WORLD
from tests.emulator.service import BUSY, Service, refused


def _group(service: Service, cluster_id: str, kind: str = "parameterGroup") -> dict[str, Any]:
    told = service.get(f"v1.0/clusters/{cluster_id}/configurations")["configurations"]
    return next(dict(group) for group in told if group["type"] == kind)


def _set(
    service: Service, cluster_id: str, kind: str = "parameterGroup", **values: str
) -> httpx.Response:
    group = _group(service, cluster_id, kind)["id"]
    told = [
        {"type": role, "name": name, "value": value}
        for name, value in values.items()
        for role in ("cn", "DN")
    ]
    path = f"v2/clusters/{cluster_id}/configurations/{group}"
    return service.send("PUT", path, {"configurations": told})


def _values(service: Service, cluster_id: str, name: str) -> list[str]:
    group = _group(service, cluster_id)["id"]
    told = service.get(f"v1.0/clusters/{cluster_id}/configurations/{group}")["configurations"]
    return [v["value"] for p in told if p["name"] == name for v in p["values"]]


def test_a_parameter_is_applied_and_then_in_sync(service: Service, sales: str) -> None:
    answered = _set(service, sales, autovacuum="off")
    applying = _group(service, sales)["status"], _values(service, sales, "autovacuum")
    service.advance(10)
    task = service.cluster(sales)["task_status"]
    service.advance(100)

    assert answered.status_code == 200
    assert (applying, task) == (("Applying", ["on", "on"]), "SETTING_CONFIGURATION")
    assert _group(service, sales)["status"] == "In-Sync"
    assert _values(service, sales, "autovacuum") == ["off", "off"]
    assert service.cluster(sales)["parameter_group"]["id"] == _group(service, sales)["id"]


def test_some_parameters_wait_for_a_restart(service: Service, sales: str) -> None:
    _set(service, sales, max_connections="1000")
    service.advance(100)
    pending = service.cluster(sales)["parameter_group"]["status"]
    _set(service, sales, autovacuum="off")
    service.advance(100)
    still = service.cluster(sales)["parameter_group"]["status"]
    service.post(f"v1.0/clusters/{sales}/restart")
    service.advance(600)

    assert (pending, still) == ("Pending-Reboot", "Pending-Reboot")
    assert service.cluster(sales)["parameter_group"]["status"] == "In-Sync"


def test_parameters_that_fail_keep_their_values_and_say_why(service: Service, sales: str) -> None:
    service.fault("task_fails", "UpdateConfiguration", task_status="disk is gone")
    _set(service, sales, autovacuum="off")
    service.advance(100)

    group = _group(service, sales)

    assert (group["status"], group["fail_reason"]) == ("Sync-Failure", "disk is gone")
    assert _values(service, sales, "autovacuum") == ["on", "on"]
    assert service.cluster(sales)["task_status"] is None


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"no_such_parameter": "1"}, "DWS.5037"),
        ({"password_min_length": "9"}, "DWS.5037"),
        ({"autovacuum": "maybe"}, "DWS.5038"),
        ({"query_dop": "65"}, "DWS.5038"),
        ({"query_dop": "many"}, "DWS.5038"),
        ({"server_version": "10"}, "DWS.5063"),
    ],
)
def test_a_parameter_that_is_unknown_fixed_or_out_of_range_is_refused(
    service: Service, sales: str, values: dict[str, str], code: str
) -> None:
    assert refused(_set(service, sales, **values)) == (400, code)
    assert _group(service, sales)["status"] == "In-Sync"


def test_a_parameter_told_twice_and_a_group_of_another_cluster_are_refused(
    service: Service, sales: str
) -> None:
    other = _group(service, service.id_of("dr-idle"))["id"]
    told = {"type": "cn", "name": "autovacuum", "value": "off"}
    path = f"v2/clusters/{sales}/configurations"
    group = _group(service, sales)["id"]

    twice = service.send("PUT", f"{path}/{group}", {"configurations": [told, told]})
    foreign = service.send("PUT", f"{path}/{other}", {"configurations": [told]})

    assert refused(twice) == (400, "DWS.5039")
    assert refused(foreign) == (400, "DWS.5054")


def test_a_busy_cluster_takes_no_parameters(service: Service, sales: str) -> None:
    service.post(f"v1.0/clusters/{sales}/restart")

    assert refused(_set(service, sales, autovacuum="off")) == BUSY


def test_changes_are_audited_newest_first(service: Service, sales: str) -> None:
    _set(service, sales, autovacuum="off")
    service.advance(100)
    service.fault("task_fails", "UpdateConfiguration", task_status="no")
    _set(service, sales, query_dop="2")
    service.advance(100)
    path = f"v1/clusters/{sales}/configurations/audit-records"

    told = service.get(path)
    failed = service.get(path, filter_by="status", filter="FAIL")
    oldest = service.get(path, offset=1, limit=5)
    later = service.get(path, action_time=4102444800000)

    assert [r["status"] for r in told["records"]] == ["FAIL", "SUCCESS"]
    assert {r["operator"] for r in told["records"]} == {"testname"}
    assert (failed["count"], failed["records"][0]["failed_reason"]) == (1, "no")
    assert [r["status"] for r in oldest["records"]] == ["SUCCESS"]
    assert later == {"records": [], "count": 0}
    assert refused(service.send("GET", path, params={"filter_by": "colour"}))[1] == "DWS.0001"


def test_parameters_of_security_are_a_group_of_their_own(service: Service, sales: str) -> None:
    group = _group(service, sales, "securityParameterGroup")["id"]
    path = f"v1/clusters/{sales}/security-configurations/{group}"
    _set(service, sales, "securityParameterGroup", password_min_length="12")
    service.advance(100)

    told = service.get(path)
    second = service.get(path, offset=1, limit=1)
    main = path.replace(group, _group(service, sales)["id"])

    values = {p["name"]: p["value"] for p in told["configurations"]}
    assert (values["password_min_length"], told["count"]) == ("12", len(values))
    assert second["configurations"] == told["configurations"][1:2]
    assert refused(service.send("GET", main)) == (400, "DWS.5054")


def test_parameters_survive_a_restart_of_the_emulator(tmp_path: Path) -> None:
    spec = WorldSpec.model_validate(WORLD)
    state = tmp_path / "world.db"
    with Emulator.serving(speed=0.0, world=spec, state=state) as server:
        service = Service(server.url)
        cluster_id = service.id_of("sales")
        _set(service, cluster_id, max_connections="1000")
        service.http.close()

    with Emulator.serving(speed=0.0, world=spec, state=state) as server:
        service = Service(server.url)
        service.advance(100)
        status = _group(service, cluster_id)["status"]
        values = _values(service, cluster_id, "max_connections")
        service.http.close()

    assert (status, values) == ("Pending-Reboot", ["1000", "1000"])
