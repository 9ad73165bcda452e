"""What is wrong with a runbook: all of it, before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import get_args

from runbooks.engine.actions import action_named
from runbooks.engine.arguments import misfits as argument_misfits
from runbooks.engine.document import Document, Path
from runbooks.engine.fit import misfits as value_misfits
from runbooks.engine.load import UNNAMED, Loaded, Salvaged, document_of, salvage
from runbooks.engine.mistakes import Mistake, Unsound
from runbooks.engine.model import Risk, Runbook, Step
from runbooks.engine.parameters import live
from runbooks.engine.parameters import misfits as parameter_misfits
from runbooks.engine.scope import Scope
from runbooks.engine.template import Reference, TemplateFailed, condition_references, references
from runbooks.engine.triggers import misfits as trigger_misfits
from runbooks.engine.triggers import unfitting as unfit_triggers
from tasks.action import Action, Effect


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


class _Meaning:
    """Mistakes that the form does not show."""

    def __init__(self, salvaged: Salvaged, runbook: Runbook) -> None:
        self.document = salvaged.document
        self.runbook = runbook
        self.places = salvaged.places
        wrong = salvaged.ids() - {step.id for step in runbook.steps}
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
        first: dict[str, int] = {}
        for place, step in zip(self.places, self.runbook.steps, strict=True):
            if step.id in first:
                line = self.document.line(("steps", first[step.id], "id"))
                yield self._at((place, "id"), f"{step.id!r} twice, first in line {line}")
            first.setdefault(step.id, place)
            found = [self._at((place, *path), what) for path, what in self._step(step)]
            yield from found or self._values(step)
        yield from self._risk()
        yield from self._unused()
        for path, what in trigger_misfits(self.runbook, self.scope.opaque):
            yield self.document.mistake(path, what)

    def _at(self, path: Path, what: str) -> Mistake:
        return self.document.mistake(("steps", *path), what)

    def _name(self) -> Iterator[Mistake]:
        metadata, stem = self.runbook.metadata, FilePath(self.document.file).stem
        if metadata is not UNNAMED and metadata.name != stem:
            what = f"{metadata.name!r}, but the file is called {stem!r}"
            yield self.document.mistake(("metadata", "name"), what)

    def _params(self) -> Iterator[Mistake]:
        for name, parameter in self.runbook.params.items():
            for key, what in parameter_misfits(parameter):
                yield self.document.mistake(("params", name, key), what)

    def _step(self, step: Step) -> Iterator[tuple[Path, str]]:
        try:
            action = action_named(step.uses)
        except LookupError as error:
            action = None
            yield ("uses",), str(error.args[0])
        yield from self._expressions(step)
        if action is not None:
            yield from self._use(action, step)
        self.scope.above.setdefault(step.id, (step, action))

    def _use(self, action: Action, step: Step) -> Iterator[tuple[Path, str]]:
        self.worst = max(self.worst, action.effect)
        if action.is_toggle:
            yield (
                ("uses",),
                f"{action.name} undoes itself when sent twice: use a flow that names the end",
            )
        yield from argument_misfits(action, step.arguments, self.scope)

    def _values(self, step: Step) -> Iterator[Mistake]:
        """Defaults and examples that the action of a sound step does not take."""
        for key in ("default", "example"):
            told = {name: getattr(one, key) for name, one in self.sound_params.items()}
            values = live(self.runbook, told)
            for misfit in value_misfits(step, action_named(step.uses), values):
                path = ("params", misfit.parameter, key, *misfit.path)
                what = f"{misfit.what} (goes into steps.{misfit.argument})"
                yield self.document.mistake(path, what)

    def _expressions(self, step: Step) -> Iterator[tuple[Path, str]]:
        asked: set[Reference] = set()
        if step.when is not None:
            try:
                asked = condition_references(step.when)
            except TemplateFailed as error:
                self.all_known = False
                yield ("when",), str(error)
            yield from self._references(("when",), asked, asked)
        for name, value in step.arguments.items():
            try:
                found = references(value)
            except TemplateFailed as error:
                self.all_known = False
                yield ("with", name), str(error)
                continue
            yield from self._references(("with", name), found, asked | found)

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
        if max(stated, self.worst) is Effect.DESTRUCTIVE and self.runbook.policy is None:
            what = "risk is destructive: state `policy: {on_failure: abort}`; only abort works yet"
            if "policy" not in self.document.data:
                yield self.document.mistake(("policy",), what)

    def _unused(self) -> Iterator[Mistake]:
        if not self.all_known:
            return  # what has mistakes may be what uses it
        for name in self.runbook.params:
            if not any(reference[:2] == ("params", name) for reference in self.used):
                yield self.document.mistake(("params", name), "nothing uses it: leave it out")
