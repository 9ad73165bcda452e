from __future__ import annotations

import pytest

from flows.cluster_lifecycle import cluster_lifecycle
from tasks.run import Refused
from tests.cloud import Cloud

pytestmark = pytest.mark.usefixtures("clock")

NETWORK = {
    "vpc_id": "219ab8a0-1272-4049-a383-8ad0b770fa11",
    "subnet_id": "d23ef2e9-8b90-49b3-bc4a-fd7d6bea6bec",
    "security_group_id": "12e3c23a-8710-4b75-95e4-5c8d7f68ef3c",
}
CHANGES = [
    "CreateCluster",
    "CreateSnapshot",
    "RestoreCluster",
    "DeleteSnapshot",
    "DeleteCluster",
    "DeleteCluster",
]
EMPTY: dict[str, object] = {}


@pytest.mark.parametrize("cloud", [EMPTY], indirect=True)
async def test_the_ten_steps_leave_nothing_behind(cloud: Cloud, account: str) -> None:
    made = await cluster_lifecycle(account, "dws-demo", **NETWORK, run_id="l1")

    assert cloud.changes() == CHANGES
    assert cloud.clusters() == {}
    assert cloud.snapshots() == {}
    assert {item["id"] for item in cloud.state()["clusters"]} == {made.cluster_id, made.restored_id}


@pytest.mark.parametrize("cloud", [EMPTY], indirect=True)
async def test_a_second_run_of_the_same_id_creates_nothing(cloud: Cloud, account: str) -> None:
    first = await cluster_lifecycle(account, "dws-demo", **NETWORK, run_id="l1")
    again = await cluster_lifecycle(account, "dws-demo", **NETWORK, run_id="l1")

    assert again == first
    assert cloud.changes() == CHANGES


@pytest.mark.parametrize("operation", ["CreateCluster", "RestoreCluster", "DeleteCluster"])
@pytest.mark.parametrize("cloud", [EMPTY], indirect=True)
async def test_a_lost_answer_makes_no_second_cluster(
    cloud: Cloud, account: str, operation: str
) -> None:
    cloud.fault("lost_reply", operation)

    await cluster_lifecycle(account, "dws-demo", **NETWORK, run_id="l1")

    assert cloud.clusters() == {}
    assert len(cloud.state()["clusters"]) == 2


ORDERS_ONLY = {"profile": {"create_answers": "order"}}


@pytest.mark.parametrize("cloud", [ORDERS_ONLY], indirect=True)
async def test_a_cluster_is_found_by_its_name_where_an_order_is_all_the_answer(
    cloud: Cloud, account: str
) -> None:
    await cluster_lifecycle(account, "dws-demo", **NETWORK, run_id="l1")

    assert cloud.changes() == CHANGES


async def test_a_cluster_that_was_there_is_left_alone(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="clusters exist already: demo"):
        await cluster_lifecycle(account, "demo", **NETWORK, run_id="l1")

    assert cloud.changes() == []


@pytest.mark.parametrize("cloud", [EMPTY], indirect=True)
async def test_an_unknown_kind_of_nodes_is_told_with_those_that_are_sold(
    cloud: Cloud, account: str
) -> None:
    with pytest.raises(Refused, match=r"node_type='dws.x9' is not sold; choose of .*dws\.d1"):
        await cluster_lifecycle(account, "dws-demo", **NETWORK, node_type="dws.x9", run_id="l1")

    assert cloud.changes() == []
