from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.engine.document import LARGEST, read, spelled
from runbooks.engine.mistakes import Unsound


def told(text: str) -> list[str]:
    with pytest.raises(Unsound) as caught:
        read(text, "f.yaml")
    return list(map(str, caught.value.mistakes))


def test_yaml_is_read_as_version_1_2() -> None:
    text = (
        "on: yes\nat: 22:00\nday: 2026-12-15\nnumber: 0x10\nhalf: 1.5\nnothing: null\nright: true"
    )

    assert read(text, "f.yaml").data == {
        "on": "yes",
        "at": "22:00",
        "day": "2026-12-15",
        "number": 16,
        "half": 1.5,
        "nothing": None,
        "right": True,
    }


def test_every_part_knows_its_line() -> None:
    document = read("a:\n  - b: 1\n    c: 2\nd: 3\n", "f.yaml")

    assert [document.line(path) for path in [("a", 0, "c"), ("d",), ("a", 0, "missing")]] == [
        3,
        4,
        2,
    ]


def test_keys_that_come_twice_are_all_told() -> None:
    assert told("a: 1\nb: {c: 1, c: 2}\na: 3\n") == [
        "f.yaml:2: b.c: key twice, first in line 2",
        "f.yaml:3: a: key twice, first in line 1",
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "f.yaml:1: the file is empty"),
        ("a: [1\nb: 2", "f.yaml:2: no YAML: expected ',' or ']', but got ':'"),
        ("a: 1\n--- \nb: 1", "f.yaml:2: no YAML: but found another document"),
        ("a: &x [1]\nb: *x", "f.yaml:1: b: anchors and aliases are not for runbooks: write it out"),
        ("a: &x [*x]", "f.yaml:1: a[0]: anchors and aliases are not for runbooks: write it out"),
        ("a: !!set {b}", "f.yaml:1: a: tags are not for runbooks: tag:yaml.org,2002:set"),
        ("a: !mine b", "f.yaml:1: a: tags are not for runbooks: !mine"),
        ("1: a", "f.yaml:1: a key must be text: quote '1'"),
        ("<<: {a: 1}", "f.yaml:1: a key must be text: quote '<<'"),
        (r'a: "\ud800"', "f.yaml:1: a: half of a surrogate pair is no text"),
        ("#" * (LARGEST + 1), f"f.yaml:1: longer than {LARGEST} characters"),
    ],
)
def test_what_is_no_yaml_for_runbooks_is_refused(text: str, mistake: str) -> None:
    assert told(text) == [mistake]


def test_a_path_is_spelled_as_people_write_it() -> None:
    assert spelled(("steps", 0, "with", "cluster")) == "steps[0].with.cluster"


TEXT = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))
KEYS = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(TEXT, max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None)
@given(VALUES)
def test_json_reads_as_what_it_is(value: object) -> None:
    assert read(json.dumps({"value": value}, ensure_ascii=False), "f.yaml").data == {"value": value}
