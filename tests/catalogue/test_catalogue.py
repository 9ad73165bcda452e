"""
Rules over every operation. What one lacks is told with the file, and the line to add.

Nothing here lists operations by hand, but for the reference's own contents and the few that differ
from a rule, each with its reason.
"""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import Any

import pytest
from prefect import Task

from dws.emulator.handlers import HANDLERS
from dws.emulator.routes import Routes
from dws.operation import Operation, Repeat
from dws.operations import area_of, catalogue
from dws.waiters import waiters
from tasks.naming import snake
from tasks.operations import TOGGLES
from tests.catalogue.reference import OPERATIONS, REFERENCE, WIRE, declared_at

EVERY = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda cls: cls.__name__)
WAITERS = sorted(waiters())
LEFT_OUT: dict[str, str] = {}
"""Operations that are known and not declared, with the reason."""

READING = ("Check", "Export", "List", "Preview", "Show")
"""How the names of those begin that change nothing, whatever their method."""
READS: dict[str, str] = {
    "ValidateDbData": "it asks whether the data of a database are sound",
}
CREATING = (
    *("Add", "BatchCreate", "Copy", "Create"),
    *("Resize", "RestoreCluster", "RestoreTable", "Shrink"),
)
"""How the names of those begin that make something new each time, or change by so much more."""
TWICE_IS_ONCE = {
    "AddQueueUserList": "a user is in a queue or is not",
    "BatchCreateResourceTag": "it sets tags by their keys",
    "CreateClusterWorkload": "it switches workload management on or off, as told",
    "CreateLdapConf": "there is one configuration, and it is set",
    "CreateOneaccessConf": "there is one configuration, and it is set",
    "CreateSnapshotCrossRegionPolicy": "it sets the policy of a cluster and a region",
}


@EVERY
def test_it_is_known_to_the_reference_or_the_sdk(operation: type[Operation[Any]]) -> None:
    known = operation.__name__ in REFERENCE

    assert known, (
        f"{declared_at(operation)}: tests/catalogue/reference.json has no {operation.__name__}"
    )


def test_every_known_operation_is_declared_or_left_out_for_a_reason() -> None:
    missing = sorted(REFERENCE.keys() - catalogue().keys() - LEFT_OUT.keys())

    assert not missing, f"dws/operations/<area>.py: add {', '.join(missing)}"
    assert not LEFT_OUT.keys() & catalogue().keys(), "tests/catalogue/test_catalogue.py: LEFT_OUT"


@EVERY
def test_it_has_a_task(operation: type[Operation[Any]]) -> None:
    area, name = area_of(operation), snake(operation.__name__)
    advice = f"tasks/{area}.py: add {name} = operation_task(ops.{operation.__name__})"

    task = getattr(import_module(f"tasks.{area}"), name, None)

    assert isinstance(task, Task), advice
    assert task.fn.__doc__ == operation.__doc__, advice


@EVERY
def test_it_has_a_handler(operation: type[Operation[Any]]) -> None:
    area, name = area_of(operation), operation.__name__
    advice = (
        f"dws/emulator/handlers/{area}.py: add @handles(ops.{name}) def {snake(name)}"
        f"(world: World, op: ops.{name}, caller: Caller) -> Json"
    )

    assert operation in HANDLERS, advice
    assert HANDLERS[operation].answer.__name__ == snake(name), advice


@EVERY
def test_its_docstring_begins_with_a_sentence_and_names_its_source(
    operation: type[Operation[Any]],
) -> None:
    doc, at = inspect.cleandoc(operation.__dict__.get("__doc__") or ""), declared_at(operation)
    known = REFERENCE[operation.__name__].section
    source = f"Reference {known}." if known else "SDK only."
    named = rf"\b{re.escape(known)}(?!\d)" if known else r"SDK only|guides"

    assert re.match(r"[A-Z][^\n]*", doc), f"{at}: a docstring that begins with a sentence"
    assert re.search(named, doc), f"{at}: end the docstring with {source!r}"


