"""
The walk through the steps of a run: first the record, then the deed, then the record of it.

It goes on at the first step that has not passed. An action looks before it acts, so that a step
that was cut off is simply begun again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Engine

from dws.errors import BadSetting, DwsError, WaitTimedOut
from runbooks.engine.actions import action_named
from runbooks.engine.journal import TakenOver
from runbooks.engine.model import Check, Step
from runbooks.engine.names import Names, Unfit, dumped, restored
from runbooks.engine.order import Order
from runbooks.engine.preflight import Checked, judged
from runbooks.engine.scribe import Scribe
from tasks.action import Action, Effect, Level
from tasks.run import Refused, Run, running
from tasks.store import Facts

BUG = 1
LEFT = 5
REFUSED = 3
INTERRUPTED = 130


@dataclass(frozen=True)
class Ending:
    """How a run or a step ended: its status, and the exit code that tells it."""

    status: str
    exit_code: int
    told: str = ""


@dataclass
class Walk:
    """
    One run, to be walked to its end.

    Attributes:
        passed: What the journal says of the steps that passed before.
        checked: What it says of the preflight, if a step was begun after it; None if it is to be
            carried out.
        has_changed: Whether the run, an earlier attempt included, may have changed anything.
        is_outage: Whether an error is of Prefect's API, not of the cloud or of ours.
        ending: How it ended; None until that is recorded.
    """

    order: Order
    engine: Engine
    scribe: Scribe
    passed: Mapping[str, Mapping[str, Any]]
    has_changed: bool
    is_outage: Callable[[BaseException], bool]
    checked: Mapping[str, Mapping[str, Any]] | None = None
    ending: Ending | None = None

    async def to_the_end(self) -> Ending:
        """
        Run every step that has not passed, and record how it ended.

        Raises:
            BaseException: What stopped it, after it was recorded.
            TakenOver: Another process goes on with this run; nothing was recorded.
        """
        try:
            await self._steps()
        except TakenOver:
            raise
        except BaseException as error:
            self._end(self._ending(error))
            raise
        return self._end(Ending("done", 0))

    async def _steps(self) -> None:
        runbook = self.order.loaded.runbook
        names = Names(runbook, self.order.params, self.order.run)
        await self._preflight(names, runbook.preflight)
        for step in runbook.steps:
            action = action_named(step.uses)
            if step.id in self.passed:
                self._recall(names, step, action)
                continue
            await self._step(names, step, action)

    async def _preflight(self, names: Names, checks: Sequence[Check]) -> None:
        if self.checked is not None:
            for check in checks:
                outputs = self.checked[check.id]["outputs"]
                names.add_check(check.id, restored(action_named(check.uses).outputs, outputs))
            return
        blocks = []
        for check in checks:
            found = await self._check(names, check)
            self.scribe.watcher.step_ended(check.place, found.verdict, "; ".join(found.troubles()))
            blocks += [f"{check.place}: {told}" for told in found.troubles(Level.BLOCK)]
        if blocks:
            raise Refused("; ".join(blocks))

    async def _check(self, names: Names, check: Check) -> Checked:
        action = action_named(check.uses)
        inputs = names.inputs(check, action)
        try:
            result = await self._do(check, action, inputs)
        except DwsError as error:
            raise Refused(f"{check.place}: {error}") from error
        checked = judged(check, action, inputs, result, names)
        self.scribe.write("check", checked.recorded(), step=check.place)
        return checked

    def _recall(self, names: Names, step: Step, action: Action) -> None:
        told = self.passed[step.id]
        given = told.get("outputs")
        outputs = restored(action.outputs, given) if given is not None else None
        names.add(step.id, told["status"], outputs)

    async def _step(self, names: Names, step: Step, action: Action) -> None:
        if not names.wants(step):
            self._outcome(step, {"status": "skipped", "why": f"not {step.when}"})
            names.add(step.id, "skipped")
            return
        inputs = names.inputs(step, action)
        intent = {"uses": action.name, "effect": action.effect.word, "inputs": dumped(inputs)}
        by_hand = {"by_hand": action.briefing.by_hand} if action.briefing else {}
        self.scribe.write("intent", {**intent, **by_hand}, step=step.id)
        self.scribe.watcher.step_began(step.id, action.name)
        try:
            outputs = await self._do(step, action, inputs)
        except TakenOver:
            raise
        except BaseException as error:
            self._failed(step, action, error)
            raise
        self.has_changed = self.has_changed or action.effect is not Effect.READ
        self._outcome(step, {"status": "done", "outputs": dumped(outputs)})
        names.add(step.id, "done", outputs)

    async def _do(self, use: Check | Step, action: Action, inputs: BaseModel) -> BaseModel:
        given = {name: getattr(inputs, name) for name in sorted(inputs.model_fields_set)}
        scope = use.id if isinstance(use, Step) else use.place
        listener = self.scribe.of_step(scope)
        async with running(Run(self.order.run_id, scope, self.engine, listener)):
            found = await action.load()(self.order.account, **given)
        return found if isinstance(found, BaseModel) else action.outputs.model_validate(found or {})

    def _failed(self, step: Step, action: Action, error: BaseException) -> None:
        facts = Facts(self.engine, self.order.run_id, step.id)
        early = {name: facts.recall(name) for name in sorted(action.early)}
        known = {name: value for name, value in early.items() if value is not None}
        if known:
            self.scribe.write("early", known, step=step.id)
        changes = action.effect is not Effect.READ and not isinstance(error, Refused)
        self.has_changed = self.has_changed or changes
        told = {"type": type(error).__name__, "told": _told(error)}
        self._outcome(step, {"status": self._ending(error).status, "error": told})

    def _outcome(self, step: Step, payload: Mapping[str, Any]) -> None:
        self.scribe.write("outcome", payload, step=step.id)
        told = payload.get("error", {}).get("told") or payload.get("why", "")
        self.scribe.watcher.step_ended(step.id, payload["status"], told)

    def _ending(self, error: BaseException) -> Ending:
        match error:
            case Refused():
                return Ending("refused", LEFT if self.has_changed else REFUSED, _told(error))
            case WaitTimedOut():
                return Ending("timed out", LEFT, _told(error))
            case DwsError() | Unfit() | BadSetting():
                return Ending("failed", LEFT, _told(error))
            case Exception() if self.is_outage(error):
                return Ending("failed", LEFT, outage(error))
            case Exception():
                return Ending("bug", BUG, _told(error))
        return Ending("interrupted", INTERRUPTED)

    def _end(self, ending: Ending) -> Ending:
        payload = {"status": ending.status, "exit_code": ending.exit_code, "told": ending.told}
        self.scribe.write("end", payload)
        self.ending = ending
        return ending


def outage(error: Exception) -> str:
    """What is to be said of a failure of Prefect's API."""
    return f"the API of Prefect failed ({type(error).__name__}: {error})"


def _told(error: BaseException) -> str:
    if not isinstance(error, Exception):
        return ""  # Ctrl-C and its like: the status says it
    return str(error) or type(error).__name__
