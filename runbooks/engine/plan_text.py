"""A plan as people read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from runbooks.engine.plan import Plan, Planned
from runbooks.engine.preflight import told as told_finding
from runbooks.engine.window import standing
from tasks.action import Effect, Level


def lines(plan: Plan) -> Iterator[str]:
    """The plan, line by line."""
    loaded, order = plan.order.loaded, plan.order
    metadata = loaded.runbook.metadata
    content = f"sha256 {loaded.content_hash[:12]}"
    yield f"PLAN  {metadata.name} {metadata.version} ({content})  mode {order.mode}"
    yield f"  account  {order.account}"
    if loaded.runbook.policy and loaded.runbook.policy.window:
        yield f"  window   {standing(loaded.runbook.policy.window)}"
    yield from _params(plan)
    for target in plan.targets:
        yield f"  target   {target.kind} {target.name} ({target.id})   lock {target.lock}"
    for step, finding in plan.findings:
        word = finding.level.value.upper() if finding.level is not Level.PASS else "pass"
        yield f"  check    {step}: {finding.check}: {word}   {finding.told}".rstrip()
    yield f"  steps    {_counts(plan)}"
    for number, planned in enumerate(plan.steps, start=1):
        yield from _step(number, planned)
    yield f"  hash     {plan.hash}"
    yield from (f"  BLOCKED  {why}" for why in plan.blocks)


def told(plan: Plan) -> dict[str, Any]:
    """The plan as JSON."""
    order = plan.order
    return {
        "runbook": order.loaded.runbook.metadata.name,
        "version": order.loaded.runbook.metadata.version,
        "content_hash": order.loaded.content_hash,
        "account": order.account,
        "mode": order.mode,
        "params": dict(order.params),
        "targets": [vars(target) for target in plan.targets],
        "findings": [{"step": step, **told_finding(one)} for step, one in plan.findings],
        "effects": {effect.word: plan.effects()[effect] for effect in Effect},
        "steps": [
            {
                "id": one.step.id,
                "uses": one.action.name,
                "effect": one.action.effect.word,
                "verdict": one.verdict,
                "why": one.why,
                "changes": list(one.preview.changes),
            }
            for one in plan.steps
        ],
        "blocked": list(plan.blocks),
        "hash": plan.hash,
    }


def usual(shortest: timedelta, longest: timedelta) -> str:
    """``5 to 15 min``; empty for what takes no time worth telling."""
    if longest < timedelta(minutes=1):
        return ""
    return f"{_minutes(shortest)} to {_minutes(longest)} min"


def _minutes(length: timedelta) -> str:
    return f"{length.total_seconds() / 60:.0f}"


def _params(plan: Plan) -> Iterator[str]:
    for name, value in plan.order.params.items():
        yield f"  param    {name} = {_shown(value)}"


def _shown(value: Any) -> Any:
    if value is None or value in ([], {}):
        return "none"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value) if isinstance(value, list | dict) else value


def _counts(plan: Plan) -> str:
    counts = plan.effects()
    unknown = sum(step.verdict == "not known yet" for step in plan.steps)
    words = [f"{effect.word} {counts[effect]}" for effect in Effect]
    return "   ".join([*words, f"not known yet {unknown}"])


def _step(number: int, planned: Planned) -> Iterator[str]:
    effect = planned.action.effect
    word = effect.word.upper() if effect is Effect.DESTRUCTIVE else effect.word
    parts = [f"{number} {planned.step.id}", planned.action.name, word, usual(*planned.action.usual)]
    if planned.verdict != "would run":
        parts.append(f"{planned.verdict}{f' ({planned.why})' if planned.why else ''}")
    yield "           " + "   ".join(filter(None, parts))
    for change in planned.preview.changes:
        yield f"               {change}"
