from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec
from dws.operations.network import ClusterEndpoints, Elbs
from tests.emulator.conftest import WORLD, Serve
from tests.emulator.service import BUSY, Service, new_cluster, refused

VPC = "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574"
SUBNET = "374eca02-cfc4-4de7-8ab5-dbebf7d9a720"
ELB = "1e6e0b66-6223-4523-bfd9-033c88b4ce9f"
BARE_ELB = "2e6e0b66-6223-4523-bfd9-033c88b4ce9f"
FOREIGN_ELB = "3e6e0b66-6223-4523-bfd9-033c88b4ce9f"
EIP = "ab60b4ac-10e3-4d83-bccd-9a6a1b0ba983"
ELBS = [
    {"name": "elb-1", "id": ELB},
    {"name": "elb-bare", "id": BARE_ELB, "private_ip": ""},
    {"name": "elb-foreign", "id": FOREIGN_ELB, "vpc_id": "another"},
]
DEMO = {"name": "demo", "type": "private", "ttl": 300}


@pytest.fixture
def service(serve: Serve) -> Service:
    return serve(elbs=ELBS)


@pytest.fixture
def sales(service: Service) -> str:
    return service.id_of("sales")


def endpoints(service: Service, cluster_id: str, **query: Any) -> dict[str, Any]:
    told: dict[str, Any] = service.get(f"v1/clusters/{cluster_id}/endpoints", **query)
    return told


def elb_path(cluster_id: str, elb_id: str = ELB) -> str:
    return f"v2/clusters/{cluster_id}/elbs/{elb_id}"


def eip_path(cluster_id: str, eip_id: str = EIP) -> str:
    return f"v2/clusters/{cluster_id}/eips/{eip_id}"


def dns_path(cluster_id: str) -> str:
    return f"v1.0/clusters/{cluster_id}/dns"


def job(service: Service, job_id: str) -> dict[str, Any]:
    told: dict[str, Any] = service.get(f"v1.0/job/{job_id}")
    return told


def bind(service: Service, path: str) -> None:
    service.post(path)
    service.advance(200)


def test_a_balancer_is_bound_shown_and_unbound(service: Service, sales: str) -> None:
    made = service.post(elb_path(sales))
    service.advance(10)
    binding = service.cluster(sales)["task_status"]
    service.advance(200)
    bound = service.cluster(sales)["elb"]
    inside = endpoints(service, sales)["private_endpoints"]["elb_ip"]
    listed = {e["id"]: e for e in service.get(f"v2/clusters/{sales}/elbs")["elbs"]}

    answered = service.send("DELETE", elb_path(sales))
    service.advance(10)
    unbinding = service.cluster(sales)["task_status"]
    service.advance(200)

    assert (binding, unbinding) == ("ELB_BINDING", "ELB_UNBINDING")
    assert job(service, made["job_id"])["status"] == "SUCCESS"
    assert (bound["id"], bound["private_ip"], inside) == (ELB, "192.168.0.222", "192.168.0.222")
    assert (listed[ELB]["bandwidth"], listed[ELB]["cluster_id"]) == (1, sales)
    assert job(service, answered.json()["job_id"])["status"] == "SUCCESS"
    assert "elb" not in service.cluster(sales)


def test_a_balancer_without_private_ip_fails_the_job_as_the_reference_prints_it(
    service: Service, sales: str
) -> None:
    made = service.post(elb_path(sales, BARE_ELB))
    service.advance(200)

    told = job(service, made["job_id"])

    assert (told["job_name"], told["status"]) == ("ecfClusterElbCreateJob", "FAIL")
    assert told["failed_code"] == "CreateELBTask-fail:DWS.0114"
    assert told["failed_detail"] == "DWS.0114:ELB private IP is not configured."
    assert service.cluster(sales)["task_status"] == "ELB_BIND_FAILED"
    assert "elb" not in service.cluster(sales)


def test_a_failed_binding_is_forgotten_when_the_next_one_begins(
    service: Service, sales: str
) -> None:
    bind(service, elb_path(sales, BARE_ELB))

    bind(service, elb_path(sales))

    assert service.cluster(sales)["task_status"] is None
    assert service.cluster(sales)["elb"]["id"] == ELB


