"""Nodes that are listed and deleted, coordinators that come and go."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.conftest import Serve
from tests.emulator.service import BUSY, Service, refused


def _idle(service: Service, cluster_id: str, count: int = 2) -> list[str]:
    """Add nodes that are idle; answers their ids."""
    told = {"scale_out": {"count": count}, "create_node_only": True}
    service.post(f"v1.0/clusters/{cluster_id}/resize", told)
    service.advance(700)
    nodes = service.get(
        f"v2/clusters/{cluster_id}/nodes", filter_by="instCreateType", filter="NODE"
    )
    return [node["id"] for node in nodes["node_list"]]


def _delete(service: Service, cluster_id: str, *ids: str, how: str = "delete") -> Any:
    told = {"node_list": list(ids), "operate_type": how}
    return service.send("POST", f"v2/clusters/{cluster_id}/nodes/delete", told)


def test_nodes_are_listed_filtered_ordered_and_paged(service: Service, sales: str) -> None:
    idle = _idle(service, sales)
    path = f"v2/clusters/{sales}/nodes"

    everything = service.get(path)
    second = service.get(path, offset=1, limit=2, order_by="name", order="desc")
    two = service.get(path, node_ids=idle)

    assert (everything["count"], everything["failed_count"], len(idle)) == (5, 0, 2)
    names = sorted((node["name"] for node in everything["node_list"]), reverse=True)
    assert [node["name"] for node in second["node_list"]] == names[1:3]
    assert [node["id"] for node in two["node_list"]] == idle
    assert {node["inst_create_type"] for node in two["node_list"]} == {"NODE"}


def test_an_unknown_field_to_filter_by_is_refused(service: Service, sales: str) -> None:
    answered = service.send(
        "GET", f"v2/clusters/{sales}/nodes", params={"filter_by": "colour", "filter": "red"}
    )

    assert refused(answered) == (400, "DWS.0001")


def test_idle_nodes_are_deleted_and_then_listed_only_if_asked_for(
    service: Service, sales: str
) -> None:
    idle = _idle(service, sales)
    accepted = _delete(service, sales, idle[0])
    service.advance(10)
    deleting = service.cluster(sales)
    service.advance(400)
    here = service.get(f"v2/clusters/{sales}/nodes")
    ever = service.get(f"v2/clusters/{sales}/nodes", deleted="true")

    assert accepted.status_code == 202
    assert accepted.json()["error_msg"] == "Success submit 1 node delete job"
    assert deleting["task_status"] == "DELETING_NODE"
    assert [node["status"] for node in deleting["nodes"]] == ["200"] * 3 + ["304", "199"]
    assert (here["count"], ever["count"]) == (4, 5)
    assert [n["status"] for n in ever["node_list"] if n["id"] == idle[0]] == ["DELETED"]
    assert service.cluster(sales)["number_of_node"] == 4


def test_nodes_that_could_not_be_deleted_are_cleared(service: Service, sales: str) -> None:
    idle = _idle(service, sales, count=1)
    service.fault("task_fails", "DeleteClusterNodes", task_status="DELETE_NODE_FAILED")
    _delete(service, sales, *idle)
    service.advance(400)
    failed = service.cluster(sales)
    _delete(service, sales, *idle, how="clear")
    service.advance(400)

    assert (failed["task_status"], failed["nodes"][-1]["status"]) == ("DELETE_NODE_FAILED", "305")
    assert service.cluster(sales)["task_status"] is None
    assert service.cluster(sales)["number_of_node"] == 3


def test_nodes_in_use_or_unknown_are_not_deleted(service: Service, sales: str) -> None:
    used = service.cluster(sales)["nodes"][0]["id"]

    answers = [_delete(service, sales, node) for node in (used, "none")]

    assert [refused(answer) for answer in answers] == [(400, "DWS.5095"), (400, "DWS.0001")]


def test_coordinators_are_added_and_taken_away_by_jobs(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales", "nodes": 6}], snapshots=[], disaster_recoveries=[])
    sales = service.id_of("sales")
    path = f"v1.0/clusters/{sales}/cns"
    before = service.get(path)
    job = service.post(f"{path}/batch-create", {"num": 5})["job_id"]
    service.advance(10)
    adding = service.cluster(sales)["task_status"]
    service.advance(900)
    more = service.get(path)["instances"]
    gone = [node["id"] for node in more[:2]]
    service.post(f"{path}/batch-delete", {"instances": gone})
    service.advance(10)
    taking = service.cluster(sales)["task_status"]
    service.advance(900)
    after = service.get(path)["instances"]

    assert (before["min_num"], before["max_num"], len(before["instances"])) == (2, 6, 3)
    assert (adding, taking) == ("ADD_CN_ING", "DEL_CN_ING")
    assert service.get(f"v1.0/job/{job}")["status"] == "SUCCESS"
    assert [node["id"] for node in after] == [node["id"] for node in more[2:]]


def test_a_cluster_has_as_many_coordinators_as_it_was_created_with(service: Service) -> None:
    made = {
        "name": "dws-new",
        "flavor": "dws.d2.xlarge",
        "num_node": 6,
        "num_cn": 2,
        "db_name": "dbadmin",
        "db_password": "Str0ng!Passw0rd",
        "availability_zones": ["az1"],
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-1",
        "datastore_version": "8.2.1",
    }
    cluster_id = service.post("v2/clusters", {"cluster": made})["cluster"]["id"]

    assert len(service.get(f"v1.0/clusters/{cluster_id}/cns")["instances"]) == 2


@pytest.mark.parametrize("wanted", [1, 3, 4])
def test_no_number_of_coordinators_but_a_greater_one_that_fits_is_taken(
    service: Service, sales: str, wanted: int
) -> None:
    answered = service.send("POST", f"v1.0/clusters/{sales}/cns/batch-create", {"num": wanted})

    assert refused(answered) == (400, "DWS.5047")


def test_two_coordinators_have_to_stay_and_unknown_ones_cannot_go(
    service: Service, sales: str
) -> None:
    path = f"v1.0/clusters/{sales}/cns"
    ids = [node["id"] for node in service.get(path)["instances"]]

    too_many = service.send("POST", f"{path}/batch-delete", {"instances": ids[:2]})
    unknown = service.send("POST", f"{path}/batch-delete", {"instances": ["none"]})

    assert refused(too_many) == (400, "DWS.5047")
    assert refused(unknown) == (400, "DWS.0001")


def test_coordinators_stay_as_they_are_if_the_work_fails(service: Service, sales: str) -> None:
    path = f"v1.0/clusters/{sales}/cns"
    first = service.get(path)["instances"][0]["id"]
    service.fault("task_fails", "BatchDeleteClusterCn", task_status="DEL_CN_FAILED")
    job = service.post(f"{path}/batch-delete", {"instances": [first]})["job_id"]
    busy = refused(service.send("POST", f"{path}/batch-create", {"num": 3}))
    service.advance(900)

    assert busy == BUSY
    assert len(service.get(path)["instances"]) == 3
    assert service.get(f"v1.0/job/{job}")["status"] == "FAIL"


def test_instances_are_told_by_their_cluster_and_alone(service: Service, sales: str) -> None:
    told = service.get(f"v2/clusters/{sales}/instances")
    first = told["instances"][0]

    alone = service.get(f"v2/instances/{first['instance_id']}")

    assert (told["cluster_name"], len(told["instances"])) == ("sales", 3)
    assert first["instance_status"] == "AVAILABLE"
    assert (alone["cluster_id"], alone["name"]) == (sales, first["instance_name"])
    assert alone["traffic_ip"] == first["traffic_ip"]
    assert alone["volume"]["used"] == 80.0


def test_an_unknown_instance_is_not_found(service: Service) -> None:
    assert refused(service.send("GET", "v2/instances/none")) == (404, "DWS.0047")


def test_instances_tell_the_logical_cluster_that_they_are_of(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales"}], snapshots=[], disaster_recoveries=[])
    sales = service.id_of("sales")
    path = f"v2/clusters/{sales}/instances"
    before = {found["logical_cluster_name"] for found in service.get(path)["instances"]}

    service.send("POST", f"v2/clusters/{sales}/convert-to-logical-cluster/lc_1")
    service.advance(3600)

    assert before == {None}
    assert {found["logical_cluster_name"] for found in service.get(path)["instances"]} == {"lc_1"}
