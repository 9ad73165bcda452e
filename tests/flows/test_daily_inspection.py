"""The daily inspection: what it finds, and the page that it writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dws.errors import RequestFailed
from dws.lookup import NoSuchThing
from dws.operations.clusters import StartCluster
from dws.operations.snapshots import CreateSnapshot, NewSnapshot
from flows.daily_inspection import daily_inspection
from flows.declared.daily_inspection import Inputs, InspectionFinding, Outputs, Severity
from runbooks.engine.check import sound
from runbooks.engine.journal import Journal
from runbooks.engine.load import document_of
from runbooks.engine.order import Order
from runbooks.engine.parameters import resolved
from runbooks.engine.parameters import told as parameters_told
from runbooks.engine.run import begin
from runbooks.engine.shelf import found
from runbooks.engine.story import Story
from tasks.run import Refused, Stopped
from tasks.store import database
from tests.cloud import Cloud
from tests.flows.html_page import HtmlPage
from tests.flows.service import id_of, told

pytestmark = pytest.mark.usefixtures("clock")

DISKS_GB = 3 * 1675
"""What the nodes of a cluster of the emulator's usual flavor hold together."""
EVEN = {"table_skew_warn_percent": 100.0}
"""Leaves out the skew of tables, which the emulator draws by lot."""


def taken(cluster: str, hours_ago: float, **more: Any) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(hours=hours_ago)
    name = f"of-{cluster}-{hours_ago:.0f}"
    return {"name": name, "cluster": cluster, "started": f"{at:%Y-%m-%dT%H:%M:%SZ}", **more}


