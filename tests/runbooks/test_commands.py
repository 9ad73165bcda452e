"""The commands, called as a person does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock
from sqlalchemy import text

from runbooks.command import main
from tasks.store import database
from tests.cloud import Cloud
from tests.free import closed_port
from tests.runbooks.sources import BACKUP, LOOK, placed
from tests.virtual_clock import VirtualClock

TAGS = """\
risk: mutate
params:
  tags: {type: objects}
steps:
  - id: all
    uses: clusters.list_clusters
  - id: tag
    uses: tags.batch_create_resource_tag
    with:
      cluster_id: "{{ steps.all.outputs.clusters[0].id }}"
      tags: "{{ params.tags }}"
"""
JOB = ("backup-then-delete", "-p", "cluster=demo")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def ended(result: Result) -> dict[str, object]:
    """The last line of ``--json``; all lines must be JSON."""
    lines: list[dict[str, object]] = [json.loads(line) for line in result.stdout.splitlines()]
    assert lines[-1]["event"] == "end"
    return lines[-1]


def test_the_shelf_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    placed("nonsense: 1\n", tmp_path)
    monkeypatch.setenv("RUNBOOK_SHELF", str(tmp_path))

    lines = [line.split() for line in call("list").stdout.splitlines()]
    told = {one["name"]: one for one in json.loads(call("list", "--json").stdout)}

    assert ["backup-then-delete", "1.0.0", "destructive"] in [line[:3] for line in lines]
    assert ["example", "has", "mistakes:", "runbook", "check", "example"] in lines
    assert told["backup-then-delete"]["title"].startswith("Take a snapshot")
    assert told["example"]["mistakes"]


def test_a_folder_of_the_shelf_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNBOOK_SHELF", "/no/such/folder")

    result = call("list")

    assert (result.exit_code, result.stderr) == (
        2,
        "error: RUNBOOK_SHELF: there is no folder /no/such/folder\n",
    )


def test_a_runbook_is_shown_with_its_parameters_and_steps(tmp_path: Path) -> None:
    ours, example = call("show", "backup-then-delete"), call("show", str(placed(LOOK, tmp_path)))

    assert "cluster  (dws.cluster; must be told)  Name or id of the cluster" in ours.stdout
    assert "backup_then_delete   DESTRUCTIVE   5 to 15 min" in ours.stdout
    assert "      |  changes     Takes a snapshot; deletes the cluster" in ours.stdout
    assert "clusters.cluster_settled: usually 3 to 15 min, at most 4 h\n" in ours.stdout
    assert "      |  by hand     The cluster is there, or its snapshot" in ours.stdout
    assert "[2] one   when params.details and steps.all" in example.stdout


def test_check_tells_where_each_mistake_is(tmp_path: Path) -> None:
    file = placed(LOOK.replace("risk: read", "risc: read"), tmp_path)

    result = call("check", str(file), "backup-then-delete")

    assert result.exit_code == 2
    assert result.stdout.splitlines() == [
        f"{file}:1: risk: missing",
        f"{file}:4: risc: no such key; did you mean risk?",
    ]
    assert call("check").exit_code == 0


@pytest.mark.parametrize("command", ["show", "check", "plan", "run"])
def test_an_unknown_runbook_is_told_with_near_ones(command: str) -> None:
    result = call(command, "backup-then-delet")

    assert result.exit_code == 2
    assert result.stderr == (
        "error: there is no runbook backup-then-delet; did you mean backup-then-delete?\n"
    )


def test_a_plan_changes_nothing_and_keeps_no_records(
    cloud: Cloud, account: str, state: Path
) -> None:
    result = call("plan", *JOB)

    assert result.exit_code == 0
    assert "target   cluster demo" in result.stdout
    assert cloud.changes() == []
    assert not (state / "journal.db").exists()


def test_a_file_tells_all_parameters(cloud: Cloud, account: str, tmp_path: Path) -> None:
    file = tmp_path / "params.yaml"
    file.write_text("cluster: demo\ngive_up:\n  - weekly\n", encoding="utf-8")

    result = call("plan", "backup-then-delete", "--params", str(file))

    assert result.exit_code == 0
    assert "DELETE snapshot weekly" in result.stdout


def test_a_plan_shows_structures_as_json(cloud: Cloud, account: str, tmp_path: Path) -> None:
    file = placed(TAGS, tmp_path)

    result = call("plan", str(file), "-p", 'tags=[{"key": "env", "value": "qa"}]')

    assert result.exit_code == 0, result.output
    assert '  param    tags = [{"key": "env", "value": "qa"}]' in result.stdout.splitlines()


def test_a_parameter_that_its_step_does_not_take_is_told_before_anything_is_asked(
    cloud: Cloud, account: str, tmp_path: Path
) -> None:
    file = placed(TAGS, tmp_path)
    before = cloud.requests()

    result = call("run", str(file), "-p", 'tags=[{"kee": "env"}]')

    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "error: parameter tags[0].key: missing (goes into steps.tag.with.tags)",
        (
            "error: parameter tags[0].kee: no such field; did you mean key? "
            "(goes into steps.tag.with.tags)"
        ),
    ]
    assert cloud.requests() == before


def test_a_plan_of_an_unknown_cluster_is_bad_input(cloud: Cloud, account: str) -> None:
    result = call("plan", "backup-then-delete", "-p", "cluster=dmo")

    assert result.exit_code == 2
    assert "demo" in result.stderr


def test_without_settings_every_one_that_is_missing_is_told() -> None:
    result = call("plan", *JOB)

    assert result.exit_code == 2
    assert "error: DWS_ENDPOINT is not set" in result.stderr


def test_a_service_that_does_not_answer_refuses_a_plan(
    account: str, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DWS_ENDPOINT", f"http://127.0.0.1:{closed_port()}")

    result = call("plan", *JOB)

    assert result.exit_code == 3
    assert result.stderr.endswith("nothing was changed\n")


def test_a_run_ends_with_a_report(cloud: Cloud, account: str, clock: VirtualClock) -> None:
    result = call("run", *JOB, "--run-id", "chg-1")

    assert result.exit_code == 0
    report = Path(result.stdout.splitlines()[-1].removeprefix("report: "))
    assert "| Ended | **done**, exit code 0 |" in report.read_text(encoding="utf-8")
    assert "run chg-1: done" in result.stdout
    assert cloud.clusters() == {}


def test_for_machines_every_line_is_json(cloud: Cloud, account: str, clock: VirtualClock) -> None:
    result = call("run", *JOB, "--json", "--run-id", "chg-1")

    end = ended(result)
    assert (end["run_id"], end["status"], end["exit_code"]) == ("chg-1", "done", 0)
    assert Path(str(end["report"])).is_file()


def test_for_machines_bad_input_has_an_end_too(cloud: Cloud, account: str) -> None:
    result = call("run", "backup-then-delete", "--json")

    assert result.exit_code == 2
    assert ended(result) == {
        "event": "end",
        "run_id": None,
        "status": "refused",
        "exit_code": 2,
        "report": None,
    }
    assert "parameter cluster: missing" in result.stdout
    assert result.stderr.startswith("error: parameter cluster: missing")


def test_a_finished_run_is_left_as_it_is(cloud: Cloud, account: str, tmp_path: Path) -> None:
    file = str(placed(BACKUP, tmp_path))
    call("run", file, "-p", "name=nightly", "--run-id", "one")
    before = cloud.requests()

    again = call("run", file, "-p", "name=nightly", "--run-id", "one")
    resumed = call("resume", "one")

    assert (again.exit_code, resumed.exit_code) == (0, 0)
    assert "run one has ended before: done; nothing was changed" in again.stdout
    assert cloud.requests() == before


def test_an_unfinished_run_is_gone_on_with_as_it_was_begun(
    cloud: Cloud, account: str, tmp_path: Path
) -> None:
    file = placed(BACKUP, tmp_path)
    cloud.fault("http", "CreateSnapshot", status=400, code="DWS.0001", times=1)
    failed = call("run", str(file), "-p", "name=nightly", "--run-id", "one")
    file.write_text("what the shelf has now does not matter", encoding="utf-8")

    other = call("run", str(file), "-p", "name=weekly", "--run-id", "one")
    resumed = call("run", str(file), "-p", "name=nightly", "--run-id", "one")

    assert failed.exit_code == 5
    assert "  not done yet: take, see\n  go on with: runbook resume one\n" in failed.stdout
    assert other.exit_code == 2
    assert "name: run one was begun with 'nightly', not 'weekly'" in other.stderr
    assert resumed.exit_code == 0
    assert "nightly" in cloud.snapshots()


def test_a_run_id_belongs_to_one_runbook(cloud: Cloud, account: str, tmp_path: Path) -> None:
    call("run", str(placed(BACKUP, tmp_path)), "-p", "name=nightly", "--run-id", "one")

    result = call("run", *JOB, "--run-id", "one")

    assert result.exit_code == 2
    assert result.stderr == "error: run one is one of example, not of backup-then-delete\n"


@pytest.mark.parametrize("run_id", ["", "-a", "a b", "a" * 65, "../x"])
def test_a_run_id_that_is_none_is_refused(run_id: str) -> None:
    result = call("run", *JOB, "--run-id", run_id)

    assert result.exit_code == 2
    assert "use 1 to 64 letters" in result.stderr


def test_what_a_plan_says_no_to_is_not_begun(
    serve: Callable[..., Cloud], monkeypatch: pytest.MonkeyPatch, account: str
) -> None:
    cloud = serve({"clusters": [{"name": "demo", "nodes": 3, "tags": {"runbook-protected": ""}}]})
    monkeypatch.setenv("DWS_ENDPOINT", cloud.url)
    monkeypatch.setenv("DWS_IAM_ENDPOINT", cloud.url)

    result = call("run", *JOB, "--run-id", "one")

    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1] == "error: nothing was changed"
    assert cloud.changes() == []
    assert call("report", "one").exit_code == 2


def test_a_run_that_is_at_work_is_not_gone_on_with(cloud: Cloud, account: str, state: Path) -> None:
    (state / "running").mkdir(parents=True)

    with FileLock(state / "running" / "one.lock"):
        result = call("run", *JOB, "--run-id", "one")

    assert result.exit_code == 3
    assert result.stderr == "error: run one is at work in another process\n"


def test_runs_reports_and_proofs(cloud: Cloud, account: str, tmp_path: Path) -> None:
    call("run", str(placed(BACKUP, tmp_path)), "-p", "name=nightly", "--run-id", "one")

    runs = json.loads(call("runs", "--json").stdout)
    proof = call("verify", "one")
    told = json.loads(call("report", "one", "--format", "json").stdout)
    out = tmp_path / "report.md"
    written = call("report", "one", "--out", str(out))

    assert [(run["run_id"], run["status"]) for run in runs] == [("one", "done")]
    assert "one" in call("runs").stdout
    assert proof.exit_code == 0
    assert told["head"] in proof.stdout
    assert (written.stdout, out.read_text(encoding="utf-8")[:9]) == (f"{out}\n", "# Example")
    assert call("report", "one", "--out", "/no/such/folder/f").exit_code == 2


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("UPDATE journal SET at = '1' WHERE seq = 2", "record 2 (outcome, 1) was altered"),
        ("DELETE FROM journal WHERE seq > 3", "is not in the journal any more"),
    ],
)
def test_a_journal_that_was_tampered_with_is_found(
    cloud: Cloud, account: str, tmp_path: Path, change: str, finding: str
) -> None:
    call("run", str(placed(BACKUP, tmp_path)), "-p", "name=nightly", "--run-id", "one")
    with database().begin() as connection:
        connection.execute(text(change))

    result = call("verify", "one")

    assert result.exit_code == 5
    assert finding in result.stdout


@pytest.mark.parametrize("command", ["resume", "report", "verify"])
def test_an_unknown_run_is_told(command: str) -> None:
    result = call(command, "one")

    assert (result.exit_code, result.stderr) == (2, "error: there is no run one\n")


def test_a_journal_that_cannot_be_opened_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNBOOK_JOURNAL", "sqlite:////no/such/folder/journal.db")

    result = call("runs")

    assert result.exit_code == 3
    assert result.stderr.startswith("error: the journal cannot be used: unable to open database")
