from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec
from tests.emulator.conftest import WORLD, Serve
from tests.emulator.service import Service, refused
from tests.emulator.test_load import pass_days

SUBSCRIPTION = {
    "name": "on-call",
    "category": "management,security",
    "severity": "warning",
    "source_type": "cluster",
    "notification_target": "urn:smn:eu-de:1:on-call",
    "notification_target_name": "on-call",
    "notification_target_type": "SMN",
    "time_zone": "GMT+08:00",
}


def names(service: Service) -> list[str]:
    return [event["name"] for event in service.get("v2/events")["events"]]


def test_a_restart_is_told_by_two_events_the_newest_first(service: Service, sales: str) -> None:
    service.post(f"v1.0/clusters/{sales}/restart")
    service.advance(400)

    told = service.get("v2/events")

    assert (names(service), told["count"]) == (["restartClusterSuccess", "restartCluster"], 2)
    newest, oldest = told["events"]
    assert (newest["source_id"], newest["source_name"]) == (sales, "sales")
    assert "sales" in newest["context"]
    assert newest["occur_time"] > oldest["occur_time"]
    assert service.cluster(sales)["recent_event"] == 2


@pytest.mark.parametrize(
    ("operation", "path", "body", "fault", "told"),
    [
        ("RestartCluster", "restart", None, "REBOOT_FAILURE", "restartCluster"),
        (
            "ResizeCluster",
            "resize",
            {"scale_out": {"count": 3}},
            "RESIZE_FAILURE",
            "extendCluster",
        ),
    ],
)
def test_a_failed_task_is_told_by_a_warning(
    service: Service, sales: str, operation: str, path: str, body: Any, fault: str, told: str
) -> None:
    service.fault("task_fails", operation, task_status=fault)
    service.post(f"v1.0/clusters/{sales}/{path}", body)
    service.advance(4000)

    (event, *_) = service.get("v2/events")["events"]

    assert (event["name"], event["severity"]) == (f"{told}Fail", "warning")


def test_a_snapshot_is_the_source_of_its_events(service: Service, sales: str) -> None:
    snapshot_id = service.take(sales, "backup-1")

    events = service.get("v2/events")["events"]

    assert [event["name"] for event in events] == ["createBackupSuccess", "createBackup"]
    assert {(e["source_type"], e["source_id"], e["source_name"]) for e in events} == {
        ("backup", snapshot_id, "backup-1")
    }


def test_a_stopped_snapshot_is_told_as_failed(service: Service, sales: str) -> None:
    snapshot_id = service.take(sales, "backup-1", wait=False)
    service.post(f"v1/snapshots/{snapshot_id}/stop")

    assert names(service) == ["createBackupFail", "createBackup"]


def test_the_events_of_a_deleted_cluster_stay(service: Service, sales: str) -> None:
    service.delete_cluster(sales)
    service.advance(400)

    assert names(service) == ["deleteClusterSuccess", "deleteCluster"]


def test_events_are_forgotten_after_a_month(service: Service, sales: str) -> None:
    service.post(f"v1.0/clusters/{sales}/restart")
    pass_days(service, 31)
    service.take(sales, "backup-1")

    assert names(service) == ["createBackupSuccess", "createBackup"]


def test_events_come_in_pages_from_one(service: Service, sales: str) -> None:
    for _ in range(2):
        service.post(f"v1.0/clusters/{sales}/restart")
        service.advance(500)

    pages = [service.get("v2/events", offset=n, limit=3)["events"] for n in (1, 2, 3)]

    assert [len(page) for page in pages] == [3, 1, 0]
    assert service.get("v2/events", limit=3)["events"] == pages[0]
    assert refused(service.send("GET", "v2/events", params={"limit": "1001"})) == (400, "DWS.5060")
    assert refused(service.send("GET", "v2/events", params={"offset": "10001"}))[0] == 400


def test_a_profile_may_count_pages_from_zero(serve: Serve) -> None:
    service = serve(profile={"first_page": 0})
    service.post(f"v1.0/clusters/{service.id_of('sales')}/restart")
    service.advance(500)

    pages = [service.get("v2/events", offset=n, limit=1)["events"] for n in (0, 1, 2)]

    assert [len(page) for page in pages] == [1, 1, 0]


def test_kinds_of_events_are_found_by_any_of_their_fields(service: Service) -> None:
    everything = service.get("v2/event-specs")
    warnings = service.get("v2/event-specs", severity="warning")
    backups = service.get("v2/event-specs", source_type="backup")
    one = service.get("v2/event-specs", spec_name="deleteClusterSuccess")["event_specs"]
    mrs = service.get("v2/event-specs", spec_name="configureMRSExtDataSourcesSuccess")

    assert everything["count"] == len(everything["event_specs"]) == 3 * warnings["count"]
    assert {spec["source_type"] for spec in backups["event_specs"]} == {"backup"}
    assert [spec["severity"] for spec in one] == ["normal"]
    assert mrs["count"] == 1


def test_a_subscription_is_made_changed_and_deleted(service: Service) -> None:
    made = service.post("v2/event-subs", SUBSCRIPTION)
    path = f"v2/event-subs/{made['id']}"
    told = {key: value for key, value in SUBSCRIPTION.items() if key != "time_zone"}
    changed = service.send("PUT", path, {**told, "enable": 0, "severity": ""}).json()
    listed = service.get("v2/event-subs")
    deleted = service.send("DELETE", path)

    assert {key: made[key] for key in SUBSCRIPTION} == SUBSCRIPTION
    assert (made["enable"], made["tag"]) == (1, "")
    assert (changed["enable"], changed["severity"]) == (0, "")
    assert changed["category"], changed["time_zone"] == (made["category"], "GMT+08:00")
    assert listed == {"event_subscriptions": [changed], "count": 1}
    assert (deleted.status_code, deleted.json()) == (200, changed)
    assert service.get("v2/event-subs")["count"] == 0
    assert refused(service.send("DELETE", path)) == (404, "DWS.0047")
    assert refused(service.send("PUT", path, told)) == (404, "DWS.0047")


@pytest.mark.parametrize(
    "wrong",
    [
        {"severity": "loud"},
        {"category": "management;security"},
        {"source_type": "table"},
        {"enable": 2},
        {"notification_target_type": "mail"},
        {"notification_target": None},
        {"name": None},
    ],
)
def test_a_subscription_that_does_not_fit_is_refused(
    service: Service, wrong: dict[str, Any]
) -> None:
    told = {key: value for key, value in {**SUBSCRIPTION, **wrong}.items() if value is not None}

    assert service.send("POST", "v2/event-subs", told).status_code == 400


def test_events_and_subscriptions_survive_a_restart_of_the_emulator(tmp_path: Path) -> None:
    spec, state = WorldSpec.model_validate(WORLD), tmp_path / "state.db"
    with Emulator.serving(speed=0.0, world=spec, state=state) as server:
        service = Service(server.url)
        service.post("v2/event-subs", SUBSCRIPTION)
        service.take(service.id_of("sales"), "backup-1")
        before = service.get("v2/events"), service.get("v2/event-subs")
        service.http.close()
    with Emulator.serving(speed=0.0, world=spec, state=state) as server:
        service = Service(server.url)
        after = service.get("v2/events"), service.get("v2/event-subs")
        service.http.close()

    assert after == before