def world(*clusters: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Clusters that each have a fresh snapshot, unless ``snapshots`` tells others."""
    fresh = [taken(one["name"], 2) for one in clusters]
    return {"clusters": list(clusters), "snapshots": fresh, **more}


def on(*clusters: dict[str, Any], **more: Any) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("cloud", [world(*clusters, **more)], indirect=True)


def severity_of(left: Outputs, what: str, cluster: str = "demo") -> Severity | None:
    severities = [
        one.severity for one in left.findings if (one.cluster, one.what) == (cluster, what)
    ]
    return severities[0] if severities else None


def finding(left: Outputs, what: str) -> InspectionFinding:
    same = [one for one in left.findings if one.what == what]
    assert len(same) == 1, left.findings
    return same[0]


def page_of(left: Outputs) -> HtmlPage:
    return HtmlPage.read(Path(left.page))


@on({"name": "demo"})
async def test_a_healthy_cluster_is_well_and_nothing_is_changed(cloud: Cloud, account: str) -> None:
    left = await daily_inspection(account, **EVEN, run_id="r1")

    assert left.findings == ()
    assert page_of(left).health() == {"demo": "well"}
    assert cloud.changes() == []


@on({"name": "demo"})
async def test_the_page_lies_in_the_state_folder_under_the_id_of_the_run(
    cloud: Cloud, account: str, state: Path
) -> None:
    left = await daily_inspection(account, run_id="r1")

    assert Path(left.page) == state / "inspections" / "r1.html"


@on({"name": "demo"})
async def test_a_second_run_of_the_same_id_looks_again_and_writes_the_same_file(
    cloud: Cloud, account: str
) -> None:
    first = await daily_inspection(account, **EVEN, run_id="r1")
    cloud.advance(30 * 3600)
    second = await daily_inspection(account, **EVEN, run_id="r1")

    assert first.page == second.page
    assert severity_of(second, "newest snapshot is too old") is Severity.WARN
    assert page_of(second).health() == {"demo": "warn"}
    assert [file.name for file in Path(first.page).parent.iterdir()] == ["r1.html"]


@on(
    {"name": "full", "data_gb": DISKS_GB * 0.88},
    {"name": "filling", "data_gb": DISKS_GB * 0.76},
    {"name": "roomy"},
)
async def test_disks_that_fill_up_are_told_by_cluster_with_figure_and_threshold(
    cloud: Cloud, account: str
) -> None:
    left = await daily_inspection(account, run_id="r1")

    what = "data disks are filling up"
    assert severity_of(left, what, "full") is Severity.BLOCK
    assert severity_of(left, what, "filling") is Severity.WARN
    assert severity_of(left, what, "roomy") is None
    block = next(one for one in left.findings if one.cluster == "full" and one.what == what)
    assert block.figure.count("% full-") == 3
    assert block.threshold == "85.0 %"
    assert "scale-out" in block.cure


@on({"name": "demo", "sub_status": "READONLY | UNBALANCED"})
async def test_states_are_told_with_the_runbook_that_mends_them(cloud: Cloud, account: str) -> None:
    left = await daily_inspection(account, run_id="r1")

    states = {one.figure: one for one in left.findings if one.what == "status"}
    assert states["READONLY"].severity is Severity.BLOCK
    assert "lift-read-only" in states["READONLY"].cure
    assert states["UNBALANCED"].severity is Severity.WARN
    assert "rebalance-cluster" in states["UNBALANCED"].cure


@on({"name": "demo", "task": "RESIZE_FAILURE"}, {"name": "idle", "status": "STOPPED"})
async def test_a_failed_task_blocks_and_a_stopped_cluster_warns(cloud: Cloud, account: str) -> None:
    left = await daily_inspection(account, run_id="r1")

    assert severity_of(left, "status") is Severity.BLOCK
    assert severity_of(left, "status", "idle") is Severity.WARN


@on(
    *({"name": name} for name in ("fresh", "late", "stale", "never", "failing")),
    snapshots=[
        *(taken("fresh", 20), taken("late", 30), taken("stale", 100), taken("failing", 5)),
        taken("failing", 1, status="UNAVAILABLE"),
        taken("never", 1, status="UNAVAILABLE"),
    ],
)
async def test_snapshots_that_are_too_old_or_failed_are_told(cloud: Cloud, account: str) -> None:
    left = await daily_inspection(account, run_id="r1")

    old = "newest snapshot is too old"
    assert severity_of(left, old, "fresh") is None
    assert severity_of(left, old, "late") is Severity.WARN
    assert severity_of(left, old, "stale") is Severity.BLOCK
    assert severity_of(left, "no snapshot can be restored", "never") is Severity.BLOCK
    assert severity_of(left, "snapshot failed", "failing") is Severity.WARN
    stale = next(one for one in left.findings if one.cluster == "stale" and one.what == old)
    assert (stale.figure, stale.threshold) == ("4 d 4 h", "3 d")


PAIR = {"name": "pair", "primary": "main", "standby": "copy"}


@on(
    {"name": "main"},
    {"name": "copy"},
    snapshots=[taken("main", 2)],
    disaster_recoveries=[PAIR],
)
async def test_a_standby_that_is_behind_is_told_and_needs_no_snapshots(
    cloud: Cloud, account: str
) -> None:
    left = await daily_inspection(account, dr_lag_warn=timedelta(minutes=5), **EVEN, run_id="r1")

    behind = finding(left, "standby of disaster recovery pair is behind")
    assert (behind.severity, behind.cluster) == (Severity.WARN, "main")
    assert (behind.figure, behind.threshold) == ("10 min", "5 min")
    assert severity_of(left, "no snapshots of its own", "copy") is Severity.NOTE
    assert left.blocks == 0


@on({"name": "main"}, {"name": "copy"}, disaster_recoveries=[PAIR | {"status": "abnormal"}])
async def test_an_abnormal_recovery_blocks(cloud: Cloud, account: str) -> None:
    left = await daily_inspection(account, run_id="r1")

    assert severity_of(left, "disaster recovery pair", "main") is Severity.BLOCK


@on({"name": "main"}, {"name": "copy"}, disaster_recoveries=[PAIR | {"status": "abnormal"}])
async def test_a_recovery_is_told_of_the_standby_if_that_alone_is_inspected(
    cloud: Cloud, account: str
) -> None:
    left = await daily_inspection(account, clusters=("copy",), run_id="r1")

    assert severity_of(left, "disaster recovery pair", "copy") is Severity.BLOCK


@on({"name": "main"}, {"name": "copy"}, disaster_recoveries=[PAIR | {"status": "unstart"}])
async def test_a_recovery_that_never_ran_protects_nothing_and_its_lag_is_not_told(
    cloud: Cloud, account: str
) -> None:
    left = await daily_inspection(account, run_id="r1")

    assert severity_of(left, "disaster recovery pair protects nothing", "main") is Severity.WARN
    assert "not told here" in finding(left, "lag of disaster recovery pair").figure


@on({"name": "demo", "data_gb": DISKS_GB * 0.88}, {"name": "other", "data_gb": DISKS_GB * 0.88})
async def test_open_alarms_are_told_together_by_their_level(cloud: Cloud, account: str) -> None:
    left = await daily_inspection(account, clusters=("demo",), run_id="r1")

    alarms = [one for one in left.findings if one.what.startswith("alarm: ")]
    assert [(one.cluster, one.severity) for one in alarms] == [("demo", Severity.BLOCK)]
    assert alarms[0].figure.startswith("3 open, the first since ")


@on({"name": "demo", "status": "STOPPED"})
async def test_an_alarm_that_is_over_is_not_told(cloud: Cloud, account: str) -> None:
    before = await daily_inspection(account, run_id="r1")
    await told(StartCluster(cluster_id=await id_of("demo")))
    cloud.advance(7200)
    after = await daily_inspection(account, run_id="r2")

    what = "alarm: Cluster status is abnormal."
    assert severity_of(before, what) is Severity.BLOCK
    assert severity_of(after, what) is None


@on({"name": "demo"})
async def test_warnings_among_the_events_of_late_are_told_and_older_ones_are_not(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("task_fails", "CreateSnapshot", task_status="SNAPSHOTTING_FAILED")
    await told(CreateSnapshot(snapshot=NewSnapshot(name="broken", cluster_id=await id_of("demo"))))
    cloud.advance(7200)
    late = await daily_inspection(account, run_id="r1")
    cloud.advance(30 * 3600)
    later = await daily_inspection(account, run_id="r2")

    events = [one for one in late.findings if one.what.startswith("event: ")]
    assert [(one.cluster, one.severity) for one in events] == [("demo", Severity.WARN)]
    assert events[0].figure.startswith("1 times, the last at ")
    assert "backup broken" in page_of(late).text
    assert not [one for one in later.findings if one.what.startswith("event: ")]


@on({"name": "demo", "data_gb": 4000})
async def test_skew_of_nodes_and_tables_is_told_from_the_thresholds_on(
    cloud: Cloud, account: str
) -> None:
    low = {"disk_skew_warn_points": 0.1, "table_skew_warn_percent": 0.5}
    left = await daily_inspection(account, **low, run_id="r1")
    none = await daily_inspection(account, **EVEN, disk_skew_warn_points=100.0, run_id="r2")

    assert finding(left, "disk use differs between nodes").figure.endswith(" points")
    assert [one for one in left.findings if one.what.endswith("is skewed")]
    assert not [one for one in none.findings if "skewed" in one.what or "differs" in one.what]


READS = {
    "ListHostDisk": "disk use",
    "ListHostOverview": "state of the nodes",
    "ListTablesStatistic": "skew of tables",
    "ListSnapshots": "snapshots",
    "ListDisasterRecover": "disaster recovery",
    "ListAlarmDetail": "alarms",
    "ListEvents": "events",
}


@on({"name": "demo"})
@pytest.mark.parametrize("operation", READS)
async def test_what_is_not_told_is_a_finding_and_no_health(
    cloud: Cloud, account: str, operation: str
) -> None:
    cloud.fault("http", operation, status=400, code="DWS.9001", message="Not today.", times=9)

    left = await daily_inspection(account, **EVEN, run_id="r1")

    untold = finding(left, READS[operation])
    assert untold.severity is Severity.WARN
    assert untold.figure.startswith("not told here: ")
    assert "Not today." in untold.figure
    if operation != "ListEvents":  # what happened is no health
        assert page_of(left).health()["demo"] != "well"


@on({"name": "demo"})
@pytest.mark.parametrize("operation", READS)
async def test_what_the_region_does_not_offer_is_told_so(
    cloud: Cloud, account: str, operation: str
) -> None:
    cloud.fault("http", operation, status=404, code="APIGW.0101", times=9)

    left = await daily_inspection(account, **EVEN, run_id="r1")

    untold = finding(left, READS[operation])
    assert (untold.severity, untold.figure) == (Severity.NOTE, "not offered here")


@on({"name": "demo"})
@pytest.mark.parametrize("kind", ["reset", "truncated"])
async def test_an_operation_that_never_answers_is_a_finding(
    cloud: Cloud, account: str, kind: str
) -> None:
    cloud.fault(kind, "ListHostDisk", times=99)

    left = await daily_inspection(account, **EVEN, run_id="r1")

    assert finding(left, "disk use").figure.startswith("not told here: ListHostDisk")


@on({"name": "demo"})
@pytest.mark.parametrize("body", ["[]", '[{"host_name": "h", "disk_name": "vdb"}]'])
async def test_disks_without_figures_are_not_healthy(cloud: Cloud, account: str, body: str) -> None:
    cloud.fault("http", "ListHostDisk", status=200, body=body)

    left = await daily_inspection(account, **EVEN, run_id="r1")

    assert finding(left, "disk use").figure == "not told here: the service tells of no data disks"
    assert page_of(left).health() == {"demo": "warn"}


@on({"name": "demo"})
async def test_a_node_whose_disks_are_not_told_is_missed(cloud: Cloud, account: str) -> None:
    one = '[{"host_name": "h", "disk_name": "vdb", "disk_type": "data", "used_percentage": 9}]'
    cloud.fault("http", "ListHostDisk", status=200, body=one)

    left = await daily_inspection(account, **EVEN, run_id="r1")

    assert finding(left, "disk use").figure == "told of 1 of 3 nodes"


@on({"name": "first"}, {"name": "second"})
async def test_a_cluster_that_does_not_answer_hides_no_other(cloud: Cloud, account: str) -> None:
    cloud.fault("http", "ListHostDisk", status=400, code="DWS.9001", times=1)

    left = await daily_inspection(account, max_parallel=1, **EVEN, run_id="r1")

    assert page_of(left).health() == {"first": "warn", "second": "well"}


@on({"name": "demo"})
async def test_without_the_list_of_clusters_there_is_no_page(
    cloud: Cloud, account: str, state: Path
) -> None:
    cloud.fault("http", "ListClusters", status=400, code="DWS.9001", times=9)

    with pytest.raises(RequestFailed, match=r"ListClusters: 400 DWS\.9001"):
        await daily_inspection(account, run_id="r1")

    assert list((state / "inspections").iterdir()) == []


@on({"name": "demo", "sub_status": "UNBALANCED"})
@pytest.mark.parametrize("fail_on", ["block", "warn", "never"])
async def test_a_run_fails_from_the_told_severity_on_once_the_page_is_there(
    cloud: Cloud, account: str, state: Path, fail_on: Any
) -> None:
    error = None
    try:
        await daily_inspection(account, fail_on=fail_on, **EVEN, run_id="r1")
    except Stopped as stopped:
        error = str(stopped)

    page = state / "inspections" / "r1.html"
    assert page.is_file()
    assert (error is not None) == (fail_on == "warn")
    assert error is None or ("demo: status: UNBALANCED" in error and str(page) in error)


@on({"name": "demo", "tags": {"env": "prod"}}, {"name": "lab", "sub_status": "READONLY"})
async def test_only_the_clusters_that_are_meant_are_inspected(cloud: Cloud, account: str) -> None:
    left = await daily_inspection(account, tag="env=prod", **EVEN, run_id="r1")

    assert left.findings == ()
    assert page_of(left).health() == {"demo": "well"}


async def test_a_cluster_that_is_not_there_is_told(account: str) -> None:
    with pytest.raises(NoSuchThing, match="close to it: demo"):
        await daily_inspection(account, clusters=("dmeo",), run_id="r1")


async def test_a_folder_that_is_none_is_refused_before_anything_is_read(
    cloud: Cloud, account: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Refused, match=r"folder='.*/file/sub': cannot be made: .*; tell another"):
        await daily_inspection(account, folder=str(tmp_path / "file" / "sub"), run_id="r1")

    assert cloud.requests() == []


async def test_a_page_that_cannot_be_written_is_told(
    cloud: Cloud, account: str, tmp_path: Path
) -> None:
    (tmp_path / "r1.html").mkdir()

    with pytest.raises(Stopped, match=r"r1\.html cannot be written: Is a directory"):
        await daily_inspection(account, folder=str(tmp_path), run_id="r1")


@on()
async def test_a_project_without_clusters_has_a_page_too(cloud: Cloud, account: str) -> None:
    left = await daily_inspection(account, run_id="r1")

    assert left.clusters == 0
    assert page_of(left).health() == {}


NASTY = '<b>&"$x$\\frac{'


@on({"name": NASTY, "data_gb": DISKS_GB * 0.88}, snapshots=[])
async def test_names_are_shown_as_they_are_and_nothing_of_them_is_markup(
    cloud: Cloud, account: str
) -> None:
    left = await daily_inspection(account, run_id="r1")

    page = page_of(left)
    assert page.health() == {NASTY: "block"}
    assert "b" not in page.tags_of_body
    assert NASTY in page.texts_of_plots


@on(
    {"name": "main"},
    {"name": "copy"},
    {"name": "full", "data_gb": DISKS_GB * 0.88},
    disaster_recoveries=[PAIR],
)
async def test_the_page_is_well_formed_and_needs_nothing_from_outside(
    cloud: Cloud, account: str
) -> None:
    left = await daily_inspection(account, run_id="r1")

    page = page_of(left)
    assert page.unclosed == []
    assert page.outside == []
    assert len(page.ids) == len(set(page.ids))
    assert set(page.references) <= set(page.ids)
    assert page.captions == [
        "Disk use of each node",
        "Age of the newest snapshot",
        "Lag of standbys (disaster recovery)",
        "Skew of disk use between nodes",
        "The most skewed large table of each cluster",
    ]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"disk_warn_percent": 90}, "disk_warn_percent=90.0 is more than disk_block_percent=85.0"),
        ({"dr_lag_block": timedelta(hours=1)}, "dr_lag_warn=4:00:00 is more than dr_lag_block"),
        ({"disk_block_percent": 101}, "less than or equal to 100"),
        ({"fail_on": "note"}, "'block', 'warn' or 'never'"),
    ],
)
def test_inputs_that_contradict_are_refused(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        Inputs.model_validate(wrong)


@on({"name": "demo", "sub_status": "READONLY"})
async def test_the_runbook_runs_every_morning_and_fails_on_what_it_is_told_to(
    cloud: Cloud, account: str, state: Path
) -> None:
    runbook = sound(document_of(found("daily-inspection")))
    given = resolved(runbook.runbook, parameters_told(("fail_on=block",)))

    with pytest.raises(Stopped, match="demo: status: READONLY"):
        await begin(Order(runbook, given, "default", "live", "r1"), "hash")

    assert [(it.schedule, it.timezone) for it in runbook.runbook.triggers] == [
        ("0 6 * * *", "Europe/Berlin")
    ]
    assert Story(Journal(database()).records("r1")).exit_code == 5
    assert (state / "inspections" / "r1-inspect.html").is_file()
