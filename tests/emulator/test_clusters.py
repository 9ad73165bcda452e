from __future__ import annotations

from typing import Any

import pytest

from dws.emulator.data_plane import DEFAULT_PASSWORD
from tests.emulator.conftest import Serve
from tests.emulator.service import BUSY, PASSWORD, Service, new_cluster, refused


def test_creation_shows_progress_and_ends_after_ten_to_fifteen_minutes(service: Service) -> None:
    told = service.post("v1.0/clusters", new_cluster())
    cluster_id = told["cluster"]["id"]
    seen = []
    for _ in range(3):
        cluster = service.cluster(cluster_id)
        seen.append((cluster["status"], cluster["task_status"], list(cluster["action_progress"])))
        service.advance(199)

    assert told["subscriptionsID"]
    assert seen == [("CREATING", None, ["CREATING"])] * 3
    assert service.cluster(cluster_id)["endpoints"] == []
    service.advance(304)
    cluster = service.cluster(cluster_id)
    assert (cluster["status"], cluster["action_progress"]) == ("AVAILABLE", {})
    assert cluster["endpoints"]


def test_progress_rises_evenly_in_whole_percent(serve: Serve) -> None:
    service = serve(durations={"create": 1000})
    cluster_id = service.post("v1.0/clusters", new_cluster())["cluster"]["id"]

    seen = []
    for _ in range(4):
        service.advance(160)
        seen.append(service.cluster(cluster_id)["action_progress"])

    assert [told["CREATING"] for told in seen] == ["16%", "32%", "48%", "64%"]


def test_a_cluster_cannot_be_deleted_or_restarted_while_it_is_created(service: Service) -> None:
    cluster_id = service.post("v1.0/clusters", new_cluster())["cluster"]["id"]

    assert refused(service.delete_cluster(cluster_id)) == BUSY
    assert refused(service.send("POST", f"v1.0/clusters/{cluster_id}/restart")) == BUSY


def test_a_flat_body_is_taken_as_one_in_its_wrapper(service: Service) -> None:
    answered = service.send("POST", "v1.0/clusters", new_cluster()["cluster"])

    assert answered.status_code == 200


def test_v2_creates_a_cluster_over_three_zones_with_tags(service: Service) -> None:
    told = {
        "name": "dws-v2",
        "flavor": "dws.d2.xlarge",
        "num_node": 3,
        "num_cn": 3,
        "db_name": "dbadmin",
        "db_password": PASSWORD,
        "db_port": 8000,
        "availability_zones": ["az1", "az2", "az3"],
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-1",
        "datastore_version": "8.2.1",
        "tags": [{"key": "team", "value": "red"}],
    }

    cluster_id = service.post("v2/clusters", {"cluster": told})["cluster"]["id"]

    cluster = service.cluster(cluster_id)
    assert cluster["availability_zone"] == "az1,az2,az3"
    assert cluster["tags"] == [{"key": "team", "value": "red"}]


def test_a_name_is_taken_until_its_cluster_is_gone(service: Service, sales: str) -> None:
    taken = service.send("POST", "v1.0/clusters", new_cluster("sales"))
    service.delete_cluster(sales)
    still = service.send("POST", "v1.0/clusters", new_cluster("sales"))
    service.advance(310)

    assert refused(taken) == refused(still) == (409, "DWS.5050")
    assert service.send("POST", "v1.0/clusters", new_cluster("sales")).status_code == 200


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"name": "x"}, "DWS.5057"),
        ({"name": "1-starts-with-a-digit"}, "DWS.5057"),
        ({"number_of_node": 2}, "DWS.5047"),
        ({"number_of_node": 257}, "DWS.5091"),
        ({"node_type": "dws.nope"}, "DWS.5006"),
        ({"user_pwd": "short"}, "DWS.5144"),
        ({"user_pwd": "Xdbadmin-2026!"}, "DWS.5145"),
        ({"user_name": "Bad Name"}, "DWS.5059"),
        ({"port": 80}, "DWS.5060"),
        ({"availability_zone": "nowhere-1"}, "DWS.5012"),
        ({"number_of_cn": 4}, "DWS.5060"),
        ({"tags": {"key": "a=b", "value": "c"}}, "DWS.5197"),
        ({"public_ip": {"public_bind_type": "sometimes"}}, "DWS.5098"),
        ({"vpc_id": None}, "DWS.5014"),
    ],
)
def test_a_wrong_field_is_refused_by_its_own_code(
    service: Service, told: dict[str, Any], code: str
) -> None:
    answered = service.send("POST", "v1.0/clusters", new_cluster(**told))

    assert refused(answered) == (400, code)
    assert PASSWORD not in answered.text
    assert "short" not in answered.json()["error_msg"].split()


