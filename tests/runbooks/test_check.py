from __future__ import annotations

from pathlib import Path

import pytest

from runbooks.engine.check import mistakes_of, sound
from runbooks.engine.document import read
from runbooks.engine.mistakes import Unsound
from runbooks.engine.shelf import OURS, files
from tests.runbooks.sources import BACKUP, HEAD, LOOK, loaded, placed


def told(body: str, head: str = HEAD) -> list[str]:
    with pytest.raises(Unsound) as caught:
        sound(read(head + body, "example.yaml"))
    return [str(mistake).removeprefix("example.yaml:") for mistake in caught.value.mistakes]


@pytest.mark.parametrize("file", sorted(OURS.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_runbook_of_ours_is_sound(file: Path) -> None:
    assert mistakes_of(file) == []


@pytest.mark.parametrize("body", [LOOK, BACKUP])
def test_what_is_right_has_no_mistakes(body: str) -> None:
    assert loaded(body).runbook.metadata.name == "example"


def test_mistakes_of_form_and_of_meaning_are_told_at_once() -> None:
    body = """\
risc: read
risk: read
params:
  n: {type: integer, default: x, retry: 1}
  e: {type: enum}
  c: {type: text}
steps:
  - id: one
    uses: clusters.nope
    wehn: params.n == 1
  - id: two
    uses: nope
    needs: [one]
  - uses: 3
"""
    assert told(body) == [
        "4: risc: no such key; did you mean risk?",
        "7: params.n.default: 'x' is no integer",
        "7: params.n.retry: `retry` does not work yet in this version: leave it out",
        "8: params.e.values: an enum needs them",
        (
            "9: params.c.type: 'text': Input should be 'string', 'integer', 'number', 'boolean', "
            "'duration', 'enum', 'list', 'map', 'objects', 'time-window', 'dws.cluster', "
            "'dws.snapshot' or 'dws.disaster-recovery'"
        ),
        "12: steps[0].uses: no task clusters.nope",
        "13: steps[0].wehn: no such key; did you mean when?",
        "15: steps[1].uses: no flow nope",
        "16: steps[1].needs: `needs` does not work yet in this version: leave it out",
        "17: steps[2].id: missing",
        "17: steps[2].uses: must be text: put it in quotes",
    ]


def test_a_number_is_no_version() -> None:
    head = HEAD.replace('"1.0.0"', "1.10")

    assert told(LOOK, head)[0] == "3: metadata.version: must be text: put it in quotes"


def test_the_name_is_that_of_the_file() -> None:
    head = HEAD.replace("name: example", "name: other")

    assert told(LOOK, head) == ["3: metadata.name: 'other', but the file is called 'example'"]


def step(text: str) -> str:
    """Three steps, the last of them told."""
    return (
        "risk: destructive\n"
        "policy: {on_failure: abort}\n"
        "params:\n"
        "  n: {type: integer, default: 1}\n"
        "  maybe: {type: string, default: null}\n"
        "steps:\n"
        "  - {id: look, uses: clusters.list_clusters}\n"
        "  - id: perhaps\n"
        "    uses: clusters.list_clusters\n"
        "    when: params.n == 1 and params.maybe == 'x'\n"
        "  - id: last\n" + text
    )


SHOW = "    uses: clusters.list_cluster_details\n    with: "
DELETE = "    uses: clusters.delete_cluster\n    with: "


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        (
            SHOW + '{id: "x"}',
            [
                "16: steps[2].with.cluster_id: clusters.list_cluster_details needs it",
                ("16: steps[2].with.id: clusters.list_cluster_details takes no id; "
                "known: cluster_id"),
            ],
        ),
        (
            SHOW + '{cluster_id: "{{ params.m }}"}',
            ["16: steps[2].with.cluster_id: no parameter m; known: maybe, n"],
        ),
        (
            SHOW + '{cluster_id: "{{ params.n }}"}',
            ["16: steps[2].with.cluster_id: params.n is of a type that cluster_id does not take"],
        ),
        (
            SHOW + '{cluster_id: "{{ params.maybe }}"}',
            ["16: steps[2].with.cluster_id: params.maybe may be none, and cluster_id may not"],
        ),
        (
            SHOW + "{cluster_id: [1]}",
            ["16: steps[2].with.cluster_id: Input should be a valid string"],
        ),
        (
            SHOW + '{cluster_id: "{{ steps.look.outputs.clusters[0].idd }}"}',
            ["16: steps[2].with.cluster_id: Cluster has no idd; did you mean id?"],
        ),
        (
            SHOW + '{cluster_id: "{{ steps.look.clusters }}"}',
            ["16: steps[2].with.cluster_id: steps.look has status and outputs, not clusters"],
        ),
        (
            SHOW + '{cluster_id: "{{ steps.lok.status }}"}',
            ["16: steps[2].with.cluster_id: no step lok; did you mean look?"],
        ),
        (
            SHOW + '{cluster_id: "{{ steps.last.status }}"}',
            ["16: steps[2].with.cluster_id: steps.last is not above this step"],
        ),
        (
            SHOW + '{cluster_id: "{{ run.when }}"}',
            ["16: steps[2].with.cluster_id: run has no when; known: account, id, mode, started"],
        ),
        (
            SHOW + '{cluster_id: "{{ params }} of {{ env.HOME }}"}',
            [
                "16: steps[2].with.cluster_id: nothing known as env; known: params, run, steps",
                "16: steps[2].with.cluster_id: say which: params.<name>",
            ],
        ),
        (
            SHOW + '{cluster_id: "{{ steps.perhaps.outputs.clusters[0].id }}"}',
            [
                ("16: steps[2].with.cluster_id: steps.perhaps may be skipped and has no outputs "
                "then: ask for steps.perhaps.status == 'done' in `when`")
            ],
        ),
        (
            SHOW + '{cluster_id: "{{ params.n | centre }}"}',
            ["16: steps[2].with.cluster_id: `{{ params.n | centre }}`: No filter named 'centre'."],
        ),
        (
            SHOW + "{cluster_id: x}\n    when: params.n ==",
            ["17: steps[2].when: `params.n ==`: unexpected ')'"],
        ),
        (
            DELETE + "{cluster_id: x, keep_last_manual_snapshot: -1}",
            [
                ("16: steps[2].with.keep_last_manual_snapshot: "
                "Input should be greater than or equal to 0")
            ],
        ),
        (
            ("    uses: clusters.reset_password\n"
            '    with: {cluster_id: x, new_password: "{{ params.maybe }}"}'),
            [("16: steps[2].with.new_password: a secret: it comes from a setting, never from a "
             "runbook")],
        ),
        (
            ("    uses: clusters.create_cluster\n"
            "    with: {cluster: {name: dwh-1, user_pwd: Geheim-12345}}"),
            ["16: steps[2].with.cluster: a secret: it comes from a setting, never from a runbook"],
        ),
        (
            "    uses: runbook:other@1",
            [("15: steps[2].uses: `runbook:other@1` does not work yet in this version: steps use "
             "flows and tasks")],
        ),
        ("    uses: clusters.a.b", [("15: steps[2].uses: 'clusters.a.b': name a flow, as "
                                   "`backup_then_delete`, or `area.task`")]),
    ],
)  # fmt: skip
def test_a_planted_mistake_is_found(text: str, mistakes: list[str]) -> None:
    assert [one for one in told(step(text)) if " clusters.create_cluster needs" not in one] == (
        mistakes
    )


