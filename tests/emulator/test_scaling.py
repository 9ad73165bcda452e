from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.conftest import Serve
from tests.emulator.service import BUSY, Service, refused

DURATIONS = {"snapshot": 300, "gap": 40, "grow": 1000, "lag": 5, "redistribute": 400}
GROW = {"scale_out": {"count": 3}}


def test_a_growing_cluster_is_snapshotted_looks_idle_grows_and_redistributes(serve: Serve) -> None:
    service = serve(durations=DURATIONS)
    cluster_id = service.id_of("sales")
    service.post(f"v1.0/clusters/{cluster_id}/resize", GROW)

    seen = {}
    for moment, step in {0: 0, 6: 6, 310: 304, 350: 40, 1350: 1000, 1560: 210, 1760: 200}.items():
        service.advance(step)
        cluster = service.cluster(cluster_id)
        seen[moment] = (cluster["task_status"], cluster["action_progress"])
        if moment == 350:
            growing = cluster

    assert seen == {
        0: (None, {}),
        6: ("SNAPSHOTTING", {"SNAPSHOTTING": "0%"}),
        310: (None, {}),
        350: ("GROWING", {"GROWING": "0%"}),
        1350: ("REDISTRIBUTING", {"REDISTRIBUTING": "0%"}),
        1560: ("REDISTRIBUTING", {"REDISTRIBUTING": "52%"}),
        1760: (None, {}),
    }
    assert growing["resize_info"]["target_node_num"] == "6"
    assert growing["resize_info"]["resize_status"] == "GROWING"
    cluster = service.cluster(cluster_id)
    assert (cluster["number_of_node"], len(cluster["nodes"])) == (6, 6)
    assert "resize_info" not in cluster


def test_in_the_gap_the_cluster_looks_idle_but_refuses_changes(serve: Serve) -> None:
    service = serve(durations=DURATIONS)
    cluster_id = service.id_of("sales")
    service.post(f"v1.0/clusters/{cluster_id}/resize", GROW)
    service.advance(320)

    cluster = service.cluster(cluster_id)

    assert (cluster["status"], cluster["task_status"]) == ("AVAILABLE", None)
    assert refused(service.send("POST", f"v1.0/clusters/{cluster_id}/restart")) == BUSY
    assert refused(service.delete_cluster(cluster_id)) == BUSY


def test_growing_leaves_an_automated_snapshot(serve: Serve) -> None:
    service = serve(durations=DURATIONS)
    cluster_id = service.id_of("sales")
    service.post(f"v1.0/clusters/{cluster_id}/resize", GROW)
    service.advance(306)

    found = service.get("v1.0/snapshots")["snapshots"]

    assert [(s["type"], s["status"]) for s in found[-1:]] == [("AUTOMATED", "AVAILABLE")]


def test_a_failed_growth_keeps_the_nodes_and_says_so(service: Service, sales: str) -> None:
    service.fault("task_fails", "ResizeCluster", task_status="RESIZE_FAILURE")
    service.post(f"v1.0/clusters/{sales}/resize", GROW)
    service.advance(3600)

    cluster = service.cluster(sales)

    assert (cluster["task_status"], cluster["number_of_node"]) == ("RESIZE_FAILURE", 3)
    assert cluster["resize_info"]["resize_status"] == "RESIZE_FAILURE"


def test_nodes_alone_are_created_idle(service: Service, sales: str) -> None:
    service.post(f"v1.0/clusters/{sales}/resize", {**GROW, "create_node_only": True})
    service.advance(60)
    task = service.cluster(sales)["task_status"]
    service.advance(600)

    assert task == "CREATING_NODE"
    assert [node["status"] for node in service.cluster(sales)["nodes"]] == ["200"] * 3 + ["199"] * 3


def test_growth_beyond_the_most_nodes_is_refused(service: Service, sales: str) -> None:
    answered = service.send("POST", f"v1.0/clusters/{sales}/resize", {"scale_out": {"count": 253}})
    too_many = service.send("POST", f"v1.0/clusters/{sales}/resize", {"scale_out": {"count": 254}})

    assert answered.status_code == 200
    assert refused(too_many) == (400, "DWS.5091")


def test_fields_that_clients_send_and_we_do_not_model_are_passed_over(
    service: Service, sales: str
) -> None:
    told = {"scale_out": {"count": 1, "flavor": "x"}, "force_backup": True}

    assert service.send("POST", f"v1.0/clusters/{sales}/resize", told).status_code == 200


