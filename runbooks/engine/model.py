"""
What a runbook file may say.

Only what works is here: a word of the full vocabulary that does not work yet is refused, so that
nothing in a file is ever silently left undone.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

NOT_YET = frozenset(
    {"objectives", "steady_state", "always", "report"}
    | {"calendar", "lock", "stop_if", "cancel", "budget"}
    | {"needs", "retry", "timeout", "for_each", "on_failure", "undo", "verify", "in", "poll"}
    | {"expect"}
)
"""Words of the full vocabulary that do not work yet."""

Kind = Literal[
    "string",
    "integer",
    "number",
    "boolean",
    "duration",
    "enum",
    "list",
    "map",
    "objects",
    "time-window",
    "dws.cluster",
    "dws.snapshot",
    "dws.disaster-recovery",
]
"""
``list`` is one of strings, ``map`` gives text to text, ``objects`` is a list of mappings whose
fields are those of the action that it goes into, ``time-window`` is as ``22:00-05:00``, and what
begins with ``dws.`` is the name or the id of something.
"""
Risk = Literal["read", "mutate", "destructive"]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""Small letters, digits and ``_``; expressions name it."""
Few = Field(strict=False)
"""A list in the file is a tuple here."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Metadata(_Strict):
    """What it is, and whose."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")
    """In kebab case, as the file."""
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    """Three numbers, quoted in YAML."""
    title: str = Field(min_length=1, max_length=200)
    owner: str = Field(min_length=1)


class Parameter(_Strict):
    """One thing that the operator tells a runbook; it must be told if there is no default."""

    type: Kind
    title: str = ""
    default: Any = None
    """``null`` means that it may be left out, and is none then."""
    example: Any = None
    """A value that one could tell; shown to people, and checked as a default is."""
    pattern: str | None = None
    """A regular expression that all of the text must match."""
    minimum: int | float | str | None = None
    maximum: int | float | str | None = None
    values: Annotated[tuple[str, ...], Few] = ()

    @property
    def must_be_told(self) -> bool:
        """Whether there is no default."""
        return "default" not in self.model_fields_set


class Policy(_Strict):
    """What holds for the run as a whole."""

    on_failure: Literal["abort"] | None = None
    """``abort`` leaves all as it is and tells what is left. Must be stated if destructive."""
    window: str | None = None
    """When a run may be begun, as ``MON-FRI 22:00-05:00 Europe/Berlin``."""


class Use(_Strict):
    """One call of one action, with what it is given."""

    id: Id
    uses: str
    """A flow (``backup_then_delete``), or area and task (``clusters.list_clusters``)."""
    arguments: dict[str, Any] = Field(default={}, alias="with")


class Step(Use):
    """One thing that is done, in its turn."""

    when: str | None = None
    """A bare expression; the step is skipped unless it gives true."""

    @property
    def place(self) -> str:
        """How it is called: ``steps.one``."""
        return f"steps.{self.id}"


class Assertion(_Strict):
    """What must hold of what a check has read."""

    that: str
    """A bare expression over ``result``, ``params``, ``checks`` and ``run`` that gives a bool."""
    level: Literal["block", "warn"]
    """``block`` keeps the run from beginning; ``warn`` is told, and kept."""
    msg: str = Field(min_length=1)
    """What is wrong if it does not hold, and the cure; a text with expressions."""


class Check(Use):
    """
    One look before the first step, by an operation that only reads.

    What it gives is known as ``result`` in its own assertions, as ``checks.<id>`` in what follows.
    """

    assertions: Annotated[tuple[Assertion, ...], Few] = Field(default=(), alias="assert")

    @property
    def place(self) -> str:
        """How it is called: ``preflight.one``."""
        return f"preflight.{self.id}"


class Trigger(_Strict):
    """When the runbook starts by itself, while ``runbook serve`` runs."""

    schedule: str
    """Cron, five fields: ``0 22 * * 1-5``."""
    timezone: str = "UTC"
    """As ``Europe/Berlin``; the schedule follows its summer time."""
    overlap: Literal["skip", "queue"] = "skip"
    """
    What becomes of a time that comes while the run before is at work: it is left out, or it waits.
    """
    params: dict[str, Any] = {}
    """What is not told here, and has no default, is told by whoever serves it."""


class Runbook(_Strict):
    """What it is for, what it asks, what must hold, what it does, in order."""

    api_version: Literal["dws.runbook/v1"] = Field(alias="apiVersion")
    kind: Literal["Runbook"]
    metadata: Metadata
    risk: Risk
    params: dict[Id, Parameter] = {}
    policy: Policy | None = None
    preflight: Annotated[tuple[Check, ...], Few] = ()
    triggers: Annotated[tuple[Trigger, ...], Few] = ()
    steps: Annotated[tuple[Step, ...], Field(min_length=1, strict=False)]
