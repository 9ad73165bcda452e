"""``runbook call``: one operation by its name."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

import pytest

from dws.operations import area_of, catalogue
from runbooks.demo.processes import RUNBOOK
from tasks.credentials import DwsAccount
from tests.free import closed_port

PASSWORD = "Sesam-oeffne-dich1"


@pytest.fixture
def cluster_id(cloud, account) -> str:
    return cloud.state()["clusters"][0]["id"]


@pytest.fixture
def snapshot_id(cloud, account) -> str:
    return cloud.state()["snapshots"][0]["id"]


def test_the_answer_is_json_and_nothing_else(runbook, account) -> None:
    result = runbook("call", "ListClusters")

    assert result.exit_code == 0
    assert [cluster["name"] for cluster in json.loads(result.stdout)["clusters"]] == ["demo"]
    assert result.stdout.count("\n") == 1
    assert result.stderr == ""


def test_values_become_what_the_fields_take(runbook, cluster_id) -> None:
    result = runbook(
        "call", "ListClusterSnapshots", "-p", f"cluster_id={cluster_id}", "-p", "limit=1"
    )

    assert [found["name"] for found in json.loads(result.stdout)["snapshots"]] == ["weekly"]


def test_a_body_is_merged_into_the_fields(runbook, cloud, cluster_id) -> None:
    body = {"tags": [{"key": "team", "value": "bi"}]}

    result = runbook(
        "call",
        "BatchCreateResourceTag",
        "-p",
        f"cluster_id={cluster_id}",
        "--body",
        json.dumps(body),
    )

    assert result.exit_code == 0
    tags = json.loads(runbook("call", "ListClusterTags", "-p", f"cluster_id={cluster_id}").stdout)
    assert tags["tags"] == [{"key": "team", "value": "bi"}]


@pytest.mark.parametrize("by_file", [True, False])
def test_a_body_comes_from_a_file_or_the_standard_input(
    runbook, cloud, cluster_id, tmp_path, by_file
):
    body = json.dumps({"snapshot": {"name": "by-hand", "cluster_id": cluster_id}})
    (tmp_path / "body.json").write_text(body)
    source = f"@{tmp_path}/body.json" if by_file else "-"

    result = runbook("call", "CreateSnapshot", "--body", source, stdin=body)

    assert result.exit_code == 0
    assert "by-hand" in cloud.snapshots()


def test_an_unknown_operation_is_told_with_what_is_close(runbook, cloud, account) -> None:
    result = runbook("call", "listcluster")

    assert result.exit_code == 2
    assert "ListClusters" in result.stderr
    assert cloud.requests() == []


def test_every_bad_field_is_told_at_once(runbook, cloud, account) -> None:
    result = runbook(
        "call", "ListClusterSnapshots", "-p", "limit=many", "-p", "ofset=1", "-p", "alone"
    )

    assert result.exit_code == 2
    told = result.stderr.splitlines()
    assert len(told) == 4
    assert any("limit='many'" in line for line in told)
    assert any("ofset" in line and "offset" in line for line in told)
    assert any("cluster_id" in line and "missing" in line for line in told)
    assert any("alone" in line and "name=value" in line for line in told)
    assert cloud.requests() == []


def test_a_field_given_twice_is_refused(runbook, cloud, account) -> None:
    result = runbook(
        "call", "ListClusterDetails", "-p", "cluster_id=a", "--body", '{"cluster_id": "b"}'
    )

    assert (result.exit_code, cloud.requests()) == (2, [])
    assert "cluster_id" in result.stderr


@pytest.mark.parametrize("body", ["{", "[]", "@/nowhere/body.json"])
def test_a_body_that_is_no_object_is_refused(runbook, account, body) -> None:
    result = runbook("call", "ListClusters", "--body", body)

    assert result.exit_code == 2
    assert "--body" in result.stderr


def test_a_refusal_is_one_line_with_code_and_request(runbook, cloud, account) -> None:
    result = runbook("call", "ListClusterDetails", "-p", "cluster_id=nope")

    assert (result.exit_code, result.stdout) == (5, "")
    assert len(result.stderr.splitlines()) == 1
    assert "404 DWS." in result.stderr
    assert "request " in result.stderr


def test_a_service_that_is_not_there_ends_with_5(runbook, account, clock, monkeypatch) -> None:
    monkeypatch.setenv("DWS_ENDPOINT", f"http://127.0.0.1:{closed_port()}")

    result = runbook("call", "ListClusters")

    assert (result.exit_code, result.stdout) == (5, "")
    assert len(result.stderr.splitlines()) == 1


def test_settings_that_cannot_work_are_told_with_their_cure(runbook) -> None:
    result = runbook("call", "ListClusters")

    assert result.exit_code == 2
    assert "DWS_ENDPOINT" in result.stderr
    assert "DWS_USERNAME" in result.stderr


def test_what_destroys_is_not_sent_unasked(runbook, cloud, snapshot_id) -> None:
    result = runbook("call", "DeleteSnapshot", "-p", f"snapshot_id={snapshot_id}")

    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert cloud.requests() == []


def test_what_destroys_is_sent_if_one_is_sure(runbook, cloud, snapshot_id) -> None:
    result = runbook("call", "DeleteSnapshot", "-p", f"snapshot_id={snapshot_id}", "--yes")

    assert result.exit_code == 0
    assert cloud.changes() == ["DeleteSnapshot"]


@pytest.mark.parametrize(
    ("answer", "exit_code", "sent"),
    [(b"y\n", 0, ["DeleteSnapshot"]), (b"n\n", 3, []), (b"\x04", 130, [])],
)
def test_on_a_terminal_one_is_asked(cloud, snapshot_id, answer, exit_code, sent) -> None:
    command = ["call", "DeleteSnapshot", "-p", f"snapshot_id={snapshot_id}"]
    person, terminal = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", RUNBOOK, *command],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(terminal)
        asked = process.stderr.read(len("DeleteSnapshot"))
        os.write(person, answer)
        process.communicate(timeout=30)
    os.close(person)

    assert asked == b"DeleteSnapshot"
    assert (process.returncode, cloud.changes()) == (exit_code, sent)


@pytest.mark.parametrize("by", ["-p", "--body"])
def test_a_secret_on_the_command_line_is_refused_and_not_shown(
    runbook, cloud, cluster_id, by
) -> None:
    field = {"-p": f"new_password={PASSWORD}", "--body": json.dumps({"new_password": PASSWORD})}

    result = runbook("call", "ResetPassword", "-p", f"cluster_id={cluster_id}", by, field[by])

    assert result.exit_code == 2
    assert "@env:" in result.stderr
    assert PASSWORD not in result.output
    assert cloud.requests() == []


def test_a_bad_secret_is_told_without_showing_it(runbook, cluster_id) -> None:
    result = runbook("call", "ResetPassword", "-p", "cluster_id=c", "-p", "new_password=geheim")

    assert result.exit_code == 2
    assert "new_password: a password has" in result.stderr
    assert "geheim" not in result.output


def test_a_secret_is_named_by_its_variable(runbook, cloud, cluster_id, monkeypatch) -> None:
    monkeypatch.setenv("NEW_PASSWORD", PASSWORD)

    result = runbook(
        "call",
        "ResetPassword",
        "-p",
        f"cluster_id={cluster_id}",
        "-p",
        "new_password=@env:NEW_PASSWORD",
    )

    assert result.exit_code == 0
    assert [sent["status"] for sent in cloud.requests("ResetPassword")] == [200]
    assert PASSWORD not in result.output


def test_a_variable_that_is_not_set_is_told(runbook, cloud, cluster_id) -> None:
    result = runbook(
        "call", "ResetPassword", "-p", "cluster_id=c", "-p", "new_password=@env:NOT_SET"
    )

    assert (result.exit_code, cloud.requests()) == (2, [])
    assert "NOT_SET" in result.stderr


def test_an_account_of_prefect_is_used_by_its_name(runbook, cloud, prefect_server) -> None:
    asyncio.run(_save_account("other", cloud.url))

    result = runbook("call", "ListClusters", "--account", "other")

    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["count"] == 1


async def _save_account(name: str, url: str) -> None:
    await DwsAccount(
        endpoint=url,
        iam_endpoint=url,
        project_name="eu-de",
        username="testname",
        domain="testname",
        password="Passw0rd",
    ).asave(name, overwrite=True)


@pytest.mark.parametrize("name", catalogue())
def test_help_tells_every_field_of_an_operation(runbook, name) -> None:
    operation = catalogue()[name]

    result = runbook("call", name, "--help")

    assert result.exit_code == 0
    assert f"{operation.route.method} {operation.route.path}" in result.stdout
    fields = [field.alias or known for known, field in operation.model_fields.items()]
    assert [field for field in fields if f"\n  {field}\n" not in result.stdout] == []


def test_help_tells_limits_defaults_and_the_words_below_a_field(runbook) -> None:
    told = runbook("call", "CreateSnapshotV2", "--help").stdout

    assert "in path; text; required" in told
    assert "0 | 1; required" in told
    assert "0 full, 1 incremental." in told
    assert "at most 256 characters" in told


def test_the_list_has_every_operation(runbook) -> None:
    told = runbook("call", "--list").stdout

    assert [name for name in catalogue() if f"  {name} " not in told] == []


def test_the_list_of_an_area_has_no_other(runbook) -> None:
    told = runbook("call", "--list", "tags").stdout

    others = [name for name, cls in catalogue().items() if area_of(cls) != "tags"]
    assert "ListClusterTags" in told
    assert [name for name in others if f"  {name} " in told] == []


def test_an_unknown_area_is_told_with_those_there_are(runbook) -> None:
    result = runbook("call", "--list", "snapshot")

    assert result.exit_code == 2
    assert "snapshots" in result.stderr
