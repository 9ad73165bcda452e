"""
Snapshots: take, check a name, list, show, copy, stop, restore, delete; policies that take them,
copies in other regions, the restore of single tables.
"""

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
    put,
)
from dws.shapes import Nothing, PublicIp, Restored, SnapshotReply, Snapshots
from dws.told import snapshots as told
from dws.values import Description, Port, ResourceName, Several, Text

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
    Stop a snapshot that is being taken; it becomes UNAVAILABLE (assumed).

    `dws.waiters.snapshot_ready` tells that it failed. Reference 5.3.26.
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
    """
    Delete a manual snapshot, for good.

    `dws.waiters.snapshot_gone` tells the end. Reference 5.3.8.
    """

    snapshot_id: str


Cron = Annotated[str, Field(pattern=r"^[0-9A-Za-z*?,/-]+( [0-9A-Za-z*?,/-]+){5,6}$")]
"""A cron expression of Quartz, in UTC: seconds first, weekdays from 1, Sunday."""
KeepDays = Annotated[int, Field(ge=1, le=31)]
_NO_POLICY = {"DWS.0047": NotFound, "DWS.0001": NotFound}


class BackupStrategy(Part):
    """A policy: when to take an automated snapshot, and which. One with an id is changed."""

    policy_id: str | None = None
    policy_name: str | None = Field(default=None, pattern=r"^[A-Za-z][A-Za-z0-9_-]{3,91}$")
    """Unique, whatever the case of its letters."""
    backup_strategy: Cron | None = None
    backup_type: Literal["full", "increment"] | None = None
    backup_level: Literal["cluster"] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        wanted = (self.policy_name, self.backup_strategy, self.backup_type, self.backup_level)
        if self.policy_id is None and None in wanted:
            raise ValueError(
                "a new policy needs policy_name, backup_strategy, backup_type, backup_level"
            )
        return self


@put("/v2/{project_id}/clusters/{cluster_id}/snapshot-policies", repeat=Repeat.ONCE)
class CreateSnapshotPolicy(Operation[Nothing]):
    """
    Add policies of automated snapshots, and set for how many days those are kept.

    Queries go on. Answers no id: the policy is to be found by its name, which is unique.
    The table has one object as ``backup_strategies``, its sample a list. Reference 5.3.9.
    """

    cluster_id: str
    keep_day: KeepDays | None = None
    backup_strategies: Several[BackupStrategy] | None = None
    device_name: str | None = Field(
        default=None, pattern=r"^([Oo][Bb][Ss]|[Nn][Bb][Uu]|[Nn][Ff][Ss])$"
    )
    server_port: str | None = None
    backup_param: str | None = None
    server_ips: list[str] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        device = (self.device_name or "OBS").upper()
        if device == "NBU" and not (self.server_port and self.backup_param):
            raise ValueError("device NBU needs server_port and backup_param")
        if device != "OBS" and not self.server_ips:
            raise ValueError(f"device {device} needs server_ips")
        return self


@get("/v2/{project_id}/clusters/{cluster_id}/snapshot-policies")
class ListSnapshotPolicy(Operation[told.SnapshotPolicies]):
    """List the snapshot policies of a cluster, and how long their snapshots are kept.

    Reference 5.3.11.
    """

    cluster_id: str


@get("/v1/{project_id}/clusters/{cluster_id}/snapshot-policies/plan")
class PreviewSnapshotPolicy(Operation[told.SnapshotPlan]):
    """Tell when the policies of a cluster take their next snapshots. Reference 5.3.10."""

    cluster_id: str


@get("/v1/{project_id}/clusters/{cluster_id}/snapshot-policies/{id}", tells=_NO_POLICY)
class ShowSnapshotPolicy(Operation[told.ShownPolicy]):
    """Show one snapshot policy. Reference 5.3.12, whose sample has another path."""

    cluster_id: str
    id: str


@put("/v1/{project_id}/clusters/{cluster_id}/snapshot-policies/{id}", tells=_NO_POLICY)
class UpdateSnapshotPolicy(Operation[Nothing]):
    """Change a snapshot policy; at once. Reference 5.3.13, whose sample has another path."""

    cluster_id: str
    id: str
    policy_id: str | None = None
    policy_name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")
    backup_strategy: Cron
    backup_type: Literal["full", "increment"] | None = None
    backup_level: Literal["cluster"] | None = None


@delete("/v1.0/{project_id}/clusters/{cluster_id}/snapshot-policies/{id}", tells=_NO_POLICY)
class DeleteSnapshotPolicy(Operation[Nothing]):
    """Delete a snapshot policy. Snapshots that it took stay for their days. Reference 5.3.14."""

    cluster_id: str
    id: str


class TableName(Part):
    """A table. Reference 5.3.16."""

    schema_name: str = Field(min_length=1)
    table_name: str = Field(min_length=1)


@post("/v1/{project_id}/snapshots/{snapshot_id}/table-restore-check", repeat=Repeat.READS)
class CheckTableRestore(Operation[told.TableCheck]):
    """
    Ask which names stand in the way of a table restore. Reads only.

    Reference 5.3.16, whose sample says v2.
    """

    snapshot_id: str
    case_sensitive: bool
    database: str = Field(min_length=1)
    restore_table_list: list[TableName] = Field(min_length=1)
    """The tables in the snapshot."""
    target_table_list: list[TableName] = Field(min_length=1)
    """What they are to be called, in the same order."""

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        if len(self.restore_table_list) != len(self.target_table_list):
            raise ValueError("each source table needs one destination table")
        return self