def test_a_part_that_flows_share_is_no_flow() -> None:
    body = LOOK.replace("snapshots.list_snapshots", "one_cluster")

    assert told(body) == ["16: steps[2].uses: no flow one_cluster"]


def test_steps_of_one_name_are_told() -> None:
    body = LOOK + "  - {id: all, uses: clusters.list_clusters}\n"

    assert told(body) == ["18: steps[3].id: 'all' twice, first in line 9"]


def test_the_risk_is_no_lower_than_the_worst_step() -> None:
    body = BACKUP.replace("risk: mutate", "risk: read")

    assert told(body) == ["4: risk: read, but the worst step is mutate"]


def test_a_destructive_runbook_states_what_to_do_on_failure() -> None:
    body = BACKUP.replace("risk: mutate", "risk: destructive")

    assert told(body) == [
        "1: policy: risk is destructive: state `policy: {on_failure: abort}`; only abort works yet"
    ]


def test_a_policy_that_does_not_work_yet_is_refused() -> None:
    body = BACKUP.replace("risk: mutate", "risk: destructive\npolicy: {on_failure: undo}")

    assert told(body) == ["5: policy.on_failure: 'undo': Input should be 'abort'"]


def test_parameters_that_nothing_uses_are_told() -> None:
    body = LOOK.replace("when: params.details and ", "when: ")

    assert told(body) == ["7: params.details: nothing uses it: leave it out"]


