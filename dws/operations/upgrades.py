"""Upgrades of the database of clusters."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dws.operation import Operation, Paging, get, post
from dws.shapes import JobStarted
from dws.told.upgrades import UpgradePaths, UpgradeRecords


@get(
    "/v1/{project_id}/clusters/{cluster_id}/upgrade-management/avail-versions",
    paging=Paging.RECORDS,
)
class ListUpdatableVersion(Operation[UpgradePaths]):
    """List the versions that a cluster can be upgraded to. Reference 5.17.2."""

    cluster_id: str
    offset: Annotated[int | None, Field(ge=0)] = None
    """Records to skip (assumed)."""
    limit: Annotated[int | None, Field(ge=1)] = None


@get("/v1/{project_id}/clusters/{cluster_id}/upgrade-management/records", paging=Paging.RECORDS)
class ListUpdateRecord(Operation[UpgradeRecords]):
    """List the upgrades of a cluster, newest first (assumed). Reference 5.17.1."""

    cluster_id: str
    offset: Annotated[int | None, Field(ge=0)] = None
    """Records to skip (assumed)."""
    limit: Annotated[int | None, Field(ge=1)] = None


@post("/v1/{project_id}/clusters/{cluster_id}/upgrade-management/action")
class ExecuteClusterUpgradeAction(Operation[JobStarted]):
    """
    Upgrade a cluster, or try again, undo or confirm it. Reference 5.17.3.

    Interrupts queries (assumed) and takes up to an hour (assumed);
    `dws.waiters.upgrades.upgrade_finished` tells the end. ``update`` begins, ``retry`` follows a
    failure, ``rollback`` undoes what is not yet confirmed by ``commit`` (assumed). Refused while
    the cluster is busy or disaster recovery runs.
    """

    cluster_id: str
    action: Annotated[str, Field(pattern="^(update|retry|rollback|commit)$")]
    item_id: Annotated[str, Field(min_length=1)]
    """Of `ListUpdatableVersion`."""
