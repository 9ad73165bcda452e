"""What a refusal means: above all, when it means that something is gone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dws.errors import (
    AlreadyExists,
    Conflict,
    NotFound,
    RequestFailed,
    ServerFault,
    Throttled,
    Unauthenticated,
)
from dws.operation import Operation
from dws.operations.clusters import DeleteCluster, ListClusterDetails, ListClusters
from dws.operations.disaster_recovery import ListDisasterRecover
from dws.operations.snapshots import DeleteSnapshot, ListSnapshotDetails
from dws.refusals import code_in, decoded, is_no_route, is_refusal, message_in, refusal

CLUSTER = ListClusterDetails(cluster_id="c1")
DELETE = DeleteCluster(cluster_id="c1", keep_last_manual_snapshot=0)
SNAPSHOT = ListSnapshotDetails(snapshot_id="s1")
DROP = DeleteSnapshot(snapshot_id="s1")
HTML = decoded(b"<html><head><title>404 Not Found</title></head></html>")


def coded(code: str) -> dict[str, str]:
    return {"error_code": code, "error_msg": "words"}


@pytest.mark.parametrize(
    ("operation", "status", "payload"),
    [
        (CLUSTER, 404, coded("DWS.3027")),
        (CLUSTER, 404, coded("DWS.0047")),
        (CLUSTER, 401, coded("DWS.0047")),
        (CLUSTER, 403, coded("DWS.0015")),
        (CLUSTER, 400, coded("DWS.0015")),
        (CLUSTER, 400, coded("DWS.0001")),
        (CLUSTER, 404, {"errCode": "DWS.3027", "externalMessage": "words"}),
        (CLUSTER, 404, {"error": {"code": "DWS.3027", "message": "words"}}),
        (DELETE, 404, coded("DWS.0047")),
        (DELETE, 404, coded("DWS.9876")),
        (SNAPSHOT, 404, coded("DWS.5149")),
        (SNAPSHOT, 400, coded("DWS.5149")),
        (DROP, 400, coded("DWS.0001")),
        (ListDisasterRecover(), 400, coded("DWS.10101")),
    ],
)
def test_the_services_own_word_means_gone(
    operation: Operation[Any], status: int, payload: Any
) -> None:
    assert type(refusal(operation, status, payload, "r1")) is NotFound


@pytest.mark.parametrize("operation", [CLUSTER, DELETE, SNAPSHOT, DROP])
@pytest.mark.parametrize(
    "payload",
    [
        coded("APIGW.0101"),
        coded("APIGW.0103"),
        coded("APIG.0101"),
        coded("APIG.0103"),
        coded("IAM.0404"),
        coded("EPS.0004"),
        coded(""),
        {"error": {"code": 404, "message": "Could not find", "title": "Not Found"}},
        {"code": 404, "message": "Not Found"},
        {"status": 404, "error": "Not Found", "path": "/v1.0"},
        {"error_msg": "DWS.3027 the cluster does not exist"},
        {},
        None,
        [],
        "DWS.3027",
        HTML,
        decoded(b""),
        decoded(b"DWS.3027"),
    ],
)
def test_a_404_of_anybody_else_never_means_gone(operation: Operation[Any], payload: Any) -> None:
    assert type(refusal(operation, 404, payload, "r1")) is RequestFailed


@pytest.mark.parametrize(
    ("operation", "status", "code"),
    [
        (DELETE, 400, "DWS.0001"),  # of a cluster's deletion: an id that is none
        (ListClusters(), 400, "DWS.0001"),
        (SNAPSHOT, 500, "DWS.0005"),
        (CLUSTER, 403, "DWS.5036"),
        (CLUSTER, 400, "DWS.5149"),
    ],
)
def test_what_is_said_of_something_else_does_not_mean_gone(
    operation: Operation[Any], status: int, code: str
) -> None:
    assert not isinstance(refusal(operation, status, coded(code), "r1"), NotFound)


@pytest.mark.parametrize(
    ("status", "payload", "kind"),
    [
        (403, coded("DWS.7023"), Conflict),
        (500, coded("DWS.7023"), Conflict),
        (409, coded("DWS.5050"), AlreadyExists),
        (429, coded("APIGW.0308"), Throttled),
        (429, coded("APIG.0308"), Throttled),
        (429, HTML, Throttled),
        (503, coded("APIGW.0308"), Throttled),
        (401, coded("APIGW.0307"), Unauthenticated),
        (401, coded("APIGW.0301"), Unauthenticated),
        (401, HTML, Unauthenticated),
        (401, coded(""), Unauthenticated),
        (403, coded("APIGW.0302"), RequestFailed),
        (409, coded("DWS.0100"), RequestFailed),
        (413, coded("APIGW.0201"), RequestFailed),
        (500, coded("DWS.0005"), ServerFault),
        (500, coded("DWS.9999"), ServerFault),
        (502, coded("APIGW.0610"), ServerFault),
        (503, HTML, ServerFault),
        (504, None, ServerFault),
        (302, HTML, RequestFailed),
        (200, coded("DWS.7023"), Conflict),
        (200, coded("DWS.6000"), RequestFailed),
    ],
)
def test_a_refusal_is_what_its_code_says_and_else_its_status(
    status: int, payload: Any, kind: type[RequestFailed]
) -> None:
    assert type(refusal(CLUSTER, status, payload, "r1")) is kind


@pytest.mark.parametrize("code", ["", "0", 0, None, "DWS.0000", "DWS.0138"])
def test_an_answer_with_a_code_of_success_is_no_refusal(code: object) -> None:
    assert not is_refusal(200, {"error_code": code, "job_id": "j"})


@pytest.mark.parametrize(
    "payload",
    [
        {"error_code": "DWS.7023"},
        {"errCode": "DWS.7023"},
        {"errorCode": "DWS.7023"},
        {"error_code": None, "errCode": "DWS.7023"},
        {"workload_res_code": 113},
        {"error_code": 1},
    ],
)
def test_an_answer_with_another_code_is_a_refusal_in_spite_of_its_status(payload: Any) -> None:
    assert is_refusal(200, payload)


@pytest.mark.parametrize(
    "payload",
    [
        {"code": "az1", "status": "available"},
        {"clusters": [{"error_code": "DWS.1"}]},
        {"cluster": {"failed_reasons": {"error_code": "DWS.0114"}}},
        {"status": "FAIL", "failed_code": "CreateELBTask-fail:DWS.0114"},
        [{"error_code": "DWS.1"}],
        None,
    ],
)
def test_data_that_look_like_a_code_are_no_refusal(payload: Any) -> None:
    assert not is_refusal(200, payload)


@pytest.mark.parametrize("status", [100, 199, 300, 304, 400, 500])
def test_any_status_beside_the_two_hundreds_is_a_refusal(status: int) -> None:
    assert is_refusal(status, {"error_code": "DWS.0000"})


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("APIGW.0101", 404, True),
        ("APIG.0101", 404, True),
        ("DWS.0047", 404, False),
        ("APIGW.0101", 403, False),
        ("", 404, False),
    ],
)
def test_a_region_that_lacks_an_operation_is_recognised(
    code: str, status: int, expected: bool
) -> None:
    assert is_no_route(RequestFailed("Op", status, code, "")) is expected


def test_the_request_id_of_the_body_serves_where_the_header_has_none() -> None:
    payload = {**coded("APIGW.0302"), "request_id": "of-body"}

    assert refusal(CLUSTER, 403, payload, "").request_id == "of-body"
    assert refusal(CLUSTER, 403, payload, "of-header").request_id == "of-header"


def test_a_refusal_tells_what_which_and_what_the_service_said() -> None:
    told = str(refusal(CLUSTER, 403, coded("DWS.7024"), "r1"))

    assert told == "ListClusterDetails: 403 DWS.7024 words (request r1)"


def test_a_page_that_is_no_json_is_told_in_part() -> None:
    told = str(refusal(CLUSTER, 502, decoded(b"<html>" + b"x" * 100_000), ""))

    assert "<html>" in told
    assert len(told) < 400


@given(content=st.binary(max_size=60))
def test_whatever_a_body_holds_it_is_read(content: bytes) -> None:
    payload = decoded(content)

    error = refusal(CLUSTER, 404, payload, "r1")

    assert isinstance(error, RequestFailed)
    assert isinstance(str(error), str)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(payload=json_values)
def test_whatever_json_is_answered_it_is_judged(payload: Any) -> None:
    again = json.loads(json.dumps(payload))

    assert isinstance(is_refusal(200, again), bool)
    assert isinstance(code_in(again), str)
    assert isinstance(message_in(again), str)


@pytest.mark.parametrize(
    "payload",
    [
        {"error": {"code": "EPS.0003", "message": "no"}},
        {"code": "DWS.5050", "msg": "no"},
        {"code": "APIGW.0307"},
    ],
)
def test_a_no_with_status_200_may_be_nested_or_bare(payload: dict[str, object]) -> None:
    assert is_refusal(200, payload)


@pytest.mark.parametrize("payload", [{"code": "az1"}, {"error": None}, {"error": {}}, {"code": 0}])
def test_a_code_that_is_data_is_no_refusal(payload: dict[str, object]) -> None:
    assert not is_refusal(200, payload)
