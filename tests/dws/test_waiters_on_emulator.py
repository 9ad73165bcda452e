"""Waits for what an emulator does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from dws.client import Client
from dws.errors import (
    WaitFailed,
    WaitTimedOut,
)
from dws.operations.clusters import DeleteCluster, ListClusterDetails, RestartCluster
from dws.operations.scaling import ResizeCluster, ScaleOut
from dws.operations.snapshots import CreateSnapshot, ListSnapshotDetails, NewSnapshot
from dws.waiters import (
    cluster_gone,
    cluster_task_finished,
    snapshot_ready,
)
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock


def cluster_of(cloud: Cloud) -> str:
    return str(cloud.state()["clusters"][0]["id"])


async def test_a_scale_out_has_ended_when_all_nodes_are_there(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    cluster_id = cluster_of(cloud)

    await client.call(ResizeCluster(cluster_id=cluster_id, scale_out=ScaleOut(count=3)))
    phases_seen: list[str] = []
    cluster = await cluster_task_finished.wait(
        client,
        ListClusterDetails(cluster_id=cluster_id),
        tell=lambda progress: phases_seen.append(progress.phase),
    )

    assert cluster is not None
    assert cluster.number_of_node == 6
    assert {"SNAPSHOTTING", "GROWING"} <= set(phases_seen)
    assert cloud.state()["clusters"][0]["nodes"] == 6


async def test_a_restart_is_waited_for_although_it_shows_late(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    cluster_id = cluster_of(cloud)

    await client.call(RestartCluster(cluster_id=cluster_id))
    await cluster_task_finished.wait(client, ListClusterDetails(cluster_id=cluster_id))

    assert clock.now() >= 180
    assert len(cloud.requests("ListClusterDetails")) <= 30


async def test_a_deletion_is_waited_for_to_its_end(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    cluster_id = cluster_of(cloud)

    await client.call(DeleteCluster(cluster_id=cluster_id, keep_last_manual_snapshot=1))
    left = await cluster_gone.wait(client, ListClusterDetails(cluster_id=cluster_id))

    assert left is None
    assert cloud.clusters() == {}


async def test_a_snapshot_that_fails_ends_its_wait(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    cloud.fault("task_fails", "CreateSnapshot", task_status="UNAVAILABLE")
    wanted = NewSnapshot(name="snap-1", cluster_id=cluster_of(cloud))

    taken = await client.call(CreateSnapshot(snapshot=wanted))

    with pytest.raises(WaitFailed, match=re.escape("its status is UNAVAILABLE")):
        await snapshot_ready.wait(client, ListSnapshotDetails(snapshot_id=taken.snapshot.id))


async def test_a_task_that_is_stuck_times_out(
    cloud: Cloud, client: Client, clock: VirtualClock
) -> None:
    cloud.fault("stuck", "RestartCluster")
    cluster_id = cluster_of(cloud)

    await client.call(RestartCluster(cluster_id=cluster_id))

    with pytest.raises(WaitTimedOut, match="still REBOOTING"):
        await cluster_task_finished.wait(
            client, ListClusterDetails(cluster_id=cluster_id), within=timedelta(hours=1)
        )
    assert len(cloud.requests("ListClusterDetails")) <= 80


@pytest.mark.parametrize("kind", ["reset", "lost_reply", "truncated", "token_expired"])
async def test_a_look_that_gets_lost_is_looked_again(
    cloud: Cloud, client: Client, clock: VirtualClock, kind: str
) -> None:
    cluster_id = cluster_of(cloud)
    await client.call(RestartCluster(cluster_id=cluster_id))
    cloud.fault(kind, "ListClusterDetails", times=3)

    cluster = await cluster_task_finished.wait(client, ListClusterDetails(cluster_id=cluster_id))

    assert cluster is not None
    assert clock.now() >= 180
