from __future__ import annotations

from collections.abc import Callable

import pytest

from flows.set_coordinators import set_coordinators
from tasks.run import Refused, Stopped
from tests.cloud import Cloud

SIX = {"clusters": [{"name": "demo", "nodes": 6}]}
"""A cluster of six nodes has three coordinators, and may have two to six."""
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def cloud(request: pytest.FixtureRequest, serve: Callable[..., Cloud]) -> Cloud:
    return serve(getattr(request, "param", SIX))


async def test_coordinators_are_added_up_to_the_number(cloud: Cloud, account: str) -> None:
    left = await set_coordinators(account, "demo", 5, run_id="r1")

    assert cloud.changes() == ["BatchCreateClusterCn"]
    assert len(left.coordinators) == 5


async def test_the_last_coordinators_are_taken_away(cloud: Cloud, account: str) -> None:
    before = await set_coordinators(account, "demo", 5, run_id="r1")

    left = await set_coordinators(account, "demo", 2, run_id="r2")

    assert cloud.changes() == ["BatchCreateClusterCn", "BatchDeleteClusterCn"]
    assert left.coordinators == before.coordinators[:2]
    assert left.removed == before.coordinators[2:]


async def test_a_cluster_with_as_many_is_left_alone(cloud: Cloud, account: str) -> None:
    left = await set_coordinators(account, "demo", 3, run_id="r1")

    assert cloud.changes() == []
    assert len(left.coordinators) == 3


@pytest.mark.parametrize("wanted", [2, 5])
async def test_a_second_run_of_the_same_id_changes_nothing_more(
    cloud: Cloud, account: str, wanted: int
) -> None:
    first = await set_coordinators(account, "demo", wanted, run_id="r1")
    changes = cloud.changes()

    again = await set_coordinators(account, "demo", wanted, run_id="r1")

    assert cloud.changes() == changes
    assert again == first


@pytest.mark.parametrize("wanted", [1, 7])
async def test_a_number_that_may_not_be_is_told_before_any_change(
    cloud: Cloud, account: str, wanted: int
) -> None:
    with pytest.raises(Refused, match=f"coordinators={wanted}: cluster demo may have 2 to 6"):
        await set_coordinators(account, "demo", wanted, run_id="r1")

    assert cloud.changes() == []


@pytest.mark.parametrize(
    "cloud", [{"clusters": [{"name": "demo", "task": "CREATE_NODE_FAILED"}]}], indirect=True
)
async def test_a_failure_that_was_there_before_is_told(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="CREATE_NODE_FAILED; repair it first"):
        await set_coordinators(account, "demo", 2, run_id="r1")

    assert cloud.changes() == []


@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated"])
@pytest.mark.parametrize(
    ("wanted", "operation"), [(5, "BatchCreateClusterCn"), (2, "BatchDeleteClusterCn")]
)
async def test_a_lost_answer_leads_to_the_same_number(
    cloud: Cloud, account: str, kind: str, wanted: int, operation: str
) -> None:
    cloud.fault(kind, operation)

    left = await set_coordinators(account, "demo", wanted, run_id="r1")

    assert len(left.coordinators) == wanted
    assert len(jobs(cloud, operation)) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_is_busy_is_asked_again(
    cloud: Cloud, account: str, status: int
) -> None:
    cloud.fault("http", "BatchCreateClusterCn", status=status)

    left = await set_coordinators(account, "demo", 5, run_id="r1")

    assert len(left.coordinators) == 5


@pytest.mark.parametrize(
    ("wanted", "operation"), [(5, "BatchCreateClusterCn"), (2, "BatchDeleteClusterCn")]
)
async def test_a_failed_change_is_told_and_not_called_done(
    cloud: Cloud, account: str, wanted: int, operation: str
) -> None:
    cloud.fault("task_fails", operation, task_status="CREATE_NODE_FAILED")

    with pytest.raises(Stopped, match=r"coordinators .* cluster demo: .*CREATE_NODE_FAILED"):
        await set_coordinators(account, "demo", wanted, run_id="r1")


async def test_the_wanted_number_that_another_run_has_begun_is_waited_for(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("http", "ListClusterDetails", status=404, code="APIGW.0101", after=4, times=99)
    with pytest.raises(Exception, match=r"APIGW\.0101"):
        await set_coordinators(account, "demo", 5, run_id="r1")
    assert cloud.changes() == ["BatchCreateClusterCn"]
    cloud.forget_faults()

    left = await set_coordinators(account, "demo", 5, run_id="r2")

    assert cloud.changes() == ["BatchCreateClusterCn"]
    assert len(left.coordinators) == 5


def jobs(cloud: Cloud, operation: str) -> list[str]:
    return [job["id"] for job in cloud.state()["jobs"] if job["operation"] == operation]
