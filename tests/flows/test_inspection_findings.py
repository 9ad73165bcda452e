"""What an inspection makes of what it was told, where the emulator tells no such thing."""

from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dws.operations.alarms import Alarm
from dws.operations.disaster_recovery import DisasterRecovery
from dws.shapes import Cluster
from dws.told.disaster_recovery import DisasterProgress
from dws.told.monitoring import Disk, Host
from flows.declared.daily_inspection import Inputs, InspectionFinding, Severity
from flows.steps.inspection.charts import MOST_ROWS, WARN, Chart, Limit, Row, drawn
from flows.steps.inspection.figures import ClusterFigures, figures_of
from flows.steps.inspection.findings import Judge
from flows.steps.inspection.occurrences import project_findings
from flows.steps.inspection.words import span
from tasks.survey import Answer, ClusterTold, PairTold, ProjectTold, Untold

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
SILENT = Untold("no answer")


def cluster(**more: Any) -> Cluster:
    told = {"id": "c1", "name": "demo", "status": "AVAILABLE", "number_of_node": 2}
    return Cluster.model_validate(told | more)


def disk(node: str, percent: float) -> Disk:
    told = {"instance_name": node, "instance_id": node, "host_name": node, "disk_name": "vdb"}
    return Disk.model_validate(told | {"disk_type": "data", "used_percentage": percent})


def project(of: Cluster, **more: Any) -> ProjectTold:
    told: dict[str, Any] = dict.fromkeys(("snapshots", "pairs", "alarms", "events"), ())
    return ProjectTold(at=NOW, tells_time=True, clusters=(of,), **(told | more))


def figures(
    of: Cluster,
    disks: Answer[tuple[Disk, ...]] = SILENT,
    hosts: Answer[tuple[Host, ...]] = SILENT,
    **more: Any,
) -> ClusterFigures:
    return figures_of(of, ClusterTold(disks, hosts, SILENT), project(of, **more), {of.id})


def findings(of: ClusterFigures) -> dict[str, InspectionFinding]:
    return {one.what: one for one in Judge(of, Inputs()).findings()}


def pair(**more: Any) -> DisasterRecovery:
    told = {"id": "p1", "name": "pair", "status": "running", "primary_cluster_id": "c1"}
    return DisasterRecovery.model_validate(told | more)


def test_nodes_that_hold_no_data_yet_are_no_skew() -> None:
    nodes = [{"id": "n1", "status": "200"}, {"id": "n2", "status": "199"}]

    found = figures(cluster(nodes=nodes), (disk("n1", 60.0), disk("n2", 2.0)))

    assert found.skew_points == 0.0
    assert found.is_told_in_full


def test_broken_nodes_and_nodes_that_are_not_online_are_named() -> None:
    nodes = [{"id": "n1", "name": "demo-1", "status": "300"}, {"id": "n2", "status": "200"}]
    hosts = (Host(host_name="h1", host_stat="ONLINE"), Host(host_name="h2", host_stat=""))

    found = findings(figures(cluster(nodes=nodes), hosts=hosts))

    assert found["node"].figure == "demo-1: unavailable (300)"
    assert found["nodes are not online"].figure == "1 of 2: h2 (state not told)"
    assert found["node"].severity is found["nodes are not online"].severity is Severity.BLOCK


@pytest.mark.parametrize(
    ("status", "what", "severity"),
    [
        ("Pending-Reboot", "parameters await a restart", Severity.NOTE),
        ("Sync-Failure", "parameters are not applied", Severity.WARN),
    ],
)
def test_parameters_that_are_not_in_force_are_told(
    status: str, what: str, severity: Severity
) -> None:
    found = findings(figures(cluster(parameter_group={"status": status})))

    assert found[what].severity is severity


def test_a_task_under_way_is_a_note() -> None:
    found = findings(figures(cluster(task_status="SNAPSHOTTING")))

    assert found["busy"].figure == "SNAPSHOTTING"
    assert found["busy"].severity is Severity.NOTE


