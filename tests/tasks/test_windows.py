from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import BaseModel

from dws.shapes import Cluster
from tasks.windows import Window, maintenance_window


def at(day: int, clock: str) -> datetime:
    """A moment of the first week of March 2026, which begins with Sunday the first."""
    return datetime.fromisoformat(f"2026-03-{day:02}T{clock}:00+00:00")


def test_a_night_is_open_over_midnight_and_closes_in_the_morning() -> None:
    night = Window.parse("22:00-05:00")

    assert not night.is_open(at(2, "21:59"))
    assert night.is_open(at(2, "22:00"))
    assert night.is_open(at(3, "04:59"))
    assert not night.is_open(at(3, "05:00"))
    assert night.closing(at(2, "23:00")) == at(3, "05:00")


def test_a_closed_window_tells_when_it_opens() -> None:
    sunday = Window.parse("SUN 01:00-04:00")

    assert sunday.opening(at(2, "12:00")) == at(8, "01:00")
    assert sunday.opening(at(8, "02:00")) == at(8, "02:00")


def test_the_night_of_a_day_reaches_into_the_next() -> None:
    friday = Window.parse("FRI 22:00-05:00")

    assert friday.is_open(at(7, "04:00"))
    assert not friday.is_open(at(8, "04:00"))


def test_days_may_go_over_the_end_of_the_week() -> None:
    window = Window.parse("SAT-MON 10:00-11:00")

    assert [day for day in range(2, 9) if window.is_open(at(day, "10:30"))] == [2, 7, 8]
    assert str(window) == "SAT-MON 10:00-11:00 UTC"


def test_days_may_be_listed() -> None:
    window = Window.parse("WED,SAT-SUN 10:00-11:00")

    assert [day for day in range(2, 9) if window.is_open(at(day, "10:30"))] == [4, 7, 8]
    assert Window.parse(str(window)) == window


def test_hours_are_those_of_the_zone_in_summer_too() -> None:
    window = Window.parse("22:00-23:00 Europe/Berlin")

    assert window.is_open(datetime(2026, 3, 2, 21, 30, tzinfo=UTC))
    assert window.is_open(datetime(2026, 7, 2, 20, 30, tzinfo=UTC))
    assert not window.is_open(datetime(2026, 7, 2, 21, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    "text", ["", "22-05", "25:00-26:00", "FOO 01:00-02:00", "01:00-02:00 Mars/Base", "22:00"]
)
def test_what_is_no_window_is_told_with_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no window; write it as '22:00-05:00'"):
        Window.parse(text)


class Held(BaseModel):
    window: Window


@pytest.mark.parametrize("text", ["22:00-05:00", "MON-FRI 01:00-02:00 Europe/Berlin"])
def test_a_window_is_text_in_json(text: str) -> None:
    held = Held.model_validate({"window": text})

    assert Held.model_validate(held.model_dump(mode="json")) == held
    assert str(Window.parse(str(held.window))) == str(held.window)


def test_the_maintenance_window_of_a_cluster_is_one_of_the_week() -> None:
    told = {"day": "Wed", "start_time": "22:00", "end_time": "02:00"}
    cluster = Cluster.model_validate({"id": "1", "status": "AVAILABLE", "maintain_window": told})

    window = maintenance_window(cluster)

    assert window == Window.parse("WED 22:00-02:00")


@pytest.mark.parametrize("told", [None, {}, {"day": "", "start_time": None}])
def test_a_cluster_may_tell_no_maintenance_window(told: object) -> None:
    cluster = Cluster.model_validate({"id": "1", "status": "AVAILABLE", "maintain_window": told})

    assert maintenance_window(cluster) is None
