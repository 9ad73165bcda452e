from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dws.emulator.spec import ToldCluster
from tests.emulator.conftest import Serve
from tests.emulator.service import BUSY, Service, refused
from tests.emulator.test_command import Start, start

__all__ = ["start"]

DURATIONS = {
    "lc_create": 300,
    "lc_edit": 600,
    "lc_restart": 25,
    "lc_delete": 100,
    "lc_convert": 300,
    "lc_lag": 20,
    "settle": 0,
}
WORLD: dict[str, Any] = {
    "clusters": [
        {"name": "big", "nodes": 12, "node_type": "dwsx2.xlarge", "data_gb": 200.0},
        {"name": "dr-primary"},
        {"name": "dr-standby"},
    ],
    "snapshots": [],
    "disaster_recoveries": [{"name": "pair", "primary": "dr-primary", "standby": "dr-standby"}],
    "durations": DURATIONS,
}


@pytest.fixture
def cloud(serve: Serve) -> Service:
    return serve(**WORLD)


@pytest.fixture
def big(cloud: Service) -> str:
    return cloud.id_of("big")


def path(cluster_id: str, what: str = "") -> str:
    return f"v2/clusters/{cluster_id}/logical-clusters{what}"


def free(service: Service, cluster_id: str) -> list[Any]:
    return list(service.get(path(cluster_id, "/rings"))["cluster_rings"])


def create(service: Service, cluster_id: str, name: str, rings: int = 1) -> Any:
    wanted = free(service, cluster_id)[:rings]
    told = {"logical_cluster": {"logical_cluster_name": name, "cluster_rings": wanted}}
    return service.send("POST", path(cluster_id), told)


def made(service: Service, cluster_id: str, name: str, rings: int = 1) -> str:
    create(service, cluster_id, name, rings).raise_for_status()
    service.advance(301)
    return str(shown(service, cluster_id)[name]["logical_cluster_id"])


def shown(service: Service, cluster_id: str) -> dict[str, Any]:
    told = service.get(path(cluster_id))["logical_clusters"]
    return {known["logical_cluster_name"]: known for known in told}


def rings_by_name(service: Service, cluster_id: str) -> dict[str, int]:
    return {name: len(lc["cluster_rings"]) for name, lc in shown(service, cluster_id).items()}


def test_a_new_logical_cluster_is_listed_late_and_completed_later(cloud: Service, big: str) -> None:
    answered = create(cloud, big, "first", 2).json()
    at_once = cloud.get(path(big))
    cloud.advance(150)
    halfway = shown(cloud, big)["first"]["action_info"]
    cloud.advance(151)
    done = shown(cloud, big)["first"]

    assert answered["error_code"] == answered["errCode"] == "DWS.0000"
    assert (at_once["logical_clusters"], at_once["add_enable"]) == ([], False)
    assert (halfway["action_name"], halfway["progress"]) == ("Create", 50)
    assert (halfway["completed"], halfway["result"]) == (False, "")
    assert (done["action_info"]["completed"], done["action_info"]["result"]) == (True, "success")
    assert (done["status"], done["first_logical_cluster"]) == ("Normal", True)
    assert rings_by_name(cloud, big) == {"first": 2, "elastic_group": 2}
    assert len(free(cloud, big)) == 2
    assert cloud.cluster(big)["use_logical_cluster"]


def test_progress_begins_with_ten_percent(cloud: Service, big: str) -> None:
    made(cloud, big, "first")
    create(cloud, big, "second")
    cloud.advance(21)

    assert shown(cloud, big)["second"]["action_info"]["progress"] == 10


def test_a_converted_cluster_is_one_logical_cluster(cloud: Service, big: str) -> None:
    convert = f"v2/clusters/{big}/convert-to-logical-cluster/whole"

    cloud.post(convert)
    cloud.advance(301)
    again = cloud.send("POST", convert)

    assert rings_by_name(cloud, big) == {"whole": 4}
    assert shown(cloud, big)["whole"]["first_logical_cluster"]
    assert free(cloud, big) == []
    assert refused(again) == (400, "DWS.5107")
    tasks = cloud.get(path(big, "/tasks"))["logical_cluster_tasks"]
    assert [(task["type"], task["result"]) for task in tasks] == [("Switch", "success")]


