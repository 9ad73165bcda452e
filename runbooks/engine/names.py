"""The names that expressions see, and the inputs that come of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from runbooks.engine.model import Assertion, Check, Runbook, Step
from runbooks.engine.parameters import live
from runbooks.engine.template import TemplateFailed, decide, render
from tasks.action import Action


class Unfit(ValueError):
    """What a step was given does not fit its action, or its condition cannot be decided."""


class Names:
    """Parameters, the run, and what the steps before gave."""

    def __init__(self, runbook: Runbook, params: Mapping[str, Any], run: Mapping[str, Any]) -> None:
        self._steps: dict[str, Mapping[str, Any]] = {}
        self._checks: dict[str, BaseModel] = {}
        told = {"params": live(runbook, params), "run": run}
        self._all = {**told, "steps": self._steps, "checks": self._checks}

    def add(self, step: str, status: str, outputs: BaseModel | None = None) -> None:
        """Make known how a step ended, and what it gave."""
        given = {} if outputs is None else {"outputs": outputs}
        self._steps[step] = {"status": status, **given}

    def add_check(self, check: str, result: BaseModel) -> None:
        """Make known what a check has read."""
        self._checks[check] = result

    def holds(self, assertion: Assertion, result: BaseModel, place: str) -> tuple[bool, str]:
        """
        Whether an assertion holds of what its check has read, and what is to be said if not.

        Raises:
            Unfit: It cannot be worked out, or gives no bool.
        """
        names = {**self._all, "result": result}
        try:
            if decide(assertion.that, names):
                return True, ""
            return False, str(render(assertion.msg, names))
        except TemplateFailed as error:
            raise Unfit(f"{place}.assert: {error}") from None

    def wants(self, step: Step) -> bool:
        """
        Whether a step is to be run.

        Raises:
            Unfit: Its condition cannot be worked out, or gives no bool.
        """
        if step.when is None:
            return True
        try:
            return decide(step.when, self._all)
        except TemplateFailed as error:
            raise Unfit(f"steps.{step.id}.when: {error}") from None

    def inputs(self, use: Check | Step, action: Action) -> BaseModel:
        """
        What a step or a check gives its action.

        Raises:
            Unfit: An expression cannot be worked out, or the values do not fit.
        """
        try:
            given = render(use.arguments, self._all)
            return action.inputs.model_validate(given)
        except TemplateFailed as error:
            raise Unfit(f"{use.place}.with: {error}") from None
        except ValidationError as error:
            raise Unfit(f"{use.place}.with: {_told(error)}") from None


def dumped(model: BaseModel) -> dict[str, Any]:
    """A model as JSON, secrets as asterisks."""
    found = model.model_dump(mode="json")
    return found if isinstance(found, dict) else {"root": found}


def restored(kind: type[BaseModel], told: Mapping[str, Any]) -> BaseModel:
    """The model that was dumped; the inverse of `dumped`."""
    is_bare = "root" in kind.model_fields and set(told) == {"root"}
    return kind.model_validate(told["root"] if is_bare else told)


def _told(error: ValidationError) -> str:
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in details)
