"""Policies take snapshots by the emulated clock, and let go of them after their days."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec, cron
from dws.operations import snapshots as ops
from dws.told import snapshots as told_shapes
from tests.emulator.conftest import WORLD
from tests.emulator.service import BUSY, Service, refused

DAY_S = 86400
DAILY = "0 0 3 ? * 1,2,3,4,5,6,7"


def policy(name: str = "nightly-full", **told: Any) -> dict[str, Any]:
    return {
        "policy_name": name,
        "backup_strategy": DAILY,
        "backup_type": "full",
        "backup_level": "cluster",
        **told,
    }


def put(service: Service, cluster_id: str, *policies: dict[str, Any], **told: Any) -> Any:
    body = {"backup_strategies": list(policies), **told} if policies else told
    return service.send("PUT", f"v2/clusters/{cluster_id}/snapshot-policies", body)


def listed(service: Service, cluster_id: str) -> told_shapes.SnapshotPolicies:
    told = service.get(f"v2/clusters/{cluster_id}/snapshot-policies")
    return ops.ListSnapshotPolicy.reply_type().model_validate(told)


def later(service: Service, seconds: float) -> None:
    """Let time pass, tokens included."""
    service.advance(seconds)
    service.login()


def taken(service: Service) -> list[dict[str, Any]]:
    found = service.get("v1.0/snapshots")["snapshots"]
    return [s for s in found if s["type"] == "AUTOMATED" and s["name"] != "nightly"]


@pytest.mark.parametrize(
    ("expression", "fires"),
    [
        # The samples of reference 5.3.11, and when they say that they fire next.
        ("0 0 2 ? * 1", 1667700000),
        ("0 56 2/8 ? * 2,3,4,5,6,7", 1667213760),
        ("0 0 0 1 JAN ?", datetime(2023, 1, 1, tzinfo=UTC).timestamp()),
        ("30 5 4 29 2 ?", datetime(2024, 2, 29, 4, 5, 30, tzinfo=UTC).timestamp()),
        ("0 0 12 ? * MON-FRI *", datetime(2022, 10, 31, 12, tzinfo=UTC).timestamp()),
        ("0 0/30 3-4 * * ?", datetime(2022, 10, 31, 3, 30, tzinfo=UTC).timestamp()),
        ("0 0 0 31 2 ?", None),
    ],
)
def test_a_cron_expression_tells_its_next_time(expression: str, fires: float | None) -> None:
    start = datetime(2022, 10, 31, 3, 0, tzinfo=UTC).timestamp()

    assert cron.read(expression).next(start) == fires


@pytest.mark.parametrize(
    "expression",
    [
        "0 0 3 * *",
        "0 60 3 ? * 1",
        "0 0 3 ? * L",
        "0 0 3 ? * 0",
        "0 0 5-3 ? * 1",
        "0 0 3 ? * 1 2030",
    ],
)
def test_a_cron_expression_that_means_no_time_is_refused(
    service: Service, sales: str, expression: str
) -> None:
    answered = put(service, sales, policy(backup_strategy=expression))

    assert refused(answered) == (400, "DWS.5018")
    assert listed(service, sales).backup_strategies == []


def test_a_policy_is_added_listed_shown_changed_and_deleted(service: Service, sales: str) -> None:
    added = put(service, sales, policy(), keep_day=7)
    found = listed(service, sales)
    policy_id = found.backup_strategies[0].policy_id
    path = f"clusters/{sales}/snapshot-policies/{policy_id}"
    changed = service.send(
        "PUT", f"v1/{path}", {"policy_name": "weekly", "backup_strategy": "0 0 4 ? * 1"}
    )
    shown = ops.ShowSnapshotPolicy.reply_type().model_validate(service.get(f"v1/{path}")).policy
    deleted = service.send("DELETE", f"v1.0/{path}")

    assert (added.status_code, added.json()) == (200, {})
    assert (found.keep_day, found.device_name) == (7, "obs")
    assert found.backup_strategies[0].backup_type == "full"
    assert (changed.status_code, shown.policy_name) == (200, "weekly")
    assert shown.next_fire_time
    assert (shown.next_fire_time.hour, shown.next_fire_time.isoweekday()) == (4, 7)
    assert deleted.status_code == 200
    assert listed(service, sales).backup_strategies == []
    assert refused(service.send("GET", f"v1/{path}")) == (404, "DWS.0047")
    assert refused(service.send("DELETE", f"v1.0/{path}")) == (404, "DWS.0047")


def test_the_table_of_the_reference_has_one_object_where_its_sample_has_a_list(
    service: Service, sales: str
) -> None:
    put(service, sales, backup_strategies=policy())

    assert [p.policy_name for p in listed(service, sales).backup_strategies] == ["nightly-full"]


def test_a_policy_with_an_id_is_changed(service: Service, sales: str) -> None:
    put(service, sales, policy())
    policy_id = listed(service, sales).backup_strategies[0].policy_id

    put(service, sales, {"policy_id": policy_id, "backup_type": "increment"})

    (found,) = listed(service, sales).backup_strategies
    assert (found.policy_id, found.policy_name, found.backup_type) == (
        policy_id,
        "nightly-full",
        "increment",
    )


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"backup_strategies": [policy("NIGHTLY-FULL")]}, (409, "DWS.5050")),
        ({"backup_strategies": [{"policy_name": "half"}]}, (400, "DWS.0001")),
        ({"backup_strategies": [policy("1st")]}, (400, "DWS.5065")),
        ({"keep_day": 32}, (400, "DWS.5017")),
        ({"device_name": "NBU", "server_port": "1"}, (400, "DWS.0001")),
        ({"device_name": "nfs"}, (400, "DWS.0001")),
    ],
)
def test_what_does_not_fit_is_refused(
    service: Service, sales: str, told: dict[str, Any], code: tuple[int, str]
) -> None:
    put(service, sales, policy())

    assert refused(put(service, sales, **told)) == code


def test_of_several_policies_all_are_added_or_none(service: Service, sales: str) -> None:
    twins = put(service, sales, policy("one-name"), policy("One-Name"))
    half = put(
        service, sales, policy("good-one"), policy("bad-one", backup_strategy="0 0 0 31 2 ?")
    )

    assert refused(twins) == (400, "DWS.5039")
    assert refused(half) == (400, "DWS.5018")
    assert listed(service, sales).backup_strategies == []


def test_a_policy_takes_a_snapshot_each_night_and_drops_it_after_its_days(
    service: Service, sales: str
) -> None:
    put(service, sales, policy(), keep_day=2)
    counts = []
    for _ in range(5):
        later(service, DAY_S)
        counts.append(len(taken(service)))
    newest = taken(service)[-1]

    assert counts[0] == 1
    assert counts[-2:] == [2, 2]
    assert "T03:00:00" in newest["started"]
    assert (newest["status"], newest["size"]) == ("AVAILABLE", 240.0)
    assert len([s for s in service.state()["snapshots"] if s["type"] == "AUTOMATED"]) == 6


def test_a_cluster_is_snapshotting_while_its_policy_takes_one(service: Service, sales: str) -> None:
    put(service, sales, policy(backup_strategy="0 0/5 * * * ?"))

    later(service, 300)
    later(service, 60)
    cluster = service.cluster(sales)
    restart = service.send("POST", f"v1.0/clusters/{sales}/restart", {"restart": {}})

    assert cluster["task_status"] == "SNAPSHOTTING"
    assert refused(restart) == BUSY


def test_a_busy_cluster_is_passed_over(service: Service, sales: str) -> None:
    put(service, sales, policy(backup_strategy="0 0/1 * * * ?"))

    later(service, 170)

    assert len(taken(service)) == 1


def test_the_standby_of_a_running_disaster_recovery_is_passed_over(service: Service) -> None:
    for name in ("dr-primary", "dr-standby"):
        put(service, service.id_of(name), policy(f"{name}-policy"))

    later(service, DAY_S)

    assert {s["cluster_id"] for s in taken(service)} == {service.id_of("dr-primary")}


def test_the_first_increment_is_full_and_the_next_builds_on_it(service: Service) -> None:
    idle = service.id_of("dr-idle")
    put(service, idle, policy(backup_type="increment"))

    later(service, 2 * DAY_S)

    path = f"v1.0/clusters/{idle}/snapshots"
    second, first = service.get(path)["snapshots"]
    assert first["prior_backup_key"] == "FULL"
    assert second["prior_backup_key"] == first["backup_key"]


def test_a_fault_of_the_policy_fails_the_snapshot_it_takes(service: Service, sales: str) -> None:
    put(service, sales, policy())
    service.fault("task_fails", "CreateSnapshotPolicy", task_status="SNAPSHOTTING_FAILED")

    later(service, DAY_S)

    assert taken(service)[0]["status"] == "UNAVAILABLE"
    assert service.cluster(sales)["task_status"] == "SNAPSHOTTING_FAILED"


def test_fewer_days_drop_what_was_kept_longer(service: Service, sales: str) -> None:
    put(service, sales, policy(), keep_day=7)
    later(service, 4 * DAY_S)
    before = len(taken(service))

    put(service, sales, keep_day=1)
    later(service, 1)

    assert before == 4
    assert len(taken(service)) == 1


def test_a_preview_tells_the_snapshots_of_the_next_seven_days(service: Service, sales: str) -> None:
    put(service, sales, policy(), policy("hourly", backup_strategy="0 30 * ? * 1"))
    told = service.get(f"v1/clusters/{sales}/snapshot-policies/plan")

    plan = ops.PreviewSnapshotPolicy.reply_type().model_validate(told).backup_time
    times = [planned.time for planned in plan if planned.time]
    later(service, DAY_S)

    assert len(plan) == 7 + 24
    assert times == sorted(times)
    assert taken(service)[0]["started"].removesuffix("Z") <= times[-1].isoformat()


def test_policies_go_with_their_cluster(service: Service, sales: str) -> None:
    put(service, sales, policy())
    service.delete_cluster(sales)
    later(service, 310)

    other = service.id_of("dr-idle")
    assert put(service, other, policy()).status_code == 200
    later(service, DAY_S)
    assert {s["cluster_id"] for s in taken(service)} == {other}


def test_policies_survive_a_restart(tmp_path: Path) -> None:
    world, state = WorldSpec.model_validate(WORLD), tmp_path / "world.db"
    with Emulator.serving(speed=0.0, world=world, state=state) as server:
        service = Service(server.url)
        sales = service.id_of("sales")
        put(service, sales, policy(), keep_day=2)
        service.http.close()

    with Emulator.serving(speed=0.0, world=world, state=state) as server:
        service = Service(server.url)
        later(service, DAY_S)
        found, kept = taken(service), listed(service, sales)
        service.http.close()

    assert [s["cluster_id"] for s in found] == [sales]
    assert (kept.keep_day, len(kept.backup_strategies)) == (2, 1)
