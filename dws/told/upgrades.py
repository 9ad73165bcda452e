"""What is told of upgrades."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from dws.operation import Shape
from dws.values import Amount, Count, Moment


class UpgradePath(Shape):
    """A version that a cluster can be upgraded to, and how far that is."""

    id: str
    """What `ExecuteClusterUpgradeAction` takes as ``item_id``."""
    from_version: str | None = Field(default=None, alias="from")
    to_version: str | None = Field(default=None, alias="to")
    status: str | None = None
    """``Waiting, Update_Running, Update_Success, Update_Failure, Completed, Disable`` ..."""
    process: Amount = None
    """Percent."""
    start_time: Moment = None
    end_time: Moment = None
    job_id: str | None = None
    failed_reason: str | None = None


class UpgradePaths(Shape):
    """Where a cluster can be upgraded to: ``items`` by the table, ``idems`` in the sample."""

    items: list[UpgradePath] | None = None
    idems: list[UpgradePath] | None = None
    count: Count = None

    @model_validator(mode="after")
    def _told(self) -> Self:
        if self.items is None and self.idems is None:
            raise ValueError("neither items nor idems")
        return self

    @property
    def paths(self) -> list[UpgradePath]:
        """The paths, under whichever key they came."""
        return self.items or self.idems or []


class UpgradeRecord(Shape):
    """One step of an upgrade that was carried out."""

    item_id: str | None = None
    status: str | None = None
    """As of `UpgradePath`, also ``Rollback_Running, Rollback_Success``: an open set."""
    record_type: str | None = None
    """``update, retry, rollback, commit`` (assumed)."""
    from_version: str | None = None
    to_version: str | None = None
    start_time: Moment = None
    end_time: Moment = None
    job_id: str | None = None
    failed_reason: str | None = None


class UpgradeRecords(Shape):
    """The upgrades of a cluster."""

    records: list[UpgradeRecord]
    count: Count = None
