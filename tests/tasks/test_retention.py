from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dws.shapes import Snapshot
from tasks.retention import Rule, decided

START = datetime(2026, 3, 31, 23, tzinfo=UTC)


def rule(**counts: int) -> Rule:
    none = {"daily": 0, "weekly": 0, "monthly": 0, "yearly": 0}
    return Rule(**{**none, **counts}, pattern="rb-*", zone=ZoneInfo("UTC"))


def snapshot(days_ago: float, **told: object) -> Snapshot:
    standard = {
        "id": f"{days_ago:g}",
        "name": f"rb-{days_ago:g}",
        "cluster_id": "c1",
        "status": "AVAILABLE",
        "type": "MANUAL",
        "size": 10,
        "started": START - timedelta(days=days_ago),
    }
    return Snapshot.model_validate({**standard, **told})


def kept(wanted: Rule, *snapshots: Snapshot) -> list[str]:
    return [one.snapshot_id for one in decided(wanted, snapshots, "sales") if one.is_kept]


def test_of_each_day_the_newest_stays() -> None:
    taken = [snapshot(days) for days in (0, 0.5, 1, 1.25, 2, 3)]

    assert kept(rule(daily=2), *taken) == ["0", "1"]


def test_days_without_a_snapshot_do_not_count() -> None:
    assert kept(rule(daily=3), *map(snapshot, (0, 10, 20, 30))) == ["0", "10", "20"]


def test_weeks_months_and_years_keep_what_days_do_not() -> None:
    taken = [snapshot(days) for days in range(800)]

    assert kept(rule(daily=3, weekly=2, monthly=3, yearly=2), *taken) == [
        *("0", "1", "2", "31", "59", "90")
    ]


def test_each_tells_why() -> None:
    reasons = {
        one.snapshot_id: one.why
        for one in decided(
            rule(daily=1, monthly=2), [snapshot(0), snapshot(31), snapshot(5)], "sales"
        )
    }

    assert reasons == {
        "0": "the last good one, daily 2026-03-31, monthly 2026-03",
        "5": "no period keeps it",
        "31": "monthly 2026-02",
    }


def test_a_day_begins_in_the_time_zone_that_is_told() -> None:
    taken = [snapshot(0), snapshot(2 / 24)]  # 23:00 and 21:00 UTC: 01:00 and 23:00 in Berlin
    berlin = Rule(2, 0, 0, 0, "rb-*", ZoneInfo("Europe/Berlin"))

    assert len(kept(rule(daily=2), *taken)) == 1
    assert len(kept(berlin, *taken)) == 2


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"type": "AUTO"}, "automated: its policy keeps it for its days"),
        ({"name": "weekly"}, "its name is not rb-*"),
        ({"started": None}, "when it was taken is not told"),
        ({"status": "CREATING", "size": None}, "it is CREATING, of 0 GB"),
        ({"status": "POLICE_FROZEN"}, "it is POLICE_FROZEN"),
        ({"size": 0}, "it is AVAILABLE, of 0 GB"),
        ({"status": "SOMETHING_NEW"}, "it is SOMETHING_NEW, of 10 GB"),
    ],
)
def test_what_is_uncertain_or_another_s_stays(told: dict[str, object], why: str) -> None:
    odd = snapshot(9, **told)
    decisions = decided(rule(daily=1), [snapshot(0), odd], "sales")

    assert [one.why for one in decisions if one.snapshot_id == odd.id] == [why]
    assert all(one.is_kept for one in decisions)


def test_a_failed_one_goes_only_if_a_good_one_is_younger() -> None:
    failed = snapshot(1, status="UNAVAILABLE", size=0)

    assert kept(rule(daily=1), failed, snapshot(0)) == ["0"]
    assert kept(rule(daily=1), failed, snapshot(2)) == ["1", "2"]


COUNTS = st.integers(0, 5)


@given(
    days=st.lists(st.floats(0, 900), min_size=1, max_size=30, unique=True),
    counts=st.tuples(COUNTS, COUNTS, COUNTS, COUNTS),
)
def test_the_newest_good_one_always_stays(
    days: list[float], counts: tuple[int, int, int, int]
) -> None:
    wanted = Rule(*counts, "rb-*", ZoneInfo("UTC"))
    taken = [snapshot(one, id=f"{one!r}") for one in days]
    newest = max(taken, key=lambda item: (item.started, item.id))

    assert newest.id in kept(wanted, *taken)


def test_one_that_a_restore_has_shown_to_be_bad_is_no_backup_and_stays() -> None:
    taken = [snapshot(0), snapshot(0.5), snapshot(1)]

    told = decided(rule(daily=1), taken, "sales", {"0": "r7"})

    assert [(one.snapshot_id, one.is_kept, one.is_backup) for one in told] == [
        *(("0", True, False), ("0.5", True, True), ("1", False, False))
    ]
    assert told[0].why == "run r7 restored it, and found it bad"
