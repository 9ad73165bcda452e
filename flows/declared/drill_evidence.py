"""What a drill measures: marks on the line of time, losses, and the service's own word."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from dws.sql.acceptance import Acceptance


class Marks(BaseModel):
    """
    When what happened, in UTC by the clock of the one who measures; None of what did not.

    The marks are those of rehearsals in the trade (facts/runbook_engines 3.1).
    """

    model_config = ConfigDict(frozen=True)

    t0_disrupted: datetime | None = None
    """The last canary row that the former primary acknowledged; of a restore: the declaration."""
    t1_detected: datetime | None = None
    """The first row that it did not acknowledge."""
    t2_declared: datetime | None = None
    """The decision to recover."""
    t3_begun: datetime | None = None
    """The request for it."""
    t4_writable: datetime | None = None
    """The first row that the new primary acknowledged; of a restore: the copy lets us in."""
    t5_validated: datetime | None = None
    """Rows counted and every acceptance statement passed."""
    t6_restored: datetime | None = None
    """Replication runs, in the roles that are to stay."""

    @property
    def rto_s(self) -> float | None:
        """Seconds from the disruption to the validated service."""
        return _between(self.t0_disrupted, self.t5_validated)

    @property
    def rto_from_decision_s(self) -> float | None:
        """Seconds that recovery itself took, from the decision on."""
        return _between(self.t2_declared, self.t5_validated)


class Loss(BaseModel):
    """What of the acknowledged rows did not come through."""

    model_config = ConfigDict(frozen=True)

    acknowledged: int
    """Rows that the former primary acknowledged."""
    lost: int
    """Those of them which the new primary has not, counted by SQL."""
    rpo_s: float | None
    """Seconds from the last acknowledged row back to the last one before which none is missing."""
    is_at_least: bool = False
    """Not even the first row came through: more was lost than the canary can tell."""


class Interruption(BaseModel):
    """A time in which the drill did not run, and wrote no canary row."""

    model_config = ConfigDict(frozen=True)

    since: datetime
    until: datetime


class Evidence(BaseModel):
    """What was measured up to the validation."""

    model_config = ConfigDict(frozen=True)

    marks: Marks
    loss: Loss
    acceptance: tuple[Acceptance, ...] = ()
    interruptions: tuple[Interruption, ...] = ()


def _between(first: datetime | None, second: datetime | None) -> float | None:
    if first is None or second is None:
        return None
    return (second - first).total_seconds()
