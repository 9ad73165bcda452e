from __future__ import annotations

from datetime import timedelta

import pytest

from runbooks.engine.mistakes import BadInput
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
