"""Whatever is sent, the service's own error comes back; never one of the emulator's making."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dws.emulator.spec import PROJECT_ID
from dws.operations import catalogue
from tests.emulator.service import Service, refused

OPERATIONS = sorted(catalogue().values(), key=lambda cls: cls.__name__)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["cluster", "snapshot", "restore", "scale_out", "tags", "name", "count", "action", "type"]
)
BODIES = JSON | st.dictionaries(KEYS, st.dictionaries(KEYS, JSON) | JSON, max_size=4)
QUICK = settings(
    max_examples=150,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def is_an_answer_of_the_service(answered: httpx.Response) -> bool:
    told = answered.json()
    if answered.status_code < 300:
        return isinstance(told, dict | list)
    return 400 <= answered.status_code < 500 and bool(told["error_code"] and told["error_msg"])


@QUICK
@given(operation=st.sampled_from(OPERATIONS), body=BODIES, argument=st.text(min_size=1))
def test_any_json_gets_an_answer_of_the_service(
    service: Service, operation: Any, body: Any, argument: str
) -> None:
    path = operation.route.path.replace("{project_id}", PROJECT_ID)
    while "{" in path:
        start, end = path.index("{"), path.index("}")
        path = path[:start] + quote(argument, safe="", errors="replace") + path[end + 1 :]
    try:
        content = httpx.Request("POST", "http://x", json=body).content
    except ValueError:  # not a number
        content = b"{"

    answered = service.http.request(operation.route.method, path, content=content)

    assert is_an_answer_of_the_service(answered), answered.text


@QUICK
@given(content=st.binary(max_size=40), path=st.text(max_size=30), query=st.text(max_size=20))
def test_any_bytes_at_any_path_get_an_answer(
    service: Service, content: bytes, path: str, query: str
) -> None:
    target = "/v1.0/" + quote(path, errors="replace") + "?" + quote(query, errors="replace")

    answered = service.http.request("POST", target, content=content)

    assert is_an_answer_of_the_service(answered), answered.text


@pytest.mark.parametrize("body", [b"{", b"[]", b"1", b'"text"', b"\xff\xfe", b'{"cluster": []}'])
def test_a_body_that_is_no_object_is_a_bad_request(service: Service, body: bytes) -> None:
    answered = service.http.post(f"/v1.0/{PROJECT_ID}/clusters", content=body)

    assert answered.status_code == 400
    assert answered.json()["error_msg"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", f"/v1.0/{PROJECT_ID}/clusters/"),
        ("PATCH", f"/v1.0/{PROJECT_ID}/clusters"),
        ("GET", f"/v1.0/{PROJECT_ID}//clusters"),
        ("GET", "/v9/none"),
    ],
)
def test_an_unknown_route_is_the_gateways_404_and_no_redirect(
    service: Service, method: str, path: str
) -> None:
    assert refused(service.http.request(method, path)) == (404, "APIGW.0101")


def test_a_body_that_is_too_large_is_refused(service: Service) -> None:
    answered = service.http.post(
        f"/v1.0/{PROJECT_ID}/clusters", content=b" " * (12 * 1024 * 1024 + 1)
    )

    assert refused(answered) == (413, "APIGW.0201")
    assert service.get("v1.0/clusters")["clusters"]


def test_bytes_that_are_no_http_are_answered_in_json(service: Service) -> None:
    url = httpx.URL(service.url)
    with socket.create_connection((url.host, url.port or 80)) as connection:
        connection.sendall(b"NOT HTTP AT ALL\r\n\r\n")
        answered = connection.makefile("rb").read()

    assert answered.startswith(b"HTTP/1.1 400")
    assert b'"error_code"' in answered


def test_half_a_request_has_no_effect(service: Service, sales: str) -> None:
    url = httpx.URL(service.url)
    token = service.http.headers["X-Auth-Token"]
    head = (
        f"POST /v1.0/{PROJECT_ID}/clusters/{sales}/restart HTTP/1.1\r\nhost: x\r\n"
        f"x-auth-token: {token}\r\ncontent-length: 100\r\n\r\n"
    )
    with socket.create_connection((url.host, url.port or 80)) as connection:
        connection.sendall(head.encode() + b'{"restart"')

    service.advance(10)

    assert service.cluster(sales)["task_status"] is None


def test_every_answer_has_a_request_id_of_its_own(service: Service) -> None:
    answers = [service.http.get("/nowhere"), service.http.get(f"/v1.0/{PROJECT_ID}/clusters")]

    ids = {answered.headers["x-request-id"] for answered in answers}
    assert len(ids) == 2
    assert all(len(bytes.fromhex(told)) == 16 for told in ids)


def test_get_and_empty_post_may_name_a_content_type_without_a_body(
    service: Service, sales: str
) -> None:
    service.http.headers["Content-Type"] = "application/json"
    try:
        assert service.send("GET", "v1.0/clusters").status_code == 200
        assert service.send("POST", f"v1.0/clusters/{sales}/restart").status_code == 200
    finally:
        del service.http.headers["Content-Type"]