def test_a_missing_field_is_named(service: Service) -> None:
    told = new_cluster()
    del told["cluster"]["vpc_id"]

    answered = service.send("POST", "v1.0/clusters", told)

    assert refused(answered) == (400, "DWS.5037")
    assert "cluster.vpc_id" in answered.json()["error_msg"]


def test_creation_beyond_the_quota_is_refused(serve: Serve) -> None:
    service = serve(quotas={"instances": 14})

    answered = service.send("POST", "v1.0/clusters", new_cluster())

    assert refused(answered) == (400, "DWS.5091")
    resources = service.get("v1.0/quotas")["quotas"]["resources"]
    assert resources[0] == {"type": "instances", "used": "12", "quota": "14", "unit": "null"}


def test_a_restart_shows_only_after_a_lag_but_excludes_others_at_once(
    service: Service, sales: str
) -> None:
    service.post(f"v1.0/clusters/{sales}/restart", {"restart": {}})
    before = service.cluster(sales)
    second = service.send("POST", f"v1.0/clusters/{sales}/restart")
    service.advance(6)
    after = service.cluster(sales)

    assert (before["task_status"], before["action_progress"]) == (None, {})
    assert refused(second) == BUSY
    assert (after["task_status"], after["status"]) == ("REBOOTING", "AVAILABLE")
    assert after["action_progress"] == {"REBOOTING": "0%"}


def test_a_cluster_stays_busy_for_a_moment_after_its_task_ended(serve: Serve) -> None:
    service = serve(durations={"restart": 100, "lag": 5})
    cluster_id = service.id_of("sales")
    service.post(f"v1.0/clusters/{cluster_id}/restart")
    service.advance(105)

    idle = service.cluster(cluster_id)["task_status"]
    early = service.send("POST", f"v1.0/clusters/{cluster_id}/restart")
    service.advance(3)

    assert idle is None
    assert refused(early) == BUSY
    assert service.send("POST", f"v1.0/clusters/{cluster_id}/restart").status_code == 200


def test_a_restart_that_fails_leaves_its_status_until_the_next_one(
    service: Service, sales: str
) -> None:
    service.fault("task_fails", "RestartCluster", task_status="REBOOT_FAILURE")
    service.post(f"v1.0/clusters/{sales}/restart")
    service.advance(400)
    failed = service.cluster(sales)
    service.post(f"v1.0/clusters/{sales}/restart")
    service.advance(400)

    assert (failed["task_status"], failed["action_progress"]) == ("REBOOT_FAILURE", {})
    assert service.cluster(sales)["task_status"] is None


def test_a_stuck_task_never_ends_and_its_progress_stands(service: Service, sales: str) -> None:
    service.fault("stuck", "RestartCluster")
    service.post(f"v1.0/clusters/{sales}/restart")
    service.advance(60)
    early = service.cluster(sales)
    service.advance(72_000)

    assert early["task_status"] == "REBOOTING"
    assert service.cluster(sales)["action_progress"] == early["action_progress"]
    assert refused(service.delete_cluster(sales)) == BUSY


def test_a_refused_request_uses_up_no_fate_of_a_task(service: Service, sales: str) -> None:
    service.fault("task_fails", "CreateSnapshot", task_status="UNAVAILABLE")
    told = {"snapshot": {"name": "nightly", "cluster_id": sales}}
    assert refused(service.send("POST", "v1.0/snapshots", told)) == (409, "DWS.5050")

    snapshot_id = service.take(sales, "backup-1")

    assert service.snapshot(snapshot_id)["status"] == "UNAVAILABLE"


def test_a_creation_that_fails_leaves_a_cluster_that_can_be_deleted(service: Service) -> None:
    service.fault("task_fails", "CreateCluster", task_status="CREATE_FAILED")
    cluster_id = service.post("v1.0/clusters", new_cluster())["cluster"]["id"]
    service.advance(910)
    failed = service.cluster(cluster_id)

    assert failed["status"] == "CREATE_FAILED"
    assert failed["failed_reasons"]["error_code"]
    assert refused(service.send("POST", f"v1.0/clusters/{cluster_id}/restart")) == BUSY
    assert service.delete_cluster(cluster_id).status_code == 202


