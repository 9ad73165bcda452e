"""What a run remembers: the first value holds, and outlives the process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from tasks.places import journal_url, state_folder
from tasks.store import Facts, database, facts, opened, stamp

ROOT = Path(__file__).parents[2]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/runs.db"


@pytest.fixture
def engine(url: str):
    engine = opened(url)
    yield engine
    engine.dispose()


def test_what_was_never_remembered_is_none(engine: Engine) -> None:
    assert Facts(engine, "r1", "").recall("snapshot") is None


def test_the_first_value_holds(engine: Engine) -> None:
    ours = Facts(engine, "r1", "")

    assert ours.remember("snapshot", "s1") == "s1"
    assert ours.remember("snapshot", "s2") == "s1"
    assert ours.recall("snapshot") == "s1"


def test_what_was_remembered_survives_the_process(url: str) -> None:
    first = opened(url)
    Facts(first, "r1", "").remember("ids", ["a", "b"])
    first.dispose()

    again = opened(url)

    assert Facts(again, "r1", "").recall("ids") == ["a", "b"]
    assert Facts(again, "r1", "").remember("ids", []) == ["a", "b"]
    again.dispose()


@pytest.mark.parametrize(("run_id", "scope"), [("r2", ""), ("r1", "step"), ("R1", "")])
def test_runs_and_steps_remember_apart(engine: Engine, run_id: str, scope: str) -> None:
    Facts(engine, "r1", "").remember("snapshot", "s1")

    assert Facts(engine, run_id, scope).recall("snapshot") is None


@pytest.mark.parametrize(
    "value", [0, "", False, [], {}, 1.5, "ä😀", {"a": [1, None, {"b": True}]}, 2**53]
)
def test_any_json_comes_back_as_it_was(engine: Engine, value: Any) -> None:
    ours = Facts(engine, "r1", "")

    ours.remember("value", value)

    again = ours.recall("value")
    assert (again, type(again)) == (value, type(value))


@given(values=st.lists(st.integers() | st.text(max_size=5), min_size=1, max_size=5))
def test_of_many_values_the_first_holds(values: list[int | str]) -> None:
    engine = opened("sqlite://")
    ours = Facts(engine, "r1", "")

    told = [ours.remember("value", value) for value in values]

    assert told == [values[0]] * len(values)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(facts)).scalar_one() == 1
    engine.dispose()


def test_a_write_is_on_the_disk_when_it_returns(url: str, tmp_path: Path) -> None:
    """A process that ends without any farewell leaves what it remembered."""
    lines = (
        "import os",
        "from tasks.store import Facts, opened",
        f"Facts(opened({url!r}), 'r1', '').remember('asked', 1)",
        "os._exit(9)",
    )

    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=ROOT, check=False)

    assert done.returncode == 9
    engine = opened(url)
    assert Facts(engine, "r1", "").recall("asked") == 1
    engine.dispose()


def test_of_processes_that_begin_at_once_all_begin_and_one_is_first(url: str) -> None:
    lines = (
        "import sys",
        "from tasks.store import Facts, opened",
        "print('ready', flush=True)",
        "sys.stdin.readline()",
        f"print(Facts(opened({url!r}), 'r1', '').remember('winner', sys.argv[1]))",
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", "\n".join(lines), str(number)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"

    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    told = [racer.communicate(timeout=30) for racer in racers]

    assert [errors for _, errors in told] == ["", "", ""]
    assert len({out for out, _ in told}) == 1


def test_sqlite_waits_for_its_turn_and_writes_through(engine: Engine) -> None:
    with engine.connect() as connection:
        told = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout")
        }

    assert told == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 10000}


def test_a_database_that_cannot_be_reached_is_told() -> None:
    with pytest.raises(SQLAlchemyError):
        opened("sqlite:////no/such/folder/runs.db")


def test_the_database_of_the_settings_is_opened_once(state: Path) -> None:
    assert database() is database()
    assert (state / "journal.db").is_file()


def test_the_state_folder_is_for_the_user_alone(tmp_path: Path) -> None:
    folder = state_folder({"XDG_STATE_HOME": str(tmp_path / "new")})

    assert folder == tmp_path / "new" / "dws-runbook"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_another_journal_may_be_named(tmp_path: Path) -> None:
    assert journal_url({"RUNBOOK_JOURNAL": "postgresql://db/x"}) == "postgresql://db/x"


def test_a_stamp_is_a_time_in_utc_to_the_millisecond() -> None:
    assert len(stamp()) == len("2026-11-21T04:48:45.123Z")
    assert stamp().endswith("Z")
