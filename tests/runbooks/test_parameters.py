from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from runbooks.engine.fit import fitting
from runbooks.engine.kinds import example
from runbooks.engine.mistakes import BadInput, Unsound
from runbooks.engine.parameters import live, resolved, told
from tests.runbooks.sources import loaded

RUNBOOK = loaded(
    """\
risk: read
params:
  text: {type: string, pattern: '[a-z]+', default: abc}
  count: {type: integer, minimum: 1, maximum: 9, default: 3}
  ratio: {type: number, default: 0.5}
  sure: {type: boolean, default: false}
  lag: {type: duration, maximum: PT15M, default: 2m}
  choice: {type: enum, values: [first, second], default: first}
  names: {type: list, pattern: '[a-z]+', default: []}
  cluster: {type: dws.cluster, title: Which}
  extra: {type: string, default: null}
steps:
  - id: look
    uses: clusters.list_clusters
    when: >-
      params.text == 'x' or params.count == 1 or params.ratio == 1 or params.sure
      or params.lag == duration('PT1M') or params.choice == 'first' or params.names == []
      or params.cluster == 'x' or params.extra == 'x'
"""
).runbook


def test_values_are_read_by_their_type_and_defaults_filled_in() -> None:
    pairs = ["cluster=demo", "count=4", "sure=yes", "lag=90s", "names=a, b", "names=c", "ratio=2"]

    assert resolved(RUNBOOK, told(pairs)) == {
        "text": "abc",
        "count": 4,
        "ratio": 2.0,
        "sure": True,
        "lag": "PT1M30S",
        "choice": "first",
        "names": ["a", "b", "c"],
        "cluster": "demo",
        "extra": None,
    }


def test_every_mistake_is_told_at_once() -> None:
    pairs = [
        "clustr=x", "text=ABC", "count=ten", "ratio=nan", "sure=perhaps", "lag=1h", "choice=third",
        "names=a,B",
    ]  # fmt: skip

    with pytest.raises(BadInput) as caught:
        resolved(RUNBOOK, told(pairs))

    assert list(caught.value.problems) == [
        "parameter clustr: example has none of that name; did you mean cluster?",
        "parameter text='ABC': 'ABC' must match [a-z]+",
        "parameter count='ten': no whole number",
        "parameter ratio='nan': no number",
        "parameter sure='perhaps': say true or false",
        "parameter lag='1h': must be at most PT15M",
        "parameter choice='third': choose one of first, second",
        "parameter names='a,B': 'B' must match [a-z]+",
        "parameter cluster: missing; tell it with -p cluster=VALUE (Which)",
    ]


