from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec
from tests.emulator.conftest import WORLD, Serve
from tests.emulator.service import Service, refused
from tests.emulator.test_load import now_ms, pass_days

SUBSCRIPTION = {
    "name": "on-call",
    "alarm_level": "urgent,important",
    "notification_target": "urn:smn:eu-de:1:on-call",
    "notification_target_name": "on-call",
    "notification_target_type": "SMN",
    "time_zone": "GMT+08:00",
}
ALONE: dict[str, Any] = {"snapshots": [], "disaster_recoveries": []}


def alarms(service: Service, **query: Any) -> list[tuple[str, str, str]]:
    told = service.get("v2/alarms", time_zone="GMT", limit=100, **query)["alarm_details"]
    return [(a["resource_id_name"], a["alarm_id"], a["alarm_status"]) for a in told]


def test_a_healthy_world_has_no_alarms(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales"}], **ALONE)
    service.post(f"v1.0/clusters/{service.id_of('sales')}/restart")
    service.advance(2000)

    assert alarms(service) == []


@pytest.mark.parametrize(
    ("told", "kinds"),
    [
        ({"status": "UNAVAILABLE"}, {"DWS_01010"}),
        ({"sub_status": "UNBALANCED"}, {"DWS_01013"}),
        ({"task": "RESIZE_FAILURE"}, {"DWS_01014"}),
        ({"data_gb": 4100}, {"DWS_2000000006_1", "DWS_2000000006_2"}),
    ],
)
def test_what_is_wrong_from_the_beginning_is_told(
    serve: Serve, told: dict[str, Any], kinds: set[str]
) -> None:
    service = serve(clusters=[{"name": "sales", **told}], **ALONE)

    found = alarms(service)

    assert found
    assert {kind for _, kind, _ in found} <= kinds
    assert {status for _, _, status in found} == {"0"}


def test_a_read_only_cluster_is_urgent(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales", "sub_status": "READONLY"}], **ALONE)

    (alarm,) = service.get("v2/alarms", time_zone="GMT")["alarm_details"]

    assert (alarm["alarm_level"], alarm["resource_id"]) == ("1", service.id_of("sales"))


def test_a_broken_disaster_recovery_is_told_of_its_primary(serve: Serve) -> None:
    pair = {"name": "pair", "primary": "a-cluster", "standby": "b-cluster", "status": "abnormal"}
    service = serve(
        clusters=[{"name": "a-cluster"}, {"name": "b-cluster"}],
        snapshots=[],
        disaster_recoveries=[pair],
    )

    assert ("a-cluster", "DWS_01016", "0") in alarms(service)


def test_a_failed_task_raises_an_alarm_that_the_next_one_clears(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales"}], **ALONE)
    sales = service.id_of("sales")
    service.fault("task_fails", "RestartCluster", task_status="REBOOT_FAILURE")
    service.post(f"v1.0/clusters/{sales}/restart")
    service.advance(500)
    raised = alarms(service)
    service.post(f"v1.0/clusters/{sales}/restart")
    service.advance(500)

    assert raised == [("sales", "DWS_01014", "0")]
    assert alarms(service) == [("sales", "DWS_01014", "1")]


def test_a_failed_snapshot_is_told_until_one_succeeds(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales"}], **ALONE)
    sales = service.id_of("sales")
    service.fault("task_fails", "CreateSnapshot", task_status="UNAVAILABLE")
    service.take(sales, "backup-1")
    raised = alarms(service)
    service.take(sales, "backup-2")

    assert raised == [("sales", "DWS_01015", "0")]
    assert alarms(service) == [("sales", "DWS_01015", "1")]


def test_growth_clears_the_alarm_of_full_disks(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales", "data_gb": 4100}], **ALONE)
    before = alarms(service)
    service.post(f"v1.0/clusters/{service.id_of('sales')}/resize", {"scale_out": {"count": 3}})
    pass_days(service, 1)

    assert {status for _, _, status in before} == {"0"}
    assert {status for _, kind, status in alarms(service) if "_20000" in kind} <= {"1"}


def test_reading_alarms_changes_nothing(service: Service) -> None:
    assert alarms(service) == alarms(service)
    before = service.state()

    alarms(service)

    assert service.state() == before


def test_alarms_are_told_in_the_zone_that_was_asked_for(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales", "sub_status": "READONLY"}], **ALONE)

    (here,) = service.get("v2/alarms", time_zone="GMT")["alarm_details"]
    (there,) = service.get("v2/alarms", time_zone="GMT+08:00")["alarm_details"]

    apart = _date(there["alarm_generate_date"]) - _date(here["alarm_generate_date"])
    assert apart.total_seconds() == 8 * 3600
    for wrong in ("here", "GMT+99:99"):
        answered = service.send("GET", "v2/alarms", params={"time_zone": wrong})
        assert refused(answered) == (400, "DWS.5065")
    assert refused(service.send("GET", "v2/alarms"))[0] == 400


def test_statistics_count_each_day_by_level(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales"}], **ALONE)
    sales = service.id_of("sales")
    service.fault("task_fails", "RestartCluster", task_status="REBOOT_FAILURE", times=2)
    for _ in range(2):
        service.post(f"v1.0/clusters/{sales}/restart")
        pass_days(service, 1)

    told = service.get("v2/alarm-statistic", time_zone="GMT")["alarm_statistics"]

    assert len(told) == 7
    assert [day["date"] for day in told] == sorted(day["date"] for day in told)
    assert sum(day["important"] for day in told) == 2
    assert all(day["important"] < 2 and day["urgent"] == 0 for day in told)


def test_alarms_are_found_by_time(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales"}], **ALONE)
    sales = service.id_of("sales")
    service.fault("task_fails", "RestartCluster", task_status="REBOOT_FAILURE")
    service.post(f"v1.0/clusters/{sales}/restart")
    service.advance(500)
    service.post(f"v1.0/clusters/{sales}/restart")
    pass_days(service, 3)
    now = now_ms(service)

    assert len(alarms(service)) == len(alarms(service, recent_day=4)) == 1
    assert alarms(service, recent_day=1) == []
    assert len(alarms(service, **{"from": 0, "to": now})) == 1
    assert alarms(service, **{"from": 0, "to": now - 4 * 86_400_000}) == []
    answered = service.send("GET", "v2/alarms", params={"time_zone": "GMT", "from": 2, "to": 1})
    assert refused(answered) == (400, "DWS.5060")


def test_kinds_of_alarms_come_in_pages(service: Service) -> None:
    everything = service.get("v2/alarm-configs")
    page = service.get("v2/alarm-configs", offset=2, limit=5)

    assert page["alarm_configs"] == everything["alarm_configs"][5:10]
    assert everything["count"] == page["count"] == len(everything["alarm_configs"])


def test_a_subscription_is_made_changed_and_deleted(service: Service) -> None:
    made = service.post("v2/alarm-subs", SUBSCRIPTION)
    path = f"v2/alarm-subs/{made['id']}"
    told = {key: value for key, value in SUBSCRIPTION.items() if key != "time_zone"}
    changed = service.send("PUT", path, {**told, "enable": 0, "alarm_level": "prompt"}).json()
    listed = service.get("v2/alarm-subs")
    deleted = service.send("DELETE", path)

    assert {key: made[key] for key in SUBSCRIPTION} == SUBSCRIPTION
    assert (changed["enable"], changed["alarm_level"]) == (0, "prompt")
    assert listed == {"alarm_subscriptions": [changed], "count": 1}
    assert (deleted.status_code, deleted.json()) == (200, changed)
    assert refused(service.send("DELETE", path)) == (404, "DWS.0047")
    assert service.get("v2/event-subs")["count"] == 0


@pytest.mark.parametrize(
    "wrong", [{"alarm_level": "loud"}, {"enable": 2}, {"time_zone": "here"}, {"time_zone": None}]
)
def test_a_subscription_that_does_not_fit_is_refused(
    service: Service, wrong: dict[str, Any]
) -> None:
    told = {key: value for key, value in {**SUBSCRIPTION, **wrong}.items() if value is not None}

    assert service.send("POST", "v2/alarm-subs", told).status_code == 400


def test_alarms_survive_a_restart_of_the_emulator(tmp_path: Path) -> None:
    spec, state = WorldSpec.model_validate(WORLD | ALONE), tmp_path / "state.db"
    with Emulator.serving(speed=0.0, world=spec, state=state) as server:
        service = Service(server.url)
        service.fault("task_fails", "RestartCluster", task_status="REBOOT_FAILURE")
        service.post(f"v1.0/clusters/{service.id_of('sales')}/restart")
        service.advance(500)
        before = alarms(service)
        service.http.close()
    with Emulator.serving(speed=0.0, world=spec, state=state) as server:
        service = Service(server.url)
        after = alarms(service)
        service.http.close()

    assert after == before != []


def _date(text: str) -> datetime:
    return datetime.fromisoformat(text)
