"""From a file to a runbook, with every mistake of its form."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from runbooks.engine.document import Document, Path, read
from runbooks.engine.mistakes import Mistake, Unsound, near
from runbooks.engine.model import (
    NOT_YET,
    Assertion,
    Check,
    Metadata,
    Parameter,
    Policy,
    Risk,
    Runbook,
    Step,
    Trigger,
)

M = TypeVar("M", bound=BaseModel)
UNNAMED = Metadata(name="unnamed", version="0.0.0", title="?", owner="?")
"""Stands for what a file says wrong about itself."""


@dataclass(frozen=True)
class Loaded:
    """A runbook of sound form, and the document it was read from."""

    runbook: Runbook
    document: Document

    @property
    def content_hash(self) -> str:
        """SHA-256 of the file's text."""
        return hashlib.sha256(self.document.text.encode()).hexdigest()


@dataclass(frozen=True)
class Salvaged:
    """
    What can be read of a document that may have mistakes of form.

    Attributes:
        runbook: The runbook without the parts that have them; None if hardly anything is left.
        places: Where in the document's list each of the runbook's steps stands.
        check_places: The same of its checks.
    """

    document: Document
    runbook: Runbook | None
    places: tuple[int, ...] = ()
    check_places: tuple[int, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    def ids(self) -> set[str]:
        """The ids of all steps and checks, of those with mistakes too."""
        data = self.document.data
        uses = [*_listed(data.get("preflight")), *_listed(data.get("steps"))]
        told = (one.get("id") for one in uses if isinstance(one, dict))
        return {name for name in told if isinstance(name, str)}

    def params(self) -> set[str]:
        """The names of all parameters, of those with mistakes too."""
        return set(_mapped(self.document.data.get("params")))


def document_of(file: FilePath) -> Document:
    """
    Read a file.

    Raises:
        Unsound: It cannot be read, or is no YAML for a runbook.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "not UTF-8 text"
        raise Unsound([Mistake(str(file), 1, "", f"cannot be read: {told}")]) from None
    return read(text, str(file))


def formed(document: Document) -> Loaded:
    """
    The runbook that a document says.

    Raises:
        Unsound: It has keys, types or values that a runbook has not.
    """
    salvaged = salvage(document)
    if salvaged.runbook is None or salvaged.mistakes:
        raise Unsound(salvaged.mistakes)
    return Loaded(salvaged.runbook, document)


def salvage(document: Document) -> Salvaged:
    """All mistakes of form, and the runbook without the parts that have them."""
    data = document.data
    if not isinstance(data, dict):
        mistake = document.mistake((), "a runbook is a mapping: apiVersion, kind, metadata, ...")
        return Salvaged(document, None, mistakes=(mistake,))
    try:
        runbook = Runbook.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
    else:
        places, check_places = range(len(runbook.steps)), range(len(runbook.preflight))
        return Salvaged(document, runbook, tuple(places), tuple(check_places))
    mistakes = tuple(
        document.mistake(_path(detail), _what(detail)) for detail in details if _tells(detail)
    )
    steps = _all_fitting(Step, data.get("steps"))
    checks = _all_fitting(Check, data.get("preflight"))
    remains = _remains(data, tuple(steps.values()), tuple(checks.values()))
    return Salvaged(document, remains, tuple(steps), tuple(checks), mistakes)


def _all_fitting(model: type[M], told: Any) -> dict[int, M]:
    """Those of a list that have no mistakes of form, by their place in it."""
    found = {place: _fitting(model, one) for place, one in enumerate(_listed(told))}
    return {place: one for place, one in found.items() if one is not None}


def _remains(data: dict[str, Any], steps: tuple[Step, ...], checks: tuple[Check, ...]) -> Runbook:
    told = _mapped(data.get("params")).items()
    triggers = _all_fitting(Trigger, data.get("triggers"))
    params = {name: parameter for name, value in told if (parameter := _fitting(Parameter, value))}
    return Runbook.model_construct(
        api_version="dws.runbook/v1",
        kind="Runbook",
        metadata=_fitting(Metadata, data.get("metadata")) or UNNAMED,
        risk=data["risk"] if data.get("risk") in get_args(Risk) else "destructive",
        params=params,
        policy=_fitting(Policy, data.get("policy")),
        preflight=checks,
        triggers=(
            tuple(triggers.values()) if len(triggers) == len(_listed(data.get("triggers"))) else ()
        ),
        steps=steps,
    )


def _listed(told: Any) -> list[Any]:
    return told if isinstance(told, list) else []


def _mapped(told: Any) -> dict[str, Any]:
    return told if isinstance(told, dict) else {}


def _fitting(model: type[M], told: Any) -> M | None:
    if not isinstance(told, dict):
        return None
    try:
        return model.model_validate({key: told[key] for key in told if key in _names(model)})
    except ValidationError:
        return None


def _tells(detail: ErrorDetails) -> bool:
    # Steps that have mistakes of their own do not count as steps for pydantic.
    return not (detail["type"] == "too_short" and detail["input"])


def _path(detail: ErrorDetails) -> Path:
    # Branches of a union, "[key]" and such are pydantic's own, not in the file.
    inner = {"[key]", "float", "str", "int", "bool"}
    return tuple(part for part in detail["loc"] if part not in inner)


def _what(detail: ErrorDetails) -> str:
    last = str(detail["loc"][-1]) if detail["loc"] else ""
    match detail["type"]:
        case "extra_forbidden" if last in NOT_YET:
            return f"`{last}` does not work yet in this version: leave it out"
        case "extra_forbidden":
            return f"no such key{near(last, _keys(detail['loc']))}"
        case "missing":
            return "missing"
        case "string_type" if isinstance(detail["input"], int | float):
            return "must be text: put it in quotes"
        case "string_pattern_mismatch" | "literal_error":
            return f"{detail['input']!r}: {detail['msg']}"
    return detail["msg"]


def _keys(location: tuple[int | str, ...]) -> set[str]:
    model: type[BaseModel]
    match location:
        case ("metadata", _):
            model = Metadata
        case ("policy", _):
            model = Policy
        case ("params", _, _):
            model = Parameter
        case ("steps", _, _):
            model = Step
        case ("preflight", _, "assert", _, _):
            model = Assertion
        case ("preflight", _, _):
            model = Check
        case ("triggers", _, _):
            model = Trigger
        case _:
            model = Runbook
    return _names(model)


def _names(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}