def test_nodes_that_are_to_come_count_in_the_quota(serve: Serve) -> None:
    service = serve(quotas={"instances": 16})
    service.post(f"v1.0/clusters/{service.id_of('sales')}/resize", GROW)

    answered = service.send("POST", f"v1.0/clusters/{service.id_of('dr-idle')}/resize", GROW)

    assert refused(answered) == (400, "DWS.5091")


BIG = {
    "clusters": [{"name": "big", "nodes": 9, "node_type": "dwsx2.xlarge", "data_gb": 300.0}],
    "snapshots": [],
    "disaster_recoveries": [],
}


def grown(service: Service, cluster_id: str, count: int) -> None:
    service.post(f"v1.0/clusters/{cluster_id}/resize", {"scale_out": {"count": count}})
    service.advance(4 * 3600)


def shrink(service: Service, cluster_id: str, count: int) -> Any:
    return service.send(
        "POST", f"v1.0/clusters/{cluster_id}/cluster-shrink", {"shrink_number": count}
    )


def numbers(service: Service, cluster_id: str, **query: Any) -> list[int]:
    told = service.get(f"v1.0/clusters/{cluster_id}/shrink-numbers", **query)
    return list(told["shrink_sequence"])


def passes(service: Service, cluster_id: str, count: int, item: str) -> bool:
    query = {"shrink_count": count, "check_item": item}
    return bool(service.get(f"v1/clusters/{cluster_id}/shrink-check", **query)["is_passed"])


def test_nodes_may_go_in_the_reverse_order_of_growth(service: Service, sales: str) -> None:
    """The example of reference 5.2.30: three nodes were added, and then four."""
    grown(service, sales, 3)
    grown(service, sales, 4)

    assert numbers(service, sales) == [4, 7]
    assert refused(shrink(service, sales, 3)) == (400, "DWS.5047")


def test_the_service_may_let_fewer_rings_go_at_once(serve: Serve) -> None:
    service = serve(**BIG, profile={"scale_in_rings": 1})
    big = service.id_of("big")

    assert numbers(service, big) == [3]
    assert refused(shrink(service, big, 6)) == (400, "DWS.5047")
    assert shrink(service, big, 3).status_code == 200


def test_a_shrunk_cluster_has_the_nodes_it_had_before_it_grew(service: Service, sales: str) -> None:
    before = service.cluster(sales)["nodes"]
    grown(service, sales, 3)

    answered = shrink(service, sales, 3).json()
    service.advance(20)
    checking = service.cluster(sales)["task_status"]
    service.advance(60)
    shrinking = service.cluster(sales)["task_status"]
    service.advance(1800)

    assert answered["error_code"] == "DWS.0000"
    assert (checking, shrinking) == ("SHRINK_CHECKING", "CLUSTER_SHRINKING")
    after = service.cluster(sales)
    assert (after["task_status"], after["nodes"]) == (None, before)
    assert service.get(f"v1.0/job/{answered['job_id']}")["status"] == "SUCCESS"
    assert numbers(service, sales) == []


def test_a_failed_scale_in_keeps_the_nodes(serve: Serve) -> None:
    service = serve(**BIG)
    cluster_id = service.id_of("big")
    service.fault("task_fails", "ShrinkCluster", task_status="CLUSTER_SHRINK_FAILED")
    shrink(service, cluster_id, 3)
    service.advance(2000)

    cluster = service.cluster(cluster_id)

    assert (cluster["task_status"], cluster["number_of_node"]) == ("CLUSTER_SHRINK_FAILED", 9)
    assert numbers(service, cluster_id) == [3, 6]


def test_data_that_does_not_fit_fails_the_check_and_the_scale_in(serve: Serve) -> None:
    service = serve(**BIG)
    cluster_id = service.id_of("big")

    checked = [passes(service, cluster_id, count, "disk") for count in (3, 6, 4)]
    shrink(service, cluster_id, 6)
    service.advance(60)

    assert checked == [True, False, False]
    assert passes(service, cluster_id, 3, "guc")
    assert service.cluster(cluster_id)["task_status"] == "SHRINK_CHECK_FAILED"
    assert service.cluster(cluster_id)["number_of_node"] == 9


