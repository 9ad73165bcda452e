"""Dialects: what the service tells in more than one way is read all the same."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dws.operations.account import Job, NodeTypes
from dws.operations.disaster_recovery import DisasterRecoveries
from dws.operations.tags import ClusterTags
from dws.shapes import Cluster, ClusterReply, Clusters, JobAccepted, Order, Restored, Snapshots
from dws.shapes import Snapshot as Told

LEAST = {"id": "c1", "status": "AVAILABLE"}


def cluster(**more: Any) -> Cluster:
    return Cluster.model_validate({**LEAST, **more})


@pytest.mark.parametrize("told", [{"cluster": LEAST}, LEAST])
def test_a_cluster_comes_wrapped_or_bare(told: dict[str, Any]) -> None:
    assert ClusterReply.model_validate(told).cluster.id == "c1"


@pytest.mark.parametrize("told", [{}, {"cluster": None}, {"cluster": {}}, {"error_code": None}])
def test_an_answer_without_a_cluster_is_none(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ClusterReply.model_validate(told)


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({}, {}),
        ({"action_progress": None}, {}),
        ({"action_progress": ""}, {}),
        ({"action_progress": {}}, {}),
        ({"action_progress": {"GROWING": "16%"}}, {"GROWING": "16%"}),
        ({"action_progress": {"GROWING": 16}}, {"GROWING": "16"}),
    ],
)
def test_progress_is_told_in_many_ways(told: dict[str, Any], read: dict[str, str]) -> None:
    assert cluster(**told).action_progress == read


@pytest.mark.parametrize("field", ["tags", "endpoints", "public_endpoints", "nodes"])
@pytest.mark.parametrize("told", [None, "", []])
def test_a_list_that_is_missing_is_empty(field: str, told: Any) -> None:
    assert getattr(cluster(**{field: told}), field) == []


@pytest.mark.parametrize(
    "told",
    [
        {"key": "a", "value": "1"},
        [{"key": "a", "value": "1"}],
        [{"key": "a", "value": 1}],
    ],
)
def test_tags_come_as_a_list_or_as_one(told: Any) -> None:
    assert cluster(tags=told).tag("a") == "1"


@pytest.mark.parametrize(
    "told", [{"key": "runbook-protected"}, {"key": "runbook-protected", "value": None}]
)
def test_a_tag_without_a_value_is_there_all_the_same(told: dict[str, Any]) -> None:
    """A cluster with the mark of protection must not look unmarked, nor be unreadable."""
    assert cluster(tags=[told]).tag("runbook-protected") == ""


def test_a_tag_that_is_not_there_is_none() -> None:
    assert cluster(tags=[{"key": "a", "value": ""}]).tag("b") is None


def test_what_we_do_not_know_is_kept() -> None:
    told = cluster(guest_agent_version="8.2", plugins=[{"a": 1}])

    assert told.model_dump()["guest_agent_version"] == "8.2"
    assert told.model_dump()["plugins"] == [{"a": 1}]


def test_numbers_of_a_resize_come_as_text() -> None:
    told = cluster(
        resize_info={"target_node_num": "6", "origin_node_num": "3", "resize_status": "GROWING"}
    )

    assert told.resize_info is not None
    assert (told.resize_info.origin_node_num, told.resize_info.target_node_num) == (3, 6)


@pytest.mark.parametrize("told", [None, {}, {"error_code": None, "error_msg": None}])
def test_reasons_of_a_failure_may_be_empty(told: Any) -> None:
    assert not getattr(cluster(failed_reasons=told).failed_reasons, "error_code", None)


NULLS = [
    "name",
    "sub_status",
    "task_status",
    "version",
    "created",
    "updated",
    "user_name",
    "number_of_node",
    "node_type",
    "port",
    "vpc_id",
    "recent_event",
    "parameter_group",
    "maintain_window",
    "resize_info",
]


@pytest.mark.parametrize("field", NULLS)
def test_one_null_in_one_cluster_does_not_hide_the_others(field: str) -> None:
    told = {"clusters": [{**LEAST, field: None}, {"id": "c2", "status": "CREATING"}]}

    assert [item.id for item in Clusters.model_validate(told).clusters] == ["c1", "c2"]


@pytest.mark.parametrize(
    "more",
    [
        {"endpoints": [{"connect_info": None, "jdbc_url": None}]},
        {"public_endpoints": [{"public_connect_info": None, "jdbc_url": None}]},
        {"nodes": [{"id": "n1", "status": None}]},
        {"nodes": [{"id": "n1", "status": 200}]},
        {"action_progress": {"CREATING": None}},
    ],
)
def test_one_null_deep_in_a_cluster_does_not_hide_it(more: dict[str, Any]) -> None:
    assert cluster(**more).id == "c1"


@pytest.mark.parametrize(
    ("told", "cluster_id"),
    [
        ({"cluster": {"id": "c1"}}, "c1"),
        ({"subscriptionsID": "2024"}, None),
        ({"subscriptionsID": "2024", "cluster": {"id": "c1"}}, "c1"),
        ({"cluster": {"id": "c1"}, "job_id": None}, "c1"),
        ({}, None),
    ],
)
def test_a_creation_is_answered_with_an_order_or_a_cluster(
    told: dict[str, Any], cluster_id: str | None
) -> None:
    assert Order.model_validate(told).cluster_id == cluster_id


@pytest.mark.parametrize(
    ("told", "cluster_id", "job_id"),
    [
        ({"cluster": {"id": "c1"}}, "c1", None),
        ({"cluster": {"id": "c1"}, "job_id": "j1"}, "c1", "j1"),
        ({"cluster_id": "c1", "job_id": "j1"}, "c1", "j1"),
        ({"job_id": "j1"}, None, "j1"),
    ],
)
def test_a_restore_is_answered_in_two_ways(
    told: dict[str, Any], cluster_id: str | None, job_id: str | None
) -> None:
    read = Restored.model_validate(told)

    assert (read.cluster_id, read.job_id) == (cluster_id, job_id)


def test_no_job_means_that_none_was_started() -> None:
    assert JobAccepted.model_validate({"job_id": None, "error_code": "DWS.0000"}).job_id is None


SNAPSHOT = {"id": "s1", "name": "snap", "cluster_id": "c1", "status": "AVAILABLE"}


@pytest.mark.parametrize(
    ("kind", "manual"),
    [("MANUAL", True), ("manual", True), ("AUTO", False), ("AUTOMATED", False), ("", False)],
)
def test_only_what_a_person_made_is_manual(kind: str, manual: bool) -> None:
    assert Told.model_validate({**SNAPSHOT, "type": kind}).is_manual is manual


@pytest.mark.parametrize(
    "field", ["type", "description", "started", "finished", "size", "progress"]
)
def test_one_null_in_one_snapshot_does_not_hide_the_others(field: str) -> None:
    told = {"snapshots": [{**SNAPSHOT, field: None}, {**SNAPSHOT, "id": "s2"}], "count": "2"}

    read = Snapshots.model_validate(told)

    assert ([item.id for item in read.snapshots], read.count) == (["s1", "s2"], 2)


@pytest.mark.parametrize(
    ("told", "size"), [(120, 120.0), ("120", 120.0), ("1.5 GB", 1.5), ("", None)]
)
def test_the_size_of_a_snapshot_may_be_text(told: Any, size: float | None) -> None:
    assert Told.model_validate({**SNAPSHOT, "size": told}).size == size


@pytest.mark.parametrize("told", [[{"id": "d1"}], {"id": "d1"}])
def test_disaster_recoveries_come_as_a_list_or_as_one(told: Any) -> None:
    read = DisasterRecoveries.model_validate({"disaster_recovery": told})

    assert [pair.id for pair in read.disaster_recovery] == ["d1"]


def test_an_answer_without_the_key_is_not_no_disaster_recovery() -> None:
    with pytest.raises(ValidationError):
        DisasterRecoveries.model_validate({"count": 0})


def test_tags_of_a_cluster_may_be_null() -> None:
    assert ClusterTags.model_validate({"tags": None}).tags == []


def test_a_job_that_failed_tells_why() -> None:
    told = {
        "job_id": "j1",
        "status": "FAIL",
        "progress": "9%",
        "begin_time": "2022-11-09T20:25:00",
        "failed_code": "CreateELBTask-fail:DWS.0114",
    }

    read = Job.model_validate(told)

    assert (read.progress, read.failed_code) == ("9%", "CreateELBTask-fail:DWS.0114")


def test_the_details_of_a_node_type_may_be_numbers() -> None:
    told = {"node_types": [{"spec_name": "d", "id": "1", "detail": [{"type": "vCPU", "value": 4}]}]}

    assert NodeTypes.model_validate(told).node_types[0].detail[0].value == "4"
