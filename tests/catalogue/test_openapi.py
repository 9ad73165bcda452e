"""The OpenAPI document, which tools read that speak no Python."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from dws.emulator import Emulator
from dws.emulator.__main__ import main
from dws.emulator.openapi import document
from dws.operation import Operation
from dws.operations import area_of
from tests.catalogue.reference import OPERATIONS, WIRE

DOCUMENT = document("127.0.0.1", 8000)
TOLD = {told["operationId"]: told for path in DOCUMENT["paths"].values() for told in path.values()}
EVERY = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda cls: cls.__name__)
SAMPLES = sorted(WIRE.glob("*.json"))


def schema_of(content: Any) -> Draft202012Validator:
    (told,) = content["content"].values()
    schema = told["schema"]
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def answered(told: Any) -> Any:
    return next(reply for status, reply in told["responses"].items() if status.startswith("2"))


@pytest.mark.slow
def test_it_is_valid() -> None:
    validate(DOCUMENT)


def test_it_holds_every_operation_once() -> None:
    assert sorted(TOLD) == sorted(cls.__name__ for cls in OPERATIONS)


@EVERY
def test_an_operation_is_told_in_full(operation: type[Operation[Any]]) -> None:
    told = TOLD[operation.__name__]
    named = [(argument["in"], argument["name"]) for argument in told["parameters"]]
    (body,) = told.get("requestBody", {"content": {"none": {}}})["content"].values()

    assert told["tags"] == [area_of(operation)]
    assert told["summary"]
    assert [name for place, name in named if place == "query"] == operation.travels("query")
    assert len([name for place, name in named if place == "path"]) == 1 + len(
        operation.travels("path")
    )
    assert list(body.get("schema", {}).get("properties", {})) == (
        operation.travels("form") or operation.travels("body")
    )
    assert set(told["responses"]) >= {"4XX", "5XX"}


def test_arguments_of_a_path_are_those_in_it() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for told in methods.values():
            named = {a["name"] for a in told["parameters"] if a["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path)), told["operationId"]


def test_no_path_is_told_twice_under_two_names_of_an_argument() -> None:
    forms = [re.sub(r"{\w+}", "{}", path) for path in DOCUMENT["paths"]]

    assert len(set(forms)) == len(forms)


def test_secrets_are_told_as_such() -> None:
    body = TOLD["ResetPassword"]["requestBody"]["content"]["application/json"]["schema"]

    assert body["properties"]["new_password"]["format"] == "password"


def test_docstrings_below_fields_are_told() -> None:
    schema = DOCUMENT["components"]["schemas"]["NewCluster"]["properties"]["number_of_cn"]

    assert "by the service's default" in schema["description"]


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_the_reference_s_samples_are_as_told(file: Any) -> None:
    """Requests too, but for their passwords, which break the reference's own rules."""
    sample, told = json.loads(file.read_text()), TOLD[file.stem]

    if sample["reply"]["body"] is not None:
        schema_of(answered(told)).validate(sample["reply"]["body"])
    for request in sample["requests"]:
        if request["body"] and "requestBody" in told:
            schema_of(told["requestBody"]).validate(request["body"])


def test_an_emulator_serves_it_with_its_own_address() -> None:
    with Emulator.serving(speed=0.0) as server:
        told = httpx.get(f"{server.url}/openapi.json").json()

    assert told["servers"] == [{"url": server.url}]
    assert told["paths"] == DOCUMENT["paths"]


@pytest.mark.parametrize(
    ("port", "server"),
    [
        ("0", {"url": "http://127.0.0.1:{port}", "variables": {"port": {"default": "8000"}}}),
        ("8123", {"url": "http://127.0.0.1:8123"}),
    ],
)
def test_the_command_prints_it_and_ends(port: str, server: Any) -> None:
    printed = CliRunner().invoke(main, ["--openapi", "--port", port])

    assert printed.exit_code == 0
    assert json.loads(printed.output)["servers"] == [server]
