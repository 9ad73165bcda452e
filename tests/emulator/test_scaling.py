from __future__ import annotations

from tests.emulator.conftest import Serve
from tests.emulator.service import BUSY, Service, refused

DURATIONS = {"snapshot": 300, "gap": 40, "grow": 1000, "lag": 5}
GROW = {"scale_out": {"count": 3}}


def test_a_growing_cluster_is_snapshotted_looks_idle_and_then_grows(serve: Serve) -> None:
    service = serve(durations=DURATIONS)
    cluster_id = service.id_of("sales")
    service.post(f"v1.0/clusters/{cluster_id}/resize", GROW)

    seen = {}
    for moment, step in {0: 0, 6: 6, 310: 304, 350: 40, 1350: 1000}.items():
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
        1350: (None, {}),
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
    told = {
        "scale_out": {"count": 1, "flavor": "x"},
        "auto_redistribute": True,
        "redis_conf": {"redis_mode": "online"},
    }

    assert service.send("POST", f"v1.0/clusters/{sales}/resize", told).status_code == 200


def test_nodes_that_are_to_come_count_in_the_quota(serve: Serve) -> None:
    service = serve(quotas={"instances": 16})
    service.post(f"v1.0/clusters/{service.id_of('sales')}/resize", GROW)

    answered = service.send("POST", f"v1.0/clusters/{service.id_of('dr-idle')}/resize", GROW)

    assert refused(answered) == (400, "DWS.5091")
