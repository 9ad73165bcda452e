"""What a real HTTP client sees of each kind of fault."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

from dws.emulator.spec import PROJECT_ID
from tests.emulator.service import Service, new_cluster, refused, token_body

LIST = f"/v1.0/{PROJECT_ID}/clusters"


def names(service: Service) -> set[str]:
    return {cluster["name"] for cluster in service.state()["clusters"]}


def statuses(service: Service) -> list[int]:
    return [request["status"] for request in service.requests() if request["operation"]]


def test_http_answers_an_error_and_does_nothing(service: Service) -> None:
    service.fault("http", "CreateCluster", status=429, code="APIGW.0308", retry_after_s=3)

    answered = service.send("POST", "v1.0/clusters", new_cluster())

    assert refused(answered) == (429, "APIGW.0308")
    assert answered.headers["retry-after"] == "3"
    assert "dws-new" not in names(service)
    assert service.send("POST", "v1.0/clusters", new_cluster()).status_code == 200


def test_http_can_answer_what_a_proxy_would(service: Service) -> None:
    service.fault("http", status=502, body="<html>Bad Gateway</html>")

    answered = service.http.get(LIST)

    assert (answered.status_code, answered.text) == (502, "<html>Bad Gateway</html>")


def test_reset_closes_before_any_effect(service: Service) -> None:
    service.fault("reset", "CreateCluster")

    with pytest.raises(httpx.TransportError):
        service.send("POST", "v1.0/clusters", new_cluster())

    assert "dws-new" not in names(service)
    assert statuses(service) == [0]


def test_lost_reply_takes_effect_and_closes(service: Service) -> None:
    service.fault("lost_reply", "CreateCluster")

    with pytest.raises(httpx.TransportError):
        service.send("POST", "v1.0/clusters", new_cluster())

    assert "dws-new" in names(service)
    assert statuses(service) == [0]


def test_truncated_takes_effect_and_breaks_off(service: Service) -> None:
    service.fault("truncated", "CreateCluster")

    with pytest.raises(httpx.RemoteProtocolError, match="complete message"):
        service.send("POST", "v1.0/clusters", new_cluster())

    assert "dws-new" in names(service)


def test_truncated_may_cut_the_json_alone(service: Service) -> None:
    service.fault("truncated", "ListClusters", cut="json")

    answered = service.http.get(LIST)

    assert answered.status_code == 200
    with pytest.raises(ValueError, match=r"char \d+"):
        answered.json()


async def test_delay_lets_real_time_pass_and_others_through(service: Service) -> None:
    service.fault("delay", "ListClusters", delay_s=0.3)
    done = []

    async def ask(client: httpx.AsyncClient, what: str) -> None:
        began = time.monotonic()
        answered = await client.get(f"/v1.0/{PROJECT_ID}/{what}")
        done.append((what, answered.status_code, time.monotonic() - began >= 0.3))

    headers = {"X-Auth-Token": service.http.headers["X-Auth-Token"]}
    async with httpx.AsyncClient(base_url=service.url, headers=headers) as client:
        await asyncio.gather(ask(client, "clusters"), ask(client, "tags"))

    assert done == [("tags", 200, False), ("clusters", 200, True)]


def test_an_expired_token_is_dead_from_then_on(service: Service) -> None:
    service.fault("token_expired", "ListClusters")

    first, second = service.http.get(LIST), service.http.get(LIST)
    service.login()

    assert refused(first) == (401, "APIGW.0307")
    assert second.status_code == 401
    assert service.http.get(LIST).status_code == 200


def test_a_fault_strikes_as_often_as_told_after_as_many_as_told(service: Service) -> None:
    service.fault("http", "ListClusters", status=500, code="DWS.0005", after=2, times=2)

    service.send("GET", "v1.0/tags")
    seen = [service.http.get(LIST).status_code for _ in range(5)]

    assert seen == [200, 200, 500, 500, 200]


def test_a_fault_of_no_operation_strikes_any(service: Service) -> None:
    service.fault("http", status=503, code="APIGW.0613", times=2)

    seen = [service.send("GET", "v1.0/tags"), service.send("GET", "v1.0/quotas")]

    assert [refused(answered) for answered in seen] == [(503, "APIGW.0613")] * 2


def test_the_request_for_a_token_can_be_struck_too(service: Service) -> None:
    service.fault("http", "CreateToken", status=500, code="IAM.0001")

    answered = service.http.post("/v3/auth/tokens", json=token_body())

    assert answered.status_code == 500
    assert service.http.get(LIST).status_code == 200


def test_the_control_interface_is_never_struck(service: Service) -> None:
    service.fault("reset")

    assert service.state()["clusters"]


def test_faults_are_listed_and_cleared(service: Service) -> None:
    answered = service.fault("reset", "ListClusters", times=3)
    told = service.control("GET", "faults").json()["faults"]
    service.control("DELETE", "faults")

    assert answered.status_code == 201
    assert told[0] | {"id": answered.json()["id"], "times": 3, "kind": "reset"} == told[0]
    assert service.control("GET", "faults").json()["faults"] == []
    assert service.http.get(LIST).status_code == 200


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"kind": "nope"}, "kind"),
        ({}, "kind"),
        ({"kind": "http"}, "status"),
        ({"kind": "reset", "operation": "DeleteEverything"}, "operation"),
        ({"kind": "http", "status": 99}, "status"),
        ({"kind": "delay"}, "delay_s"),
        ({"kind": "task_fails"}, "task_status"),
        ({"kind": "reset", "times": 0}, "times"),
        ({"kind": "reset", "after": -1}, "after"),
        ({"kind": "reset", "colour": "red"}, "colour"),
    ],
)
def test_a_fault_that_is_none_is_refused_by_its_field(
    service: Service, told: dict[str, Any], field: str
) -> None:
    answered = service.http.post("/_emulator/faults", json=told)

    assert answered.status_code == 400
    assert answered.json()["error"].startswith(f"{field}:")
    assert service.control("GET", "faults").json()["faults"] == []
