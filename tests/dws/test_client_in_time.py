"""How long a call waits between its attempts, and how long for an answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from dws import client as client_module
from dws import identity as identity_module
from dws.client import ATTEMPTS, LONGEST_PAUSE_S, Client
from dws.errors import (
    Conflict,
    NoAnswer,
    NotSent,
    ServerFault,
    Unreachable,
)
from dws.operations.clusters import ListClusterDetails, ListClusters, RestartCluster
from tests.cloud import Cloud
from tests.dws.instant_clock import InstantClock
from tests.dws.script import KEY, Script, Told, client_on, refused, told

LOOK = ListClusterDetails(cluster_id="c1")


RESTART = RestartCluster(cluster_id="c1")


CLUSTER = {"cluster": {"id": "c1", "status": "AVAILABLE"}}


async def test_pauses_grow_and_are_spread(instant: InstantClock) -> None:
    async with client_on(Script(told(503))) as client:
        with pytest.raises(ServerFault):
            await client.call(LOOK)

    assert len(instant.slept) == ATTEMPTS - 1
    for number, pause in enumerate(instant.slept):
        assert 2.0**number <= pause <= 1.5 * 2.0**number


async def test_a_busy_cluster_is_left_alone_for_some_seconds(instant: InstantClock) -> None:
    async with client_on(Script(refused(403, "DWS.7023"))) as client:
        with pytest.raises(Conflict):
            await client.call(RESTART)

    assert min(instant.slept) >= 5.0


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("7", 7.0, 10.5),
        ("0", 0.0, 0.0),
        ("86400", LONGEST_PAUSE_S, LONGEST_PAUSE_S),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 1.0, 1.5),
        ("soon", 1.0, 1.5),
        ("²", 1.0, 1.5),
    ],
)
async def test_the_service_is_left_alone_as_long_as_it_asks(
    instant: InstantClock, status: int, asked: str, least: float, most: float
) -> None:
    answer = Told(status, b"{}", {"retry-after": asked})

    async with client_on(Script(answer, told(200, CLUSTER))) as client:
        await client.call(LOOK)

    assert len(instant.slept) == 1
    assert least <= instant.slept[0] <= most


async def test_the_emulator_is_left_alone_as_long_as_it_asks(
    cloud: Cloud, client: Client, instant: InstantClock
) -> None:
    cloud.fault("http", "ListClusters", status=429, code="APIGW.0308", retry_after_s=30)

    await client.call(ListClusters())

    assert 30.0 <= instant.slept[0] <= 45.0


class _Drips(httpx.AsyncBaseTransport):
    """Sends a byte now and then, and so is never idle, and never ends."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=_Endless(), request=request)


class _Endless(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.001)
            yield b" "


async def test_an_answer_that_never_ends_is_given_up(
    instant: InstantClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "ANSWER_WITHIN_S", 0.02)

    async with client_on(_Drips()) as client:
        with pytest.raises(NoAnswer, match="no answer within"):
            await client.call(RESTART)


async def test_an_identity_service_whose_answer_never_ends_is_given_up(
    account: str, instant: InstantClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity_module, "ANSWER_WITHIN_S", 0.02)
    identity = identity_module.Keys(
        "https://iam.example",
        key=KEY,
        project=identity_module.Project(name="eu-de"),
    )

    async with Client("https://dws.example", identity, transport=_Drips()) as client:
        with pytest.raises(NotSent, match="ListProjects"):
            await client.call(RESTART)


async def test_a_service_that_is_down_ends_a_call_after_bounded_pauses(
    instant: InstantClock,
) -> None:
    async with client_on(Script(httpx.ConnectError("refused"))) as client:
        with pytest.raises(Unreachable, match="ListClusterDetails: refused"):
            await client.call(LOOK)

    assert sum(instant.slept) <= 60.0


async def test_a_call_that_is_cancelled_stops_at_once(instant: InstantClock) -> None:
    async with client_on(_Drips()) as client:
        calling = asyncio.create_task(client.call(LOOK))
        await asyncio.sleep(0)
        calling.cancel()

        with pytest.raises(asyncio.CancelledError):
            await calling
