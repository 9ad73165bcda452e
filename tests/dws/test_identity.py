"""Tokens: how many are asked for, when, and what an identity service that fails does to a call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from dws.client import ATTEMPTS, Client
from dws.emulator.spec import PROJECT_ID
from dws.errors import DwsError, NotFound, NotSent, RequestFailed, Throttled, Unauthenticated
from dws.identity import Keys, Password, Project
from dws.operations.clusters import ListClusterDetails, ListClusters, RestartCluster
from dws.signer import AccessKey
from tests.cloud import Cloud
from tests.dws.instant_clock import InstantClock
from tests.dws.script import Script, Told, refused, told
from tests.free import closed_port

HOUR = 3600.0
BY_NAME = Project(name="eu-de")
BY_ID = Project(id=PROJECT_ID)


def user(
    cloud: Cloud, *, password: str = "Passw0rd", iam: str = "", project: Project = BY_NAME
) -> Client:
    """A client of the user of ``cloud``."""
    identity = Password(
        iam or cloud.url,
        user="testname",
        domain="testname",
        password=SecretStr(password),
        project=project,
    )
    return Client(cloud.url, identity)


def signer(cloud: Cloud, project: Project, *, iam: str = "") -> Client:
    key = AccessKey("emulator-ak", SecretStr("emulator-sk"))
    return Client(cloud.url, Keys(iam or cloud.url, key=key, project=project))


def tokens(cloud: Cloud) -> int:
    """How many were asked for."""
    return sum(sent["path"] == "/v3/auth/tokens" for sent in cloud.requests())


async def list_at_once(client: Client, times: int) -> list[Any]:
    calls = (client.call(ListClusters()) for _ in range(times))
    return await asyncio.gather(*calls, return_exceptions=True)


async def test_fifty_calls_at_once_share_one_token(cloud: Cloud, client: Client) -> None:
    replies = await list_at_once(client, 50)

    assert [len(reply.clusters) for reply in replies] == [1] * 50
    assert tokens(cloud) == 1


async def test_a_token_is_kept_for_later_calls(cloud: Cloud, client: Client) -> None:
    for _ in range(3):
        await client.call(ListClusters())

    assert tokens(cloud) == 1


@pytest.mark.parametrize(
    ("cloud", "asked"),
    [
        ({"profile": {"token_life": 9 * 60}}, 2),
        ({"profile": {"token_life": 11 * 60}}, 1),
    ],
    indirect=["cloud"],
)
async def test_a_token_is_renewed_ten_minutes_before_it_expires(cloud: Cloud, asked: int) -> None:
    async with user(cloud) as client:
        for _ in range(2):
            await client.project_id()

    assert tokens(cloud) == asked


async def test_a_token_that_expired_meanwhile_is_renewed_once_for_all(
    cloud: Cloud, client: Client
) -> None:
    """The service's clock is a day ahead of ours: its word counts, not our reckoning."""
    await client.call(ListClusters())
    cloud.advance(25 * HOUR)

    replies = await list_at_once(client, 50)

    assert [len(reply.clusters) for reply in replies] == [1] * 50
    assert tokens(cloud) == 2


async def test_a_token_that_was_killed_is_renewed_and_the_call_sent_once_more(
    cloud: Cloud, client: Client
) -> None:
    cluster = cloud.state()["clusters"][0]["id"]
    cloud.fault("token_expired", "RestartCluster")

    await client.call(RestartCluster(cluster_id=cluster))

    assert [sent["status"] for sent in cloud.requests("RestartCluster")] == [401, 200]
    assert tokens(cloud) == 2


async def test_a_service_that_refuses_every_token_is_told_in_the_end(
    cloud: Cloud, client: Client
) -> None:
    cloud.fault("token_expired", "ListClusters", times=100)

    with pytest.raises(Unauthenticated, match=r"APIGW\.0307"):
        await client.call(ListClusters())

    assert len(cloud.requests("ListClusters")) <= 4
    assert tokens(cloud) <= 4


GONE = {"profile": {"missing_cluster": "401 DWS.0047"}, "clusters": []}


@pytest.mark.parametrize("cloud", [GONE], indirect=True)
async def test_a_missing_cluster_told_as_401_costs_no_token(cloud: Cloud, client: Client) -> None:
    for _ in range(3):
        with pytest.raises(NotFound, match=r"401 DWS\.0047"):
            await client.call(ListClusterDetails(cluster_id="c1"))

    assert len(cloud.requests("ListClusterDetails")) == 3
    assert tokens(cloud) == 1


async def test_a_wrong_password_is_sent_once_however_many_wait(
    cloud: Cloud, instant: InstantClock
) -> None:
    """A user is locked after some refusals."""
    async with user(cloud, password="wrong") as client:
        told = await list_at_once(client, 20)

    assert {type(error) for error in told} == {Unauthenticated}
    assert tokens(cloud) == 1
    assert cloud.requests("ListClusters") == []
    assert instant.slept == []


async def test_a_wrong_password_is_told_with_the_identity_services_words(cloud: Cloud) -> None:
    async with user(cloud, password="wrong") as client:
        with pytest.raises(Unauthenticated, match=r"CreateToken: 401 .*password is wrong"):
            await client.call(ListClusters())


