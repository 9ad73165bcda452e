"""Finding what a person means, and never taking silence for absence."""

from __future__ import annotations

import pytest

from dws.client import Client
from dws.errors import RequestFailed
from dws.lookup import (
    Ambiguous,
    NoSuchThing,
    cluster_with_id,
    disaster_recoveries_of,
    find_cluster,
    logical_clusters_of,
    snapshot_with_id,
    snapshots_of,
)
from tests.cloud import Cloud
from tests.dws.instant_clock import InstantClock
from tests.dws.script import Script, Told, client_on, refused, told

LISTED = {
    "clusters": [
        {"id": "id-1", "name": "demo", "status": "AVAILABLE"},
        {"id": "id-2", "name": "twin", "status": "AVAILABLE"},
        {"id": "id-3", "name": "twin", "status": "CREATE_FAILED"},
        {"id": "id-4", "name": "gone", "status": "DELETED"},
        {"id": "demo", "name": "id-1", "status": "AVAILABLE"},
        {"id": "id-6", "name": "gone", "status": "CREATING"},
    ]
}


@pytest.mark.parametrize(
    ("wanted", "found"), [("id-2", "id-2"), ("demo", "demo"), ("id-1", "id-1"), ("gone", "id-6")]
)
async def test_an_id_wins_over_a_name_and_what_is_deleted_has_none(wanted: str, found: str) -> None:
    async with client_on(Script(told(200, LISTED))) as client:
        assert (await find_cluster(client, wanted)).id == found


async def test_a_name_of_two_is_told_with_both() -> None:
    async with client_on(Script(told(200, LISTED))) as client:
        with pytest.raises(Ambiguous, match=r"id-2 \(AVAILABLE\), id-3 \(CREATE_FAILED\)"):
            await find_cluster(client, "twin")


@pytest.mark.parametrize(
    ("wanted", "told_of"),
    [
        ("dem", "close to it: demo"),
        ("zzz", "the project has 5"),
        ("id-4", "close to it"),
        ("", "has 5"),
    ],
)
async def test_a_name_of_nobody_is_told(wanted: str, told_of: str) -> None:
    async with client_on(Script(told(200, LISTED))) as client:
        with pytest.raises(NoSuchThing, match=told_of):
            await find_cluster(client, wanted)


@pytest.mark.parametrize("look", [cluster_with_id, snapshot_with_id])
async def test_what_the_service_says_is_gone_is_none(look) -> None:
    async with client_on(Script(refused(404, "DWS.0047"))) as client:
        assert await look(client, "x") is None


@pytest.mark.parametrize("look", [cluster_with_id, snapshot_with_id])
@pytest.mark.parametrize(
    "answer", [Told(404), refused(404, "APIGW.0101"), refused(403, "DWS.5036")]
)
async def test_what_anybody_else_says_is_an_error(
    instant: InstantClock, look, answer: Told
) -> None:
    async with client_on(Script(answer)) as client:
        with pytest.raises(RequestFailed):
            await look(client, "x")


WORLD = {
    "clusters": [{"name": "demo"}, {"name": "other"}, {"name": "third"}],
    "snapshots": [
        {"name": "weekly", "cluster": "demo"},
        {"name": "nightly", "cluster": "demo", "type": "AUTOMATED"},
        {"name": "foreign", "cluster": "other"},
    ],
    "disaster_recoveries": [{"name": "dr-1", "primary": "other", "standby": "demo"}],
}


@pytest.mark.parametrize("cloud", [WORLD], indirect=True)
async def test_snapshots_and_pairs_of_a_cluster_are_its_own(cloud: Cloud, client: Client) -> None:
    ids = {cluster["name"]: cluster["id"] for cluster in cloud.state()["clusters"]}

    snapshots = await snapshots_of(client, ids["demo"])
    pairs = {name: await disaster_recoveries_of(client, one) for name, one in ids.items()}

    assert {snapshot.name for snapshot in snapshots} == {"weekly", "nightly"}
    assert {name: len(found) for name, found in pairs.items()} == {
        "demo": 1,
        "other": 1,
        "third": 0,
    }


async def test_a_region_without_disaster_recovery_has_no_pairs() -> None:
    async with client_on(Script(refused(404, "APIGW.0101"))) as client:
        assert await disaster_recoveries_of(client, "c1") == ()


@pytest.mark.parametrize(
    "answer", [Told(404), refused(404, "DWS.0047"), refused(403, "APIGW.0302")]
)
async def test_pairs_that_cannot_be_asked_for_are_an_error(answer: Told) -> None:
    """A standby must not be deleted because a list was refused."""
    async with client_on(Script(answer)) as client:
        with pytest.raises(RequestFailed):
            await disaster_recoveries_of(client, "c1")


async def test_a_region_without_logical_clusters_has_none() -> None:
    async with client_on(Script(refused(404, "APIGW.0101"))) as client:
        assert await logical_clusters_of(client, "c1") == ()


async def test_logical_clusters_that_cannot_be_asked_for_are_an_error() -> None:
    async with client_on(Script(refused(403, "APIGW.0302"))) as client:
        with pytest.raises(RequestFailed):
            await logical_clusters_of(client, "c1")
