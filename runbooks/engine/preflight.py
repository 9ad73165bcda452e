"""What is looked at before the first step, as the runbook asks, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from runbooks.engine.model import Check
from runbooks.engine.names import Names, dumped
from tasks.action import Action, Finding, Level


@dataclass(frozen=True)
class Checked:
    """One check that was carried out."""

    check: Check
    action: Action
    inputs: BaseModel
    result: BaseModel
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> str:
        """``passed``, ``warned`` or ``blocked``."""
        return worst(self.recorded())

    def troubles(self, *levels: Level) -> list[str]:
        """What does not hold, of these levels; of all if none is told."""
        wanted = levels or (Level.WARN, Level.BLOCK)
        return [finding.told for finding in self.findings if finding.level in wanted]

    def recorded(self) -> dict[str, Any]:
        """What the journal keeps of it."""
        return {
            "uses": self.action.name,
            "inputs": dumped(self.inputs),
            "findings": [told(finding) for finding in self.findings],
            "outputs": dumped(self.result),
        }


def told(finding: Finding) -> dict[str, str]:
    """A finding as JSON."""
    return {"check": finding.check, "level": finding.level.value, "told": finding.told}


def judged(
    check: Check, action: Action, inputs: BaseModel, result: BaseModel, names: Names
) -> Checked:
    """
    What a check comes to; makes its result known to what follows.

    Raises:
        Unfit: An assertion cannot be worked out.
    """
    findings = []
    for assertion in check.assertions:
        holds, why = names.holds(assertion, result, check.place)
        level = Level.PASS if holds else Level(assertion.level)
        findings.append(Finding(assertion.that, level, why))
    names.add_check(check.id, result)
    return Checked(check, action, inputs, result, tuple(findings))


def worst(recorded: Mapping[str, Any]) -> str:
    """How a check in the journal came out: ``passed``, ``warned`` or ``blocked``."""
    found = {finding["level"] for finding in recorded["findings"]}
    return next((f"{word}ed" for word in ("block", "warn") if word in found), "passed")
