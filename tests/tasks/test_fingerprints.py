"""What a snapshot must hold is kept beside the facts, for whoever restores it later."""

from __future__ import annotations

from dws.sql.comparison import Column, Fingerprint, TablePrint
from tasks.fingerprints import Reference, found_bad, judged, keep, kept
from tasks.store import database

TABLE = TablePrint(
    database="d",
    schema_name="s",
    name="t",
    columns=(Column(name="a", type="integer", is_required=True),),
    rows=2**40,
    checksum="123456789012345678901234567890",
)


def reference(run_id: str) -> Reference:
    looked = Fingerprint(databases=("d",), tables=(TABLE,), left_out=("d.s.u",))
    return Reference(run_id=run_id, databases=(), before=looked, after=looked, has_canary=True)


def test_what_was_kept_is_told_as_it_was() -> None:
    keep(database(), "s1", reference("r1"))

    assert kept(database(), "s1") == reference("r1")


def test_the_first_one_kept_holds() -> None:
    keep(database(), "s1", reference("r1"))
    keep(database(), "s1", reference("r2"))

    assert kept(database(), "s1") == reference("r1")


def test_of_a_snapshot_of_others_nothing_is_known() -> None:
    assert kept(database(), "s2") is None


def test_the_last_verdict_on_a_snapshot_holds() -> None:
    for run_id, is_good in (("r1", True), ("r2", False)):
        judged(database(), "s1", run_id, is_good=is_good)
    for run_id, is_good in (("r1", False), ("r2", True)):
        judged(database(), "s2", run_id, is_good=is_good)

    assert found_bad(database()) == {"s1": "r2"}
