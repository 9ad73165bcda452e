"""What is wrong with a runbook: all of it, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path as FilePath
from typing import Any, get_args

from runbooks.engine.actions import action_named, reads_once
from runbooks.engine.arguments import misfits as argument_misfits
from runbooks.engine.document import Document, Path
from runbooks.engine.fit import misfits as value_misfits
from runbooks.engine.load import UNNAMED, Loaded, Salvaged, document_of, salvage
from runbooks.engine.mistakes import Mistake, Unsound
from runbooks.engine.model import Check, Risk, Runbook, Step
from runbooks.engine.parameters import live
from runbooks.engine.parameters import misfits as parameter_misfits
from runbooks.engine.scope import Scope
from runbooks.engine.template import Reference, TemplateFailed, condition_references, references
from runbooks.engine.triggers import misfits as trigger_misfits
from runbooks.engine.triggers import unfitting as unfit_triggers
from tasks.action import Action, Effect
from tasks.windows import Window


def mistakes_of(file: FilePath) -> list[Mistake]:
    """Every mistake of a file, in order of lines; empty if it is sound."""
    try:
        sound(document_of(file))
    except Unsound as error:
        return error.mistakes
    return []


def sound(document: Document) -> Loaded:
    """
    The runbook of a document.

    Raises:
        Unsound: It has mistakes; all are told.
    """
    salvaged = salvage(document)
    meant = _Meaning(salvaged, salvaged.runbook).mistakes() if salvaged.runbook else ()
    found = {*salvaged.mistakes, *meant}
    if salvaged.runbook and not found:
        found = {document.mistake(*one) for one in unfit_triggers(salvaged.runbook)}
    if found or salvaged.runbook is None:
        raise Unsound(sorted(found))
    return Loaded(salvaged.runbook, document)


def _action(use: Check | Step) -> Action | str:
    """What it uses, or why there is no such thing."""
    try:
        return action_named(use.uses)
    except LookupError as error:
        return str(error.args[0])


class _Meaning:
    """Mistakes that the form does not show."""

    def __init__(self, salvaged: Salvaged, runbook: Runbook) -> None:
        self.document = salvaged.document
        self.runbook = runbook
        self.places = salvaged.places
        self.check_places = salvaged.check_places
        wrong = salvaged.ids() - {use.id for use in (*runbook.preflight, *runbook.steps)}
        self.scope = Scope(
            params=runbook.params,
            opaque=wrong | salvaged.params(),
            later={step.id for step in runbook.steps},
        )
        self.sound_params = {
            name: one for name, one in runbook.params.items() if not any(parameter_misfits(one))
        }
        self.used: set[Reference] = set()
        self.worst = Effect.READ
        self.all_known = not salvaged.mistakes

    def mistakes(self) -> Iterator[Mistake]:
        """All of them, in no stated order."""
        yield from self._name()
        yield from self._params()
        yield from self._window()
        yield from self._each("preflight", self.check_places, self.runbook.preflight, self._check)
        yield from self._each("steps", self.places, self.runbook.steps, self._step)
        yield from self._risk()
        yield from self._unused()
        for path, what in trigger_misfits(self.runbook, self.scope.opaque):
            yield self.document.mistake(path, what)

    def _each(
        self,
        key: str,
        places: Sequence[int],
        uses: Sequence[Check | Step],
        mistakes: Callable[[Any], Iterator[tuple[Path, str]]],
    ) -> Iterator[Mistake]:
        first: dict[str, int] = {}
        for place, use in zip(places, uses, strict=True):
            if use.id in first:
                line = self.document.line((key, first[use.id], "id"))
                what = f"{use.id!r} twice, first in line {line}"
                yield self.document.mistake((key, place, "id"), what)
            first.setdefault(use.id, place)
            found = [
                self.document.mistake((key, place, *inner), what) for inner, what in mistakes(use)
            ]
            yield from found or self._values(use)

    def _name(self) -> Iterator[Mistake]:
        metadata, stem = self.runbook.metadata, FilePath(self.document.file).stem
        if metadata is not UNNAMED and metadata.name != stem:
            what = f"{metadata.name!r}, but the file is called {stem!r}"
            yield self.document.mistake(("metadata", "name"), what)

    def _params(self) -> Iterator[Mistake]:
        for name, parameter in self.runbook.params.items():
            for key, what in parameter_misfits(parameter):
                yield self.document.mistake(("params", name, key), what)

    def _window(self) -> Iterator[Mistake]:
        try:
            if self.runbook.policy and self.runbook.policy.window:
                Window.parse(self.runbook.policy.window)
        except ValueError as error:
            yield self.document.mistake(("policy", "window"), str(error))

    def _check(self, check: Check) -> Iterator[tuple[Path, str]]:
        action = _action(check)
        if not isinstance(action, Action):
            yield ("uses",), action
        elif not reads_once(action):
            yield ("uses",), f"{action.name} is no single read, as clusters.list_clusters is"
        else:
            yield from argument_misfits(action, check.arguments, self.scope)
        yield from self._arguments(check, set())
        known = action if isinstance(action, Action) else None
        self.scope.result = known.outputs if known else Any
        for at, assertion in enumerate(check.assertions):
            yield from self._condition(("assert", at, "that"), assertion.that)
            yield from self._text(("assert", at, "msg"), assertion.msg, set())
        self.scope.result = None
        self.scope.checks.setdefault(check.id, known)

    def _step(self, step: Step) -> Iterator[tuple[Path, str]]:
        action = _action(step)
        if not isinstance(action, Action):
            yield ("uses",), action
        if step.when is not None:
            yield from self._condition(("when",), step.when)
        yield from self._arguments(step, self._asked(step))
        if isinstance(action, Action):
            yield from self._use(action, step)
        known = action if isinstance(action, Action) else None
        self.scope.above.setdefault(step.id, (step, known))

    def _use(self, action: Action, step: Step) -> Iterator[tuple[Path, str]]:
        self.worst = max(self.worst, action.effect)
        if action.is_toggle:
            yield (
                ("uses",),
                f"{action.name} undoes itself when sent twice: use a flow that names the end",
            )
        yield from argument_misfits(action, step.arguments, self.scope)

    def _values(self, use: Check | Step) -> Iterator[Mistake]:
        """Defaults and examples that the action of a sound step does not take."""
        for key in ("default", "example"):
            told = {name: getattr(one, key) for name, one in self.sound_params.items()}
            if all(value is None for value in told.values()):
                continue
            values = live(self.runbook, told)
            for misfit in value_misfits(use, action_named(use.uses), values):
                path = ("params", misfit.parameter, key, *misfit.path)
                what = f"{misfit.what} (goes into {misfit.argument})"
                yield self.document.mistake(path, what)

    def _asked(self, step: Step) -> set[Reference]:
        """What the condition of a step refers to."""
        try:
            return condition_references(step.when) if step.when is not None else set()
        except TemplateFailed:
            return set()  # told with the condition

    def _condition(self, path: Path, expression: str) -> Iterator[tuple[Path, str]]:
        try:
            asked = condition_references(expression)
        except TemplateFailed as error:
            self.all_known = False
            yield path, str(error)
            return
        yield from self._references(path, asked, asked)

    def _arguments(self, use: Check | Step, asked: set[Reference]) -> Iterator[tuple[Path, str]]:
        for name, value in use.arguments.items():
            yield from self._text(("with", name), value, asked)

    def _text(self, path: Path, value: Any, asked: set[Reference]) -> Iterator[tuple[Path, str]]:
        try:
            found = references(value)
        except TemplateFailed as error:
            self.all_known = False
            yield path, str(error)
            return
        yield from self._references(path, found, asked | found)

    def _references(
        self, path: Path, found: set[Reference], asked: set[Reference]
    ) -> Iterator[tuple[Path, str]]:
        self.used |= found
        for reference in sorted(found, key=str):
            for what in self.scope.problems(reference):
                yield path, what
            yield from ((path, what) for what in self._maybe_skipped(reference, asked))

    def _maybe_skipped(self, reference: Reference, asked: set[Reference]) -> Iterator[str]:
        if reference[0] != "steps" or reference[2:3] != ("outputs",):
            return
        step = self.scope.above.get(str(reference[1]), (None,))[0]
        if step is None or step.when is None or (*reference[:2], "status") in asked:
            return
        yield (
            f"steps.{step.id} may be skipped and has no outputs then: "
            f"ask for steps.{step.id}.status == 'done' in `when`"
        )

    def _risk(self) -> Iterator[Mistake]:
        told = self.document.data.get("risk")
        stated = Effect[told.upper()] if told in get_args(Risk) else self.worst
        if stated < self.worst:
            what = f"{self.runbook.risk}, but the worst step is {self.worst.word}"
            yield self.document.mistake(("risk",), what)
        if max(stated, self.worst) is Effect.DESTRUCTIVE and not self._states_failure():
            what = "risk is destructive: state `policy: {on_failure: abort}`; only abort works yet"
            yield self.document.mistake(("policy",), what)

    def _states_failure(self) -> bool:
        told = self.document.data.get("policy")
        # What is no mapping, or says it wrong, is a mistake of form.
        return told is not None and (not isinstance(told, dict) or "on_failure" in told)

    def _unused(self) -> Iterator[Mistake]:
        if not self.all_known:
            return  # what has mistakes may be what uses it
        for name in self.runbook.params:
            if not any(reference[:2] == ("params", name) for reference in self.used):
                yield self.document.mistake(("params", name), "nothing uses it: leave it out")