@pytest.mark.parametrize("project", [BY_ID, BY_NAME, Project(id=PROJECT_ID, name="other")])
@pytest.mark.parametrize("connect", [signer, lambda cloud, project: user(cloud, project=project)])
async def test_a_project_is_found_by_id_and_by_name_and_an_id_wins(
    cloud: Cloud, connect: Callable[[Cloud, Project], Client], project: Project
) -> None:
    async with connect(cloud, project) as client:
        found = await client.project_id()
        reply = await client.call(ListClusters())

    assert found == PROJECT_ID
    assert len(reply.clusters) == 1


async def test_keys_with_an_id_ask_the_identity_service_nothing(cloud: Cloud) -> None:
    async with signer(cloud, BY_ID) as client:
        await client.call(ListClusters())

    assert [sent["operation"] for sent in cloud.requests()] == ["ListClusters"]


async def test_keys_with_a_name_look_it_up_once(cloud: Cloud) -> None:
    async with signer(cloud, BY_NAME) as client:
        await client.call(ListClusters())
        await client.call(ListClusters())

    paths = [sent["path"] for sent in cloud.requests()]
    assert paths.count("/v3/projects") == 1


async def test_a_name_that_no_project_has_is_told(cloud: Cloud) -> None:
    async with signer(cloud, Project(name="eu-nowhere")) as client:
        with pytest.raises(Unauthenticated, match="0 projects named 'eu-nowhere'"):
            await client.call(ListClusters())


@pytest.mark.parametrize("connect", [user, lambda cloud, iam: signer(cloud, BY_NAME, iam=iam)])
async def test_an_identity_service_that_is_down_means_not_sent(
    cloud: Cloud, instant: InstantClock, connect: Callable[..., Client]
) -> None:
    async with connect(cloud, iam=f"http://127.0.0.1:{closed_port()}") as client:
        with pytest.raises(NotSent):
            await client.call(RestartCluster(cluster_id="c1"))

    assert cloud.requests() == []
    assert len(instant.slept) == ATTEMPTS - 1


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_an_identity_service_that_fails_for_a_while_delays_a_call(
    cloud: Cloud, client: Client, instant: InstantClock, status: int
) -> None:
    cluster = cloud.state()["clusters"][0]["id"]
    cloud.fault("http", "CreateToken", status=status, times=2)

    await client.call(RestartCluster(cluster_id=cluster))

    assert cloud.changes() == ["RestartCluster"]
    assert len(instant.slept) == 2


@pytest.mark.parametrize("kind", ["reset", "lost_reply", "truncated"])
async def test_a_token_that_got_lost_is_asked_for_again(
    cloud: Cloud, client: Client, instant: InstantClock, kind: str
) -> None:
    cluster = cloud.state()["clusters"][0]["id"]
    cloud.fault(kind, "CreateToken")

    await client.call(RestartCluster(cluster_id=cluster))

    assert cloud.changes() == ["RestartCluster"]


ODD = [
    Told(201, b"", {"x-subject-token": "t"}),
    Told(201, b"<html></html>", {"x-subject-token": "t"}),
    told(201, {}, x_subject_token="t"),
    told(201, {"token": None}, x_subject_token="t"),
    told(201, {"token": []}, x_subject_token="t"),
    told(201, {"token": {"expires_at": None}}, x_subject_token="t"),
    told(201, {"token": {"expires_at": ""}}, x_subject_token="t"),
    told(201, {"token": {"expires_at": "2030-01-01T00:00:00Z"}}, x_subject_token="t"),
    told(201, {"token": {"expires_at": "2030-01-01T00:00:00Z", "project": {"id": "p"}}}),
]


@pytest.mark.parametrize("answer", ODD, ids=lambda answer: repr(answer.content[:40]))
async def test_an_answer_that_is_no_token_means_not_sent(
    instant: InstantClock, answer: Told
) -> None:
    identity = Password(
        "https://iam.example", user="u", domain="d", password=SecretStr("p"), project=BY_NAME
    )

    async with Client("https://dws.example", identity, transport=Script(answer)) as client:
        with pytest.raises(NotSent):
            await client.call(ListClusters())


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(429, "APIGW.0308"), Throttled),
        (told(404, {"error": {"code": 404, "message": "no"}}), RequestFailed),
        (Told(302, b"", {"location": "https://login.example"}), RequestFailed),
        (told(403, {"error": {"code": 403, "message": "disabled"}}), RequestFailed),
    ],
)
async def test_a_refusal_of_the_identity_service_is_never_not_found(
    instant: InstantClock, answer: Told, error: type[DwsError]
) -> None:
    identity = Password(
        "https://iam.example", user="u", domain="d", password=SecretStr("p"), project=BY_NAME
    )

    async with Client("https://dws.example", identity, transport=Script(answer)) as client:
        with pytest.raises(RequestFailed) as caught:
            await client.call(ListClusterDetails(cluster_id="c1"))

    assert type(caught.value) is error
    assert caught.value.operation == "CreateToken"


async def test_the_skew_of_the_clocks_is_told(cloud: Cloud, client: Client) -> None:
    cloud.advance(3600)

    skew = await client.skew()

    assert abs(skew.seconds - 3600) < 5
