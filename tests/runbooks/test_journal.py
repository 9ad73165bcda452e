from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from runbooks.engine.journal import Journal, Record, TakenOver, canonical
from tasks.store import opened

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)  # fmt: skip
PAYLOADS = st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), JSON, max_size=3)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return opened(f"sqlite:///{tmp_path}/journal.db")


def filled(engine: Engine, payloads: list[dict[str, object]], run_id: str = "r1") -> list[Record]:
    journal, last = Journal(engine), None
    for payload in payloads:
        last = journal.follow(run_id, last, "note", payload, step="s")
    return journal.records(run_id)


def test_records_follow_each_other(engine: Engine) -> None:
    first, second = filled(engine, [{"a": 1}, {"b": "ü"}])

    assert (first.seq, second.seq, first.prev, second.prev) == (0, 1, "", first.hash)
    assert second.payload == {"b": "ü"}
    assert list(Journal(engine).verify("r1")) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(PAYLOADS, min_size=1, max_size=4), st.data())
def test_what_was_written_verifies_and_what_was_altered_does_not(
    payloads: list[dict[str, object]], data: st.DataObject
) -> None:
    engine = opened("sqlite://")
    records = filled(engine, payloads)
    journal = Journal(engine)
    assert list(journal.verify("r1")) == []

    record = data.draw(st.sampled_from(records))
    told = data.draw(PAYLOADS.filter(lambda other: canonical(other) != canonical(record.payload)))
    with engine.begin() as connection:
        change = text("UPDATE journal SET payload = :told WHERE seq = :seq")
        connection.execute(change, {"told": json.dumps(told), "seq": record.seq})

    assert any("was altered" in finding for finding in journal.verify("r1"))


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("UPDATE journal SET at = 'x' WHERE seq = 1", "record 1 (note, x) was altered"),
        ("UPDATE journal SET kind = 'end' WHERE seq = 1", "record 1 (end, "),
        ("DELETE FROM journal WHERE seq = 1", "record 1 is missing: the next one is 2"),
        ("UPDATE journal SET prev = '' WHERE seq = 1", "record 1 does not follow"),
    ],
)
def test_a_chain_that_was_tampered_with_is_found(engine: Engine, change: str, finding: str) -> None:
    filled(engine, [{}, {}, {}])

    with engine.begin() as connection:
        connection.execute(text(change))

    assert next(Journal(engine).verify("r1")).startswith(finding)


def test_of_two_who_write_the_same_run_the_second_is_told(engine: Engine) -> None:
    journal = Journal(engine)
    first = journal.follow("r1", None, "begin", {})
    journal.follow("r1", first, "note", {})

    with pytest.raises(TakenOver, match="r1 is written by another process"):
        journal.follow("r1", first, "note", {})
    with pytest.raises(TakenOver):
        journal.follow("r1", None, "begin", {})


def test_runs_are_listed_youngest_first(engine: Engine) -> None:
    filled(engine, [{"n": 1}, {"n": 2}], "a")
    filled(engine, [{"n": 3}], "b")

    found = [(first.payload["n"], last.payload["n"]) for first, last in Journal(engine).runs()]

    assert sorted(found) == [(1, 2), (3, 3)]


def test_a_number_that_json_has_not_is_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        Journal(engine).follow("r1", None, "note", {"a": float("nan")})