@post("/v1/{project_id}/snapshots/{snapshot_id}/table-restore")
class RestoreTable(Operation[told.TableRestoreAccepted]):
    """
    Restore single tables of a snapshot into its cluster. Queries go on.

    A destination table that is there is replaced (assumed): `CheckTableRestore` tells. The
    cluster must be idle and free of running disaster recovery, the snapshot AVAILABLE.
    `dws.waiters.table_restored` tells the end. Reference 5.3.17, whose sample says v2.
    """

    snapshot_id: str
    case_sensitive: bool
    database: str = Field(min_length=1)
    restore_table_list: list[TableName] = Field(min_length=1)
    target_table_list: list[TableName] = Field(min_length=1)

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        if len(self.restore_table_list) != len(self.target_table_list):
            raise ValueError("each source table needs one destination table")
        return self


@get("/v2/{project_id}/snapshots/{snapshot_id}/flavor", tells=_GONE)
class ListSnapshotFlavor(Operation[told.SnapshotFlavorReply]):
    """Show the flavor that the cluster of a snapshot had. Reference 5.3.6."""

    snapshot_id: str
    namespace: str | None = None


@get("/v2/{project_id}/snapshots/{snapshot_id}/flavors", tells=_GONE)
class ListSnapshotFlavorInfo(Operation[told.SnapshotFlavors]):
    """List the flavors that a snapshot may be restored to. SDK only."""

    snapshot_id: str
    type: str | None = None
    az_code: str | None = None
    fine_grained_restore: bool | None = None


@get("/v1.0/{project_id}/clusters/{cluster_id}/snapshots/statistics")
class ListSnapshotStatistics(Operation[told.SnapshotStatistics]):
    """Tell how much the snapshots of a cluster take, and how much of it is free of charge.

    Reference 5.2.45.
    """

    cluster_id: str


@get("/v1/{project_id}/snapshots/cross-regions", paging=Paging.RECORDS)
class ListSnapshotCrossRegions(Operation[told.Regions]):
    """List the regions that snapshots may be copied to, in pages. Reference 5.3.18."""

    offset: int | None = Field(default=None, ge=0)
    limit: int | None = Field(default=None, ge=1)
    """10 by the service's default."""


@post("/v1/{project_id}/snapshots/cross-region-policies", repeat=Repeat.REPEATABLE)
class CreateSnapshotCrossRegionPolicy(Operation[Nothing]):
    """
    Have the snapshots of a cluster copied to another region, from the next one on; or not.

    One setting per cluster: a second one replaces it (assumed). Queries go on. Reference 5.3.19.
    """

    cluster_id: str
    destination_project_id: str = Field(min_length=1)
    destination_region: str = Field(min_length=1)
    """One of `ListSnapshotCrossRegions`."""
    status: bool
    """Whether snapshots are copied."""
    back_keep_day: int = Field(ge=1)
    """Days after which a copy is deleted."""


@get("/v1/{project_id}/snapshots/cross-region-policies", paging=Paging.RECORDS)
class ListSnapshotCrossRegionPolicies(Operation[told.CrossRegionPolicies]):
    """List the clusters whose snapshots are copied to other regions, in pages.

    Reference 5.3.20.
    """

    cluster_id: str | None = None
    offset: int | None = Field(default=None, ge=0)
    limit: int | None = Field(default=None, ge=1)


@delete("/v1/{project_id}/snapshots/cross-region-policies")
class DeleteSnapshotCrossRegionPolicy(Operation[Nothing]):
    """
    Copy the snapshots of a cluster no more; copies that are there stay for their days.

    The sample says ``cluster`` where the table says ``cluster_id``. Reference 5.3.21.
    """

    cluster_id: str

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: Any) -> Any:
        if isinstance(given, dict) and "cluster" in given and "cluster_id" not in given:
            return {("cluster_id" if key == "cluster" else key): given[key] for key in given}
        return given


@get("/v1/{project_id}/clusters/{cluster_id}/snapshots/roach-configs", paging=Paging.RECORDS)
class ListRoachConfigs(Operation[told.RoachConfigs]):
    """List the parameters of the backup tool of a cluster, in pages. Reference 5.3.24."""

    cluster_id: str
    offset: int | None = Field(default=None, ge=0)
    limit: int | None = Field(default=None, ge=1)


class RoachConfig(Part):
    """A parameter of the backup tool, to be set. Its value is a number in the sample."""

    key: str = Field(min_length=1)
    value: int | str
    type: str = Field(min_length=1)
    """``backup`` in the sample."""


@put("/v1/{project_id}/clusters/{cluster_id}/snapshots/roach-configs")
class UpdateRoachConfigs(Operation[Nothing]):
    """Set parameters of the backup tool; the others stay. Reference 5.3.25."""

    cluster_id: str
    roach_config: list[RoachConfig] = Field(min_length=1)


@get("/v1/{project_id}/clusters/{cluster_id}/databases", paging=Paging.RECORDS)
class ListDatabases(Operation[told.DatabaseNames]):
    """List the databases of a cluster, in pages. Reference 5.3.27."""

    cluster_id: str
    database: str | None = None
    """Of these, those whose names contain this (assumed)."""
    offset: int | None = Field(default=None, ge=0)
    limit: int | None = Field(default=None, ge=1)


@get("/v1/{project_id}/clusters/{cluster_id}/databases/{database}/schemas", paging=Paging.RECORDS)
class ListDatabaseSchemas(Operation[told.SchemaNames]):
    """List the schemas of a database, in pages. Reference 5.3.28."""

    cluster_id: str
    database: str
    offset: int | None = Field(default=None, ge=0)
    limit: int | None = Field(default=None, ge=1)
    """10 by the service's default."""
    order_by: str | None = None
    order: Literal["asc", "desc"] | None = None
    filters: str | None = None
    """Of these, those whose names contain this (assumed)."""