@pytest.mark.parametrize(
    ("pairs", "problem"),
    [
        (["cluster=a", "count=0"], "parameter count='0': must be at least 1"),
        (["cluster=a", "text=a", "text=b"], "parameter text='a,b': told more than once"),
        (["cluster="], "parameter cluster='': empty"),
        (["cluster=a", "count=1e3"], "parameter count='1e3': no whole number"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(pairs: list[str], problem: str) -> None:
    with pytest.raises(BadInput) as caught:
        resolved(RUNBOOK, told(pairs))

    assert str(caught.value).startswith(problem)


def test_what_is_no_pair_is_refused() -> None:
    with pytest.raises(BadInput, match="write it as NAME=VALUE"):
        told(["cluster"])


def test_expressions_see_a_duration_as_a_length_of_time() -> None:
    values = resolved(RUNBOOK, told(["cluster=a"]))

    assert live(RUNBOOK, values)["lag"] == timedelta(minutes=2)
    assert live(RUNBOOK, values)["extra"] is None


RICH = loaded(
    """\
risk: mutate
params:
  cluster: {type: dws.cluster}
  tags: {type: objects, example: [{key: env, value: prod}]}
  marks: {type: map, default: {}}
  hours: {type: time-window, default: 22:00-05:00}
  snapshot: {type: dws.snapshot, default: null}
  names: {type: list, default: []}
  mode: {type: enum, values: [tag, look], default: tag}
  rows: {type: integer, minimum: 2, default: 3}
steps:
  - id: tag
    uses: tags.batch_create_resource_tag
    when: params.mode == 'tag'
    with: {cluster_id: "{{ params.cluster }}", tags: "{{ params.tags }}"}
  - id: look
    uses: clusters.list_clusters
    when: >-
      params.marks == {} or params.hours == 'x' or params.snapshot == 'x' or params.names == []
      or params.rows == 1
"""
).runbook
TAGS = 'tags=[{"key": "env", "value": "prod"}]'


def test_structures_are_told_as_json_or_as_yaml_or_in_files(tmp_path: Path) -> None:
    tags, names = tmp_path / "tags.yaml", tmp_path / "names.yaml"
    tags.write_text("- {key: env, value: prod}\n- key: tier\n  value: gold\n", encoding="utf-8")
    names.write_text("- a\n- b\n", encoding="utf-8")
    pairs = ["cluster=c", f"tags=@{tags}", "marks={a: b}", f"names=@{names}"]

    values = resolved(RICH, told(pairs))

    assert values["tags"] == [{"key": "env", "value": "prod"}, {"key": "tier", "value": "gold"}]
    assert (values["marks"], values["names"]) == ({"a": "b"}, ["a", "b"])
    assert resolved(RICH, told(["cluster=c", TAGS]))["tags"] == [{"key": "env", "value": "prod"}]


def test_a_map_is_told_as_pairs_too() -> None:
    values = resolved(RICH, told(["cluster=c", TAGS, "marks=env=prod", "marks=q=a=b"]))

    assert values["marks"] == {"env": "prod", "q": "a=b"}


def test_all_parameters_are_told_in_one_file_and_the_command_line_wins(tmp_path: Path) -> None:
    file = tmp_path / "params.yaml"
    file.write_text(
        "cluster: first\ntags:\n  - {key: env, value: prod}\nrows: 4\nsnapshot: null\n",
        encoding="utf-8",
    )

    values = resolved(RICH, told(["cluster=second"], str(file)))

    assert values["cluster"] == "second"
    assert (values["rows"], values["snapshot"]) == (4, None)
    assert values["tags"] == [{"key": "env", "value": "prod"}]


def test_a_mistake_in_a_file_of_parameters_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "params.yaml"
    file.write_text("cluster: 12\nrows: many\ntags: null\nclustr: x\n", encoding="utf-8")

    with pytest.raises(BadInput) as caught:
        resolved(RICH, told([], str(file)))

    assert list(caught.value.problems) == [
        "parameter clustr: example has none of that name; did you mean cluster?",
        f"parameter cluster in {file}:1: 12 is no dws.cluster: put it in quotes",
        f"parameter tags in {file}:3: missing; tell it with -p tags=VALUE",
        f"parameter rows in {file}:2: 'many' is no integer",
    ]


def test_a_file_of_parameters_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "params.yaml"
    file.write_text("- a\n", encoding="utf-8")

    with pytest.raises(BadInput, match="write it as `name: value`"):
        told([], str(file))
    with pytest.raises(Unsound, match="cannot be read: No such file"):
        told([], str(tmp_path / "none.yaml"))


@pytest.mark.parametrize(
    ("pair", "problem"),
    [
        ('marks={"a": 1}', "parameter marks='{\"a\": 1}': {'a': 1} is no map, which gives text"),
        ("marks=env", 'parameter marks=\'env\': write it as {"key": "value"}, as key=value'),
        ("marks={a", "parameter marks='{a': no YAML: "),
        ("marks=", "parameter marks='': write it as"),
        ("marks=@/no/such.yaml", "parameter marks='@/no/such.yaml': /no/such.yaml:1: cannot be"),
        ('tags={"key": "a"}', "parameter tags='{\"key\": \"a\"}': {'key': 'a'} is no objects"),
        ("tags=[{v: 1e999}]", "parameter tags='[{v: 1e999}]': [{'v': inf}] is no objects"),
        ("hours=22:00", "parameter hours='22:00': '22:00' is no window; write it as '22:00-"),
        ("snapshot=", "parameter snapshot='': empty; tell the name or the id of a snapshot"),
    ],
)
def test_a_structure_that_is_none_is_refused(pair: str, problem: str) -> None:
    with pytest.raises(BadInput) as caught:
        resolved(RICH, told(["cluster=c", pair]))

    assert any(told.startswith(problem) for told in caught.value.problems), caught.value


def test_a_wrong_field_is_told_with_its_path_before_anything_runs() -> None:
    wrong = 'tags=[{"key": "env", "value": "prod"}, {"kee": "env", "value": 1}]'
    values = resolved(RICH, told(["cluster=c", wrong]))

    with pytest.raises(BadInput) as caught:
        fitting(RICH, values, {})

    assert list(caught.value.problems) == [
        "parameter tags[1].key: missing (goes into steps.tag.with.tags)",
        (
            "parameter tags[1].value: 1: Input should be a valid string "
            "(goes into steps.tag.with.tags)"
        ),
        "parameter tags[1].kee: no such field; did you mean key? (goes into steps.tag.with.tags)",
    ]


def test_what_a_step_does_not_get_need_not_fit() -> None:
    values = resolved(RICH, told(["cluster=c", "tags=[]", "mode=look"]))

    fitting(RICH, values, {})

    with pytest.raises(BadInput, match="at least 1 item"):
        fitting(RICH, {**values, "mode": "tag"}, {})


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("cluster", "-p cluster=NAME_OR_ID"),
        ("tags", """-p tags='[{"key": "env", "value": "prod"}]'"""),
        ("marks", """-p marks='{"env": "prod"}'"""),
        ("hours", "-p hours=22:00-05:00"),
        ("names", "-p names=first,second"),
        ("mode", "-p mode=tag"),
        ("rows", "-p rows=3"),
    ],
)
def test_each_parameter_has_an_example(name: str, told: str) -> None:
    assert example(RICH.params[name], name) == told
