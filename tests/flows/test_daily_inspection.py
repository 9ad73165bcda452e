from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dws.errors import ServerFault
from dws.lookup import NoSuchThing
from flows.daily_inspection import daily_inspection
from flows.declared.daily_inspection import Inputs, Outputs
from flows.steps.inspected import spelled
from tasks.action import Level
from tasks.run import Stopped
from tests.cloud import Cloud


def ago(hours: float) -> str:
    return f"{datetime.now(UTC) - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def backup(name: str, cluster: str, hours: float, **told: Any) -> dict[str, Any]:
    return {"name": name, "cluster": cluster, "started": ago(hours), **told}


WELL = {
    "clusters": [{"name": "sales", "tags": {"env": "prod"}}],
    "snapshots": [backup("auto-1", "sales", 2, type="AUTOMATED")],
}
ILL = {
    "clusters": [
        {"name": "sales", "tags": {"env": "prod"}},
        {"name": "old"},
        {"name": "<b>bold</b>"},
        {"name": "night", "status": "STOPPED"},
        {"name": "torn", "task": "RESIZE_FAILURE", "sub_status": "UNBALANCED"},
        {"name": "packed", "data_gb": 4000},
    ],
    "snapshots": [
        backup("auto-1", "sales", 2, type="AUTOMATED"),
        backup("rb-old", "old", 100),
        backup("broken", "old", 1, status="UNAVAILABLE", size_gb=0),
        *(backup(f"auto-{name}", name, 2) for name in ("night", "torn", "packed")),
    ],
    "disaster_recoveries": [
        {"name": "dr-1", "primary": "sales", "standby": "old", "status": "stopped"}
    ],
}


@pytest.fixture
def cloud(request: pytest.FixtureRequest, serve: Any) -> Cloud:
    return serve(getattr(request, "param", ILL))  # type: ignore[no-any-return]


def text_of(left: Outputs) -> str:
    return Path(left.page).read_text()


def told(left: Outputs, subject: str) -> list[str]:
    return [one.told for one in left.findings if one.subject == subject and "alarm" not in one.told]


@pytest.mark.parametrize("cloud", [WELL], indirect=True)
async def test_a_well_cluster_has_no_findings(cloud: Cloud, account: str, state: Path) -> None:
    left = await daily_inspection(account, run_id="r1")

    assert left.findings == ()
    assert left.not_told == ()
    assert Path(left.page) == state / "inspections" / "r1.html"
    assert "all that was looked at is as it should be" in text_of(left)
    assert cloud.changes() == []


async def test_what_is_wrong_is_told_the_most_serious_first(cloud: Cloud, account: str) -> None:
    left = await daily_inspection(account, run_id="r1")

    assert told(left, "sales") == []
    assert told(left, "old") == [
        "its newest backup rb-old is 4 d 4 h old, more than 1 d 2 h",
        "backup broken failed",
    ]
    assert told(left, "<b>bold</b>") == ["it has no backup that can be restored"]
    assert told(left, "night") == ["it is stopped"]
    assert told(left, "torn") == [
        "its last task ended in RESIZE_FAILURE",
        "it is unbalanced: a standby process works as primary",
    ]
    assert "of 3 nodes are over 75 %" in told(left, "packed")[0]
    assert told(left, "dr-1") == ["disaster recovery is stopped: the standby falls behind"]
    levels = [one.level for one in left.findings]
    assert levels == sorted(levels, key=[Level.BLOCK, Level.WARN, Level.PASS].index)


async def test_alarms_of_the_service_are_among_the_findings(cloud: Cloud, account: str) -> None:
    left = await daily_inspection(account, run_id="r1")

    assert [one.told.partition(" since")[0] for one in left.findings if one.subject == "night"] == [
        *("alarm Cluster status is abnormal.", "it is stopped")
    ]


