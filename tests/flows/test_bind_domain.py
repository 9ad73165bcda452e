from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dws.operations.network import ListClusterEndpoints, PrivateConnection
from flows.bind_domain import bind_domain
from flows.bind_eip import bind_eip
from flows.declared.bind_domain import has_name
from tasks.run import Refused, Stopped
from tests.cloud import Cloud
from tests.flows.service import each_fault, id_of, told

pytestmark = pytest.mark.usefixtures("clock")

EIP = "ab60b4ac-10e3-4d83-bccd-9a6a1b0ba983"
BARE = {"clusters": [{"name": "demo"}]}
bare = pytest.mark.parametrize("cloud", [BARE], indirect=True)


async def names() -> tuple[str | None, str | None]:
    """Inside and outside."""
    found = await told(ListClusterEndpoints(cluster_id=await id_of("demo")))
    inside, outside = found.private_endpoints, found.public_endpoints
    return inside and inside.domain_name, outside and outside.domain_name


@bare
async def test_a_name_inside_is_applied_for_once(cloud: Cloud, account: str) -> None:
    for run_id in ("r1", "r1", "r2"):
        left = await bind_domain(account, "demo", "private", "sales", run_id=run_id)

    assert cloud.changes() == ["CreateClusterDns"]
    assert await names() == ("sales", None)
    assert left.domain == "sales.dws.myhuaweicloud.com"
    assert not left.changed


@bare
async def test_another_name_is_replaced_only_if_told(cloud: Cloud, account: str) -> None:
    await bind_domain(account, "demo", "private", "sales", run_id="r1")
    with pytest.raises(Refused, match="has the private domain name sales; tell replace=true"):
        await bind_domain(account, "demo", "private", "shop", run_id="r2")

    await bind_domain(account, "demo", "private", "shop", replace=True, run_id="r3")

    assert cloud.changes() == ["CreateClusterDns", "UpdateClusterDns"]
    assert await names() == ("shop", None)


@bare
async def test_another_time_to_live_is_set_without_being_asked_to_replace(
    cloud: Cloud, account: str
) -> None:
    await bind_domain(account, "demo", "private", "sales", run_id="r1")

    await bind_domain(account, "demo", "private", "sales", ttl=600, run_id="r2")

    found = await told(ListClusterEndpoints(cluster_id=await id_of("demo")))
    assert found.private_endpoints is not None
    assert found.private_endpoints.domain_name_ttl == 600


@bare
async def test_a_name_outside_needs_an_elastic_ip_and_is_given_up_again(
    cloud: Cloud, account: str
) -> None:
    with pytest.raises(Refused, match="has no elastic IP; bind one first"):
        await bind_domain(account, "demo", "public", "sales", run_id="r1")
    await bind_eip(account, "demo", EIP, run_id="r2")
    await bind_domain(account, "demo", "public", "sales", run_id="r3")
    assert await names() == (None, "sales")

    for run_id in ("r4", "r4", "r5"):
        await bind_domain(account, "demo", "public", "unbound", run_id=run_id)

    assert await names() == (None, None)
    assert cloud.changes() == ["AssociateEip", "CreateClusterDns", "DeleteClusterDns"]


@bare
@pytest.mark.parametrize(
    ("type_", "domain", "said"),
    [
        ("private", "unbound", "names for outside alone"),
        ("private", "a_b", "domain='a_b': 1 to 63 letters"),
        ("public", "", "domain='': 1 to 63 letters"),
    ],
)
async def test_bad_names_are_told_before_anything_is_asked(
    cloud: Cloud, account: str, type_: str, domain: str, said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        await bind_domain(account, "demo", type_, domain, run_id="r1")  # type: ignore[arg-type]

    assert cloud.requests() == []


@bare
async def test_a_name_that_cannot_be_made_is_told_and_made_by_the_next_run(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("task_fails", "CreateClusterDns", task_status="no zone")
    with pytest.raises(Stopped, match=r"private domain name sales: .*ERROR no zone"):
        await bind_domain(account, "demo", "private", "sales", run_id="r1")

    await bind_domain(account, "demo", "private", "sales", run_id="r1")

    assert await names() == ("sales", None)


@bare
@each_fault
async def test_a_fault_of_one_request_does_no_harm(
    cloud: Cloud, account: str, fault: dict[str, Any]
) -> None:
    cloud.fault(operation="CreateClusterDns", **fault)

    await bind_domain(account, "demo", "private", "sales", run_id="r1")

    assert await names() == ("sales", None)


@pytest.mark.parametrize(
    ("side", "is_so"),
    [
        ({"domain_name": "sales", "domain_name_ttl": 300}, True),
        ({"domain_name": "sales", "domain_name_ttl": 0}, True),
        ({"domain_name": "sales.dws.com", "domain_name_suffix": "dws.com"}, True),
        ({"domain_name": "sales", "domain_name_ttl": 600}, False),
        ({"domain_name": "shop", "domain_name_ttl": 300}, False),
        ({"domain_name": None}, False),
    ],
)
def test_a_name_is_known_as_far_as_it_is_told(side: dict[str, Any], is_so: bool) -> None:
    assert has_name(PrivateConnection.model_validate(side), "sales", 300) is is_so


DEAD = {"clusters": [{"name": "demo", "status": "FROZEN"}]}


@pytest.mark.parametrize("cloud", [DEAD], indirect=True)
async def test_a_frozen_cluster_is_refused(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="its status is FROZEN"):
        await bind_domain(account, "demo", "private", "sales", run_id="r1")

    assert cloud.changes() == []