def test_the_rings_of_a_cluster_hold_all_its_nodes(cloud: Service, big: str) -> None:
    told = cloud.get(f"v2/clusters/{big}/topo/rings")
    page = cloud.get(f"v2/clusters/{big}/topo/rings", offset=1, limit=3)

    nodes = [node["id"] for ring in told["cluster_rings"] for node in ring["instance_info_lists"]]
    assert nodes == [node["id"] for node in cloud.cluster(big)["nodes"]]
    assert (told["count"], page["count"], len(page["cluster_rings"])) == (4, 4, 1)


def test_names_are_unique_and_rings_are_used_once(cloud: Service, big: str) -> None:
    ring = free(cloud, big)[0]
    made(cloud, big, "first")
    taken = {"logical_cluster": {"logical_cluster_name": "second", "cluster_rings": [ring]}}

    assert refused(create(cloud, big, "first")) == (409, "DWS.5050")
    assert refused(create(cloud, big, "elastic_group")) == (409, "DWS.5050")
    assert refused(cloud.send("POST", path(big), taken)) == (400, "DWS.5048")


@pytest.mark.parametrize(
    ("told", "expected"), [("403", BUSY), ("417", (417, "DWS.7023")), ("200", (200, "DWS.9999"))]
)
def test_two_at_once_are_refused_as_the_profile_has_it(
    serve: Serve, told: str, expected: tuple[int, str]
) -> None:
    service = serve(**WORLD, profile={"logical_busy": told})
    big = service.id_of("big")
    logical_id = made(service, big, "first")
    service.post(path(big, f"/{logical_id}/restart"))

    again = service.send("POST", path(big, f"/{logical_id}/restart"))

    assert refused(again) == refused(create(service, big, "second")) == expected
    assert refused(service.send("POST", f"v1.0/clusters/{big}/restart")) == BUSY


def test_logical_clusters_under_disaster_recovery_are_refused(cloud: Service) -> None:
    assert refused(create(cloud, cloud.id_of("dr-primary"), "first")) == BUSY


def test_a_failed_creation_shows_in_the_list_and_the_tasks(cloud: Service, big: str) -> None:
    cloud.fault("task_fails", "CreateLogicalCluster", task_status="list index out of range")
    create(cloud, big, "first")
    cloud.advance(301)

    failed = shown(cloud, big)["first"]
    tasks = cloud.get(path(big, "/tasks"))["logical_cluster_tasks"]

    assert (failed["status"], failed["action_info"]["result"]) == ("Failed", "failed")
    assert tasks[0]["log"] == "list index out of range"
    assert cloud.cluster(big)["task_status"] is None
    assert len(free(cloud, big)) == 4


def test_a_stuck_creation_keeps_the_cluster_and_shows_nothing(cloud: Service, big: str) -> None:
    cloud.fault("stuck", "CreateLogicalCluster")
    create(cloud, big, "first")
    cloud.advance(36_000)

    cluster = cloud.cluster(big)

    assert not shown(cloud, big)["first"]["action_info"]["completed"]
    assert (cluster["task_status"], cluster["action_progress"]) == (None, {})
    assert refused(create(cloud, big, "second")) == BUSY


def test_an_edited_logical_cluster_takes_free_rings_and_gives_them_back(
    cloud: Service, big: str
) -> None:
    logical_id = made(cloud, big, "first")
    own = shown(cloud, big)["first"]["cluster_rings"]
    more = own + free(cloud, big)[:2]

    cloud.send("PUT", path(big, f"/{logical_id}"), {"cluster_rings": more}).raise_for_status()
    cloud.advance(100)
    expanding = shown(cloud, big)["first"]
    cloud.advance(501)
    expanded = rings_by_name(cloud, big)
    told = {"cluster_rings": own, "mode": "insert"}
    cloud.send("PUT", path(big, f"/{logical_id}"), told).raise_for_status()
    cloud.advance(601)

    assert (expanding["status"], expanding["action_info"]["action_name"]) == (
        "Redistributing",
        "Expand",
    )
    assert expanded == {"first": 3, "elastic_group": 1}
    assert rings_by_name(cloud, big) == {"first": 1, "elastic_group": 3}
    assert shown(cloud, big)["first"]["mode"] == "insert"


