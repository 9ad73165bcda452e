"""
What a step of a runbook may use: an action, declared without Prefect.

A flow or a task says here what it takes and gives, what it does to the world and how long it
usually lasts; a runbook is checked and planned against this, and cannot weaken it.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any

from pydantic import BaseModel

from dws.client import Client


class Effect(enum.IntEnum):
    """What an action does to the world; more is worse."""

    READ = 0
    MUTATE = 1
    DESTRUCTIVE = 2

    @property
    def word(self) -> str:
        """As runbooks and people write it: ``read``, ``mutate``, ``destructive``."""
        return self.name.lower()


class Level(enum.Enum):
    """What a finding means for the run."""

    PASS = "pass"  # noqa: S105 - a verdict
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True)
class Finding:
    """
    One thing that was looked at before a change.

    Attributes:
        check: What was asked, e.g. ``not protected``.
        told: What was found; of a BLOCK also what would cure it.
    """

    check: str
    level: Level
    told: str


@dataclass(frozen=True)
class Target:
    """A thing that a run would change. ``lock`` is the name its lock would have."""

    kind: str
    id: str
    name: str
    lock: str


@dataclass(frozen=True)
class Preview:
    """What an action would do now, found out by reads alone."""

    targets: tuple[Target, ...] = ()
    changes: tuple[str, ...] = ()
    """One line each, in order; empty if there is nothing left to do."""
    findings: tuple[Finding, ...] = ()


Previewer = Callable[[Client, str, Any, str], Awaitable[Preview]]
"""Looks with a client, the name of the account, the inputs and the id of the run."""


@dataclass(frozen=True)
class Briefing:
    """
    What a person wants to know of a procedure before it is run.

    Attributes:
        changes: What it changes, and what it leaves alone.
        interrupts: Whether queries are interrupted, and when.
        waits: Names of the waits it may do, as in `dws.waiters.waiters`; their bounds follow.
        by_hand: What a person must do if it stops half-way.
    """

    changes: str
    interrupts: str
    waits: tuple[str, ...]
    by_hand: str


@dataclass(frozen=True)
class Action:
    """
    Something a step may use.

    Attributes:
        name: As ``uses`` says it: ``backup_then_delete`` or ``clusters.list_clusters``.
        title: One line for people.
        inputs: What it takes, without the account.
        outputs: What it gives.
        early: Names of outputs that are known, and remembered, before the end.
        effect: The worst it may do.
        usual: Shortest and longest usual duration.
        entry: ``module:attribute`` of the Prefect flow or task; imported when it is run.
        preview: ``module:attribute`` of a `Previewer`; None where there is nothing to foresee.
        is_toggle: Whether twice undoes once; such a thing is no step of a runbook.
        briefing: What a person wants to know of it before; None of single operations.
    """

    name: str
    title: str
    inputs: type[BaseModel]
    outputs: type[BaseModel]
    effect: Effect
    entry: str
    usual: tuple[timedelta, timedelta] = (timedelta(0), timedelta(seconds=5))
    early: frozenset[str] = frozenset()
    preview: str | None = None
    is_toggle: bool = False
    briefing: Briefing | None = None

    def load(self) -> Callable[..., Awaitable[Any]]:
        """The Prefect flow or task itself; imports Prefect. It takes the account, then inputs."""
        return _loaded(self.entry)  # type: ignore[no-any-return]

    async def foresee(
        self, client: Client, account: str, inputs: BaseModel, run_id: str
    ) -> Preview:
        """What it would do now; changes nothing."""
        if self.preview is None:
            return Preview()
        previewer: Previewer = _loaded(self.preview)
        return await previewer(client, account, inputs, run_id)


def _loaded(reference: str) -> Any:
    module, _, attribute = reference.partition(":")
    return getattr(import_module(module), attribute)
