"""Which names an expression may use at a step, and what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runbooks.engine.kinds import KINDS
from runbooks.engine.mistakes import near
from runbooks.engine.model import Parameter, Step
from runbooks.engine.template import Reference
from runbooks.engine.types import led_to
from tasks.action import Action

RUN: Mapping[str, Any] = {"id": str, "account": str, "mode": str, "started": datetime}
OF_STEP = frozenset({"status", "outputs"})
Known = tuple[Step, Action | None]
"""A step above, and its action; None if its ``uses`` is wrong, which is told elsewhere."""


@dataclass
class Scope:
    """
    The names at one step.

    Attributes:
        opaque: Names of parameters, checks and steps that are there but wrong: nothing is said
            of them.
        checks: The checks above, with their actions; None if their ``uses`` is wrong.
        result: The type of what a check gives, in its own assertions; None elsewhere.
    """

    params: Mapping[str, Parameter]
    opaque: set[str]
    later: set[str]
    above: dict[str, Known] = field(default_factory=dict)
    checks: dict[str, Action | None] = field(default_factory=dict)
    result: Any = None

    def problems(self, reference: Reference) -> Iterator[str]:
        """Why a reference leads nowhere; nothing if it leads somewhere."""
        try:
            self.type_of(reference)
        except LookupError as error:
            yield str(error.args[0])

    def type_of(self, reference: Reference) -> Any:
        """
        The type of what a reference leads to; ``Any`` where that cannot be told.

        Raises:
            LookupError: It leads nowhere; the message says where it ends.
        """
        match reference:
            case ("params", str() as name, *path):
                return led_to(self._param(name), tuple(path))
            case ("steps", str() as name, *path):
                return self._in_step(name, tuple(path))
            case ("checks", str() as name, *path):
                return self._in_check(name, tuple(path))
            case ("result", *path) if self.result is not None:
                return led_to(self.result, tuple(path))
            case ("run", str() as name) if name in RUN:
                return RUN[name]
            case ("run", *rest):
                raise LookupError(f"run has no {'.'.join(map(str, rest))}{near('', RUN)}")
            case ("params" | "steps" | "checks",):
                raise LookupError(f"say which: {reference[0]}.<name>")
        known = {"params", "steps", "run", *(("checks",) if self.checks else ())}
        if self.result is not None:
            known |= {"result"}
        raise LookupError(f"nothing known as {reference[0]}{near(str(reference[0]), known)}")

    def _param(self, name: str) -> Any:
        if name in self.params:
            kind = KINDS[self.params[name].type].type
            nullable = "default" in self.params[name].model_fields_set
            return kind | None if nullable and self.params[name].default is None else kind
        if name in self.opaque:
            return Any
        raise LookupError(f"no parameter {name}{near(name, self.params)}")

    def _in_step(self, name: str, path: Reference) -> Any:
        if name not in self.above:
            return self._absent(name)
        action = self.above[name][1]
        if not path or path[0] not in OF_STEP:
            told = path[0] if path else "nothing"
            raise LookupError(f"steps.{name} has status and outputs, not {told}")
        if path[0] == "status":
            return str
        return led_to(action.outputs, path[1:]) if action else Any

    def _in_check(self, name: str, path: Reference) -> Any:
        if name not in self.checks:
            if name in self.opaque:
                return Any
            raise LookupError(f"no check {name} above{near(name, self.checks)}")
        action = self.checks[name]
        return led_to(action.outputs, path) if action else Any

    def _absent(self, name: str) -> Any:
        if name in self.later:
            raise LookupError(f"steps.{name} is not above this step")
        if name in self.opaque:
            return Any
        raise LookupError(f"no step {name}{near(name, self.above)}")