def test_a_logical_cluster_is_shrunk_by_nodes_or_by_rings(cloud: Service, big: str) -> None:
    logical_id = made(cloud, big, "first", 4)
    shrink = f"v1/clusters/{big}/logical-clusters/{logical_id}/shrink"
    possible = cloud.get(f"v1.0/clusters/{big}/shrink-numbers", logical_cluster_name="first")

    cloud.post(shrink, {"shrink_node_num": 6})
    cloud.advance(601)
    last = shown(cloud, big)["first"]["cluster_rings"][-1]
    cloud.post(shrink, {"cluster_rings": [last]})
    cloud.advance(601)

    assert possible["shrink_sequence"] == [3, 6, 9]
    assert rings_by_name(cloud, big) == {"first": 1, "elastic_group": 3}
    only = shown(cloud, big)["first"]["cluster_rings"]
    assert refused(cloud.send("POST", shrink, {"cluster_rings": only})) == (400, "DWS.5048")
    assert refused(cloud.send("POST", shrink, {"shrink_node_num": 4})) == (400, "DWS.5047")
    assert cloud.get(path(big, "/rings"))["unshrinkable_cluster_rings"] == only


def test_free_rings_leave_a_logical_cluster_first(cloud: Service, big: str) -> None:
    made(cloud, big, "first", 3)
    numbers = cloud.get(f"v1.0/clusters/{big}/shrink-numbers")["shrink_sequence"]

    cloud.post(f"v1.0/clusters/{big}/cluster-shrink", {"shrink_number": 3})
    cloud.advance(2000)

    assert numbers == [3]
    assert cloud.cluster(big)["number_of_node"] == 9
    assert rings_by_name(cloud, big) == {"first": 3}


def test_growth_goes_to_the_free_rings_or_to_a_logical_cluster(cloud: Service, big: str) -> None:
    made(cloud, big, "first", 4)
    resize = f"v1.0/clusters/{big}/resize"
    unknown = {"scale_out": {"count": 3}, "logical_cluster_name": "nothing"}

    cloud.post(resize, {"scale_out": {"count": 3}, "auto_redistribute": False})
    cloud.advance(3600)
    grown = (rings_by_name(cloud, big), cloud.cluster(big)["task_status"])
    told = {"logical_cluster_name": "first", "auto_redistribute": False}
    cloud.post(resize, {"scale_out": {"count": 3}} | told)
    cloud.advance(3600)

    assert grown == ({"first": 4, "elastic_group": 1}, None)
    assert cloud.cluster(big)["task_status"] == "WAITING_REDISTRIBUTION"
    assert rings_by_name(cloud, big) == {"first": 5, "elastic_group": 1}
    assert refused(cloud.send("POST", resize, unknown)) == BUSY
    tasks = cloud.get(path(big, "/tasks"), type="Grow", order="asc")["logical_cluster_tasks"]
    assert [task["logical_cluster_name"] for task in tasks] == ["elastic_group", "first"]


def test_a_deleted_logical_cluster_frees_its_rings(cloud: Service, big: str) -> None:
    first = made(cloud, big, "first")
    second = made(cloud, big, "second", 2)
    kept = cloud.send("DELETE", path(big, f"/{first}"))

    answered = cloud.send("DELETE", path(big, f"/{second}"))
    cloud.advance(50)
    deleting = shown(cloud, big)["second"]["action_info"]
    cloud.advance(51)

    assert refused(kept) == (400, "DWS.5095")
    assert "first logical cluster can't be deleted" in kept.json()["error_msg"]
    assert answered.json()["retCode"] == "DWS.0000"
    assert (deleting["action_name"], deleting["completed"]) == ("Delete", False)
    assert rings_by_name(cloud, big) == {"first": 1, "elastic_group": 3}
    assert refused(cloud.send("DELETE", path(big, f"/{second}"))) == (404, "DWS.0047")
    flags = shown(cloud, big)["first"]
    assert (flags["delete_enable"], flags["edit_enable"]) == (False, True)


