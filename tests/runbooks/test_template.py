from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dws.shapes import Cluster
from runbooks.engine.template import (
    TemplateFailed,
    condition_references,
    decide,
    references,
    render,
    whole_reference,
)

CLUSTER = Cluster.model_validate({"id": "c1", "status": "AVAILABLE", "flavour": "new"})
NAMES = {
    "params": {"n": 2, "items": ["a", "b"], "text": "x", "none": None},
    "steps": {"look": {"status": "done", "outputs": CLUSTER}},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ params.n }}", 2),
        (" {{ params.n + 1 }} ", 3),
        ("to {{ params.n }}", "to 2"),
        ("{{ params.n }}{{ params.n }}", "22"),
        ("007", "007"),
        ("{{ params.items }}", ["a", "b"]),
        ("{{ '}}' }}", "}}"),
        ("{{ params.text ~ '{{' }}", "x{{"),
        ("{{ params.gone | default(3) }}", 3),
        ("{{ params.items | join('+') }}", "a+b"),
        ("{{ duration('PT5M') }}", timedelta(minutes=5)),
        ("{{ steps.look.outputs.id }}", "c1"),
        ("{{ steps['look'].outputs.flavour }}", "new"),
        ({"a": ["{{ params.n }}"]}, {"a": [2]}),
        (5, 5),
    ],
)
def test_a_value_is_filled_in(text: object, value: object) -> None:
    assert render(text, NAMES) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(JSON)
def test_a_lone_expression_keeps_any_value_and_its_type(value: object) -> None:
    got = render("{{ params.value }}", {"params": {"value": value}})

    assert got == value
    assert type(got) is type(value)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_filled_in_or_refused(text: str) -> None:
    with suppress(TemplateFailed):
        assert isinstance(render(f"{text} ", NAMES), str | int | list | None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{ params.gone }}", "no attribute 'gone'"),
        ("{{ gone }}", "'gone' is undefined"),
        ("{{ params.text * 10**9 }}", "only numbers can be multiplied"),
        ("{{ params.items * 9 }}", "only numbers can be multiplied"),
        ("{{ 9 ** 65 }}", "an exponent of at most 64"),
        ("{{ 2 ** 64 ** 64 }}", "the number is too large"),
        ("{{ '%9999999d' % 1 }}", "text cannot be formatted with %"),
        ("{{ params.text.ljust(9) }}", "nothing can be called but duration"),
        ("{{ params.items.append(9) }}", "nothing can be called but duration"),
        ("{{ ().__class__ }}", "unsafe"),
        ("{{ steps.look.outputs.model_fields }}", "has no attribute 'model_fields'"),
        ("{{ steps.look.outputs.model_dump }}", "has no attribute 'model_dump'"),
        ("{{ params.keys }}", "no attribute 'keys'"),
        ("{{ params.text | center(9) }}", "No filter named 'center'"),
        ("{% for a in params.items %}{% endfor %}", "no statements"),
        ("{{ params.n / 0 }}", "division by zero"),
        ("{{ params.n + params.text }}", "unsupported operand"),
        ("{{ duration('soon') }}", "no duration"),
        ("{{ (", "unexpected"),
        ("{{" + "(" * 1_900 + "}}", "nested too deep"),
        ("{{ params.n }} " + "x" * 2_000, "longer than 2000 characters"),
    ],
)
def test_what_could_do_harm_or_has_no_value_is_refused(text: str, why: str) -> None:
    with pytest.raises(TemplateFailed, match=f".*{why}"):
        render(text, NAMES)


def test_a_value_that_is_too_large_is_refused() -> None:
    names = {"params": {"text": "x" * 6_000}}

    with pytest.raises(TemplateFailed, match="more than 10000"):
        render("{{ params.text ~ params.text }}", names)
    with pytest.raises(TemplateFailed, match="more than 10000"):
        render("{{ params.text }}{{ params.text }}", names)


def test_a_condition_must_give_a_bool() -> None:
    assert decide("params.n == 2", NAMES) is True
    with pytest.raises(TemplateFailed, match="gives 2, not true or false"):
        decide("params.n", NAMES)


def test_references_are_whole_paths() -> None:
    text = "{{ steps['a'].outputs.x[0].b + params.n | default(params.m) }} of {{ run.id }}"

    assert references({"deep": [text]}) == {
        ("steps", "a", "outputs", "x", 0, "b"),
        ("params", "n"),
        ("params", "m"),
        ("run", "id"),
    }
    assert condition_references("not steps.a.status == 'done'") == {("steps", "a", "status")}


def test_only_a_name_alone_is_a_whole_reference() -> None:
    assert whole_reference("{{ params.n }}") == ("params", "n")
    assert whole_reference("{{ params.n + 1 }}") == ()
