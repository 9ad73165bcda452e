from __future__ import annotations

from dws.client import Client
from dws.operations.account import ListJobDetails
from dws.operations.clusters import ListClusters
from dws.operations.data_sources import CreateDataSource, ListDataSource
from dws.waiters import job_finished
from tests.virtual_clock import VirtualClock


async def test_the_wait_for_its_job_ends_with_the_source(
    client: Client, clock: VirtualClock
) -> None:
    cluster_id = (await client.call(ListClusters())).clusters[0].id
    made = await client.call(
        CreateDataSource(
            cluster_id=cluster_id,
            type="OBS",
            data_source_name="lake",
            user_name="DWSAccessOBS",
            connect_info="gaussdb",
        )
    )

    await job_finished.wait(client, ListJobDetails(job_id=made.job_id or ""))

    sources = (await client.call(ListDataSource(cluster_id=cluster_id))).data_sources
    assert [(source.id, source.status) for source in sources] == [(made.id, "200")]
