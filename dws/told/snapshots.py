"""What the policies, flavors and copies of snapshots tell."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from dws.operation import Shape
from dws.values import Amount, Count, Moment, Several, Text


class SnapshotPolicy(Shape):
    """When automated snapshots of a cluster are taken. Reference 5.3.11, 5.3.12."""

    policy_id: str
    policy_name: Text = ""
    backup_strategy: Text = ""
    """A cron expression of Quartz, in UTC: seconds first, weekdays from 1, Sunday."""
    backup_type: Text = ""
    """``full`` or ``increment``"""
    backup_level: Text = ""
    next_fire_time: Moment = None
    update_time: Moment = None


class SnapshotPolicies(Shape):
    """The policies of a cluster, and what they have in common."""

    keep_day: Count = None
    """Days after which an automated snapshot is deleted."""
    backup_strategies: Several[SnapshotPolicy]
    device_name: str | None = None
    server_ips: Several[str] = []
    server_port: str | None = None
    backup_param: str | None = None


class ShownPolicy(Shape):
    """One policy, bare in the reference; a wrapper is taken as well (assumed)."""

    policy: SnapshotPolicy

    @model_validator(mode="before")
    @classmethod
    def _wrapped(cls, told: Any) -> Any:
        return {"policy": told} if isinstance(told, dict) and "policy_id" in told else told


class PlannedSnapshot(Shape):
    """A snapshot that a policy is going to take."""

    id: str
    """Of the policy."""
    time: Moment = None
    type: Text = ""
    level: Text = ""


class SnapshotPlan(Shape):
    """What the policies of a cluster are going to take."""

    backup_time: Several[PlannedSnapshot]


class CheckedTables(Shape):
    """The names that stand in the way: null or empty where none does (assumed)."""

    database: str | None = None
    restore_table_list: Several[str] = []
    """Source tables that the snapshot does not have."""
    target_table_list: Several[str] = []
    """Destination tables that are there already."""


class TableCheck(Shape):
    """What a check of tables found."""

    check_table_name_result: CheckedTables


class TableRestoreAccepted(Shape):
    """The job that restores tables."""

    job_id: str


class SnapshotStatistic(Shape):
    """One figure: ``storage.free``, ``storage.paid``, ``storage.used``."""

    name: str
    value: Amount = None
    unit: str | None = None


class SnapshotStatistics(Shape):
    """How much the snapshots of a cluster take."""

    statistics: list[SnapshotStatistic]


class Attribute(Shape):
    """A further property of a flavor."""

    code: str
    value: str | None = None


class ProductVersion(Shape):
    """A version of the database that a flavor can run."""

    min_cn: Count = None
    max_cn: Count = None
    version_type: str | None = None
    """``1`` stable, ``0`` latest"""
    datastore_version: str | None = None


class VolumeUsed(Shape):
    """Disks of a flavor: the reference and the SDK name them otherwise."""

    volume: str | None = None
    """``HIGH, ULTRAHIGH, COMMON, LOCAL_DISK``; the SDK says ``volume_type``."""
    data_volume_num: Count = None
    """Disks per node; the SDK says ``volume_num``."""
    capacity: Count = None
    """Usable GB per node."""
    physical: Count = None
    """GB of one disk; the SDK says ``volume_size``."""


class SnapshotFlavor(Shape):
    """A kind of cluster that a snapshot has, or may be restored to. Reference 5.3.6."""

    id: str
    code: Text = ""
    """What `ListNodeTypes` calls ``spec_name``."""
    ori_node: Count = None
    min_node: Count = None
    max_node: Count = None
    capacity: Amount = None
    classify: str | None = None
    scenario: str | None = None
    version: str | None = None
    """``v2.0`` cloud, ``v1.0`` standard data warehouse"""
    status: str | None = None
    flavor_id: str | None = None
    flavor_code: str | None = None
    volume_num: Count = None
    duplicate: Count = None
    attribute: Several[Attribute] = []
    product_version_list: Several[ProductVersion] = []
    volume_used: VolumeUsed | None = None


class SnapshotFlavorReply(Shape):
    """The flavor of a snapshot."""

    flavor: SnapshotFlavor


class SnapshotFlavors(Shape):
    """The flavors that a snapshot may be restored to."""

    flavors: list[SnapshotFlavor]
    count: Count = None


class Region(Shape):
    """A region that snapshots may be copied to."""

    region_id: str


class Regions(Shape):
    """Where snapshots may be copied to."""

    regions: list[Region]
    count: Count = None


class CrossRegionPolicy(Shape):
    """Whether and where the snapshots of a cluster are copied to. Its sample has mostly nulls."""

    cluster_id: str
    cluster_name: str | None = None
    source_region: str | None = None
    source_project_id: str | None = None
    destination_region: str | None = None
    destination_project_id: str | None = None
    status: bool | None = None
    back_keep_day: Count = None
    total_size: Amount = None
    """GB of the copies (assumed: the unit)."""


class CrossRegionPolicies(Shape):
    """The clusters of the project whose snapshots are copied."""

    cross_region_configs: list[CrossRegionPolicy]
    count: Count = None


class ToldRoachConfig(Shape):
    """A parameter of the backup tool."""

    key: str
    value: Text = ""
    type: str | None = None


class RoachConfigs(Shape):
    """The parameters of the backup tool of a cluster."""

    roach_configs: list[ToldRoachConfig]
    count: Count = None


class DatabaseNames(Shape):
    """The databases of a cluster."""

    databases: list[str]
    count: Count = None


class SchemaNames(Shape):
    """The schemas of a database."""

    schemas: list[str]
    count: Count = None
