"""Signatures: against the vectors of the public SDK, and against a verification of its own."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from dws.client import JSON, Client
from dws.emulator.call import Call
from dws.emulator.signatures import BadSignature, read, verify
from dws.errors import Unauthenticated
from dws.identity import Keys, Project
from dws.operations.clusters import ListClusterDetails, ListClusters
from dws.operations.snapshots import CreateSnapshot
from dws.operations.tags import BatchCreateResourceTag
from dws.signer import AccessKey, sign
from tests.cloud import Cloud

PROJECT = "89cd04f168b84af6be287f71730fdb4b"
CLUSTER = "b5c45780-1006-49e3-b2d5-b3229975bbc7"
SNAPSHOT = f'{{"snapshot": {{"name": "snap-1", "cluster_id": "{CLUSTER}"}}}}'.encode()
KEY = AccessKey("QTWAOYTTINDUT2QVKYUC", SecretStr("MFyfvK41ba2giqM7**********KGpownRZlmVmHc"))
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
HOST = "https://dws.eu-de.otc.t-systems.com"

VECTORS = [
    (
        "GET",
        f"/v1.0/{PROJECT}/clusters",
        b"",
        "f990e57f316f0aaa2bdc2331e8f0b116520545cb4eef233dadbf42af7495958a",
    ),
    (
        "POST",
        f"/v1.0/{PROJECT}/snapshots",
        SNAPSHOT,
        "cbf34e4fa1bf35244a18a0e6f4c5d099d44a49a7a654b8b650f813479bca6940",
    ),
    (
        "DELETE",
        f"/v2/{PROJECT}/clusters/{CLUSTER}?keep_last_manual_backup=0&release_eip_type=NO_RELEASE",
        b"",
        "57608ce6c67b601d4b92a2519b405e2b4e8c741912711ccb310789f766a46c39",
    ),
]


@pytest.mark.parametrize(("method", "url", "body", "signature"), VECTORS)
def test_a_signature_is_that_of_the_public_sdk(
    method: str, url: str, body: bytes, signature: str
) -> None:
    """Vectors made with huaweicloudsdkcore 3.1.219 (facts/service_and_peers B2)."""
    headers = {"Content-Type": "application/json", "X-Project-Id": PROJECT}
    request = httpx.Request(method, HOST + url, headers=headers, content=body)

    sign(request, KEY, NEW_YEAR)

    assert request.headers["Authorization"] == (
        "SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, "
        f"SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature={signature}"
    )


def test_the_order_of_a_query_does_not_matter() -> None:
    one = httpx.Request("GET", f"{HOST}/v1?b=2&a=1&a=0")
    other = httpx.Request("GET", f"{HOST}/v1?a=0&a=1&b=2")

    sign(one, KEY, NEW_YEAR)
    sign(other, KEY, NEW_YEAR)

    assert one.headers["Authorization"] == other.headers["Authorization"]


def test_a_date_of_another_zone_is_signed_in_utc() -> None:
    request = httpx.Request("GET", f"{HOST}/v1")
    zone = datetime.fromisoformat("2026-01-01T02:00:00+02:00")

    sign(request, KEY, zone)

    assert request.headers["X-Sdk-Date"] == "20260101T000000Z"


def test_a_security_token_is_sent_and_signed() -> None:
    key = AccessKey("ak", SecretStr("sk"), SecretStr("temporary"))
    request = httpx.Request("GET", f"{HOST}/v1")

    sign(request, key, NEW_YEAR)

    assert request.headers["X-Security-Token"] == "temporary"
    assert "x-security-token" in _signed_headers(request)


@pytest.mark.parametrize(
    "change",
    [
        lambda request: httpx.Request("PUT", request.url, headers=request.headers),
        lambda request: httpx.Request("GET", f"{request.url}&x=1", headers=request.headers),
        lambda request: httpx.Request("GET", request.url, headers=request.headers, content=b"x"),
    ],
    ids=["method", "query", "body"],
)
def test_what_is_changed_after_signing_is_not_accepted(change: Any) -> None:
    request = httpx.Request("GET", f"{HOST}/v1?a=1")
    sign(request, KEY, NEW_YEAR)

    assert _accepted(request)
    assert not _accepted(change(request))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    segments=st.lists(texts.filter(lambda text: text not in {"", ".", ".."}), max_size=4),
    query=st.lists(st.tuples(texts.filter(bool), texts), max_size=4),
    body=st.binary(max_size=40) | texts.map(lambda text: text.encode()),
    token=st.none() | st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1),
)
def test_whatever_is_signed_is_accepted(
    method: str,
    segments: list[str],
    query: list[tuple[str, str]],
    body: bytes,
    token: str | None,
) -> None:
    key = AccessKey("ak", SecretStr("sk"), SecretStr(token) if token else None)
    path = "/".join(["", "v1", *(quote(segment, safe="") for segment in segments)])
    pairs = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)
    request = httpx.Request(
        method,
        f"{HOST}{path}?{pairs}" if pairs else f"{HOST}{path}",
        headers={"Content-Type": JSON, "X-Project-Id": PROJECT},
        content=body,
    )

    sign(request, key, NEW_YEAR)

    assert _accepted(request, "sk")


@given(query=st.lists(st.tuples(texts.filter(bool), texts), min_size=1, max_size=4))
def test_a_query_that_httpx_wrote_is_accepted(query: list[tuple[str, str]]) -> None:
    request = httpx.Request("GET", f"{HOST}/v1", params=query)

    sign(request, KEY, NEW_YEAR)

    assert _accepted(request)


def _signed_headers(request: httpx.Request) -> list[str]:
    found = re.search("SignedHeaders=([^,]+)", request.headers["Authorization"])
    assert found is not None
    return found[1].split(";")


def _accepted(request: httpx.Request, secret: str | None = None) -> bool:
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    headers = [(name.lower(), value) for name, value in request.headers.raw]
    call = Call(request.method, path, query.encode(), headers, request.content)
    signed = read(request.headers["Authorization"])
    try:
        verify(call, signed, secret or KEY.secret.get_secret_value(), NEW_YEAR.timestamp())
    except BadSignature:
        return False
    return True


def signing(cloud: Cloud, key: AccessKey) -> Client:
    """A client of ``cloud`` that signs."""
    identity = Keys(cloud.url, key=key, project=Project(name="eu-de"))
    return Client(cloud.url, identity)


EMULATOR_KEY = AccessKey("emulator-ak", SecretStr("emulator-sk"))


@pytest.mark.parametrize(
    "value", ["a b", "a+b", "~*-._", "ä€😀", "", "a&b=c#d", "%20", "/?:@", "'\"<>"]
)
async def test_the_emulator_accepts_a_signed_query_of_any_value(cloud: Cloud, value: str) -> None:
    async with signing(cloud, EMULATOR_KEY) as client:
        reply = await client.call(ListClusters(enterprise_project_id=value))

    assert isinstance(reply.clusters, list)


@pytest.mark.parametrize("name", ["ä", "a/b", "a b", "a+b", "%2F", "~"])
async def test_the_emulator_accepts_a_signed_path_of_any_value(cloud: Cloud, name: str) -> None:
    async with signing(cloud, EMULATOR_KEY) as client:
        with pytest.raises(Exception, match=r"^ListClusterDetails: (404|400) DWS\."):
            await client.call(ListClusterDetails(cluster_id=name))


async def test_the_emulator_accepts_a_signed_body_that_is_not_ascii(cloud: Cloud) -> None:
    cluster = cloud.state()["clusters"][0]["id"]
    snapshot = {"name": "snap-1", "cluster_id": cluster, "description": "Sicherung für Ärzte 😀"}

    async with signing(cloud, EMULATOR_KEY) as client:
        await client.call(CreateSnapshot.model_validate({"snapshot": snapshot}))
        tags = [{"key": "Stadt", "value": "Köln"}]
        told = {"cluster_id": cluster, "tags": tags}
        await client.call(BatchCreateResourceTag.model_validate(told))

    assert cloud.changes() == ["CreateSnapshot", "BatchCreateResourceTag"]


TEMPORARY = {"users": [{"security_token": "temporary"}]}


@pytest.mark.parametrize("cloud", [TEMPORARY], indirect=True)
async def test_a_temporary_key_is_accepted_with_its_token_alone(cloud: Cloud) -> None:
    whole = AccessKey(EMULATOR_KEY.id, EMULATOR_KEY.secret, SecretStr("temporary"))

    async with signing(cloud, whole) as client, signing(cloud, EMULATOR_KEY) as without:
        reply = await client.call(ListClusters())
        with pytest.raises(Unauthenticated, match="security token"):
            await without.call(ListClusters())

    assert reply.clusters == []


async def test_a_wrong_key_is_told_once(cloud: Cloud) -> None:
    """Five bad signatures lock a key (facts/service_and_peers B2): one call sends one."""
    identity = Keys(
        cloud.url,
        key=AccessKey("emulator-ak", SecretStr("wrong")),
        project=Project(id="9bc552e6-19af-4326-800d-281a92984636"),
    )

    async with Client(cloud.url, identity) as client:
        with pytest.raises(Unauthenticated, match=r"APIGW\.0301"):
            await client.call(ListClusters())

    assert len(cloud.requests("ListClusters")) == 1


async def test_a_clock_that_is_wrong_is_told(cloud: Cloud) -> None:
    cloud.advance(timedelta(minutes=20).total_seconds())

    async with signing(cloud, EMULATOR_KEY) as client:
        with pytest.raises(Unauthenticated, match="signature expired"):
            await client.call(ListClusters())
