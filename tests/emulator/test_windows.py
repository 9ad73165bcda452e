"""Windows of a calendar: when they begin, end and overlap."""

from __future__ import annotations

from datetime import datetime

from dws.emulator.windows import window

HOUR = 3600.0
MARCH_1_2028 = datetime.fromisoformat("2028-03-01T00:00:00+00:00").timestamp()


def test_a_29th_of_february_begins_in_leap_years_alone() -> None:
    leap = window("2", "29", "08:00:00", "09:00:00")

    following = leap.next_start(MARCH_1_2028)

    assert following == datetime.fromisoformat("2032-02-29T08:00:00+00:00").timestamp()


def test_a_window_over_midnight_belongs_to_the_day_it_begins_on() -> None:
    night = window("2", "29", "22:00:00", "06:00:00")

    assert night.holds(MARCH_1_2028 + 5 * HOUR)
    assert night.next_bound(MARCH_1_2028) == MARCH_1_2028 + 6 * HOUR
    assert night.overlaps(window("3", "1", "05:00:00", "07:00:00"))
    assert not night.overlaps(window("3", "1", "06:00:00", "07:00:00"))


def test_a_window_that_ends_as_it_begins_lasts_a_day() -> None:
    whole = window("", "1", "00:00:00", "00:00:00")

    assert whole.holds(MARCH_1_2028 + 23 * HOUR)
    assert not whole.holds(MARCH_1_2028 + 24 * HOUR)