def test_a_password_used_before_is_refused(service: Service) -> None:
    cluster_id = service.post("v1.0/clusters", new_cluster())["cluster"]["id"]
    service.advance(910)
    path = f"v1.0/clusters/{cluster_id}/reset-password"

    again = service.send("POST", path, {"new_password": PASSWORD})
    service.post(path, {"new_password": "Fresh!Passw0rd1"})
    back = service.send("POST", path, {"new_password": PASSWORD})
    named = service.send("POST", path, {"new_password": "Xdbadmin-2026!"})

    assert refused(again) == refused(back) == (400, "DWS.5144")
    assert refused(named) == (400, "DWS.5145")


def test_the_password_that_a_cluster_of_the_world_began_with_was_used_before(
    service: Service,
) -> None:
    path = f"v1.0/clusters/{service.id_of('sales')}/reset-password"

    answer = service.send("POST", path, {"new_password": DEFAULT_PASSWORD})

    assert refused(answer) == (400, "DWS.5144")


@pytest.mark.parametrize("name", ["dr-primary", "dr-standby"])
def test_a_running_disaster_recovery_holds_both_clusters(service: Service, name: str) -> None:
    cluster_id = service.id_of(name)
    grow = {"scale_out": {"count": 1}}
    password = {"new_password": "Fresh!Passw0rd1"}

    answers = [
        service.send("POST", f"v1.0/clusters/{cluster_id}/restart"),
        service.send("POST", f"v1.0/clusters/{cluster_id}/resize", grow),
        service.send("POST", f"v1.0/clusters/{cluster_id}/reset-password", password),
        service.delete_cluster(cluster_id),
    ]

    assert [refused(answered) for answered in answers] == [BUSY] * 4


def test_the_standby_refuses_backups_and_the_primary_takes_them(service: Service) -> None:
    told = {"name": "backup-1", "cluster_id": service.id_of("dr-standby")}

    assert refused(service.send("POST", "v1.0/snapshots", {"snapshot": told})) == BUSY
    service.take(service.id_of("dr-primary"), "backup-1")


def test_pairs_are_listed_and_filtered(service: Service) -> None:
    all_of_them = service.get("v2/disaster-recoveries")["disaster_recovery"]
    primary = service.id_of("dr-idle")
    one = service.get("v2/disaster-recoveries", primary_cluster_id=primary)["disaster_recovery"]

    assert [pair["name"] for pair in all_of_them] == ["pair-1", "pair-2"]
    assert [(pair["name"], pair["status"]) for pair in one] == [("pair-2", "stopped")]


def test_unknown_and_deleted_clusters_are_told_apart(service: Service, sales: str) -> None:
    service.delete_cluster(sales)
    service.advance(310)

    gone = service.send("GET", f"v1.0/clusters/{sales}")
    unknown = service.send("GET", "v1.0/clusters/00000000-0000-4000-8000-000000000000")

    assert refused(gone) == (404, "DWS.3027")
    assert refused(unknown) == (404, "DWS.0047")


@pytest.mark.parametrize("form", ["403 DWS.0015", "401 DWS.0047", "400 DWS.0001"])
def test_the_profile_says_how_a_missing_cluster_is_told(serve: Serve, form: str) -> None:
    service = serve(profile={"missing_cluster": form})

    answered = service.send("GET", "v1.0/clusters/00000000-0000-4000-8000-000000000000")

    status, code = refused(answered)
    assert f"{status} {code}" == form


def test_the_profile_says_what_a_creation_answers(serve: Serve) -> None:
    order = serve(profile={"create_answers": "order"})
    cluster = serve(profile={"create_answers": "cluster"})

    assert list(order.post("v1.0/clusters", new_cluster())) == ["subscriptionsID"]
    assert list(cluster.post("v1.0/clusters", new_cluster())) == ["cluster"]


def test_a_profile_may_list_deleted_clusters_for_a_while(serve: Serve) -> None:
    service = serve(profile={"deleted_clusters": "listed"}, durations={"delete": 100})
    cluster_id = service.id_of("sales")
    service.delete_cluster(cluster_id)

    def listed() -> list[str]:
        clusters = service.get("v1.0/clusters")["clusters"]
        return [cluster["status"] for cluster in clusters if cluster["id"] == cluster_id]

    service.advance(110)
    just_gone = listed()
    service.advance(600)

    assert just_gone == ["DELETED"]
    assert listed() == []
