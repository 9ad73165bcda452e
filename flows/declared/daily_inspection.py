"""What `flows.daily_inspection` takes and gives."""

from __future__ import annotations

import enum
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tasks.action import Action, Briefing, Effect
from tasks.selection import Selection

Percent = Annotated[float, Field(ge=0, le=100)]
Duration = Annotated[timedelta, Field(gt=timedelta(0))]


class Inputs(Selection):
    """Which clusters are inspected, all if none are told, and from where on a figure is told."""

    disk_warn_percent: Percent = Field(default=75.0, title="Disk use from which on it warns")
    disk_block_percent: Percent = Field(default=85.0, title="Disk use that must not be left so")
    disk_skew_warn_points: Percent = Field(
        default=10.0, title="Percentage points between the fullest and the emptiest node"
    )
    table_skew_warn_percent: Percent = Field(default=10.0, title="Skew of a large table")
    snapshot_age_warn: Duration = Field(
        default=timedelta(hours=26), title="Age of the newest snapshot from which on it warns"
    )
    snapshot_age_block: Duration = Field(
        default=timedelta(hours=72), title="Age of the newest snapshot that must not be left so"
    )
    dr_lag_warn: Duration = Field(
        default=timedelta(hours=4), title="Lag of a standby from which on it warns"
    )
    dr_lag_block: Duration = Field(
        default=timedelta(hours=12), title="Lag of a standby that must not be left so"
    )
    events_within: Duration = Field(
        default=timedelta(hours=24), title="How far back events are looked at"
    )
    fail_on: Literal["block", "warn", "never"] = Field(
        default="never", title="The least severity at which the run fails, once the page is there"
    )
    folder: str | None = Field(
        default=None, min_length=1, title="Where the page is written; the state folder if none"
    )
    max_parallel: int = Field(default=8, ge=1, le=100, title="How many clusters are read at once")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for name in ("disk_{}_percent", "snapshot_age_{}", "dr_lag_{}"):
            warn, block = name.format("warn"), name.format("block")
            if getattr(self, warn) > getattr(self, block):
                raise ValueError(
                    f"{warn}={getattr(self, warn)} is more than {block}={getattr(self, block)}: "
                    "warn earlier"
                )
        return self


class Severity(enum.StrEnum):
    """What a finding asks for; the worst first."""

    BLOCK = "block"
    """Act now: something fails, or soon will."""
    WARN = "warn"
    """Act soon, or find out why it is not known."""
    NOTE = "note"
    """Worth knowing."""

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Severity).index(self)


class InspectionFinding(BaseModel):
    """One thing that a person should know."""

    model_config = ConfigDict(frozen=True)

    severity: Severity
    cluster: str
    """Its name; ``(project)`` of what concerns none alone."""
    what: str
    figure: str
    """What was found, with its unit."""
    threshold: str
    """What it was held against; empty where there is nothing to compare."""
    cure: str


class Outputs(BaseModel):
    """Where the page is, and what is in it."""

    model_config = ConfigDict(frozen=True)

    page: str
    """The path of the HTML file."""
    clusters: int
    blocks: int
    warnings: int
    notes: int
    findings: tuple[InspectionFinding, ...]
    """The worst first."""


ACTION = Action(
    name="daily_inspection",
    title="Look at the health of all clusters, and write a page of it",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.READ,
    entry="flows.daily_inspection:daily_inspection",
    usual=(timedelta(seconds=2), timedelta(minutes=2)),
    briefing=Briefing(
        changes="Nothing in the cloud. Writes one HTML file on this machine, over that of an "
        "earlier attempt of the same run.",
        interrupts="Nothing.",
        waits=(),
        by_hand="Nothing: run it again.",
    ),
)
