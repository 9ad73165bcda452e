"""Rules over every operation; a failure names the file to edit."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from dws.operation import Operation
from dws.operations import area_of, catalogue
from dws.shapes import Nothing
from tasks.naming import operation_of, snake
from tasks.operations import action_of

ROOT = Path(__file__).parents[2]
every_operation = pytest.mark.parametrize("name", sorted(catalogue()))


def home(name: str) -> str:
    return f"dws/operations/{area_of(catalogue()[name])}.py: {name}"


@every_operation
def test_it_says_what_it_does(name: str) -> None:
    doc = inspect.cleandoc(catalogue()[name].__doc__ or "")

    assert doc, f"{home(name)} has no docstring"
    assert doc.splitlines()[0].endswith((".", ":")) or doc.count("\n"), f"{home(name)}: {doc}"
    sources = ("Reference 5.", "guides", "SDK only")
    assert any(source in doc for source in sources), f"{home(name)}: say where it is documented"


@every_operation
def test_it_declares_route_and_reply(name: str) -> None:
    cls = catalogue()[name]

    assert issubclass(cls.reply_type(), BaseModel), f"{home(name)}: Operation[...] of what?"
    assert cls.route.path.startswith("/v"), f"{home(name)}: {cls.route.path}"
    assert "{project_id}" in cls.route.path, f"{home(name)}: {cls.route.path}"


@every_operation
def test_every_name_in_its_path_is_a_field_that_must_be_given(name: str) -> None:
    cls = catalogue()[name]
    wanted = {part[1:-1] for part in cls.route.path.split("/") if part.startswith("{")}

    fields = set(cls.travels("path"))

    assert fields == wanted - {"project_id"}, f"{home(name)}: path and fields differ"
    optional = [field for field in fields if not cls.model_fields[field].is_required()]
    assert not optional, f"{home(name)}: {optional} are part of the path"


@every_operation
def test_a_get_has_no_body(name: str) -> None:
    cls = catalogue()[name]

    if cls.route.method == "GET":
        assert cls.travels("body") == [], home(name)


def test_no_two_operations_share_a_route() -> None:
    routes = Counter((cls.route.method, cls.route.path) for cls in catalogue().values())

    assert [route for route, count in routes.items() if count > 1] == []


@every_operation
def test_what_changes_the_world_does_not_answer_an_unread_shape(name: str) -> None:
    """Whoever answers nothing says so: a reply with no fields at all is a mistake."""
    reply = catalogue()[name].reply_type()

    assert reply is Nothing or reply.model_fields, f"{home(name)}: {reply.__name__} is empty"


@every_operation
def test_it_has_a_task_of_its_name_with_its_words_and_fields(name: str) -> None:
    cls = catalogue()[name]
    area, task = area_of(cls), snake(name)
    where = f"tasks/{area}.py: add {task} = operation_task(ops.{name})"

    made: Any = getattr(import_module(f"tasks.{area}"), task, None)

    assert made is not None, where
    assert made.name == task, where
    assert made.fn.__doc__ == cls.__doc__, where
    account, *fields = inspect.signature(made.fn).parameters.values()
    assert account.name == "account"
    assert {field.name for field in fields} == set(cls.model_fields), where
    assert {field.kind for field in fields} <= {inspect.Parameter.KEYWORD_ONLY}, where
    required = {field.name for field in fields if field.default is inspect.Parameter.empty}
    assert required == {n for n, field in cls.model_fields.items() if field.is_required()}, where


@every_operation
def test_it_can_be_a_step_of_a_runbook(name: str) -> None:
    cls = catalogue()[name]

    action = action_of(area_of(cls), snake(name))

    assert action.inputs is cls
    assert action.title
    assert operation_of(area_of(cls), snake(name)) is cls
    assert getattr(import_module(action.entry.split(":")[0]), snake(name))


@pytest.mark.parametrize(
    ("area", "task"), [("clusters", "list_snapshots"), ("clusters", ""), ("x", "y")]
)
def test_what_is_no_task_is_told(area: str, task: str) -> None:
    with pytest.raises(LookupError, match="no task"):
        action_of(area, task)


def test_operations_are_called_by_their_official_names() -> None:
    assert all(name == cls.__name__ for name, cls in catalogue().items())
    assert all(issubclass(cls, Operation) for cls in catalogue().values())


IMPORTS = """
import sys
import dws.operations, dws.client, dws.waiters, dws.settings
dws.operations.catalogue()
heavy = {"prefect", "ruamel", "jinja2", "sqlalchemy", "starlette", "uvicorn"} & set(sys.modules)
sys.exit(f"imported {sorted(heavy)}" if heavy else 0)
"""


def test_importing_the_client_imports_neither_prefect_nor_yaml() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