def test_told_faults_of_balancers_are_met(service: Service, sales: str) -> None:
    service.fault("task_fails", "AssociateElb", task_status="ELB_BIND_FAILED")
    made = service.post(elb_path(sales))
    service.advance(200)
    failed = job(service, made["job_id"])["status"], service.cluster(sales)["task_status"]
    bind(service, elb_path(sales))
    service.fault("task_fails", "DisassociateElb", task_status="ELB_UNBIND_FAILED")
    service.send("DELETE", elb_path(sales))
    service.advance(200)

    assert failed == ("FAIL", "ELB_BIND_FAILED")
    assert service.cluster(sales)["task_status"] == "ELB_UNBIND_FAILED"
    assert service.cluster(sales)["elb"]["id"] == ELB


def test_balancers_that_cannot_be_bound_are_refused(service: Service, sales: str) -> None:
    idle = service.id_of("dr-idle")
    unknown = service.send("POST", elb_path(sales, "nowhere"))
    foreign = service.send("POST", elb_path(sales, FOREIGN_ELB))
    bind(service, elb_path(sales))

    assert refused(unknown) == (400, "DWS.0102")
    assert refused(foreign) == (404, "DWS.5021")
    assert refused(service.send("POST", elb_path(idle))) == (400, "DWS.5045")
    assert refused(service.send("DELETE", elb_path(idle))) == (400, "DWS.0102")


def test_available_balancers_are_those_of_the_vpc_that_are_free(
    service: Service, sales: str
) -> None:
    bind(service, elb_path(sales))

    told = service.get(f"v2/clusters/{service.id_of('dr-idle')}/elbs")

    assert [elb.id for elb in Elbs.model_validate(told).elbs] == [BARE_ELB]


def test_balancers_of_a_subnet_are_listed_in_pages(service: Service) -> None:
    where = {"vpc_id": VPC, "subnet_id": SUBNET}

    whole = service.get("v2/elbs", **where)
    second = service.get("v2/elbs", **where, limit=1, offset=1)
    elsewhere = service.get("v2/elbs", vpc_id="another", subnet_id=SUBNET)

    assert ([elb["id"] for elb in whole["elbs"]], whole["count"]) == ([ELB, BARE_ELB], 2)
    assert ([elb["id"] for elb in second["elbs"]], second["count"]) == ([BARE_ELB], 2)
    assert [elb["id"] for elb in elsewhere["elbs"]] == [FOREIGN_ELB]
    assert refused(service.send("GET", "v2/elbs", params={"vpc_id": VPC}))[0] == 400


def test_an_elastic_ip_is_bound_shown_and_unbound(service: Service, sales: str) -> None:
    before = endpoints(service, sales)["public_endpoints"]
    service.post(eip_path(sales))
    service.advance(6)
    task = service.cluster(sales)["task_status"]
    service.advance(60)
    bound, outside = service.cluster(sales), endpoints(service, sales)

    answered = service.send("DELETE", eip_path(sales))
    service.advance(60)
    after = service.cluster(sales)

    assert (before, task) == (None, "NETWORK_CONFIGURING")
    assert bound["public_ip"] == {"public_bind_type": "bind_existing", "eip_id": EIP}
    assert bound["public_endpoints"][0]["public_connect_info"] == "10.154.50.20:8000"
    assert (outside["public_endpoints"]["ip"], outside["public_endpoints"]["ip_id"]) == (
        "10.154.50.20",
        EIP,
    )
    assert outside["public_ip_infos"][0]["address"] == "10.154.50.20"
    assert answered.status_code == 200
    assert (after["public_ip"]["public_bind_type"], after["public_endpoints"]) == ("not_use", [])
    assert endpoints(service, sales)["public_endpoints"] is None


def test_an_elastic_ip_that_came_with_its_cluster_can_be_moved(service: Service) -> None:
    public = {"public_bind_type": "auto_assign", "eip_id": ""}
    service.post("v1.0/clusters", new_cluster(public_ip=public))
    service.advance(1000)
    new, sales = service.id_of("dws-new"), service.id_of("sales")
    eip_id = service.cluster(new)["public_ip"]["eip_id"]
    address = endpoints(service, new)["public_endpoints"]["ip"]

    service.send("DELETE", eip_path(new, eip_id))
    service.advance(60)
    service.post(eip_path(sales, eip_id))
    service.advance(60)

    assert endpoints(service, sales)["public_endpoints"]["ip"] == address