def test_a_failed_restart_leaves_it_unavailable(cloud: Service, big: str) -> None:
    logical_id = made(cloud, big, "first")
    cloud.fault("task_fails", "RestartLogicalCluster", task_status="timeout")
    cloud.post(path(big, f"/{logical_id}/restart"))
    cloud.advance(26)
    failed = shown(cloud, big)["first"]
    cloud.post(path(big, f"/{logical_id}/restart"))
    cloud.advance(26)

    assert (failed["status"], failed["action_info"]["logs"]) == ("Unavailable", "timeout")
    assert shown(cloud, big)["first"]["status"] == "Normal"


def test_volumes_are_told_by_logical_cluster(cloud: Service, big: str) -> None:
    made(cloud, big, "first", 3)
    made(cloud, big, "second")

    told = cloud.get(path(big, "/volumes"))

    assert [(v["logical_cluster_name"], v["usage"], v["total"]) for v in told["volumes"]] == [
        ("first", "200.00", "900.00"),
        ("second", "0.00", "300.00"),
    ]


def test_pages_of_logical_clusters_can_be_shown_and_hidden(cloud: Service, big: str) -> None:
    seen = []
    for wanted in (True, False):
        cloud.send("PUT", path(big, "/enable"), {"enable": wanted}).raise_for_status()
        seen.append(cloud.cluster(big)["use_logical_cluster"])
    made(cloud, big, "first")
    cloud.send("PUT", path(big, "/enable"), {"enable": False}).raise_for_status()

    assert seen == [True, False]
    assert cloud.cluster(big)["use_logical_cluster"]


def plan(service: Service, cluster_id: str, **told: Any) -> Any:
    wanted = {
        "logical_cluster_name": "nightly",
        "node_num": 3,
        "plan_type": "periodicity",
        "actions": [
            {"type": "create", "strategy": "0 0 * * * ?"},
            {"type": "delete", "strategy": "0 30 * * * ?"},
        ],
    }
    return service.send("POST", f"v1/clusters/{cluster_id}/logical-cluster-plans", wanted | told)


def plans(service: Service, cluster_id: str) -> list[Any]:
    return list(service.get(f"v1/clusters/{cluster_id}/logical-cluster-plans")["plans"])


def to_next_hour(service: Service) -> None:
    now = service.advance(0)
    minute, second = int(now[14:16]), int(now[17:19])
    service.advance(3600 - minute * 60 - second + 5)


def test_a_plan_makes_a_logical_cluster_and_deletes_it_again(cloud: Service, big: str) -> None:
    made(cloud, big, "first")
    plan(cloud, big).raise_for_status()
    waiting = plans(cloud, big)[0]
    to_next_hour(cloud)
    cloud.advance(400)
    there = shown(cloud, big).get("nightly", {})
    fired = plans(cloud, big)[0]["actions"][0]
    cloud.advance(1800)

    assert waiting["status"] == "waiting"
    assert all(action["next_fire_time"] for action in waiting["actions"])
    assert there["cluster_type"] == "createFromPlan"
    assert there["action_info"]["result"] == "success"
    assert fired["pre_fire_time"]
    assert fired["next_fire_time"] > fired["pre_fire_time"]
    assert "nightly" not in shown(cloud, big)


def test_a_plan_that_cannot_be_done_says_why(cloud: Service, big: str) -> None:
    made(cloud, big, "first")
    plan(cloud, big, node_num=5, plan_type="once").raise_for_status()
    to_next_hour(cloud)

    action = plans(cloud, big)[0]["actions"][0]

    assert (action["status"], action["next_fire_time"]) == ("failed", None)
    assert "5 nodes" in action["failed_reason"]


