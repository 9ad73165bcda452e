"""Operation to request and back."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from dws.operation import At, Operation, Repeat, get, post
from dws.operations import catalogue
from dws.operations.clusters import DeleteCluster, ListClusterDetails, RestartCluster
from dws.operations.snapshots import ListClusterSnapshots, StopSnapshot
from dws.shapes import FormFile, Nothing
from dws.wire import from_request, pattern, to_request
from tests.dws.generated import operations

PROJECT = "89cd04f168b84af6be287f71730fdb4b"


PARTICULAR = frozenset({"AddWorkloadQueue", "ListClusterNodes", "UpdateWorkloadPlanStage"})
"""Their fields go together in ways that chance does not hit; `tests/wire` has a sample of each."""


@pytest.mark.parametrize("name", sorted(set(catalogue()) - PARTICULAR))
@settings(max_examples=20, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_every_operation_survives_the_wire(name: str, data: st.DataObject) -> None:
    cls = catalogue()[name]
    operation = data.draw(operations(cls))

    sent = to_request(operation, PROJECT)
    found = pattern(cls.route).fullmatch(sent.path)
    body = None if sent.body is None else json.loads(json.dumps(sent.body))

    assert found is not None
    assert found["project_id"] == PROJECT
    assert from_request(cls, found.groupdict(), sent.query, body) == operation


@get("/v1/{project_id}/nodes/{node}")
class ListOddities(Operation[Nothing]):
    """A stand-in for operations that are not there yet."""

    node: str
    name: list[str] | None = None
    online: bool | None = None
    limit: int | None = None


@post("/v1/{project_id}/queues/{queue_name}")
class AddOddity(Operation[Nothing]):
    """A stand-in: one name in two places, and one field in the query of a POST."""

    queue_name: Annotated[str, At("path", "body")]
    namespace: Annotated[str | None, At("query")] = None
    weight: int | None = None


@post("/v1/{project_id}/forms")
class AddForm(Operation[Nothing]):
    """A stand-in: form data, and one field in the query."""

    admin: Annotated[str, At("query")]
    port: Annotated[int, At("form")]
    file: Annotated[FormFile | None, At("form")] = None


def test_form_fields_are_the_body_and_said_to_be_a_form() -> None:
    operation = AddForm(admin="a", port=1, file=FormFile(name="ca.pem", content="x"))

    sent = to_request(operation, PROJECT)
    body = {"port": "1", "file": {"name": "ca.pem", "content": "x"}}

    assert sent.is_form
    assert (sent.query, sent.body) == ((("admin", "a"),), {**body, "port": 1})
    assert from_request(AddForm, {}, sent.query, body) == operation
    assert not to_request(RestartCluster(cluster_id="c"), PROJECT).is_form


@pytest.mark.parametrize("names", [["a"], ["a", "b"], ["a", "a"], ["", "ä&="]])
def test_a_list_travels_as_a_repeated_name_and_comes_back(names: list[str]) -> None:
    operation = ListOddities(node="n", name=names)

    sent = to_request(operation, PROJECT)

    assert sent.query == tuple(("name", name) for name in names)
    assert from_request(ListOddities, {"node": "n"}, sent.query, None) == operation


@pytest.mark.parametrize(("online", "word"), [(True, "true"), (False, "false")])
def test_a_truth_value_travels_in_small_letters(online: bool, word: str) -> None:
    sent = to_request(ListOddities(node="n", online=online), PROJECT)

    assert sent.query == (("online", word),)


def test_what_is_not_given_is_not_sent() -> None:
    sent = to_request(ListOddities(node="n"), PROJECT)

    assert (sent.query, sent.body) == ((), None)


def test_a_field_may_travel_in_path_and_body() -> None:
    sent = to_request(AddOddity(queue_name="q 1", namespace="DWS"), PROJECT)

    assert sent.path.endswith("/queues/q%201")
    assert sent.query == (("namespace", "DWS"),)
    assert sent.body == {"queue_name": "q 1"}


def test_a_deletion_says_in_its_body_how_many_snapshots_stay() -> None:
    sent = to_request(DeleteCluster(cluster_id="c1", keep_last_manual_snapshot=2), PROJECT)

    assert (sent.method, sent.body, sent.query) == ("DELETE", {"keep_last_manual_snapshot": 2}, ())


def test_an_empty_object_that_the_service_wants_is_sent() -> None:
    assert to_request(RestartCluster(cluster_id="c1"), PROJECT).body == {"restart": {}}


def test_a_post_without_fields_has_no_body() -> None:
    assert to_request(StopSnapshot(snapshot_id="s1"), PROJECT).body is None


@pytest.mark.parametrize("segment", ["", ".", ".."])
def test_a_segment_that_would_lead_elsewhere_is_refused(segment: str) -> None:
    with pytest.raises(ValueError, match="cluster_id="):
        to_request(ListClusterDetails(cluster_id=segment), PROJECT)


@pytest.mark.parametrize("project", ["", "..", "a/b"])
def test_a_project_never_leads_elsewhere(project: str) -> None:
    operation = ListClusterDetails(cluster_id="c1")

    if project == "a/b":
        assert to_request(operation, project).path == "/v1.0/a%2Fb/clusters/c1"
    else:
        with pytest.raises(ValueError, match="project_id="):
            to_request(operation, project)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_an_argument_stays_within_its_segment(text: str) -> None:
    if text in {".", ".."}:
        return
    sent = to_request(ListClusterDetails(cluster_id=text), PROJECT)

    assert sent.path.count("/") == 4
    assert not {"?", "#", " ", "\\"} & set(sent.path)


def test_a_number_in_a_query_is_read_as_one() -> None:
    query = parse_qsl("offset=2&limit=50")

    operation = from_request(ListClusterSnapshots, {"cluster_id": "c1"}, query, None)

    assert (operation.offset, operation.limit) == (2, 50)


def test_a_secret_is_on_the_wire_and_nowhere_else() -> None:
    cls: Any = catalogue()["ResetPassword"]
    operation = cls(cluster_id="c1", new_password=SecretStr("Str0ng!Passw0rd"))

    assert to_request(operation, PROJECT).body == {"new_password": "Str0ng!Passw0rd"}
    assert "Str0ng" not in str(operation.model_dump(mode="json"))


def test_the_way_a_request_repeats_follows_its_method_unless_told() -> None:
    assert ListOddities.route.repeat is Repeat.READS
    assert AddOddity.route.repeat is Repeat.ONCE