def test_elastic_ips_that_cannot_be_bound_are_refused(service: Service, sales: str) -> None:
    idle = service.id_of("dr-idle")
    unknown = "11111111-2222-4333-8444-555555555555"
    bind(service, eip_path(sales))

    assert refused(service.send("POST", eip_path(idle, "x"))) == (400, "DWS.5133")
    assert refused(service.send("POST", eip_path(idle, unknown))) == (400, "DWS.5135")
    assert refused(service.send("POST", eip_path(idle))) == (400, "DWS.5133")
    assert refused(service.send("DELETE", eip_path(idle))) == (400, "DWS.5135")


def test_a_failed_binding_of_an_elastic_ip_leaves_none(service: Service, sales: str) -> None:
    service.fault("task_fails", "AssociateEip", task_status="NETWORK_CONFIG_FAILED")

    bind(service, eip_path(sales))

    assert service.cluster(sales)["task_status"] == "NETWORK_CONFIG_FAILED"
    assert service.cluster(sales)["public_endpoints"] == []


def test_a_failed_unbinding_of_an_elastic_ip_leaves_it(service: Service, sales: str) -> None:
    bind(service, eip_path(sales))
    service.fault("task_fails", "DisassociateEip", task_status="NETWORK_CONFIG_FAILED")

    service.send("DELETE", eip_path(sales))
    service.advance(60)

    assert service.cluster(sales)["public_ip"]["eip_id"] == EIP


def test_a_private_domain_is_pending_then_active_and_listened_at(
    service: Service, sales: str
) -> None:
    service.post(dns_path(sales), DEMO)
    pending = endpoints(service, sales)["private_endpoints"]
    early = service.cluster(sales)["endpoints"][0]["connect_info"]
    service.advance(40)
    active = endpoints(service, sales)["private_endpoints"]

    assert (pending["domain_name"], pending["domain_name_status"]) == ("demo", "PENDING_CREATE")
    assert early.startswith("192.168.")
    assert (active["domain_name_status"], active["domain_name_ttl"]) == ("ACTIVE", 300)
    connect_info = service.cluster(sales)["endpoints"][0]["connect_info"]
    assert connect_info == "demo.dws.myhuaweicloud.com:8000"


def test_a_changed_domain_answers_by_the_old_name_until_it_is_active(
    service: Service, sales: str
) -> None:
    service.post(dns_path(sales), DEMO)
    service.advance(40)

    service.send("PUT", dns_path(sales), {"name": "other", "type": "private", "ttl": 600})
    during = endpoints(service, sales)["private_endpoints"]
    service.advance(40)
    after = endpoints(service, sales)["private_endpoints"]

    assert (during["domain_name"], during["domain_name_status"]) == ("demo", "PENDING_UPDATE")
    assert (after["domain_name"], after["domain_name_ttl"]) == ("other", 600)


def test_a_public_domain_needs_an_elastic_ip_and_goes_with_it(service: Service, sales: str) -> None:
    public = {**DEMO, "type": "public"}
    without = service.send("POST", dns_path(sales), public)
    bind(service, eip_path(sales))
    service.post(dns_path(sales), public)
    service.advance(40)
    outside = service.cluster(sales)["public_endpoints"][0]["public_connect_info"]

    service.send("DELETE", eip_path(sales))
    service.advance(60)
    bind(service, eip_path(sales))

    assert refused(without) == (400, "DWS.5135")
    assert outside == "demo.dws.myhwclouds.com:8000"
    assert endpoints(service, sales)["public_endpoints"]["domain_name"] is None


def test_a_public_domain_is_given_up_and_a_private_one_is_not(service: Service, sales: str) -> None:
    bind(service, eip_path(sales))
    service.post(dns_path(sales), {**DEMO, "type": "public"})
    service.advance(40)

    gone = service.send("DELETE", dns_path(sales), params={"type": "public"})
    service.advance(40)

    assert gone.status_code == 200
    assert endpoints(service, sales)["public_endpoints"]["domain_name"] is None
    kept = service.send("DELETE", dns_path(sales), params={"type": "private"})
    assert refused(kept)[0] == 400


