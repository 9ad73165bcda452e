"""What is looked at before the first step: told wrong, in a plan, in a run, on going on."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runbooks.command import main
from runbooks.engine.check import sound
from runbooks.engine.document import read
from runbooks.engine.journal import Journal
from runbooks.engine.mistakes import Unsound
from runbooks.engine.story import Story
from tasks.store import database
from tests.cloud import Cloud
from tests.runbooks.sources import HEAD, loaded, placed

BODY = """\
risk: mutate
params:
  name: {type: string}
  fewest: {type: integer, default: 1}
preflight:
  - id: all
    uses: clusters.list_clusters
    assert:
      - that: result.clusters | length >= params.fewest
        level: block
        msg: "{{ result.clusters | length }} clusters; {{ params.fewest }} are wanted"
  - id: one
    uses: clusters.list_cluster_details
    with: {cluster_id: "{{ checks.all.clusters[0].id }}"}
    assert:
      - {that: result.cluster.status == 'AVAILABLE', level: block, msg: not available}
      - {that: result.cluster.name == params.name, level: warn, msg: "it is {{ result.cluster.name }}"}
steps:
  - id: take
    uses: snapshots.create_snapshot
    with:
      snapshot: {name: "{{ params.name }}", cluster_id: "{{ checks.one.cluster.id }}"}
"""  # noqa: E501


def told(body: str) -> list[str]:
    with pytest.raises(Unsound) as caught:
        sound(read(HEAD + body, "example.yaml"))
    return [str(mistake).removeprefix("example.yaml:") for mistake in caught.value.mistakes]


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def story() -> Story:
    return Story(Journal(database()).records("one"))


def test_a_sound_preflight_has_no_mistakes() -> None:
    assert [check.id for check in loaded(BODY).runbook.preflight] == ["all", "one"]


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        (
            "clusters.list_cluster_details",
            "snapshots.create_snapshot",
            "16: preflight[1].uses: snapshots.create_snapshot is no single read, as clusters.",
        ),
        (
            "clusters.list_cluster_details",
            "clusters.wait_until_cluster_settled",
            "16: preflight[1].uses: clusters.wait_until_cluster_settled is no single read, as",
        ),
        (
            "clusters.list_cluster_details",
            "clusters.list_cluster_detail",
            "16: preflight[1].uses: no task clusters.list_cluster_detail",
        ),
        (
            "result.cluster.status",
            "result.cluster.state",
            "19: preflight[1].assert[0].that: Cluster has no state; did you mean status",
        ),
        (
            "it is {{ result.cluster.name }}",
            "it is {{ steps.take.status }}",
            "20: preflight[1].assert[1].msg: steps.take is not above this step",
        ),
        (
            "checks.all.clusters",
            "checks.one.clusters",
            "17: preflight[1].with.cluster_id: no check one above; known: all",
        ),
        (
            "checks.one.cluster.id",
            "checks.one.cluster.idd",
            "25: steps[0].with.snapshot: Cluster has no idd; did you mean id?",
        ),
        (
            "checks.one.cluster.id",
            "result.cluster.id",
            "25: steps[0].with.snapshot: nothing known as result; ",
        ),
        ("id: one", "id: all", "15: preflight[1].id: 'all' twice, first in line 9"),
        ("level: warn", "level: hint", "20: preflight[1].assert[1].level: 'hint': Input should"),
        ("level: warn, msg", "levl: warn, msg", "20: preflight[1].assert[1].level: missing"),
        (
            "{cluster_id: ",
            "{id: x, cluster_id: ",
            "17: preflight[1].with.id: clusters.list_cluster_details takes no id",
        ),
    ],
)
def test_a_mistake_in_a_preflight_is_found(old: str, new: str, mistake: str) -> None:
    assert told(BODY.replace(old, new))[0].startswith(mistake)


def test_a_plan_tells_what_the_preflight_finds(cloud: Cloud, account: str, tmp_path: Path) -> None:
    file = str(placed(BODY, tmp_path))

    good = call("plan", file, "-p", "name=nightly")
    bad = call("plan", file, "-p", "name=nightly", "-p", "fewest=2")

    assert (good.exit_code, bad.exit_code) == (0, 3)
    assert "  check    preflight.one: result.cluster.status == 'AVAILABLE': pass\n" in good.stdout
    assert "result.cluster.name == params.name: WARN   it is demo\n" in good.stdout
    assert "  BLOCKED  1 clusters; 2 are wanted\n" in bad.stdout
    assert cloud.changes() == []


def test_what_a_check_has_read_goes_into_steps_and_a_warning_into_the_report(
    cloud: Cloud, account: str, tmp_path: Path
) -> None:
    result = call("run", str(placed(BODY, tmp_path)), "-p", "name=nightly", "--run-id", "one")
    report = call("report", "one").stdout

    assert result.exit_code == 0
    assert "preflight.all: passed\n" in result.stdout
    assert "preflight.one: warned: it is demo\n" in result.stdout
    assert "nightly" in cloud.snapshots()
    assert "| one | `result.cluster.name == params.name` | warn | it is demo |" in report
    assert [one.kind for one in story().records][:4] == ["begin", "check", "check", "intent"]
    assert call("verify", "one").exit_code == 0


def test_a_block_refuses_the_run_and_the_journal_says_which(
    cloud: Cloud, account: str, tmp_path: Path
) -> None:
    file = str(placed(BODY, tmp_path))

    result = call("run", file, "-p", "name=nightly", "-p", "fewest=2", "--run-id", "one")

    assert result.exit_code == 3
    assert "preflight.all: blocked: 1 clusters; 2 are wanted" in result.stdout
    assert story().status == "refused"
    assert story().checks()["all"]["findings"][0]["level"] == "block"
    assert cloud.changes() == []


def test_going_on_looks_again_as_long_as_no_step_has_begun(
    cloud: Cloud, account: str, tmp_path: Path
) -> None:
    body = BODY.replace(
        "result.cluster.status == 'AVAILABLE'", "params.name in result.cluster.name"
    )
    file = str(placed(body.replace("list_cluster_details", "list_cluster_details"), tmp_path))
    cloud.fault("http", "ListClusterDetails", status=404, code="DWS.0013", after=1, times=1)

    refused = call("run", file, "-p", "name=demo", "--run-id", "one")
    resumed = call("resume", "one")

    assert refused.exit_code == 3
    assert "preflight.one: ListClusterDetails" in refused.stdout
    assert resumed.exit_code == 0
    assert len(cloud.requests("ListClusterDetails")) == 3
    assert "demo" in cloud.snapshots()


def test_going_on_trusts_the_preflight_once_a_step_has_begun(
    cloud: Cloud, account: str, tmp_path: Path
) -> None:
    cloud.fault("http", "CreateSnapshot", status=400, code="DWS.0001", times=1)
    failed = call("run", str(placed(BODY, tmp_path)), "-p", "name=nightly", "--run-id", "one")
    before = len(cloud.requests("ListClusterDetails"))

    resumed = call("resume", "one")

    assert (failed.exit_code, resumed.exit_code) == (5, 0)
    assert len(cloud.requests("ListClusterDetails")) == before
    assert "nightly" in cloud.snapshots()


def test_a_preflight_is_shown(tmp_path: Path) -> None:
    shown = call("show", str(placed(BODY, tmp_path))).stdout

    assert "  one   clusters.list_cluster_details\n" in shown
    assert "      |  warn unless result.cluster.name == params.name: it is {{ " in shown
