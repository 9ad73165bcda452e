from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dws.operations.clusters import ListClusterDetails
from flows.bind_eip import bind_eip
from tasks.run import Refused, Stopped
from tests.cloud import Cloud
from tests.flows.service import each_fault, id_of, told

pytestmark = pytest.mark.usefixtures("clock")

ONE, TWO = "ab60b4ac-10e3-4d83-bccd-9a6a1b0ba983", "cd60b4ac-10e3-4d83-bccd-9a6a1b0ba983"
EIPS = {"eips": [{"id": ONE}, {"id": TWO, "address": "10.154.50.21"}]}
WORLD = {"clusters": [{"name": "demo"}, {"name": "other"}], **EIPS}
with_two = pytest.mark.parametrize("cloud", [WORLD], indirect=True)


async def bound(name: str = "demo") -> str | None:
    return (await told(ListClusterDetails(cluster_id=await id_of(name)))).cluster.eip_id


@with_two
async def test_it_is_bound_once_and_unbound_again(cloud: Cloud, account: str) -> None:
    for run_id in ("r1", "r1", "r2"):
        await bind_eip(account, "demo", ONE, run_id=run_id)
    assert await bound() == ONE
    assert cloud.changes() == ["AssociateEip"]

    for run_id in ("r3", "r3", "r4"):
        await bind_eip(account, "demo", "unbound", run_id=run_id)

    assert await bound() is None
    assert cloud.changes() == ["AssociateEip", "DisassociateEip"]


@with_two
async def test_another_one_is_replaced_only_if_told(cloud: Cloud, account: str) -> None:
    await bind_eip(account, "demo", ONE, run_id="r1")
    with pytest.raises(Refused, match=f"has the elastic IP {ONE}; tell replace=true"):
        await bind_eip(account, "demo", TWO, run_id="r2")
    assert cloud.changes() == ["AssociateEip"]

    left = await bind_eip(account, "demo", TWO, replace=True, run_id="r3")

    assert (left.eip_id_before, left.eip_id, left.changed) == (ONE, TWO, True)
    assert await bound() == TWO
    assert cloud.changes() == ["AssociateEip", "DisassociateEip", "AssociateEip"]


@with_two
async def test_one_that_another_cluster_has_is_refused(cloud: Cloud, account: str) -> None:
    await bind_eip(account, "other", ONE, run_id="r1")

    with pytest.raises(Refused, match="cluster other has it; unbind it there first"):
        await bind_eip(account, "demo", ONE, run_id="r2")


@with_two
async def test_an_id_that_is_none_is_told_before_anything_is_asked(
    cloud: Cloud, account: str
) -> None:
    with pytest.raises(
        ValidationError, match=r"eip='10\.154\.50\.20': tell the id of the elastic IP"
    ):
        await bind_eip(account, "demo", "10.154.50.20", run_id="r1")

    assert cloud.requests() == []


@with_two
async def test_a_failed_task_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "AssociateEip", task_status="NETWORK_CONFIG_FAILED")

    with pytest.raises(Stopped, match=f"binding of elastic IP {ONE}: .*NETWORK_CONFIG_FAILED"):
        await bind_eip(account, "demo", ONE, run_id="r1")

    assert await bound() is None


@with_two
@pytest.mark.parametrize("run_id", ["r1", "r2"])
async def test_a_failed_task_is_asked_for_again_by_the_next_run(
    cloud: Cloud, account: str, run_id: str
) -> None:
    cloud.fault("task_fails", "AssociateEip", task_status="NETWORK_CONFIG_FAILED")
    with pytest.raises(Stopped):
        await bind_eip(account, "demo", ONE, run_id="r1")

    await bind_eip(account, "demo", ONE, run_id=run_id)

    assert await bound() == ONE
    assert cloud.changes() == ["AssociateEip", "AssociateEip"]


STICKY = {"clusters": [{"name": "demo", "task": "RESIZE_FAILURE"}], **EIPS}


@pytest.mark.parametrize("cloud", [STICKY], indirect=True)
async def test_a_failed_task_of_another_kind_is_told_before_any_change(
    cloud: Cloud, account: str
) -> None:
    with pytest.raises(Refused, match="its last task ended in RESIZE_FAILURE"):
        await bind_eip(account, "demo", ONE, run_id="r1")

    assert cloud.changes() == []


@with_two
@each_fault
async def test_a_fault_of_one_request_binds_it_once(
    cloud: Cloud, account: str, fault: dict[str, Any]
) -> None:
    cloud.fault(operation="AssociateEip", **fault)

    await bind_eip(account, "demo", ONE, run_id="r1")

    assert await bound() == ONE


DEAD = {"clusters": [{"name": "demo", "status": "FROZEN"}], **EIPS}


@pytest.mark.parametrize("cloud", [DEAD], indirect=True)
async def test_a_frozen_cluster_is_refused(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="its status is FROZEN"):
        await bind_eip(account, "demo", ONE, run_id="r1")

    assert cloud.changes() == []