def test_a_warehouse_of_another_kind_is_not_shrunk(serve: Serve) -> None:
    service = serve(**BIG)
    path = f"v1.0/clusters/{service.id_of('big')}/cluster-shrink"

    answered = service.send("POST", path, {"shrink_number": 3, "type": "hybrid"})

    assert refused(answered) == (400, "DWS.5089")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("v1.0/clusters/{}/resize", GROW),
        ("v1.0/clusters/{}/cluster-shrink", {"shrink_number": 3}),
        ("v1.0/clusters/{}/expand-instance-storage", {"new_size": 200}),
        ("v1/clusters/{}/flavor", {"target_flavor_id": "dwsx2.2xlarge"}),
        ("v2/clusters/{}/resize-with-existed-nodes", GROW),
    ],
)
def test_changes_of_size_are_refused_while_busy_and_under_disaster_recovery(
    service: Service, sales: str, path: str, body: dict[str, Any]
) -> None:
    service.take(sales, "backup-1", wait=False)
    primary = service.id_of("dr-primary")

    assert refused(service.send("POST", path.format(sales), body)) == BUSY
    assert refused(service.send("POST", path.format(primary), body)) == BUSY


def test_disks_are_expanded_within_their_range(serve: Serve) -> None:
    service = serve(**BIG)
    cluster_id = service.id_of("big")
    ranged = f"v1/clusters/{cluster_id}/storage-expand-range"
    before = service.get(ranged)
    service.post(f"v1/clusters/{cluster_id}/check-instance-storage", {"new_size": 300})

    service.post(f"v1.0/clusters/{cluster_id}/expand-instance-storage", {"new_size": 300})
    service.advance(20)
    task = service.cluster(cluster_id)["task_status"]
    service.advance(600)

    assert (before["current_size"], task) == (100, "DISK_EXPANDING")
    assert service.get(ranged)["current_size"] == 300
    assert service.cluster(cluster_id)["flavor_detail"]["volume_size"] == "300"
    volumes = service.get(f"v1/clusters/{cluster_id}/volume")["disk_info_list"]
    assert {disk["disk_capacity"] for disk in volumes} == {300}
    used = service.get("v1.0/quotas")["quotas"]["resources"]
    assert {q["type"]: q["used"] for q in used}["disk_capacity"] == "2700"


@pytest.mark.parametrize("size", [100, 50, 150, 32_100])
def test_disks_of_no_such_size_are_refused(serve: Serve, size: int) -> None:
    service = serve(**BIG)
    cluster_id = service.id_of("big")

    checked = service.send(
        "POST", f"v1/clusters/{cluster_id}/check-instance-storage", {"new_size": size}
    )
    path = f"v1.0/clusters/{cluster_id}/expand-instance-storage"

    assert refused(checked) == (400, "DWS.5078")
    assert refused(service.send("POST", path, {"new_size": size})) == (400, "DWS.5078")


def test_disks_that_are_no_ssd_or_of_an_old_version_do_not_grow(serve: Serve) -> None:
    told = {"node_type": "dwsx2.xlarge", "version": "8.1.1.202"}
    service = serve(**BIG | {"clusters": [{"name": "local"}, {"name": "old", **told}]})
    path = "v1.0/clusters/{}/expand-instance-storage"

    local = service.send("POST", path.format(service.id_of("local")), {"new_size": 2000})
    old = service.send("POST", path.format(service.id_of("old")), {"new_size": 200})

    assert refused(local) == (400, "DWS.5081")
    assert refused(old) == (400, "DWS.5206")


def test_a_failed_expansion_leaves_the_disks(serve: Serve) -> None:
    service = serve(**BIG)
    cluster_id = service.id_of("big")
    service.fault("task_fails", "ExpandInstanceStorage", task_status="DISK_EXPAND_FAILED")
    service.post(f"v1.0/clusters/{cluster_id}/expand-instance-storage", {"new_size": 300})
    service.advance(700)

    ranged = service.get(f"v1/clusters/{cluster_id}/storage-expand-range")

    assert service.cluster(cluster_id)["task_status"] == "DISK_EXPAND_FAILED"
    assert ranged["current_size"] == 100


def test_a_changed_flavor_is_told_everywhere(serve: Serve) -> None:
    service = serve(**BIG)
    cluster_id = service.id_of("big")
    types = service.get("v2/node-types")["node_types"]
    target = next(t["id"] for t in types if t["spec_name"] == "dwsx2.2xlarge")

    job = service.post(f"v1/clusters/{cluster_id}/flavor", {"target_flavor_id": target})["job_id"]
    service.advance(20)
    task = service.cluster(cluster_id)["task_status"]
    service.advance(1800)

    assert task == "FLAVOR_RESIZING"
    assert service.get(f"v1.0/job/{job}")["status"] == "SUCCESS"
    flavor = service.get(f"v2/clusters/{cluster_id}/flavor")["flavor"]
    assert (flavor["spec_name"], flavor["id"]) == ("dwsx2.2xlarge", target)
    assert service.cluster(cluster_id)["node_type"] == "dwsx2.2xlarge"


