"""What `flows.daily_inspection` takes and gives."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tasks.action import Action, Briefing, Effect, Level
from tasks.selection import Selection


class Inputs(Selection):
    """What is looked at, what counts as wrong, and where the page goes."""

    disk_warn: float = Field(default=75, gt=0, le=100, title="Percent of a disk to warn of")
    disk_block: float = Field(default=90, gt=0, le=100, title="Percent of a disk that is serious")
    skew_warn: float = Field(default=30, gt=0, le=100, title="Percent of skew to warn of")
    snapshot_max_age: timedelta = Field(
        default=timedelta(hours=26), gt=timedelta(0), title="How old the newest backup may be"
    )
    lag_max: timedelta = Field(
        default=timedelta(hours=6), gt=timedelta(0), title="How far a standby may be behind"
    )
    events_since: timedelta = Field(
        default=timedelta(hours=24), gt=timedelta(0), title="Events of how long are looked at"
    )
    folder: Path | None = Field(
        default=None, title="Where the page is written; the state folder if not told"
    )
    fail_on: Literal["block", "warn", "never"] = Field(
        default="never", title="From which severity on the run fails"
    )

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.disk_warn > self.disk_block:
            raise ValueError("disk_warn must not exceed disk_block")
        return self


class Observation(BaseModel):
    """Something that is wrong, or may become so."""

    model_config = ConfigDict(frozen=True)

    level: Level
    subject: str
    """The cluster, or the disaster recovery."""
    told: str
    cure: str


class Outputs(BaseModel):
    """What was found, and where to read it."""

    model_config = ConfigDict(frozen=True)

    page: str
    """Path of the HTML page."""
    clusters: int
    findings: tuple[Observation, ...]
    """The most serious first."""
    not_told: tuple[str, ...]
    """What could not be looked at, and why."""


ACTION = Action(
    name="daily_inspection",
    title="Look at the health of all clusters, and write a page of it",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.READ,
    entry="flows.daily_inspection:daily_inspection",
    usual=(timedelta(seconds=2), timedelta(minutes=2)),
    briefing=Briefing(
        changes="Nothing; a page is written on this machine.",
        interrupts="Nothing.",
        waits=(),
        by_hand="Nothing: run it again.",
    ),
)
