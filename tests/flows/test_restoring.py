"""What is looked at before a snapshot is restored, and how a copy is judged: no cloud needed."""

from __future__ import annotations

import pytest

from dws.operations.disaster_recovery import DisasterRecovery
from dws.shapes import Cluster, Snapshot
from dws.sql.comparison import Column, Fingerprint, TablePrint
from flows.declared.restoring import can_be_restored
from flows.declared.snapshot_restore_verify import Inputs, picked
from flows.steps.restore_verdict import Outcome, judge
from tasks.action import Level
from tasks.fingerprints import Reference
from tasks.preconditions import is_no_standby


def snapshot(name: str = "weekly", status: str = "AVAILABLE", day: int = 1, **more) -> Snapshot:
    told = {"id": name, "name": name, "cluster_id": "c", "status": status, "type": "MANUAL"}
    return Snapshot.model_validate({**told, "started": f"2026-03-{day:02}T00:00:00", **more})


@pytest.mark.parametrize(
    ("found", "level"),
    [
        (snapshot(), Level.PASS),
        (snapshot(status="COMPLETED"), Level.PASS),
        (snapshot(backup_level="cluster"), Level.PASS),
        (None, Level.BLOCK),
        (snapshot(status="UNAVAILABLE"), Level.BLOCK),
        (snapshot(status="CREATING"), Level.BLOCK),
        (snapshot(backup_level="schema"), Level.BLOCK),
    ],
)
def test_only_a_complete_snapshot_of_a_whole_cluster_is_restored(
    found: Snapshot | None, level: Level
) -> None:
    assert can_be_restored("named", found).level is level


MANY = [
    snapshot("first", day=1),
    snapshot("second", day=2),
    snapshot("third", day=3),
    snapshot("broken", "UNAVAILABLE", day=4),
    snapshot("part", day=5, backup_level="schema"),
]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"pick": "latest"}, "third"),
        ({"pick": "named", "snapshot": "First"}, "first"),
        ({"pick": "named", "snapshot": "broken"}, "broken"),
        (
            {
                "pick": "random",
                "begun_after": "2026-03-01T12:00:00Z",
                "begun_before": "2026-03-02T12:00:00Z",
            },
            "second",
        ),
    ],
)
def test_the_snapshot_that_is_meant_is_picked(given: dict[str, str], name: str) -> None:
    found = picked(Inputs.model_validate({"cluster": "demo", **given}), "r1", MANY)

    assert found is not None
    assert found.name == name


def test_runs_pick_different_random_ones_and_each_its_own_again() -> None:
    inputs = Inputs(cluster="demo", pick="random")

    once = [picked(inputs, f"r{number}", MANY) for number in range(30)]
    again = [picked(inputs, f"r{number}", MANY[::-1]) for number in range(30)]

    assert once == again
    assert {found.name for found in once if found} == {"first", "second", "third"}


@pytest.mark.parametrize(
    ("standby", "status", "level"),
    [
        ("c", "running", Level.BLOCK),
        ("c", "stopped", Level.PASS),
        ("other", "running", Level.PASS),
    ],
)
def test_a_standby_that_follows_cannot_be_backed_up(
    standby: str, status: str, level: Level
) -> None:
    pair = DisasterRecovery(id="p", name="dr", status=status, standby_cluster_id=standby)
    cluster = Cluster(id="c", name="demo", status="AVAILABLE")

    assert is_no_standby(cluster, [pair]).level is level


def table(rows: int, checksum: str = "1", name: str = "t", kind: str = "integer") -> TablePrint:
    return TablePrint(
        database="d",
        schema_name="s",
        name=name,
        columns=(Column(name="a", type=kind, is_required=False),),
        rows=rows,
        checksum=checksum,
    )


def whole(*tables: TablePrint) -> Fingerprint:
    return Fingerprint(databases=("d",), tables=tables)


def outcome(
    before: TablePrint | None, after: TablePrint | None, copy: TablePrint | None, *, is_exact=True
) -> Outcome:
    sides = [whole(*filter(None, [side])) for side in (before, after, copy)]
    reference = Reference(
        run_id="r",
        databases=(),
        before=sides[0],
        after=sides[1],
        has_canary=False,
        is_exact=is_exact,
    )
    (verdict,) = judge(reference, sides[2])
    return verdict.outcome


@pytest.mark.parametrize(
    ("before", "after", "copy", "expected"),
    [
        (table(5), table(5), table(5), Outcome.SAME),
        (table(5), table(5), table(4), Outcome.DIFFERENT),
        (table(5), table(5), table(5, "2"), Outcome.DIFFERENT),
        (table(5), table(5), None, Outcome.DIFFERENT),
        (None, None, table(5), Outcome.DIFFERENT),
        (table(5), table(9, "2"), table(5), Outcome.MOVED),
        (table(5), table(9, "2"), table(7, "3"), Outcome.MOVED),
        (table(9), table(5, "2"), table(7, "3"), Outcome.MOVED),
        (table(5), table(5, "2"), table(5, "3"), Outcome.MOVED),
        (table(5), table(9, "2"), table(4, "3"), Outcome.DIFFERENT),
        (table(5), table(9, "2"), table(10, "3"), Outcome.DIFFERENT),
        (table(5), table(9, "2"), None, Outcome.DIFFERENT),
        (table(5), table(9, "2"), table(7, "3", kind="text"), Outcome.DIFFERENT),
        (table(5), table(5, kind="text"), table(5, kind="text"), Outcome.MOVED),
        (table(5), None, None, Outcome.MOVED),
        (table(5), None, table(5), Outcome.MOVED),
        (None, table(5), None, Outcome.MOVED),
        (None, table(5), table(5), Outcome.MOVED),
    ],
)
def test_a_copy_is_judged_by_both_sides_of_its_snapshot(
    before: TablePrint | None,
    after: TablePrint | None,
    copy: TablePrint | None,
    expected: Outcome,
) -> None:
    assert outcome(before, after, copy) is expected


@pytest.mark.parametrize(
    ("today", "copy", "expected"),
    [
        (table(5), table(5), Outcome.SAME),
        (table(5), table(4), Outcome.DRIFT),
        (table(5), table(5, "2"), Outcome.DRIFT),
        (table(5), table(4, kind="text"), Outcome.DIFFERENT),
        (table(5), None, Outcome.DIFFERENT),
        (None, table(5), Outcome.DIFFERENT),
    ],
)
def test_compared_with_today_structure_counts_and_content_is_drift(
    today: TablePrint | None, copy: TablePrint | None, expected: Outcome
) -> None:
    assert outcome(today, today, copy, is_exact=False) is expected