class Page(HTMLParser):
    """What a page refers to, and whether its elements are closed in order."""

    VOID = frozenset({"meta", "link", "img", "br", "hr", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.outside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.outside += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


async def test_the_page_stands_alone_and_escapes_what_it_was_told(
    cloud: Cloud, account: str, tmp_path: Path
) -> None:
    left = await daily_inspection(account, folder=tmp_path / "pages", run_id="r1")

    text = text_of(left)
    page = Page(text)
    assert Path(left.page).parent == tmp_path / "pages"
    assert page.open == []
    assert page.outside == []
    assert not {"script", "link", "img"} & set(page.tags)
    assert "<b>bold</b>" not in text
    assert "&lt;b&gt;bold&lt;/b&gt;" in text
    assert text.count("<figure>") == page.tags.count("svg") == 7
    assert "@import" not in text
    assert "url(" not in text


async def test_thresholds_are_those_that_are_told(cloud: Cloud, account: str) -> None:
    left = await daily_inspection(
        account,
        clusters=("old", "packed"),
        disk_warn=1,
        disk_block=5,
        snapshot_max_age=timedelta(days=30),
        run_id="r1",
    )

    assert left.clusters == 2
    assert told(left, "old") == [
        *(one for one in told(left, "old") if "disks of 3 of 3 nodes are over 1 %" in one),
        "backup broken failed",
    ]
    assert len(told(left, "old")) == 2
    disks = [one.level for one in left.findings if one.told.startswith("disks")]
    assert disks == [Level.BLOCK, Level.BLOCK]


PAIR = {
    **WELL,
    "clusters": [*WELL["clusters"], {"name": "standby"}],
    "disaster_recoveries": [{"name": "dr-1", "primary": "sales", "standby": "standby"}],
}


@pytest.mark.parametrize("cloud", [PAIR], indirect=True)
async def test_a_standby_that_falls_behind_is_told(cloud: Cloud, account: str) -> None:
    left = await daily_inspection(
        account, tag="env=prod", lag_max=timedelta(minutes=1), run_id="r1"
    )

    assert [one.subject for one in left.findings] == ["dr-1"]
    assert "behind, more than 1 min" in left.findings[0].told


@pytest.mark.parametrize("cloud", [WELL], indirect=True)
@pytest.mark.parametrize("operation", ["ListHostDisk", "ListAlarmDetail", "ListTablesStatistic"])
async def test_what_a_region_does_not_offer_is_told_and_no_error(
    cloud: Cloud, account: str, operation: str
) -> None:
    cloud.fault("http", operation, status=404, code="APIGW.0101", times=9)

    left = await daily_inspection(account, run_id="r1")

    assert left.findings == ()
    assert len(left.not_told) == 1
    assert left.not_told[0].endswith("this region does not offer it")
    assert "Not told here" in text_of(left)


@pytest.mark.usefixtures("clock")
async def test_an_outage_is_no_region_that_lacks_something(cloud: Cloud, account: str) -> None:
    cloud.fault("http", "ListHostDisk", status=500, times=999)

    with pytest.raises(ServerFault, match="ListHostDisk"):
        await daily_inspection(account, clusters=("sales",), run_id="r1")


@pytest.mark.parametrize("fail_on", ["block", "warn"])
async def test_findings_fail_the_run_if_told_and_the_page_is_there(
    cloud: Cloud, account: str, state: Path, fail_on: Any
) -> None:
    with pytest.raises(Stopped, match=r"findings from fail_on=\w+ on: .*r1\.html"):
        await daily_inspection(account, fail_on=fail_on, run_id="r1")

    assert (state / "inspections" / "r1.html").exists()


async def test_a_warning_does_not_fail_a_run_for_serious_findings_alone(
    cloud: Cloud, account: str
) -> None:
    left = await daily_inspection(account, clusters=("old",), fail_on="block", run_id="r1")

    assert {one.level for one in left.findings} == {Level.WARN}


async def test_an_empty_selection_is_told(cloud: Cloud, account: str) -> None:
    with pytest.raises(NoSuchThing, match="tag='env=stage'"):
        await daily_inspection(account, tag="env=stage", run_id="r1")


@pytest.mark.parametrize(
    "bad", [{"disk_warn": 0}, {"disk_warn": 95}, {"lag_max": timedelta(0)}, {"fail_on": "always"}]
)
def test_bad_thresholds_are_told(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(bad))):
        Inputs(**bad)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=3, hours=4, minutes=5), "3 d 4 h"),
        (timedelta(days=2), "2 d"),
        (timedelta(hours=5, minutes=20), "5 h 20 min"),
        (timedelta(hours=6), "6 h"),
        (timedelta(seconds=70), "1 min"),
        (timedelta(seconds=-5), "0 min"),
    ],
)
def test_lengths_of_time_are_spelled(length: timedelta, words: str) -> None:
    assert spelled(length) == words
