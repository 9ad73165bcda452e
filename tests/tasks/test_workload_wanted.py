from __future__ import annotations

import pytest
from pydantic import ValidationError

from dws.told.workload import Stage as ToldStage
from tasks.workload_wanted import Stage, StagePool, collides, require_apart


def stage(name: str, start: str, end: str, **more: str) -> Stage:
    pools = (StagePool(pool="etl", cpu_share=30, active_statements=5),)
    return Stage(name=name, start=start, end=end, pools=pools, **more)


def told(start: str, end: str, **more: object) -> ToldStage:
    resources = [
        {"resource_name": "cpu", "resource_value": "30", "value_unit": "%"},
        {"resource_name": "concurrency", "resource_value": 5},
    ]
    queue = {"queue_name": "etl", "queue_resources": resources}
    return ToldStage.model_validate(
        {"stage_id": "s", "start_time": start, "end_time": end, "queue_list": [queue], **more}
    )


DAY = stage("day", "08:00:00", "20:00:00")


def test_a_stage_is_known_whatever_words_the_service_has_for_it() -> None:
    assert DAY.is_told(told("08:00:00", "20:00:00"))
    every = {"month": ",".join(map(str, range(1, 13))), "day": ",".join(map(str, range(31, 0, -1)))}
    assert DAY.is_told(told("08:00:00", "20:00:00", **every))
    assert not DAY.is_told(told("08:00:00", "20:00:00", month=4))
    assert not DAY.is_told(told("08:00:00", "21:00:00"))
    assert not DAY.model_copy(update={"pools": ()}).is_told(told("08:00:00", "20:00:00"))


def test_a_stage_is_sent_in_the_words_of_stages() -> None:
    sent = DAY.as_change().model_dump(exclude_none=True)

    assert sent["month"] == "1,2,3,4,5,6,7,8,9,10,11,12"
    assert [r["resource_name"] for r in sent["queue_list"][0]["queue_resources"]] == [
        "cpu",
        "concurrency",
    ]


@pytest.mark.parametrize(
    ("other", "does"),
    [
        (("20:00:00", "08:00:00"), False),
        (("19:59:59", "08:00:00"), True),
        (("20:00:00", "08:00:01"), True),
        (("08:00:00", "08:00:00"), True),
    ],
)
def test_stages_collide_where_they_share_a_moment(other: tuple[str, str], does: bool) -> None:
    assert collides(DAY, told(*other)) is does
    pair = [DAY, stage("night", *other)]
    if does:
        with pytest.raises(ValueError, match=r"(day and night|night and day) would both rule at"):
            require_apart(pair)
    else:
        require_apart(pair)


def test_stages_of_other_days_are_apart() -> None:
    require_apart(
        [
            stage("odd", "00:00:00", "20:00:00", days="1"),
            DAY.model_copy(update={"days": "2", "name": "even"}),
        ]
    )


def test_a_stage_that_never_begins_is_told() -> None:
    with pytest.raises(ValueError, match="never never begins: no such day"):
        require_apart([stage("never", "00:00:00", "01:00:00", months="2", days="30")])


def test_a_pool_of_a_stage_sets_something() -> None:
    with pytest.raises(ValidationError, match="pool etl: tell at least one resource"):
        StagePool(pool="etl")