@EVERY
def test_a_guess_says_what_is_guessed(operation: type[Operation[Any]]) -> None:
    doc = " ".join((operation.__doc__ or "").split())

    guesses = [sentence for sentence in re.split(r"(?<=[.])\s", doc) if "ssumed" in sentence]

    assert all(len(guess.split()) > 3 for guess in guesses), (
        f"{declared_at(operation)}: say what is assumed: {guesses}"
    )


@EVERY
def test_one_that_answers_before_the_end_names_the_waiter_that_tells_it(
    operation: type[Operation[Any]],
) -> None:
    named = re.findall(r"`dws\.waiters\.([\w.]+)`", operation.__doc__ or "")
    known = {name.rpartition(".")[2] for name in WAITERS} | set(WAITERS)

    assert set(named) <= known, (
        f"{declared_at(operation)}: no waiter {named}; known: {', '.join(WAITERS)}"
    )
    assert named or not REFERENCE[operation.__name__].asynchronous, (
        f"{declared_at(operation)}: say `dws.waiters.<waiter>` tells the end, one of "
        f"{', '.join(WAITERS)}"
    )


@pytest.mark.parametrize("waiter", WAITERS)
def test_a_waiter_has_a_task(waiter: str) -> None:
    area, name = waiter.split(".")
    line = f'wait_until_{name} = waiter_task("{name}", waiters_module.{name})'

    task = getattr(import_module(f"tasks.{area}"), f"wait_until_{name}", None)

    assert isinstance(task, Task), f"tasks/{area}.py: add {line}"


@EVERY
def test_whether_it_may_be_repeated_fits_what_it_does(operation: type[Operation[Any]]) -> None:
    name, repeat, at = operation.__name__, operation.route.repeat, declared_at(operation)
    reads = name.startswith(READING) or name in READS

    assert (repeat is Repeat.READS) is reads, f"{at}: repeat is {repeat}, its name says otherwise"
    if name.startswith(CREATING):
        twice = Repeat.REPEATABLE if name in TWICE_IS_ONCE else Repeat.ONCE
        assert repeat is twice, f"{at}: repeat={twice}, or say in TWICE_IS_ONCE why not"
    if snake(name) in TOGGLES:
        assert repeat is Repeat.ONCE, f"{at}: repeat=Repeat.ONCE: sent twice it undoes itself"


@EVERY
def test_it_has_the_example_that_the_reference_prints(operation: type[Operation[Any]]) -> None:
    name = operation.__name__
    section = REFERENCE[name].section

    assert (WIRE / f"{name}.json").exists() is (section is not None), (
        f"tests/wire/{name}.json: "
        + (f"type it from section {section}" if section else "there is no such sample: remove it")
    )


def test_every_example_belongs_to_an_operation() -> None:
    strays = sorted(file.name for file in WIRE.glob("*.json") if file.stem not in catalogue())

    assert not strays, f"tests/wire: remove {', '.join(strays)}, or declare their operations"


@EVERY
def test_its_route_leads_to_it_alone(operation: type[Operation[Any]]) -> None:
    path = operation.route.path.replace("{", "some-").replace("}", "")

    found = Routes(catalogue().values()).find(operation.route.method, path)

    assert found
    assert found.operation is operation, f"{declared_at(operation)}: {found.operation.__name__}"


def test_no_two_operations_share_a_route() -> None:
    """Names of arguments do not tell routes apart: ``{id}`` and ``{policy_id}`` are one."""
    by_route: dict[tuple[str, str], list[str]] = {}
    for cls in OPERATIONS:
        form = re.sub(r"{\w+}", "{}", cls.route.path)
        by_route.setdefault((cls.route.method, form), []).append(cls.__name__)

    assert not [names for names in by_route.values() if len(names) > 1]


@EVERY
def test_every_argument_of_its_path_is_a_field(operation: type[Operation[Any]]) -> None:
    arguments = set(re.findall(r"{(\w+)}", operation.route.path)) - {"project_id"}

    assert arguments == set(operation.travels("path")), declared_at(operation)
