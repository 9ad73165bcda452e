"""What an answer is taken for, and what a request looks like on the way."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from dws.errors import (
    NoAnswer,
    NotFound,
    RequestFailed,
)
from dws.operations.clusters import CreateCluster, ListClusterDetails, ListClusters, RestartCluster
from dws.operations.snapshots import DeleteSnapshot, ListSnapshots
from dws.shapes import Nothing
from tests.dws.instant_clock import InstantClock
from tests.dws.script import Script, Told, client_on, refused, told

LOOK = ListClusterDetails(cluster_id="c1")


DELETE = DeleteSnapshot(snapshot_id="s1")


RESTART = RestartCluster(cluster_id="c1")


CLUSTER = {"cluster": {"id": "c1", "status": "AVAILABLE"}}


EMPTY_LISTS = [
    Told(200),
    Told(200, b"   "),
    Told(200, b"{}"),
    Told(200, b"null"),
    Told(200, b"[]"),
    Told(200, b'"clusters"'),
    Told(200, b"0"),
    Told(204),
    told(200, {"clusters": None}),
    told(200, {"Clusters": []}),
    told(200, {"items": []}),
    told(200, {"error_code": "DWS.0000"}),
    Told(200, b'{"clusters": ['),
    Told(200, b"<html></html>"),
]


@pytest.mark.parametrize("answer", EMPTY_LISTS, ids=lambda answer: repr(answer.content))
async def test_an_answer_that_lists_nothing_never_means_no_clusters(
    instant: InstantClock, answer: Told
) -> None:
    async with client_on(Script(answer)) as client:
        with pytest.raises(NoAnswer):
            await client.call(ListClusters())


@pytest.mark.parametrize("content", [b"{}", b"", b'{"count": 0}', b'{"clusters": []}'])
async def test_an_answer_that_lists_nothing_never_means_no_snapshots(
    instant: InstantClock, content: bytes
) -> None:
    async with client_on(Script(Told(200, content))) as client:
        with pytest.raises(NoAnswer):
            await client.call(ListSnapshots())


@pytest.mark.parametrize("content", [b"", b"{}", b'{"error_code": null, "job_id": "j"}'])
async def test_an_empty_answer_accepts_what_is_answered_with_nothing(content: bytes) -> None:
    async with client_on(Script(Told(202, content))) as client:
        reply = await client.call(DELETE)

    assert reply == Nothing.model_validate(json.loads(content or b"{}"))


@pytest.mark.parametrize(
    ("status", "body", "code", "message"),
    [
        (400, {"error_code": "DWS.0001", "error_msg": "bad id"}, "DWS.0001", "bad id"),
        (400, {"errCode": "DWS.0013", "externalMessage": "bad"}, "DWS.0013", "bad"),
        (
            403,
            {
                "externalMessage": "busy",
                "errCode": "DWS.7024",
                "error_code": "DWS.7024",
                "error_msg": "busy",
            },
            "DWS.7024",
            "busy",
        ),
        (
            403,
            {"error_msg": "no", "error_code": "APIGW.0302", "request_id": "r9"},
            "APIGW.0302",
            "no",
        ),
        (400, {"error": {"code": "EPS.0003", "message": "nested"}}, "EPS.0003", "nested"),
        (400, {"errorCode": "DWS.1", "errorMsg": "camel"}, "DWS.1", "camel"),
        (400, {"code": "DWS.2", "message": "plain"}, "DWS.2", "plain"),
        (400, {"code": "DWS.3", "msg": "short", "data": None}, "DWS.3", "short"),
        (200, {"workload_res_code": 103, "workload_res_str": "no plan"}, "103", "no plan"),
        (
            200,
            {"error_code": "DWS.6000", "error_msg": "said with 200"},
            "DWS.6000",
            "said with 200",
        ),
        (417, {"error_code": "DWS.6001", "error_msg": "odd"}, "DWS.6001", "odd"),
    ],
)
async def test_every_shape_of_refusal_is_read(
    status: int, body: dict[str, Any], code: str, message: str
) -> None:
    async with client_on(Script(told(status, body))) as client:
        with pytest.raises(RequestFailed) as caught:
            await client.call(RESTART)

    assert (caught.value.status, caught.value.code) == (status, code)
    assert caught.value.message == message
    assert caught.value.operation == "RestartCluster"


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("padded", [True, False])
async def test_a_refusal_in_base64_is_read(encode: Any, padded: bool) -> None:
    text = encode(json.dumps({"error_code": "DWS.0047", "error_msg": "weg: ÿÿ?>"}).encode())

    async with client_on(Script(Told(404, text if padded else text.rstrip(b"=")))) as client:
        with pytest.raises(NotFound) as caught:
            await client.call(LOOK)

    assert caught.value.code == "DWS.0047"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"error_code": None, "error_msg": None, "job_id": "j1"},
        {"error_code": "DWS.0000", "error_msg": None},
        {"error_code": "DWS.0138", "error_msg": "done"},
        {"workload_res_code": 0, "workload_res_str": ""},
        {"ret_code": 0},
        {"code": 0, "msg": "", "data": None},
    ],
)
async def test_every_shape_of_success_is_one(body: dict[str, Any]) -> None:
    script = Script(told(200, body))

    async with client_on(script) as client:
        await client.call(RESTART)

    assert len(script.sent) == 1


async def test_the_request_id_is_told() -> None:
    answer = refused(400, "DWS.0100", x_request_id="req-7")

    async with client_on(Script(answer)) as client:
        with pytest.raises(RequestFailed, match=r"\(request req-7\)"):
            await client.call(RESTART)


async def test_a_redirect_is_not_followed() -> None:
    script = Script(Told(307, b"", {"location": "https://elsewhere.example/"}), told(200, CLUSTER))

    async with client_on(script) as client:
        with pytest.raises(RequestFailed, match="307"):
            await client.call(LOOK)

    assert [request.url.host for request in script.sent] == ["dws.example"]


@pytest.mark.parametrize("value", ["a b", "a+b", "~*'!", "é", "", "a&b=c", "%41"])
async def test_what_a_query_says_arrives(value: str) -> None:
    """A space travels as %20: to the gateway ``+`` is no space (facts/real_clients 14)."""
    script = Script(told(200, {"clusters": []}))

    async with client_on(script) as client:
        await client.call(ListClusters(enterprise_project_id=value))

    url = script.sent[0].url
    assert b"+" not in url.raw_path
    assert dict(url.params) == {"enterprise_project_id": value}


async def test_a_get_has_no_body_and_says_its_type_all_the_same() -> None:
    script = Script(told(200, CLUSTER))

    async with client_on(script) as client:
        await client.call(LOOK)

    assert script.sent[0].content == b""
    assert script.sent[0].headers["content-type"].startswith("application/json")


async def test_a_body_of_a_creation_carries_the_password_in_clear() -> None:
    script = Script(told(200, {"cluster": {"id": "c1"}}))

    async with client_on(script) as client:
        await client.call(CreateCluster.model_validate(NEW))

    assert json.loads(script.sent[0].content)["cluster"]["user_pwd"] == "Str0ng!Passw0rd"


NEW = {
    "cluster": {
        "name": "dws-1",
        "node_type": "dws.d2.xlarge",
        "number_of_node": 3,
        "vpc_id": "v",
        "subnet_id": "s",
        "user_name": "dbadmin",
        "user_pwd": "Str0ng!Passw0rd",
    }
}
