"""Tokens, projects and signatures."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from dws.emulator.call import Call
from dws.emulator.signatures import canonical, sign
from dws.emulator.spec import PROJECT_ID
from tests.emulator.conftest import Serve
from tests.emulator.service import Service, refused, token_body

LIST = f"/v1.0/{PROJECT_ID}/clusters"

DOC_PROJECT = "89cd04f168b84af6be287f71730fdb4b"
DOC_SECRET = "MFyfvK41ba2giqM7**********KGpownRZlmVmHc"
CLUSTER = "b5c45780-1006-49e3-b2d5-b3229975bbc7"
SNAPSHOT = f'{{"snapshot": {{"name": "snap-1", "cluster_id": "{CLUSTER}"}}}}'


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "signature"),
    [
        (
            "GET",
            f"/v1.0/{DOC_PROJECT}/clusters",
            "",
            "",
            "f990e57f316f0aaa2bdc2331e8f0b116520545cb4eef233dadbf42af7495958a",
        ),
        (
            "POST",
            f"/v1.0/{DOC_PROJECT}/snapshots",
            "",
            SNAPSHOT,
            "cbf34e4fa1bf35244a18a0e6f4c5d099d44a49a7a654b8b650f813479bca6940",
        ),
        (
            "DELETE",
            f"/v2/{DOC_PROJECT}/clusters/{CLUSTER}",
            "keep_last_manual_backup=0&release_eip_type=NO_RELEASE",
            "",
            "57608ce6c67b601d4b92a2519b405e2b4e8c741912711ccb310789f766a46c39",
        ),
    ],
)
def test_signatures_are_those_of_the_public_sdk(
    method: str, path: str, query: str, body: str, signature: str
) -> None:
    """Vectors made with huaweicloudsdkcore 3.1.219 (facts/service_and_peers B2)."""
    date = "20260101T000000Z"
    headers = [
        (b"host", b"dws.eu-de.otc.t-systems.com"),
        (b"content-type", b"application/json"),
        (b"x-project-id", DOC_PROJECT.encode()),
        (b"x-sdk-date", date.encode()),
    ]
    call = Call(method, path, query.encode(), headers, body.encode())
    signed = ("content-type", "host", "x-project-id", "x-sdk-date")

    assert sign(canonical(call, signed), date, DOC_SECRET) == signature


def signed_headers(
    service: Service,
    path: str,
    *,
    ahead: timedelta = timedelta(0),
    access_key: str = "emulator-ak",
    secret_key: str = "emulator-sk",
    more: dict[str, str] | None = None,
    query: str = "",
) -> dict[str, str]:
    """As the public SDK signs a GET, in a third way of writing it down."""
    date = (datetime.now(UTC) + ahead).strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": httpx.URL(service.url).netloc.decode(), "x-sdk-date": date, **(more or {})}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    empty = hashlib.sha256(b"").hexdigest()
    request = f"GET\n{path}/\n{query}\n{lines}\n{names}\n{empty}"
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"SDK-HMAC-SHA256\n{date}\n{digest}"
    signature = hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
    told = f"SDK-HMAC-SHA256 Access={access_key}, SignedHeaders={names}, Signature={signature}"
    return headers | {"authorization": told}


def test_a_signed_request_needs_no_token(service: Service) -> None:
    headers = signed_headers(service, LIST, more={"x-project-id": PROJECT_ID})

    assert httpx.get(service.url + LIST, headers=headers).status_code == 200


def test_the_sdk_finds_its_project_by_a_signed_request(service: Service) -> None:
    headers = signed_headers(service, "/v3/projects", query="name=eu-de")

    answered = httpx.get(f"{service.url}/v3/projects?name=eu-de", headers=headers)

    assert [project["id"] for project in answered.json()["projects"]] == [PROJECT_ID]


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret_key": "another"},
        {"access_key": "unknown"},
        {"ahead": timedelta(minutes=-16)},
        {"ahead": timedelta(minutes=16)},
        {"query": "name=other"},
    ],
)
def test_a_wrong_signature_is_refused(service: Service, wrong: dict[str, Any]) -> None:
    headers = signed_headers(service, LIST, **wrong)

    assert refused(httpx.get(service.url + LIST, headers=headers)) == (401, "APIGW.0301")


@pytest.mark.parametrize("told", ["", "SDK-HMAC-SHA256", "SDK-HMAC-SHA256 Access=a, Signature=b"])
def test_an_authorization_that_is_none_is_refused(service: Service, told: str) -> None:
    answered = httpx.get(service.url + LIST, headers={"authorization": told})

    assert refused(answered) == (401, "APIGW.0301")


def test_a_signature_for_another_project_is_refused(service: Service) -> None:
    headers = signed_headers(service, LIST, more={"x-project-id": "another"})

    assert refused(httpx.get(service.url + LIST, headers=headers)) == (403, "APIGW.0302")


def test_signatures_follow_the_wall_and_what_was_advanced_by_hand(service: Service) -> None:
    service.advance(3600)

    late = httpx.get(service.url + LIST, headers=signed_headers(service, LIST))
    dated = signed_headers(service, LIST, ahead=timedelta(hours=1))
    timely = httpx.get(service.url + LIST, headers=dated)

    assert (late.status_code, timely.status_code) == (401, 200)


def test_temporary_keys_come_with_their_security_token(serve: Serve) -> None:
    service = serve(users=[{"security_token": "sts-1"}])
    without = signed_headers(service, LIST)
    with_it = signed_headers(service, LIST, more={"x-security-token": "sts-1"})

    assert httpx.get(service.url + LIST, headers=without).status_code == 401
    assert httpx.get(service.url + LIST, headers=with_it).status_code == 200


def test_a_token_tells_its_project_its_end_and_where_the_service_is(service: Service) -> None:
    answered = service.http.post("/v3/auth/tokens", json=token_body())

    token = answered.json()["token"]
    assert answered.status_code == 201
    assert token["project"]["id"] == PROJECT_ID
    expires, issued = (datetime.fromisoformat(token[key]) for key in ("expires_at", "issued_at"))
    assert expires - issued == timedelta(hours=24)
    urls = {entry["type"]: entry["endpoints"][0]["url"] for entry in token["catalog"]}
    assert urls["dwsv1"] == f"{service.url}/v1.0/{PROJECT_ID}"


@pytest.mark.parametrize(
    "project",
    [{"name": "eu-de"}, {"id": PROJECT_ID}, {"name": "eu-de", "domain": {"name": "testname"}}],
)
def test_a_scope_names_its_project_in_three_ways(service: Service, project: dict[str, Any]) -> None:
    answered = service.http.post("/v3/auth/tokens", json=token_body(project=project))

    assert answered.status_code == 201


@pytest.mark.parametrize(
    "told",
    [{"password": "wrong"}, {"name": "nobody"}, {"project": {"name": "us-east-1"}}],
)
def test_no_token_for_who_is_not_known(service: Service, told: dict[str, Any]) -> None:
    answered = service.http.post("/v3/auth/tokens", json=token_body(**told))

    assert answered.status_code == 401
    assert answered.json()["error"]["title"] == "Unauthorized"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"auth": 1}', b'{"auth": {"identity": {}}}'])
def test_a_malformed_token_request_is_a_bad_request(service: Service, body: bytes) -> None:
    answered = service.http.post("/v3/auth/tokens", content=body)

    assert answered.status_code == 400


def test_without_a_token_or_with_a_wrong_one_nothing_is_told(service: Service) -> None:
    without = httpx.get(service.url + LIST)
    wrong = httpx.get(service.url + LIST, headers={"X-Auth-Token": "0" * 64})

    assert refused(without) == refused(wrong) == (401, "APIGW.0301")


def test_a_token_ends_after_a_day(service: Service) -> None:
    service.advance(86390)
    early = service.http.get(LIST)
    service.advance(20)
    late = service.http.get(LIST)

    assert early.status_code == 200
    assert refused(late) == (401, "APIGW.0307")
    assert late.json()["error_msg"] == "The token must be updated"
    service.login()
    assert service.http.get(LIST).status_code == 200


def test_a_token_opens_its_own_project_only(serve: Serve) -> None:
    service = serve(projects=[{}, {"name": "eu-nl", "id": "2" * 32}])

    foreign = service.http.get(f"/v1.0/{'2' * 32}/clusters")
    unknown = service.http.get(f"/v1.0/{'3' * 32}/clusters")

    assert refused(foreign) == refused(unknown) == (403, "APIGW.0302")


def test_tokens_stay_valid_over_a_reset(service: Service) -> None:
    service.control("POST", "reset")

    assert service.http.get(LIST).status_code == 200


def test_the_version_is_told_to_anyone(service: Service) -> None:
    assert httpx.get(f"{service.url}/v3").json()["version"]["id"].startswith("v3")


def test_the_date_header_follows_the_hand(service: Service) -> None:
    service.advance(7200)

    told = parsedate_to_datetime(service.http.get(LIST).headers["date"])

    assert timedelta(minutes=119) < told - datetime.now(UTC) < timedelta(minutes=121)


def test_the_canonical_form_is_made_from_the_target_as_sent() -> None:
    """Facts/real_clients 13, 14: decoded once, a slash at the end, ``+`` no space, ``k=`` kept."""
    call = Call("GET", "/v1.0/p/a%2Fb%20c", b"b=2&a=x+y&k=", [(b"host", b" h ")], b"")

    lines = canonical(call, ("host",)).split("\n")

    assert lines[:5] == ["GET", "/v1.0/p/a/b%20c/", "a=x%2By&b=2&k=", "host:h", ""]
