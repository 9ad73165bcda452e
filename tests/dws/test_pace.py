"""When waits look: soon enough at the end, seldom before."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dws.pace import FIRST_S, LONGEST_S, SHORTEST_S, Pace

USUAL = (timedelta(minutes=3), timedelta(minutes=15))
Tells = Callable[[float], float | None]


def wait(
    lasts: float, tells: Tells, usual: tuple[timedelta, timedelta] = USUAL
) -> tuple[float, int]:
    """How late the end is noticed, and how many looks it took."""
    pace = Pace(usual, started=0.0)
    now, looks = 0.0, 1
    while now < lasts:
        pace.saw(now, tells(now))
        due = pace.due(now)
        assert due >= now + min(SHORTEST_S, FIRST_S) - 0.001
        assert due <= now + LONGEST_S + 0.001
        now, looks = due, looks + 1
    return now - lasts, looks


def linear(lasts: float) -> Tells:
    """Whole percents, as the service tells them."""
    return lambda now: float(math.floor(100.0 * now / lasts))


def silent(_: float) -> None:
    """No progress is told."""


@settings(max_examples=300)
@given(lasts=st.floats(60, 14_400))
def test_the_end_of_steady_progress_is_noticed_within_five_seconds(lasts: float) -> None:
    late, _ = wait(lasts, linear(lasts))

    assert 0 <= late <= 5.0


def test_the_end_of_fifteen_minutes_is_noticed_within_two_seconds_at_thirty_requests() -> None:
    waits = [wait(lasts, linear(lasts)) for lasts in range(840, 961)]

    assert statistics.median(late for late, _ in waits) <= 2.0
    assert max(looks for _, looks in waits) <= 30


@pytest.mark.parametrize(
    "usual", [USUAL, (timedelta(0), timedelta(minutes=1)), (timedelta(minutes=10),) * 2]
)
def test_the_median_is_two_seconds_whatever_is_usual(usual: tuple[timedelta, timedelta]) -> None:
    waits = [wait(lasts, linear(lasts), usual) for lasts in range(60, 14_400, 479)]

    assert statistics.median(late for late, _ in waits) <= 2.0


@settings(max_examples=300)
@given(lasts=st.floats(60, 14_400))
def test_steady_progress_of_any_length_takes_at_most_150_requests(lasts: float) -> None:
    """Some 0.01 a second: 25 for a quarter of an hour, 130 for four hours."""
    _, looks = wait(lasts, linear(lasts))

    assert looks <= 24 + lasts / 110


@settings(max_examples=300)
@given(lasts=st.floats(0, 43_200))
def test_silence_takes_at_most_one_request_in_fifteen_seconds(lasts: float) -> None:
    _, looks = wait(lasts, silent)

    assert looks <= 12 + lasts / 15


@settings(max_examples=200)
@given(lasts=st.floats(180, 900))
def test_the_end_in_silence_is_noticed_within_its_usual_spread(lasts: float) -> None:
    late, looks = wait(lasts, silent)

    assert late <= 80.0
    assert looks <= 40


@settings(max_examples=200)
@given(
    steps=st.lists(st.tuples(st.floats(0.1, 500), st.none() | st.floats(0, 100)), max_size=60),
)
def test_whatever_is_told_the_next_look_is_neither_at_once_nor_far_off(
    steps: list[tuple[float, float | None]],
) -> None:
    pace = Pace(USUAL, started=100.0)
    now = 100.0

    for passed, percent in steps:
        pace.saw(now, percent)
        due = pace.due(now)

        assert SHORTEST_S - 0.001 <= due - now <= LONGEST_S + 0.001
        assert math.isfinite(pace.earliest())
        assert pace.latest() >= pace.earliest() - 0.001
        now += passed


def test_progress_that_begins_anew_is_another_phase() -> None:
    pace = Pace(USUAL, started=0.0)
    for now, percent in [(0.0, 10.0), (60.0, 90.0), (120.0, 5.0), (180.0, 15.0)]:
        pace.saw(now, percent)

    assert 180 + 60 * 5 < pace.latest() < 180 + 60 * 20


def test_progress_that_stands_still_promises_nothing() -> None:
    pace = Pace(USUAL, started=0.0)
    for now in (0.0, 30.0, 60.0):
        pace.saw(now, 40.0)

    assert (pace.earliest(), pace.latest()) == (180.0, 900.0)
