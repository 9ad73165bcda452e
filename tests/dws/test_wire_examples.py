"""
The samples of the API reference, as in ``tests/wire``: requests into classes and back, replies
into shapes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from pydantic import SecretStr

from dws.operations import catalogue
from dws.wire import from_request, pattern, to_request

FOLDER = Path(__file__).parents[1] / "wire"
SAMPLES = {file.stem: json.loads(file.read_text()) for file in sorted(FOLDER.glob("*.json"))}
WITHOUT = frozenset(
    {
        "AddOperationalTask",
        "CreateLogicalClusterPlan",
        "DeleteLogicalClusterPlan",
        "DeleteOperationalTask",
        "DisableLogicalClusterPlan",
        "EnableLogicalClusterPlan",
        "ExecuteDatabaseOmUserAction",
        "ExportDatabaseUsers",
        "ExportUserAuthority",
        "ListClusterActions",
        "ListClusterSecurityConfigurations",
        "ListDssPools",
        "ListEps",
        "ListLogicalClusterPlans",
        "ListNodeTypesV1",
        "ListOperationalTask",
        "ListOperationalTaskDetail",
        "ListRedistributionSchema",
        "ListSnapshotFlavorInfo",
        "ListSyncRecords",
        "ModifyClusterName",
        "ModifyClusterTimezone",
        "PauseOperationalTask",
        "RefreshOperationalTask",
        "ResizePreparation",
        "ResumeOperationalTask",
        "RotateKey",
        "SetRedistributionPriority",
        "ShowClusters",
        "ShowDatabaseOmUserStatus",
        "ShowOperationalTaskConfig",
        "ShowResizePreparation",
        "ShrinkLogicalCluster",
        "UpdateLogicalClusterPlan",
        "UpdateMaintenanceWindow",
        "UpdateOperationalTask",
        "UpdateOperationalTaskConfig",
        "UpdateQueueBaseInfo",
        "UpdateRedistributionConfigurations",
        "ValidateDbData",
    }
)
"""Not in the reference: known to the SDK or the getting-started guides alone."""
REQUESTS = [
    pytest.param(name, request, id=f"{name}-{number}")
    for name, sample in SAMPLES.items()
    for number, request in enumerate(sample["requests"])
]
REPLIES = {
    name: sample["reply"]["body"]
    for name, sample in SAMPLES.items()
    if sample["reply"]["body"] is not None
}


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_operation_has_its_sample(name: str) -> None:
    has = name in SAMPLES

    assert has is (name not in WITHOUT), f"add tests/wire/{name}.json, typed from the reference"


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_names_its_operation_and_its_source(name: str) -> None:
    sample = SAMPLES[name]

    assert sample["operation"] == name
    assert "section 5." in sample["source"]
    assert sample["requests"] or sample["note"]


@pytest.mark.parametrize(("name", "printed"), REQUESTS)
def test_a_printed_request_reads_into_the_class_and_back(
    name: str, printed: dict[str, Any]
) -> None:
    cls = catalogue()[name]
    path, _, query = printed["path"].partition("?")
    found = pattern(cls.route).fullmatch(path)
    assert found is not None, f"{name} is at {cls.route.path}, printed is {path}"

    operation = from_request(cls, found.groupdict(), parse_qsl(query), printed["body"])
    again = to_request(operation, found["project_id"])

    assert again.path == path
    assert list(again.query) == parse_qsl(query)
    assert _holds(again.body or {}, printed["body"] or {})


@pytest.mark.parametrize("name", REPLIES)
def test_a_printed_reply_fits_its_shape_and_none_of_its_values_is_lost(name: str) -> None:
    reply = catalogue()[name].reply_type().model_validate(REPLIES[name])

    assert _leaves(REPLIES[name]) <= _leaves(reply.model_dump(by_alias=True)), name


def _holds(whole: Any, part: Any) -> bool:
    """Whether all that is printed is sent; defaults may be sent on top."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and _holds(whole[key], value) for key, value in part.items()
        )
    return bool(whole == part)


def _leaves(told: Any) -> set[str]:
    """The names of all fields that have a value, at any depth."""
    if isinstance(told, dict):
        inner = [_leaves(value) for value in told.values()]
        return {key for key, value in told.items() if value not in (None, "", {}, [])}.union(*inner)
    if isinstance(told, list):
        return set().union(*map(_leaves, told))
    return set()


def test_a_secret_in_a_sample_stays_hidden_when_printed() -> None:
    sample = SAMPLES["ResetPassword"]["requests"][0]["body"]["new_password"]
    operation = catalogue()["ResetPassword"].model_validate(
        {"cluster_id": "c", "new_password": SecretStr(sample)}
    )

    assert sample not in repr(operation)
