from __future__ import annotations

from datetime import UTC, datetime

import pytest

from runbooks.engine.check import sound
from runbooks.engine.document import read
from runbooks.engine.mistakes import Unsound
from runbooks.engine.model import Runbook
from runbooks.engine.triggers import lines, next_times
from tests.runbooks.sources import HEAD, loaded

BODY = """\
risk: mutate
params:
  cluster: {type: dws.cluster}
  tags: {type: objects, default: [{key: env}]}
  rows: {type: integer, maximum: 9, default: 1}
triggers:
  - {schedule: "0 22 * * 1-5", timezone: Europe/Berlin}
  - %s
steps:
  - id: tag
    uses: tags.batch_create_resource_tag
    when: params.rows == 1
    with: {cluster_id: "{{ params.cluster }}", tags: "{{ params.tags }}"}
"""


def runbook(trigger: str) -> Runbook:
    return loaded(BODY % trigger).runbook


@pytest.mark.parametrize(
    ("trigger", "mistake"),
    [
        ('{schedule: "0 22 * * *", every: day}', "triggers[1].every: no such key; known: "),
        ("{timezone: UTC}", "triggers[1].schedule: missing"),
        ('{schedule: "0 22 * *"}', "triggers[1].schedule: '0 22 * *': write five fields"),
        ('{schedule: "0 25 * * *"}', "triggers[1].schedule: '0 25 * * *': Bad hour"),
        ('{schedule: "@daily"}', "triggers[1].schedule: '@daily': write five fields"),
        (
            '{schedule: "0 1 * * *", timezone: Europe/Berlyn}',
            "triggers[1].timezone: no time zone Europe/Berlyn; did you mean Europe/Berlin",
        ),
        ('{schedule: "0 1 * * *", timezone: ../etc}', "triggers[1].timezone: no time zone ../etc"),
        ('{schedule: "0 1 * * *", overlap: both}', "triggers[1].overlap: 'both': Input should be"),
        (
            '{schedule: "0 1 * * *", params: {clustr: a}}',
            "triggers[1].params.clustr: no parameter clustr; did you mean cluster?",
        ),
        (
            '{schedule: "0 1 * * *", params: {rows: 10}}',
            "triggers[1].params.rows: 10: must be at most 9",
        ),
        (
            '{schedule: "0 1 * * *", params: {rows: many}}',
            "triggers[1].params.rows: 'many' is no integer",
        ),
        (
            '{schedule: "0 1 * * *", params: {cluster: null}}',
            "triggers[1].params.cluster: must be told",
        ),
        (
            """{schedule: "0 1 * * *", params: {cluster: "{{ run.id }}"}}""",
            "triggers[1].params.cluster: a trigger knows no expressions",
        ),
        (
            '{schedule: "0 1 * * *", params: {cluster: a, tags: [{kee: x}]}}',
            "triggers[1].params: parameter tags[0].kee: no such field; did you mean key?",
        ),
    ],
)
def test_a_mistake_in_a_trigger_is_found(trigger: str, mistake: str) -> None:
    with pytest.raises(Unsound) as caught:
        sound(read(HEAD + BODY % trigger, "example.yaml"))

    assert str(caught.value.mistakes[0]).startswith(f"example.yaml:11: {mistake}")


def test_mistakes_in_triggers_are_told_with_those_of_form() -> None:
    body = (BODY % '{schedule: "0 25 * * *"}').replace("when:", "wehn:")

    with pytest.raises(Unsound) as caught:
        sound(read(HEAD + body, "example.yaml"))

    assert [one.path for one in caught.value.mistakes] == ["triggers[1].schedule", "steps[0].wehn"]


def test_what_a_skipped_step_gets_need_not_fit() -> None:
    trigger = '{schedule: "0 1 * * *", params: {cluster: a, tags: [], rows: 2}}'

    assert runbook(trigger).triggers[1].params["tags"] == []


def test_next_times_follow_the_summer_time_of_their_zone() -> None:
    trigger = runbook('{schedule: "30 6 * * 0", timezone: Europe/Berlin}').triggers[1]

    times = next_times(trigger, datetime(2026, 10, 18, 12, tzinfo=UTC), 2)

    assert [time.isoformat() for time in times] == [
        "2026-10-25T06:30:00+01:00",
        "2026-11-01T06:30:00+01:00",
    ]
    assert next_times(trigger, datetime(2026, 10, 17, tzinfo=UTC), 1)[0].isoformat() == (
        "2026-10-18T06:30:00+02:00"
    )


def test_triggers_are_shown_with_what_is_still_to_be_told() -> None:
    trigger = '{schedule: "0 3 29 2 *", overlap: queue, params: {cluster: demo}}'

    told = list(lines(runbook(trigger)))

    assert told[:3] == [
        "triggers, while `runbook serve` runs",
        "  0 22 * * 1-5   Europe/Berlin   overlap skip",
        "      still to be told, by `runbook serve --params`: cluster",
    ]
    assert told[4:6] == ["  0 3 29 2 *   UTC   overlap queue", '      with {"cluster": "demo"}']
    assert told[6].startswith("      next Tue 2028-02-29 03:00 UTC, Sun 2032-02-29 03:00 UTC, ")