@pytest.mark.parametrize(
    ("progress", "last", "lag"),
    [
        (DisasterProgress(recovery_point_object=90), None, timedelta(seconds=90)),
        (SILENT, "2026-11-21T04:00:00Z", timedelta(hours=2)),
        (DisasterProgress(latest_barrier_time="2026-11-21 05:00:00"), None, timedelta(hours=1)),
        (SILENT, None, SILENT),
    ],
)
def test_a_lag_is_the_services_figure_or_the_time_since_the_standby_caught_up(
    progress: Any, last: Any, lag: Any
) -> None:
    told = PairTold(pair(last_disaster_time=last), progress)

    pairs = figures(cluster(), pairs=(told,)).pairs

    assert not isinstance(pairs, Untold)
    assert [one.lag for one in pairs] == [lag]


def test_a_status_of_a_recovery_that_nobody_knows_warns() -> None:
    told = PairTold(pair(status="pondering"), DisasterProgress(recovery_point_object=1))

    found = findings(figures(cluster(), pairs=(told,)))

    assert found["disaster recovery pair"].severity is Severity.WARN


def alarm(**more: Any) -> Alarm:
    told = {"alarm_id": "a1", "alarm_name": "Trouble", "alarm_level": "2", "alarm_status": "0"}
    return Alarm.model_validate(told | more)


def test_an_alarm_without_an_id_is_of_the_cluster_of_its_name() -> None:
    found = findings(figures(cluster(), alarms=(alarm(resource_id_name="demo"),)))

    assert found["alarm: Trouble"].cluster == "demo"


@pytest.mark.parametrize(
    ("level", "severity"),
    [("urgent", Severity.BLOCK), ("3", Severity.NOTE), ("dire", Severity.WARN)],
)
def test_a_level_that_nobody_knows_warns(level: str, severity: Severity) -> None:
    told = alarm(resource_id="c1", alarm_level=level, alarm_status="unheard of")

    found = findings(figures(cluster(), alarms=(told,)))

    assert found["alarm: Trouble"].severity is severity


def test_alarms_of_no_cluster_that_is_listed_are_told_unless_clusters_were_named() -> None:
    told = project(cluster(), alarms=(alarm(resource_id="gone", resource_id_name="old"),))

    of_all = list(project_findings(told, (), Inputs()))
    of_one = list(project_findings(told, (), Inputs(clusters=("demo",))))

    assert [(one.cluster, one.what) for one in of_all] == [("old", "alarm: Trouble")]
    assert of_one == []


def test_a_service_that_tells_no_time_is_told_of() -> None:
    of = cluster()
    told = ProjectTold(NOW, False, (of,), (), (), (), ())

    found = list(project_findings(told, (), Inputs()))

    assert [one.what for one in found] == ["time of the service"]


def test_a_plot_shows_the_worst_and_says_how_many_it_leaves_out() -> None:
    rows = tuple(Row(f"c{n}", (float(n),), "") for n in range(MOST_ROWS + 5))
    untold = Row("silent", (), "not told")

    chart = Chart("some", "Some", "%", (*rows, untold), (Limit(3.0, WARN),))

    assert chart.shown[0] is untold
    assert chart.shown[1].label == f"c{MOST_ROWS + 4}"
    assert chart.caption == f"Some (the worst {MOST_ROWS} of {MOST_ROWS + 6})"
    assert html.unescape(drawn(chart)).count(">not told<") == 1


def test_a_plot_bears_letters_that_its_font_lacks() -> None:
    svg = drawn(Chart("some", "Some", "%", (Row("数据仓库", (1.0,), "1 %"),), ()))

    assert "数据仓库" in svg


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (timedelta(seconds=12), "12 s"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(minutes=90), "90 min"),
        (timedelta(hours=26), "26 h"),
        (timedelta(hours=26, minutes=5), "26 h 5 min"),
        (timedelta(hours=47, minutes=59, seconds=40), "48 h"),
        (timedelta(days=2), "2 d"),
        (timedelta(days=2, hours=23, minutes=40), "3 d"),
        (timedelta(days=7, hours=22), "7 d 22 h"),
    ],
)
def test_lengths_of_time_are_told_in_two_units(told: timedelta, words: str) -> None:
    assert span(told) == words