def test_a_disabled_plan_rests_until_it_is_enabled(cloud: Service, big: str) -> None:
    made(cloud, big, "first")
    plan_id = plan(cloud, big).json()["plan_id"]
    base = f"v1/clusters/{big}/logical-cluster-plans/{plan_id}"
    cloud.post(f"{base}/disable")
    disabled = plans(cloud, big)[0]["status"]
    to_next_hour(cloud)
    cloud.advance(60)
    rested = "nightly" not in shown(cloud, big)
    cloud.post(f"{base}/enable")
    to_next_hour(cloud)
    cloud.advance(60)

    assert (disabled, rested) == ("disabled", True)
    assert "nightly" in shown(cloud, big)


def test_plans_are_changed_and_deleted(cloud: Service, big: str) -> None:
    plan_id = plan(cloud, big).json()["plan_id"]
    base = f"v1/clusters/{big}/logical-cluster-plans/{plan_id}"
    action = plans(cloud, big)[0]["actions"][0]
    told = {"actions": [{"id": action["id"], "strategy": "0 0 0 1 1 ?"}]}

    cloud.send("PUT", base, told).raise_for_status()
    changed = plans(cloud, big)[0]["actions"][0]
    unknown = cloud.send("PUT", base, {"actions": [{"id": "x", "strategy": "0 0 0 1 1 ?"}]})
    cloud.send("DELETE", base).raise_for_status()

    assert changed["next_fire_time"].endswith("-01-01 00:00:00")
    assert refused(unknown) == (404, "DWS.0047")
    assert plans(cloud, big) == []
    assert refused(cloud.send("DELETE", base)) == (404, "DWS.0047")


def test_a_plan_of_no_time_is_refused(cloud: Service, big: str) -> None:
    wrong = [{"type": "create", "strategy": "at noon"}]

    assert refused(plan(cloud, big, actions=wrong)) == (400, "DWS.5065")
    assert plans(cloud, big) == []


def test_nothing_is_left_of_a_deleted_cluster(cloud: Service, big: str) -> None:
    made(cloud, big, "first")
    plan(cloud, big)

    cloud.delete_cluster(big)
    cloud.advance(7200)

    assert cloud.send("GET", path(big)).status_code == 404


def test_logical_clusters_and_plans_survive_kill_9(start: Start, tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text("clusters: [{name: big, nodes: 12}]\ndurations: {lc_create: 300}\n")
    arguments = ("--speed", "0", "--world", str(world), "--state", str(tmp_path / "world.db"))
    process, service = start(*arguments)
    big = service.id_of("big")
    made(service, big, "first", 2)
    plan(service, big).raise_for_status()
    service.advance(10)
    create(service, big, "second").raise_for_status()
    service.advance(100)
    before = (shown(service, big), plans(service, big), free(service, big))
    process.send_signal(signal.SIGKILL)
    process.wait()

    _, service = start(*arguments)

    assert (shown(service, big), plans(service, big), free(service, big)) == before
    service.advance(250)
    assert shown(service, big)["second"]["action_info"]["result"] == "success"


def test_a_world_may_begin_with_logical_clusters(serve: Serve) -> None:
    told = {"name": "big", "nodes": 12, "logical_clusters": {"one": 1, "two": 2}}
    cloud = serve(clusters=[told], snapshots=[], disaster_recoveries=[])
    big = cloud.id_of("big")

    known = shown(cloud, big)

    assert rings_by_name(cloud, big) == {"one": 1, "two": 2, "elastic_group": 1}
    assert [known[name]["first_logical_cluster"] for name in ("one", "two")] == [True, False]
    assert len(free(cloud, big)) == 1


def test_a_world_cannot_begin_with_more_rings_than_there_are() -> None:
    with pytest.raises(ValidationError, match="more rings than the cluster"):
        ToldCluster(name="big", nodes=6, logical_clusters={"one": 1, "two": 2})
