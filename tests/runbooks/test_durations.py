from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.engine.durations import duration, iso


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT15M", 900), ("15m", 900), ("P1DT2H", 93_600), ("P2W", 1_209_600), ("PT0.5S", 0.5)],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "15", "m", "1 h", "-PT1M", "P99999999999D"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|too long"):
        duration(text)


@settings(deadline=None)
@given(st.timedeltas(timedelta(0), timedelta(days=10_000)))
def test_a_duration_survives_being_written(length: timedelta) -> None:
    whole = timedelta(seconds=round(length.total_seconds()))

    assert duration(iso(whole)) == whole
