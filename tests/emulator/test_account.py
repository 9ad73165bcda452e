"""What the project has: pools, enterprise projects, kinds of nodes, and how much of all."""

from __future__ import annotations

from tests.emulator.conftest import Serve
from tests.emulator.service import Service, new_cluster, refused

POOL = {"id": "pool-1", "name": "fast", "zone": "az1", "capacity_gb": 500}


def test_pools_of_the_world_are_listed_and_clusters_created_on_them(serve: Serve) -> None:
    service = serve(dss_pools=[POOL])
    made = {
        "name": "dws-new",
        "flavor": "dws.d2.xlarge",
        "num_node": 3,
        "db_name": "dbadmin",
        "db_password": "Str0ng!Passw0rd",
        "availability_zones": ["az1"],
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-1",
        "datastore_version": "8.2.1",
    }

    told = service.get("v1.0/dss-pools")
    unknown = service.send("POST", "v2/clusters", {"cluster": made | {"dss_pool_id": "none"}})
    known = service.send("POST", "v2/clusters", {"cluster": made | {"dss_pool_id": "pool-1"}})

    assert told["count"] == 1
    assert (told["pools"][0]["name"], told["pools"][0]["capacity"]) == ("fast", 500)
    assert refused(unknown) == (400, "DWS.0001")
    assert known.status_code == 200


def test_what_the_project_may_do_is_told_in_pages(serve: Serve) -> None:
    service = serve(tenant_actions=[f"Action{n}" for n in range(12)])

    first = service.get("v1/actions")
    rest = service.get("v1/actions", offset=10, limit=10)

    assert (first["count"], len(first["action_info"])) == (12, 10)
    assert rest["action_info"] == ["Action10", "Action11"]


def test_every_cluster_is_told_with_its_enterprise_project(service: Service, sales: str) -> None:
    service.post("v1.0/clusters", new_cluster(enterprise_project_id="ep-1"))

    told = service.get("v1/enterprise-projects")
    last = service.get("v1/enterprise-projects", offset=4, limit=4)

    assert told["resources"][0] == {"cluster_id": sales, "eps_id": "0"}
    assert [found["eps_id"] for found in last["resources"]] == ["ep-1"]
    assert (told["count"], last["count"]) == (5, 5)


def test_kinds_of_nodes_lead_to_others_of_their_sort(service: Service, sales: str) -> None:
    kinds = {kind["spec_name"]: kind for kind in service.get("v2/node-types")["node_types"]}
    path = f"v1/flavors/{kinds['dwsx2.xlarge']['id']}/target-flavors"

    told = service.get(path)
    paged = service.get(path, offset=1, limit=2)
    of_cluster = service.get(path, cluster_id=sales)

    names = {flavor["name"]: flavor["is_current_flavor"] for flavor in told["flavors"]}
    assert names["dwsx2.xlarge"] is True
    assert names["dwsx2.2xlarge"] is False
    assert "dws.d1.xlarge" not in names
    assert paged["flavors"] == told["flavors"][1:3]
    assert {f["name"] for f in of_cluster["flavors"] if f["is_current_flavor"]} == {"dws.d2.xlarge"}


def test_an_unknown_kind_of_nodes_leads_nowhere(service: Service) -> None:
    answered = service.send("GET", "v1/flavors/none/target-flavors")

    assert refused(answered) == (400, "DWS.5006")


def test_clusters_and_nodes_are_counted_with_those_that_work(service: Service, sales: str) -> None:
    service.post(f"v1/clusters/{sales}/stop")
    service.advance(400)

    told = service.get("v1/resource-statistics")

    assert told == {
        "cluster_statistics": {"active": 3, "total": 4},
        "node_statistics": {"active": 9, "total": 12},
    }