def test_domains_that_do_not_fit_are_refused(service: Service, sales: str) -> None:
    service.post(dns_path(sales), DEMO)
    idle = service.id_of("dr-idle")

    assert refused(service.send("POST", dns_path(sales), {**DEMO, "name": "more"}))[0] == 409
    assert refused(service.send("POST", dns_path(idle), DEMO)) == (409, "DWS.5050")
    assert refused(service.send("PUT", dns_path(sales), DEMO)) == BUSY
    assert refused(service.send("PUT", dns_path(idle), {**DEMO, "name": "x"})) == (404, "DWS.0047")
    assert refused(service.send("POST", dns_path(idle), {**DEMO, "name": "a_b"}))[0] == 400
    assert refused(service.send("POST", dns_path(idle), {**DEMO, "ttl": 299}))[1] == "DWS.5060"


def test_a_failed_domain_says_why_and_can_be_applied_for_again(
    service: Service, sales: str
) -> None:
    service.fault("task_fails", "CreateClusterDns", task_status="no zone")
    service.post(dns_path(sales), DEMO)
    service.advance(40)
    failed = endpoints(service, sales)["private_endpoints"]

    service.post(dns_path(sales), DEMO)
    service.advance(40)

    assert (failed["domain_name_status"], failed["failed_reason"]) == ("ERROR", "no zone")
    assert endpoints(service, sales)["private_endpoints"]["domain_name_status"] == "ACTIVE"


def test_a_stuck_domain_stays_pending(service: Service, sales: str) -> None:
    service.fault("stuck", "CreateClusterDns")
    service.post(dns_path(sales), DEMO)
    service.advance(40_000)

    told = endpoints(service, sales)["private_endpoints"]

    assert told["domain_name_status"] == "PENDING_CREATE"


def test_security_groups_are_changed_at_once(service: Service, sales: str) -> None:
    path = f"v1/clusters/{sales}/security-group"

    one = service.send("PUT", path, {"security_groups": ["group-1"]})
    alone = service.cluster(sales)["security_group_id"]
    service.send("PUT", path, {"security_groups": ["group-1", "group-2"]})

    assert (one.status_code, alone) == (200, "group-1")
    assert service.cluster(sales)["security_group_id"] == "group-1,group-2"
    assert refused(service.send("PUT", path, {"security_groups": []}))[0] == 400


def test_addresses_of_coordinators_alone_can_be_asked_for(serve: Serve) -> None:
    service = serve(clusters=[{"name": "large", "nodes": 5}], snapshots=[], disaster_recoveries=[])
    large = service.id_of("large")

    whole = endpoints(service, large, inst_type="dws")
    coordinators = endpoints(service, large, inst_type="dws-cn")

    assert len(ClusterEndpoints.model_validate(whole).public_ip_infos) == 5
    assert len(coordinators["public_ip_infos"]) == 3


def test_a_busy_cluster_is_not_bound(service: Service, sales: str) -> None:
    service.take(sales, "backup-1", wait=False)
    groups = {"security_groups": ["group-1"]}

    assert refused(service.send("POST", elb_path(sales))) == BUSY
    assert refused(service.send("POST", eip_path(sales))) == BUSY
    assert refused(service.send("PUT", f"v1/clusters/{sales}/security-group", groups)) == BUSY


def test_a_deleted_cluster_lets_go_of_all(service: Service, sales: str) -> None:
    bind(service, elb_path(sales))
    bind(service, eip_path(sales))
    service.post(dns_path(sales), DEMO)
    service.advance(40)

    service.delete_cluster(sales)
    service.advance(400)
    idle = service.id_of("dr-idle")
    bind(service, elb_path(idle))
    bind(service, eip_path(idle))
    service.post(dns_path(idle), DEMO)

    assert service.cluster(idle)["elb"]["id"] == ELB
    assert service.cluster(idle)["public_ip"]["eip_id"] == EIP


def test_bindings_survive_a_restart_of_the_emulator(tmp_path: Path) -> None:
    spec = WorldSpec.model_validate(WORLD)
    with Emulator.serving(speed=0.0, world=spec, state=tmp_path / "world.db") as server:
        service = Service(server.url)
        sales = service.id_of("sales")
        bind(service, eip_path(sales))
        service.post(elb_path(sales))
        service.post(dns_path(sales), DEMO)
        service.http.close()

    with Emulator.serving(speed=0.0, world=spec, state=tmp_path / "world.db") as server:
        service = Service(server.url)
        service.advance(200)
        cluster = service.cluster(sales)
        status = endpoints(service, sales)["private_endpoints"]["domain_name_status"]
        service.http.close()

    assert (cluster["public_ip"]["eip_id"], cluster["elb"]["id"]) == (EIP, ELB)
    assert status == "ACTIVE"
