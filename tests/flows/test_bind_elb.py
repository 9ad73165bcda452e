from __future__ import annotations

from typing import Any

import pytest

from dws.lookup import Ambiguous, NoSuchThing
from dws.operations.clusters import ListClusterDetails
from flows.bind_elb import bind_elb
from tasks.run import Refused, Stopped
from tests.cloud import Cloud
from tests.flows.service import each_fault, id_of, told

pytestmark = pytest.mark.usefixtures("clock")

ONE, TWO, BARE = (f"{n}e6e0b66-6223-4523-bfd9-033c88b4ce9f" for n in (1, 2, 3))
WORLD = {
    "clusters": [{"name": "demo"}, {"name": "other"}],
    "elbs": [
        {"name": "one", "id": ONE},
        {"name": "two", "id": TWO, "private_ip": "192.168.0.223"},
        {"name": "bare", "id": BARE, "private_ip": ""},
        {"name": "far", "id": "4e6e0b66-6223-4523-bfd9-033c88b4ce9f", "vpc_id": "elsewhere"},
    ],
}
with_elbs = pytest.mark.parametrize("cloud", [WORLD], indirect=True)


async def bound(name: str = "demo") -> str | None:
    return (await told(ListClusterDetails(cluster_id=await id_of(name)))).cluster.elb_id


@with_elbs
async def test_it_is_bound_once_and_unbound_again(cloud: Cloud, account: str) -> None:
    for run_id in ("r1", "r1", "r2"):
        await bind_elb(account, "demo", "one", run_id=run_id)
    assert await bound() == ONE

    for run_id in ("r3", "r3", "r4"):
        await bind_elb(account, "demo", "unbound", run_id=run_id)

    assert await bound() is None
    assert cloud.changes() == ["AssociateElb", "DisassociateElb"]


@with_elbs
async def test_another_one_is_replaced_only_if_told(cloud: Cloud, account: str) -> None:
    await bind_elb(account, "demo", ONE, run_id="r1")
    with pytest.raises(Refused, match=f"has the load balancer {ONE}; tell replace=true"):
        await bind_elb(account, "demo", "two", run_id="r2")

    left = await bind_elb(account, "demo", "two", replace=True, run_id="r3")

    assert (left.elb_id_before, left.elb_id, left.changed) == (ONE, TWO, True)
    assert await bound() == TWO


@with_elbs
async def test_one_without_private_address_is_refused(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="has no private IP; give it one first"):
        await bind_elb(account, "demo", "bare", run_id="r1")

    assert cloud.changes() == []


@with_elbs
async def test_one_in_another_network_is_told_with_those_that_can_be_had(
    cloud: Cloud, account: str
) -> None:
    with pytest.raises(NoSuchThing, match=rf"elb='far': .*one \({ONE}\).*must be in its VPC"):
        await bind_elb(account, "demo", "far", run_id="r1")


TWINS = {"clusters": [{"name": "demo"}], "elbs": [{"id": ONE}, {"id": TWO}]}


@pytest.mark.parametrize("cloud", [TWINS], indirect=True)
async def test_a_name_of_two_balancers_is_refused(cloud: Cloud, account: str) -> None:
    with pytest.raises(Ambiguous, match="2 load balancers have that name"):
        await bind_elb(account, "demo", "elb-dws-1", run_id="r1")


@with_elbs
async def test_a_failed_task_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "AssociateElb", task_status="ELB_BIND_FAILED")

    with pytest.raises(Stopped, match="ELB_BIND_FAILED"):
        await bind_elb(account, "demo", "one", run_id="r1")

    assert await bound() is None


@with_elbs
@each_fault
async def test_a_fault_of_one_request_binds_it_once(
    cloud: Cloud, account: str, fault: dict[str, Any]
) -> None:
    cloud.fault(operation="AssociateElb", **fault)

    await bind_elb(account, "demo", "one", run_id="r1")

    assert await bound() == ONE
    assert [job["operation"] for job in cloud.state()["jobs"]] == ["AssociateElb"]
