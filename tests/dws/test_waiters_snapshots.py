"""The wait for restored tables."""

from __future__ import annotations

import pytest

from dws.client import Client
from dws.errors import WaitFailed
from dws.operations.account import Job, ListJobDetails
from dws.operations.snapshots import ListSnapshots, RestoreTable, TableName
from dws.waiter import Busy, Done, Failed, Verdict
from dws.waiters.snapshots import judge_table_restore, table_restored
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock

WORLD = {
    "clusters": [{"name": "sales", "databases": {"gaussdb": {"public": ["orders"]}}}],
    "snapshots": [{"name": "nightly", "cluster": "sales"}],
}


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("INIT", Busy),
        ("WAITING", Busy),
        ("RUNNING", Busy),
        ("DELAY_SCHEDULED", Busy),
        ("SUCCESS", Done),
        ("FAIL", Failed),
        ("STOP", Failed),
        ("ERROR", Failed),
    ],
)
def test_a_table_restore_is_judged_by_its_job(status: str, verdict: type[Verdict]) -> None:
    assert isinstance(judge_table_restore(Job(job_id="j1", status=status)), verdict)


async def begun(client: Client) -> ListJobDetails:
    snapshot = (await client.call(ListSnapshots())).snapshots[0]
    accepted = await client.call(
        RestoreTable(
            snapshot_id=snapshot.id,
            case_sensitive=True,
            database="gaussdb",
            restore_table_list=[TableName(schema_name="public", table_name="orders")],
            target_table_list=[TableName(schema_name="public", table_name="orders_copy")],
        )
    )
    return ListJobDetails(job_id=accepted.job_id)


@pytest.mark.parametrize("cloud", [WORLD], indirect=True)
async def test_the_wait_for_tables_ends_with_their_job(client: Client, clock: VirtualClock) -> None:
    job = await table_restored.wait(client, await begun(client))

    assert job
    assert job.status == "SUCCESS"


@pytest.mark.parametrize("cloud", [WORLD], indirect=True)
async def test_a_table_restore_that_failed_is_told(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    cloud.fault("task_fails", "RestoreTable", task_status="FINE_GRAINED_RESTORING_FAILED")

    with pytest.raises(WaitFailed, match="FINE_GRAINED_RESTORING_FAILED"):
        await table_restored.wait(client, await begun(client))
