"""Snapshots: take, check a name, list, show, copy, stop, restore, delete."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from dws.errors import NotFound
from dws.operation import (
    At,
    Operation,
    Paging,
    Part,
    Repeat,
    Shape,
    delete,
    get,
    post,
)
from dws.shapes import Nothing, PublicIp, Restored, SnapshotReply, Snapshots
from dws.values import Description, Port, ResourceName, Text

# GET of a snapshot that is gone: DWS.5149; DELETE of one: DWS.0001 (facts/service_and_peers C).
_GONE = {"DWS.5149": NotFound, "DWS.0001": NotFound}


class NewSnapshot(Part):
    """A snapshot to be taken by `CreateSnapshot`."""

    name: ResourceName
    """Unique, whatever the case of its letters."""
    cluster_id: str
    description: Description | None = None


class SnapshotId(Shape):
    """Which snapshot."""

    id: str


class SnapshotAccepted(Shape):
    """A snapshot is being taken."""

    snapshot: SnapshotId


@post("/v1.0/{project_id}/snapshots")
class CreateSnapshot(Operation[SnapshotAccepted]):
    """
    Take a manual snapshot of a whole cluster. Queries go on.

    `dws.waiters.snapshot_ready` tells the end. The cluster must be idle and not the standby
    of a disaster recovery. Reference 5.3.1.
    """

    snapshot: NewSnapshot


class NewSnapshotV2(Part):
    """A snapshot to be taken by `CreateSnapshotV2`."""

    type: Literal[0, 1]
    """0 full, 1 incremental."""
    name: ResourceName
    description: Description | None = None
    backup_level: Literal["cluster", "schema"] | None = None
    database: str | None = None
    """Mandatory for a backup of schemas, as ``schema_list``."""
    schema_list: list[str] | None = None
    backup_key: int | str | None = None
    """The full backup that an incremental one builds on: mandatory for that."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.backup_level == "schema" and not (self.database and self.schema_list):
            raise ValueError("a backup of schemas needs database and schema_list")
        if self.type == 1 and self.backup_key in (None, ""):
            raise ValueError("an incremental backup needs backup_key")
        return self


class Backup(Shape):
    """A backup under way, as V2 tells it: ``status`` begins as ``BUILDING``."""

    id: str
    name: Text = ""
    cluster_id: str | None = None
    status: Text = ""


class BackupJobs(Shape):
    """Jobs of a backup."""

    jobs: list[str] = []


class BackupAccepted(Shape):
    """A backup is being taken."""

    backup: Backup
    extendparam: BackupJobs | None = None


@post("/v2/{project_id}/clusters/{cluster_id}/snapshots")
class CreateSnapshotV2(Operation[BackupAccepted]):
    """
    Take a manual snapshot: full or incremental, of a cluster or of schemas. Queries go on.

    `dws.waiters.snapshot_ready` tells the end, and so do its jobs. Reference 5.3.2.
    """

    cluster_id: str
    snapshot: NewSnapshotV2


@post("/v1/{project_id}/snapshots/check", repeat=Repeat.READS)
class CheckSnapshot(Operation[Nothing]):
    """
    Ask whether a name is free for a snapshot. Reads only; refused if it is not.

    Reference 5.3.5.
    """

    snapshot_name: ResourceName
    namespace: Annotated[str | None, At("query")] = None


@get("/v1.0/{project_id}/snapshots")
class ListSnapshots(Operation[Snapshots]):
    """List all snapshots of the project, in one page. Reference 5.3.3."""


@get("/v1.0/{project_id}/clusters/{cluster_id}/snapshots", paging=Paging.PAGES_FROM_0)
class ListClusterSnapshots(Operation[Snapshots]):
    """
    List the snapshots of one cluster, in pages.

    The reference calls ``offset`` an index of records, the SDK one of pages; assumed: pages.
    Reference 5.3.23.
    """

    cluster_id: str
    offset: int | None = Field(default=None, ge=0)
    limit: int | None = Field(default=None, ge=1, le=1000)
    sort_key: str | None = None
    """Of ``name, clusterName, startTime``."""
    sort_dir: str | None = None
    """``ASC`` or ``DESC``."""


@get("/v1.0/{project_id}/snapshots/{snapshot_id}", tells=_GONE)
class ListSnapshotDetails(Operation[SnapshotReply]):
    """Show one snapshot in full, its progress included. Reference 5.3.4."""

    snapshot_id: str


class NewCopy(Shape):
    """The copy that is being made."""

    snapshot_id: str


@post("/v1.0/{project_id}/snapshots/{snapshot_id}/linked-copy")
class CopySnapshot(Operation[NewCopy]):
    """
    Copy an automated snapshot into a manual one, which outlives its cluster.

    `dws.waiters.snapshot_ready` of the copy tells the end. Reference 5.3.22.
    """

    snapshot_id: str
    backup_name: ResourceName
    description: Description | None = None


@post("/v1/{project_id}/snapshots/{snapshot_id}/stop", repeat=Repeat.REPEATABLE)
class StopSnapshot(Operation[Nothing]):
    """
    Stop a snapshot that is being taken; it becomes UNAVAILABLE (assumed). Reference 5.3.26.
    """

    snapshot_id: str
    enterprise_project_id: Annotated[str | None, At("query")] = None


class Restore(Part):
    """The cluster to restore to. What is not told is as it was with the source."""

    name: ResourceName
    subnet_id: str | None = None
    security_group_id: str | None = None
    vpc_id: str | None = None
    availability_zone: str | None = None
    port: Port | None = None
    public_ip: PublicIp | None = None
    enterprise_project_id: str | None = None


@post("/v1.0/{project_id}/snapshots/{snapshot_id}/actions")
class RestoreCluster(Operation[Restored]):
    """
    Restore a snapshot to a new cluster. Takes 10 to 15 minutes (assumed, as a creation).

    `dws.waiters.cluster_settled` of the new cluster tells the end. The snapshot must be
    AVAILABLE. Reference 5.3.15.
    """

    snapshot_id: str
    restore: Restore


class RestoreTarget(Part):
    """Where to restore to, for `RestoreClusterV2`."""

    cluster_id: str | None = None
    name: ResourceName | None = None
    subnet_id: str | None = None
    security_group_id: str | None = None
    vpc_id: str | None = None
    availability_zone: str | None = None
    port: Port | None = None
    public_ip: PublicIp | None = None
    enterprise_project_id: str | None = None


@post("/v2/{project_id}/snapshots/{snapshot_id}/actions")
class RestoreClusterV2(Operation[Restored]):
    """
    Restore a snapshot: to a new cluster, over its own, or over another one.

    Over an existing cluster all of its present data is lost. `dws.waiters.job_finished`
    and then `dws.waiters.cluster_settled` tell the end. Reference 5.3.7.
    """

    snapshot_id: str
    action: Literal[0, 1, 2]
    """0 to a new cluster, 1 over its own cluster, 2 over ``restore.cluster_id``."""
    restore: RestoreTarget | None = None
    namespace: Annotated[str | None, At("query")] = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        wanted: dict[int, str] = {0: "name", 2: "cluster_id"}
        field = wanted.get(self.action)
        target: Any = self.restore
        if field and not (target and getattr(target, field)):
            raise ValueError(f"action {self.action} needs restore.{field}")
        return self


@delete("/v1.0/{project_id}/snapshots/{snapshot_id}", tells=_GONE)
class DeleteSnapshot(Operation[Nothing]):
    """Delete a manual snapshot, for good. Reference 5.3.8."""

    snapshot_id: str