@pytest.mark.parametrize(
    ("parameter", "mistake"),
    [
        ("{type: integer, pattern: x}", "pattern: of no use to type integer"),
        ("{type: string, pattern: '['}", "pattern: no regular expression: unterminated"),
        ("{type: string, minimum: 1}", "minimum: of no use to type string"),
        ("{type: string, values: [a]}", "values: of no use to type string"),
        ("{type: integer, minimum: a}", "minimum: 'a' is no number"),
        ("{type: duration, maximum: 5}", "maximum: 5 is no duration"),
        ("{type: duration, maximum: soon}", "maximum: 'soon' is no duration"),
        ("{type: integer, maximum: 5, default: 6}", "default: 6: must be at most 5"),
        ("{type: boolean, default: 'yes'}", "default: 'yes' is no boolean"),
        ("{type: integer, default: true}", "default: True is no integer"),
        ("{type: enum, values: [a], default: b}", "default: 'b': choose one of a"),
        ("{type: list, default: [1]}", "default: [1] is no list"),
        ("{type: map, default: {a: 1}}", "default: {'a': 1} is no map"),
        ("{type: map, default: [a]}", "default: ['a'] is no map"),
        ("{type: objects, default: {a: b}}", "default: {'a': 'b'} is no objects"),
        ("{type: objects, default: [a]}", "default: ['a'] is no objects"),
        ("{type: objects, example: [a], default: []}", "example: ['a'] is no objects"),
        ("{type: map, pattern: x}", "pattern: of no use to type map"),
        ("{type: time-window, default: 22-05}", "default: '22-05': '22-05' is no window"),
        ("{type: time-window, default: '22:00-25:00'}", "default: '22:00-25:00': '22:00-25:00'"),
    ],
)
def test_a_wrong_declaration_of_a_parameter_is_found(parameter: str, mistake: str) -> None:
    body = LOOK.replace("{type: boolean, default: true}", parameter)

    assert told(body)[0].startswith(f"7: params.details.{mistake}")


TAG = """\
risk: mutate
params:
  cluster: {type: dws.cluster}
  tags: %s
steps:
  - id: tag
    uses: tags.batch_create_resource_tag
    with: {cluster_id: "{{ params.cluster }}", tags: "{{ params.tags }}"}
"""


@pytest.mark.parametrize(
    ("parameter", "mistakes"),
    [
        ("{type: objects, default: [{key: env, value: prod}]}", []),
        (
            "{type: objects, default: [{key: env, value: prod}, {kee: env, value: 1}]}",
            [
                (
                    "7: params.tags.default[1].kee: no such field; did you mean key? "
                    "(goes into steps.tag.with.tags)"
                ),
                "7: params.tags.default[1].key: missing (goes into steps.tag.with.tags)",
                (
                    "7: params.tags.default[1].value: 1: Input should be a valid string "
                    "(goes into steps.tag.with.tags)"
                ),
            ],
        ),
        (
            "{type: objects, example: [{value: prod}]}",
            ["7: params.tags.example[0].key: missing (goes into steps.tag.with.tags)"],
        ),
        (
            "{type: map}",
            ["11: steps[0].with.tags: params.tags is of a type that tags does not take"],
        ),
    ],
)
def test_a_default_fits_the_action_that_it_goes_into(parameter: str, mistakes: list[str]) -> None:
    body = TAG % parameter

    if not mistakes:
        assert loaded(body).runbook.params["tags"].type == "objects"
        return
    assert told(body) == mistakes


def test_a_runbook_is_a_mapping() -> None:
    assert told("", "- a\n") == ["1: a runbook is a mapping: apiVersion, kind, metadata, ..."]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"a: \xfc\n")

    assert [one.what for one in mistakes_of(tmp_path / "none.yaml")] == [
        "cannot be read: No such file or directory"
    ]
    assert [one.what for one in mistakes_of(latin)] == ["cannot be read: not UTF-8 text"]


def test_the_shelf_has_our_runbooks_and_those_of_the_setting(tmp_path: Path) -> None:
    placed(LOOK, tmp_path)

    known = files({"RUNBOOK_SHELF": str(tmp_path)})

    assert known["example"] == tmp_path / "example.yaml"
    assert known["backup-then-delete"] == OURS / "backup-then-delete.yaml"
