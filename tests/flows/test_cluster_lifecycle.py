from __future__ import annotations

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from dws.errors import RequestFailed
from dws.operations.clusters import NewCluster
from dws.operations.snapshots import NewSnapshot
from dws.shapes import Tag
from flows.cluster_lifecycle import cluster_lifecycle
from tasks.clusters import create_cluster, wait_until_cluster_settled
from tasks.locks import cluster_lock
from tasks.run import Refused, Stopped
from tasks.snapshots import create_snapshot, wait_until_snapshot_ready
from tasks.store import database, locks
from tasks.tags import batch_create_resource_tag
from tests.cloud import Cloud
from tests.flows.service import id_of

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


@pytest.mark.parametrize("cloud", [EMPTY], indirect=True)
async def test_a_cluster_that_a_person_made_after_a_refusal_is_left_alone(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("http", "CreateCluster", status=400, code="DWS.0001")
    with pytest.raises(RequestFailed):
        await cluster_lifecycle(account, "dws-demo", **NETWORK, run_id="l1")
    await made_by_a_person(account, "dws-demo")

    with pytest.raises(Stopped, match=r"dws-demo \(.*\) was made by someone else"):
        await cluster_lifecycle(account, "dws-demo", **NETWORK, run_id="l1")

    assert cloud.changes() == ["CreateCluster"]
    assert cloud.clusters() == {"dws-demo": "AVAILABLE"}


async def refused_deletions(cloud: Cloud, account: str) -> None:
    """The run ``l1`` comes as far as to its last step."""
    cloud.fault("http", "DeleteCluster", status=400, code="DWS.0001", times=2)
    with pytest.raises(RequestFailed):
        await cluster_lifecycle(account, "dws-demo", **NETWORK, run_id="l1")
    cloud.forget_faults()


@pytest.mark.parametrize("cloud", [EMPTY], indirect=True)
async def test_a_cluster_that_a_person_has_protected_is_left(cloud: Cloud, account: str) -> None:
    await refused_deletions(cloud, account)
    await batch_create_resource_tag(
        account, cluster_id=await id_of("dws-demo"), tags=(Tag(key="runbook-protected"),)
    )

    with pytest.raises(Stopped, match="is left: cluster dws-demo has the tag runbook-protected"):
        await cluster_lifecycle(account, "dws-demo", **NETWORK, run_id="l1")

    assert cloud.clusters()["dws-demo"] == "AVAILABLE"


@pytest.mark.parametrize("cloud", [EMPTY], indirect=True)
async def test_a_snapshot_that_a_person_took_is_kept(cloud: Cloud, account: str) -> None:
    await refused_deletions(cloud, account)
    wanted = NewSnapshot(name="by-hand", cluster_id=await id_of("dws-demo"))
    taken = (await create_snapshot(account, snapshot=wanted)).snapshot
    await wait_until_snapshot_ready(account, snapshot_id=taken.id)

    await cluster_lifecycle(account, "dws-demo", **NETWORK, run_id="l1")

    assert cloud.clusters() == {}
    assert cloud.snapshots() == {"by-hand": "AVAILABLE"}


@pytest.mark.parametrize("cloud", [EMPTY], indirect=True)
async def test_what_it_makes_is_locked_against_other_runs(cloud: Cloud, account: str) -> None:
    made = await cluster_lifecycle(account, "dws-demo", **NETWORK, run_id="l1")

    with database().connect() as connection:
        owners = {row.target: row.owner for row in connection.execute(select(locks))}
    for cluster_id in (made.cluster_id, made.restored_id):
        assert owners[cluster_lock(account, cluster_id)] == "l1"


async def made_by_a_person(account: str, name: str) -> None:
    wanted = NewCluster(
        name=name,
        node_type="dws.d1.xlarge",
        number_of_node=3,
        user_name="dbadmin",
        user_pwd=SecretStr("Passw0rd!23456"),
        **NETWORK,
    )
    await create_cluster(account, cluster=wanted)
    await wait_until_cluster_settled(account, cluster_id=await id_of(name))