@pytest.mark.parametrize(
    ("target", "code"), [("nothing", "DWS.5006"), ("dwsx2.h.xlarge.4.c6", "DWS.5034")]
)
def test_flavors_that_do_not_fit_are_refused(serve: Serve, target: str, code: str) -> None:
    service = serve(**BIG)
    path = f"v1/clusters/{service.id_of('big')}/flavor"

    assert refused(service.send("POST", path, {"target_flavor_id": target})) == (400, code)


def idle(service: Service, cluster_id: str, count: int = 3) -> None:
    told = {"scale_out": {"count": count}, "create_node_only": True}
    service.post(f"v1.0/clusters/{cluster_id}/resize", told)
    service.advance(700)


def test_idle_nodes_come_into_use_by_growth_with_all_of_them(service: Service, sales: str) -> None:
    path = f"v2/clusters/{sales}/resize-with-existed-nodes"
    none_idle = service.send("POST", path, GROW)
    idle(service, sales)
    too_few = service.send("POST", path, {"scale_out": {"count": 2}})

    service.post(path, {**GROW, "expand_with_existed_node": True})
    service.advance(20)
    cluster = service.cluster(sales)
    service.advance(6 * 3600)

    assert refused(none_idle) == refused(too_few) == (400, "DWS.5047")
    assert cluster["task_status"] == "GROWING"
    assert cluster["resize_info"]["origin_node_num"] == "3"
    assert {node["status"] for node in service.cluster(sales)["nodes"]} == {"200"}
    assert numbers(service, sales) == [3]


def test_prepared_nodes_let_a_cluster_grow_in_half_the_time(serve: Serve) -> None:
    service = serve(durations=DURATIONS | {"prepare_nodes": 100})
    cluster_id = service.id_of("sales")
    path = f"v1/clusters/{cluster_id}/resize-with-existed-nodes/preparation"
    idle(service, cluster_id)
    before = service.get(path)

    job = service.post(path, {"num_node": 3})["job_id"]
    begun = service.get(path)["status"]
    service.advance(55)
    halfway = service.get(path)
    service.advance(60)
    prepared = service.get(path)
    service.post(f"v2/clusters/{cluster_id}/resize-with-existed-nodes", GROW)
    service.advance(510)

    assert (before["status"], begun) == (None, "INIT")
    assert (halfway["status"], halfway["progress"]) == ("PREPARING", "50%")
    assert (prepared["status"], len(prepared["instance_ids"])) == ("SUCCESS", 3)
    assert service.get(f"v1.0/job/{job}")["status"] == "SUCCESS"
    assert service.cluster(cluster_id)["task_status"] == "REDISTRIBUTING"


def test_a_failed_preparation_may_be_tried_again(service: Service, sales: str) -> None:
    path = f"v1/clusters/{sales}/resize-with-existed-nodes/preparation"
    idle(service, sales)
    too_many = service.send("POST", path, {"num_node": 4})
    early = service.send("POST", path, {"num_node": 3, "is_retry": True})
    service.fault("task_fails", "ResizePreparation", task_status="WAIT_RETRY")
    job = service.post(path, {"num_node": 3})["job_id"]
    second = service.send("POST", path, {"num_node": 3})
    service.advance(500)
    failed = service.get(path)["status"]
    service.post(path, {"num_node": 3, "is_retry": True})
    service.advance(500)

    assert refused(too_many) == refused(early) == (400, "DWS.5047")
    assert refused(second) == BUSY
    assert (failed, service.get(f"v1.0/job/{job}")["status"]) == ("WAIT_RETRY", "FAIL")
    assert service.get(path)["status"] == "SUCCESS"


def test_the_check_before_growth_tells_what_is_against_it(serve: Serve) -> None:
    service = serve(quotas={"instances": 14})
    sales, primary = service.id_of("sales"), service.id_of("dr-primary")

    def found(cluster_id: str, count: int) -> list[str]:
        told = {"scale_out": {"count": count}}
        data = service.post(f"v2/clusters/{cluster_id}/grow-check", told)["data"]
        assert all(not finding["pass"] and finding["required"] for finding in data)
        return [finding["type"] for finding in data]

    assert found(sales, 2) == []
    assert found(sales, 3) == ["quota"]
    assert found(primary, 3) == ["status", "quota"]
