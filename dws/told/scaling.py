"""What the service tells of the size of a cluster, and of what changes it."""

from __future__ import annotations

from pydantic import AliasChoices, Field

from dws.operation import Shape
from dws.values import Amount, Count, Moment, Several, Text


class Told(Shape):
    """An answer that tells a result code with its content; ``DWS.0000`` is success."""

    error_code: str | None = None
    error_msg: str | None = None


class ScaleInNumbers(Shape):
    """How many nodes may go."""

    shrink_sequence: Several[Count]
    """Fewest first: the rings that came last, whole. Text in the table, numbers in the sample."""


class ShrinkCheck(Shape):
    """Whether a cluster may lose nodes, by one of the checks."""

    is_passed: bool


class GrowFinding(Shape):
    """What is against growing."""

    passed: bool | None = Field(default=None, alias="pass")
    reason: Text = ""
    required: bool | None = None
    """Growing fails unless it passes; otherwise it only warns (SDK field documentation)."""
    desc: Text = ""
    type: Text = ""
    """Quota, permission, version or state; the words are not documented."""


class GrowCheck(Shape):
    """What is against growing; nothing if the list is empty."""

    data: list[GrowFinding]

    @property
    def hindrances(self) -> list[GrowFinding]:
        """The findings that growing would fail for."""
        return [found for found in self.data if not found.passed and found.required is not False]


class StorageRange(Shape):
    """How far disks may grow, in GB per node."""

    min_size: Count = None
    max_size: Count
    current_size: Count


class NodeDisk(Shape):
    """How full a node is."""

    id: Text = ""
    name: Text = ""
    percentage: Amount = None
    disk_capacity: Amount = None
    """GB; as `disk_used`."""
    disk_used: Amount = None
    role: str | None = None
    group: str | None = None


class ClusterVolume(Shape):
    """How full the nodes of a cluster are."""

    duplicate: Count = None
    """How many copies of the data there are."""
    disk_info_list: list[NodeDisk]


class FlavorAttribute(Shape):
    """One property of a flavor, e.g. ``cpuNum`` 4."""

    code: str
    value: Text = ""


class FlavorVolume(Shape):
    """The disks of a node."""

    volume_type: str | None = None
    volume_num: Count = None
    capacity: Count = None
    """GB that a node offers, without copies."""
    volume_size: Count = None
    """GB of one disk."""


class ClusterFlavor(Shape):
    """The flavor of a cluster."""

    id: str
    spec_name: str
    current_node: Count = None
    min_node: Count = None
    max_node: Count = None
    classify: Text = ""
    """``dws, hybrid, stream``"""
    datastore_version: Text = ""
    attribute: Several[FlavorAttribute] = []
    volume_node: FlavorVolume | None = None


class ClusterFlavorReply(Shape):
    """The flavor of a cluster."""

    flavor: ClusterFlavor


class PreparationAccepted(Shape):
    """Nodes are being prepared; by this job."""

    job_id: str


class Preparation(Shape):
    """How far the preparation of idle nodes is."""

    status: Text
    """``INIT, PREPARING, FAIL, SUCCESS, WAIT_RETRY``; empty if there never was one (assumed)."""
    is_support: bool | None = None
    progress: str | None = None
    """Percent, e.g. ``"42%"``."""
    instance_ids: Several[str] = []


class RedistributionSettings(Shape):
    """How data is redistributed."""

    redis_mode: str | None = None
    parallel_jobs: Count = None
    priority_policy: str | None = None
    """``large, small, default``; SDK only."""


class RedistributionProgress(Shape):
    """How far a redistribution is, as the database tells it; it may lag behind."""

    bytes_done: Count = None
    byte_left: Count = None
    tables_done: Count = None
    tables_left: Count = None
    table_progress: Amount = None
    total_progress: Amount = None
    """Percent, of the tables and of the bytes."""
    redis_rate: str | None = None
    """E.g. ``"21 MB/s"``."""
    estimated_time: str | None = None
    """``HH:mm:ss`` that are left."""
    completed: bool | None = None
    initialed: bool | None = None
    fail_count: Count = None
    redistributing: bool | None = None
    status: Text = ""
    """The words of `RedistributionInfo.status`; the two may differ (facts A10)."""
    pause_by_user: bool | None = None

    @property
    def remaining_s(self) -> float | None:
        """Seconds that are left; None where they are not told."""
        parts = (self.estimated_time or "").split(":")
        if len(parts) != 3 or not all(part.isdigit() for part in parts):
            return None
        hours, minutes, seconds = (int(part) for part in parts)
        return hours * 3600.0 + minutes * 60 + seconds

    @property
    def figures(self) -> str:
        """Bytes, tables and speed, for people, as far as they are told."""
        told = []
        if self.bytes_done is not None and self.byte_left is not None:
            all_bytes = self.bytes_done + self.byte_left
            told.append(f"{self.bytes_done / 2**30:.1f} of {all_bytes / 2**30:.1f} GB")
        if self.tables_done is not None and self.tables_left is not None:
            told.append(f"{self.tables_done} of {self.tables_done + self.tables_left} tables")
        if self.redis_rate:
            told.append(self.redis_rate)
        return ", ".join(told)


class RedistributedTable(Shape):
    """One table of a redistribution."""

    table_name: Text = ""
    id: Count = None
    schema_name: Text = ""
    logical_cluster_name: str | None = None
    size: Count = None
    """Bytes (assumed)."""
    status: Text = ""
    """``i`` running, ``y`` done, ``n`` not begun."""


class RedistributedTables(Shape):
    """Tables of a redistribution; told only while it runs, is paused or has failed."""

    data: Several[RedistributedTable] = []
    total: Count = None


class RedistributionInfo(Shape):
    """A redistribution, as the service sees it."""

    id: str | None = None
    cluster_id: str | None = None
    start_time: Moment = None
    end_time: Moment = None
    status: Text = ""
    """``PREPARE, RUNNING, WAITING, PAUSE, PAUSING, SUCCESS, FAIL``; empty if there is none."""
    redis_conf: RedistributionSettings | None = None
    redis_process: RedistributionProgress | None = Field(
        default=None, validation_alias=AliasChoices("redis_process", "redis_progress")
    )
    """So called by the reference; the SDK reads ``redis_progress``."""
    redis_table_detail: RedistributedTables | None = None

    @property
    def word(self) -> str:
        """
        The status that counts: the service's, else the database's; empty if there is none.

        The two may differ for a while (facts/service_and_peers A10).
        """
        told = self.redis_process
        if self.status or told is None:
            return self.status
        return told.status or ("SUCCESS" if told.completed else "")


class Redistribution(Told):
    """A redistribution, and what may be done with it."""

    redis_info: RedistributionInfo
    schedule_mode: bool | None = None
    pause_enable: bool | None = None
    recover_enable: bool | None = None
    retry_enable: bool | None = None
    update_enable: bool | None = None
    control_enable: bool | None = None


class RedistributedSchema(Shape):
    """A schema with tables that are still to be redistributed."""

    schema_name: str
    redis_order: Count = None


class RedistributedSchemas(Told):
    """Schemas with tables that are still to be redistributed."""

    schemas: list[RedistributedSchema]
    count: Count = None
