"""Guards of our own runbooks: data in their files, and what they say of a cloud."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from dws.clock import wall
from runbooks.command import main
from runbooks.engine.journal import Journal
from runbooks.engine.story import Story
from runbooks.engine.template import TemplateFailed, evaluate
from tasks.store import database
from tests.cloud import Cloud

STALE = "no snapshot of demo is younger than 26 hours; runbook fleet-backup takes one"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def world(hours: int, cluster: str = "demo") -> dict[str, object]:
    started = (wall() - timedelta(hours=hours)).isoformat()
    snapshot = {"name": "last", "cluster": cluster, "started": started}
    return {
        "clusters": [{"name": "demo", "nodes": 6}, {"name": "other"}],
        "snapshots": [snapshot],
    }


SCALE_IN = ("plan", "scale-in", "-p", "nodes=3", "-p")


@pytest.mark.parametrize("cloud", [world(27), world(1, "other")], indirect=True)
def test_a_plan_warns_of_a_cluster_without_a_young_backup(cloud: Cloud, account: str) -> None:
    told = call(*SCALE_IN, "cluster=demo")

    assert told.exit_code == 0
    assert STALE in " ".join(told.stdout.split())


@pytest.mark.parametrize("cloud", [world(25)], indirect=True)
def test_a_young_backup_passes_by_name_and_by_id(cloud: Cloud, account: str) -> None:
    cluster_id = cloud.state()["clusters"][0]["id"]

    told = [call(*SCALE_IN, f"cluster={one}") for one in ("demo", cluster_id)]

    assert [one.exit_code for one in told] == [0, 0]
    assert not any("younger than 26 hours" in one.stdout for one in told)


def test_a_run_goes_on_with_the_time_at_which_it_was_begun(cloud: Cloud, account: str) -> None:
    cloud.fault("http", "CreateSnapshot", status=400, code="DWS.0001", times=1)
    call("run", "backup-then-delete", "-p", "cluster=demo", "--run-id", "one")
    records = Journal(database()).records("one")

    assert Story(records).order().started.isoformat() == records[0].payload["started"]


@pytest.mark.parametrize(
    "expression",
    ["rows | map('attr', 'name') | list", "rows | selectattr('nope') | list", "rows | map('x')"],
)
def test_a_filter_reads_what_is_there_and_nothing_else(expression: str) -> None:
    with pytest.raises(TemplateFailed):
        evaluate(expression, {"rows": [{"name": "a"}]})
