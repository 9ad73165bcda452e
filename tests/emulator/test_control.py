"""The control interface: state, requests, clock, reset."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dws.emulator.spec import PROJECT_ID
from tests.emulator.service import Service


def test_every_item_of_the_state_has_the_promised_keys(service: Service, sales: str) -> None:
    service.take(sales, "backup-1")
    service.send("DELETE", f"v2/clusters/{sales}", params={"keep_last_manual_backup": "1"})
    service.advance(310)

    state = service.state()

    common = {"id", "name", "status", "created", "deleted"}
    assert {"clusters", "snapshots", "disaster_recoveries", "jobs"} <= set(state)
    assert all(common <= set(item) for kind in state if kind != "now" for item in state[kind])
    assert all({"cluster_id", "type"} <= set(snapshot) for snapshot in state["snapshots"])
    assert all({"operation", "progress"} <= set(job) for job in state["jobs"])
    assert {c["name"]: (c["status"], c["deleted"]) for c in state["clusters"]}["sales"] == (
        "DELETED",
        True,
    )


def test_requests_are_kept_with_operation_and_status(service: Service) -> None:
    service.http.get(f"/v1.0/{PROJECT_ID}/clusters?limit=5")
    service.http.get("/nowhere")

    told = [(r["method"], r["path"], r["operation"], r["status"]) for r in service.requests()]

    assert told == [
        ("POST", "/v3/auth/tokens", None, 201),
        ("GET", f"/v1.0/{PROJECT_ID}/clusters", "ListClusters", 200),
        ("GET", "/nowhere", None, 404),
    ]
    assert all(datetime.fromisoformat(request["at"]).tzinfo for request in service.requests())


def test_time_stands_until_it_is_advanced(service: Service) -> None:
    before = datetime.fromisoformat(service.advance(0))

    assert datetime.fromisoformat(service.advance(600)) - before == timedelta(minutes=10)


@pytest.mark.parametrize("told", [{}, {"advance_s": "10"}, {"advance_s": -1}, {"advance_s": True}])
def test_an_advance_that_is_none_is_refused(service: Service, told: dict[str, object]) -> None:
    answered = service.http.post("/_emulator/clock", json=told)

    assert answered.status_code == 400
    assert answered.json()["error"].startswith("advance_s:")


def test_reset_goes_back_to_the_beginning(service: Service, sales: str) -> None:
    service.delete_cluster(sales)
    service.fault("reset", "ListClusters")
    service.advance(1000)

    service.control("POST", "reset")

    assert service.requests() == []
    assert service.cluster(sales)["status"] == "AVAILABLE"
    assert service.snapshot_names() == {"nightly", "broken"}


def test_two_runs_on_a_reset_world_are_alike(service: Service) -> None:
    def run() -> tuple[str, list[str]]:
        service.control("POST", "reset")
        snapshot_id = service.take(service.id_of("sales"), "backup-1", wait=False)
        seen = []
        for _ in range(8):
            service.advance(60)
            seen.append(service.snapshot(snapshot_id)["progress"])
        return snapshot_id, seen

    assert run() == run()


def test_what_is_not_there_is_told_with_what_is(service: Service) -> None:
    answered = service.http.get("/_emulator/nope")

    assert answered.status_code == 404
    assert "/_emulator/state" in answered.json()["error"]
