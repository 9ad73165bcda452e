"""What is repeated, how often and when; what an answer is taken for."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dws.client import ATTEMPTS
from dws.errors import (
    Conflict,
    DwsError,
    NoAnswer,
    NotSent,
    ServerFault,
    Throttled,
)
from dws.operation import Operation
from dws.operations.clusters import ListClusterDetails, RestartCluster
from dws.operations.snapshots import DeleteSnapshot
from tests.dws.instant_clock import InstantClock
from tests.dws.script import Answer, Script, Told, client_on, refused, told

LOOK = ListClusterDetails(cluster_id="c1")
DELETE = DeleteSnapshot(snapshot_id="s1")
RESTART = RestartCluster(cluster_id="c1")
CLUSTER = {"cluster": {"id": "c1", "status": "AVAILABLE"}}

NEVER_LEFT = [httpx.ConnectError("no"), httpx.ConnectTimeout("no"), httpx.PoolTimeout("no")]
LOST = [
    httpx.ReadTimeout("slow"),
    httpx.ReadError("cut"),
    httpx.WriteError("cut"),
    httpx.WriteTimeout("slow"),
    httpx.RemoteProtocolError("cut"),
    Told(200, b'{"cluster": {"id": '),
    Told(200, b"<html>welcome</html>", {"content-type": "text/html"}),
    Told(200, b"not gzip", {"content-encoding": "gzip"}),
    *(told(status, {"errCode": "DWS.0005"}) for status in (500, 502, 503, 504)),
]
BUSY = [refused(403, "DWS.7023"), refused(200, "DWS.7023"), refused(429, "APIGW.0308"), told(429)]
NO = [
    *(refused(status, "DWS.0100") for status in (400, 403, 405, 409, 412)),
    Told(302, b"", {"location": "https://elsewhere.example"}),
    Told(304),
]


def _name(value: object) -> str:
    if isinstance(value, Told):
        return f"{value.status}-{value.content[:12].decode()}"
    return type(value).__name__


@pytest.mark.parametrize(
    ("answer", "of_look", "of_delete", "of_restart"),
    [
        *((answer, ATTEMPTS, ATTEMPTS, ATTEMPTS) for answer in [*NEVER_LEFT, *BUSY]),
        *((answer, ATTEMPTS, ATTEMPTS, 1) for answer in LOST),
        *((answer, 1, 1, 1) for answer in NO),
    ],
    ids=_name,
)
@pytest.mark.parametrize("operation", [LOOK, DELETE, RESTART], ids=["reads", "repeatable", "once"])
async def test_a_request_is_sent_as_often_as_its_failure_allows(
    instant: InstantClock,
    operation: Operation[Any],
    answer: Answer,
    of_look: int,
    of_delete: int,
    of_restart: int,
) -> None:
    script = Script(answer)

    async with client_on(script) as client:
        with pytest.raises(DwsError):
            await client.call(operation)

    wanted = {LOOK: of_look, DELETE: of_delete, RESTART: of_restart}[operation]
    assert len(script.sent) == wanted


@pytest.mark.parametrize("answer", NEVER_LEFT, ids=_name)
async def test_a_request_that_never_left_is_not_sent(instant: InstantClock, answer: Answer) -> None:
    async with client_on(Script(answer)) as client:
        with pytest.raises(NotSent):
            await client.call(RESTART)


@pytest.mark.parametrize("answer", LOST, ids=_name)
async def test_a_lost_answer_never_claims_that_nothing_was_done(
    instant: InstantClock, answer: Answer
) -> None:
    async with client_on(Script(answer)) as client:
        with pytest.raises((NoAnswer, ServerFault)):
            await client.call(RESTART)


@pytest.mark.parametrize("last", [httpx.ConnectError("refused"), refused(429, "APIGW.0308")])
async def test_once_an_answer_got_lost_the_end_does_not_claim_that_nothing_was_done(
    instant: InstantClock, last: Answer
) -> None:
    async with client_on(Script(httpx.ReadTimeout("slow"), last)) as client:
        with pytest.raises(NoAnswer, match="an earlier answer got lost"):
            await client.call(DELETE)


async def test_busy_after_an_unknown_outcome_is_told_at_once(instant: InstantClock) -> None:
    """The cluster may be busy with what the first attempt began."""
    script = Script(told(503), refused(403, "DWS.7023"))

    async with client_on(script) as client:
        with pytest.raises(Conflict):
            await client.call(DELETE)

    assert len(script.sent) == 2


async def test_an_answer_at_the_last_attempt_is_an_answer(instant: InstantClock) -> None:
    script = Script(*[told(503)] * (ATTEMPTS - 1), told(200, CLUSTER))

    async with client_on(script) as client:
        reply = await client.call(LOOK)

    assert reply.cluster.id == "c1"
    assert len(script.sent) == ATTEMPTS


async def test_a_throttled_creation_is_taken_in_the_end(instant: InstantClock) -> None:
    script = Script(refused(429, "APIGW.0308"), refused(429, "APIG.0308"), told(200, {}))

    async with client_on(script) as client:
        await client.call(RESTART)

    assert len(script.sent) == 3


async def test_throttled_for_good_is_told_as_throttled(instant: InstantClock) -> None:
    async with client_on(Script(told(429, {"error_code": "APIGW.0308"}))) as client:
        with pytest.raises(Throttled):
            await client.call(RESTART)
