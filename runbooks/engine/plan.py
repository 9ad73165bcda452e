"""What a run would do now, found out by reads alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from dws.client import Client
from dws.operation import Operation
from runbooks.engine.actions import action_named, reads_once
from runbooks.engine.journal import digest
from runbooks.engine.model import Check, Step
from runbooks.engine.names import Names
from runbooks.engine.order import Order
from runbooks.engine.preflight import Checked, judged
from runbooks.engine.template import Reference, condition_references, references
from tasks.action import Action, Effect, Finding, Level, Preview, Target

NOTHING = Preview()


@dataclass(frozen=True)
class Planned:
    """
    One step of a plan.

    Attributes:
        verdict: ``would run``, ``would skip``, ``was read``, or ``not known yet``.
        why: What it is not known for.
    """

    step: Step
    action: Action
    verdict: str
    why: str = ""
    preview: Preview = NOTHING


@dataclass(frozen=True)
class Plan:
    """What a run would do now."""

    order: Order
    steps: tuple[Planned, ...]
    preflight: tuple[Checked, ...] = ()

    @property
    def targets(self) -> tuple[Target, ...]:
        """What would be changed, each once."""
        return tuple(dict.fromkeys(one for step in self.steps for one in step.preview.targets))

    @property
    def findings(self) -> tuple[tuple[str, Finding], ...]:
        """What was found, with the id of the step, or the place of the check."""
        before = ((one.check.place, found) for one in self.preflight for found in one.findings)
        of_steps = ((one.step.id, found) for one in self.steps for found in one.preview.findings)
        return (*before, *of_steps)

    @property
    def blocks(self) -> tuple[str, ...]:
        """Why it must not be run."""
        return tuple(one.told for _, one in self.findings if one.level is Level.BLOCK)

    @property
    def steps_block(self) -> bool:
        """Whether it must not be run for what the steps found, whatever the preflight did."""
        found = (finding for step in self.steps for finding in step.preview.findings)
        return any(finding.level is Level.BLOCK for finding in found)

    def effects(self) -> Counter[Effect]:
        """How many steps would do what at worst; those that would be skipped do nothing."""
        wanted = (step for step in self.steps if step.verdict != "would skip")
        return Counter(step.action.effect for step in wanted)

    @property
    def hash(self) -> str:
        """What an approval would be bound to: SHA-256 over all that must not change."""
        loaded, order = self.order.loaded, self.order
        return digest(
            {
                "runbook": [loaded.runbook.metadata.name, loaded.runbook.metadata.version],
                "content": loaded.content_hash,
                "params": dict(order.params),
                "account": order.account,
                "mode": order.mode,
                "targets": [[one.kind, one.id, one.name, one.lock] for one in self.targets],
                "steps": [[step.step.id, step.verdict] for step in self.steps],
                "findings": [_kept(step, finding) for step, finding in self.findings],
            }
        )


def _kept(step: str, finding: Finding) -> list[str]:
    # What passed may say something that differs from run to run: the name of a snapshot.
    told = "" if finding.level is Level.PASS else finding.told
    return [step, finding.check, finding.level.value, told]


async def plan(order: Order, client: Client) -> Plan:
    """
    Find out what a run would do now; changes nothing, and needs no Prefect.

    Raises:
        Unfit: Something that is known already does not fit.
        DwsError: The service refused or did not answer, or what is meant is not there.
    """
    names = Names(order.loaded.runbook, order.params, order.run)
    unknown: set[str] = set()
    checked = [await _check(client, names, one) for one in order.loaded.runbook.preflight]
    steps = []
    for step in order.loaded.runbook.steps:
        planned = await _Step(order, client, names, unknown, step).planned()
        if planned.verdict in {"would run", "not known yet"}:
            unknown.add(step.id)
        steps.append(planned)
    return Plan(order, tuple(steps), tuple(checked))


async def _check(client: Client, names: Names, check: Check) -> Checked:
    action = action_named(check.uses)
    inputs = names.inputs(check, action)
    if not isinstance(inputs, Operation):
        raise TypeError(f"{check.place}: {action.name} is no operation")
    return judged(check, action, inputs, await client.call(inputs), names)


@dataclass(frozen=True)
class _Step:
    order: Order
    client: Client
    names: Names
    unknown: set[str]
    step: Step

    async def planned(self) -> Planned:
        action = action_named(self.step.uses)
        would_run = Planned(self.step, action, "would run")
        if self.step.when is not None:
            if why := self._waits_for(condition_references(self.step.when)):
                return replace(would_run, verdict="not known yet", why=f"whether: {why}")
            if not self.names.wants(self.step):
                self.names.add(self.step.id, "skipped")
                return replace(would_run, verdict="would skip", why=f"not {self.step.when}")
        if why := self._waits_for(references(self.step.arguments)):
            return replace(would_run, verdict="not known yet", why=f"with what: {why}")
        inputs = self.names.inputs(self.step, action)
        if reads_once(action) and isinstance(inputs, Operation):
            self.names.add(self.step.id, "done", await self.client.call(inputs))
            return replace(would_run, verdict="was read")
        order = self.order
        found = await action.foresee(self.client, order.account, inputs, order.run_id)
        return replace(would_run, preview=found)

    def _waits_for(self, found: set[Reference]) -> str:
        told = (".".join(map(str, one)) for one in found if one[0] == "steps")
        waiting = (name for name in told if name.split(".")[1] in self.unknown)
        return ", ".join(sorted(waiting))
