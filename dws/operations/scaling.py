"""Size of a cluster: nodes, disks, flavor, and the redistribution of data over them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dws.operation import At, Operation, Paging, Repeat, get, post, put
from dws.sent.scaling import (
    CheckedRedistribution,
    CheckedScaleOut,
    GrowMode,
    IdleScaleOut,
    ParallelJobs,
    RedistributionConfig,
    ScaleOut,
    TablePriority,
)
from dws.shapes import JobAccepted, Nothing
from dws.told.scaling import (
    ClusterFlavorReply,
    ClusterVolume,
    GrowCheck,
    Preparation,
    PreparationAccepted,
    RedistributedSchemas,
    Redistribution,
    ScaleInNumbers,
    ShrinkCheck,
    StorageRange,
)


@post("/v1.0/{project_id}/clusters/{cluster_id}/resize")
class ResizeCluster(Operation[Nothing]):
    """
    Add nodes to a cluster and redistribute its tables over them.

    The service takes a snapshot first, looks idle for up to a minute, and then grows
    (python-otcextensions 334): wait for the wanted number of nodes, not for idleness alone.
    Offline; the cluster is read-only or unavailable meanwhile. Refused while the cluster is
    busy or disaster recovery runs. `dws.waiters.cluster_task_finished` tells the end, that of
    the redistribution included. Reference 5.2.27; from `logical_cluster_name` on SDK only.
    """

    cluster_id: str
    scale_out: ScaleOut
    create_node_only: bool | None = None
    """Only create the nodes; they stay idle and hold no data."""
    logical_cluster_name: str | None = None
    """Which logical cluster grows; ``elastic_group`` by default."""
    mode: GrowMode | None = None
    waiting_for_killing: int | None = Field(default=None, ge=0, le=1200)
    """Seconds until queries in the way are killed, 30 to 1200; 0 means never."""
    auto_redistribute: bool | None = None
    """False: the cluster ends in WAITING_REDISTRIBUTION, and does nothing else until it ran."""
    redis_conf: RedistributionConfig | None = None

    @model_validator(mode="after")
    def _patient(self) -> Self:
        if self.waiting_for_killing and self.waiting_for_killing < 30:
            raise ValueError("waiting_for_killing is 0, or 30 to 1200 seconds")
        return self


@post("/v2/{project_id}/clusters/{cluster_id}/resize-with-existed-nodes")
class ResizeClusterWithExistedNodes(Operation[Nothing]):
    """
    Grow by the idle nodes of a cluster, and redistribute its tables over them.

    All idle nodes must be used. Offline unless ``mode`` is ``insert``. Refused while the cluster
    is busy. `dws.waiters.cluster_task_finished` tells the end. Reference 5.2.22.
    """

    cluster_id: str
    scale_out: IdleScaleOut
    expand_with_existed_node: bool = True
    force_backup: bool | None = None
    """Take a snapshot first."""
    mode: GrowMode | None = None
    logical_cluster_name: str | None = None
    """Nothing but in logical mode, where it is ``elastic_group`` by default."""
    auto_redistribute: bool | None = None
    redis_conf: RedistributionConfig | None = None


@post("/v1/{project_id}/clusters/{cluster_id}/resize-with-existed-nodes/preparation")
class ResizePreparation(Operation[PreparationAccepted]):
    """
    Prepare idle nodes, so that growing by them is quicker. Queries go on (assumed).

    `dws.waiters.scaling.resize_prepared` and the job tell the end. SDK only.
    """

    cluster_id: str
    num_node: int = Field(ge=3)
    is_retry: bool | None = None
    """Try again after a failure."""


@get("/v1/{project_id}/clusters/{cluster_id}/resize-with-existed-nodes/preparation")
class ShowResizePreparation(Operation[Preparation]):
    """Show how far the preparation of idle nodes is. SDK only."""

    cluster_id: str


@post("/v2/{project_id}/clusters/{cluster_id}/grow-check", repeat=Repeat.READS)
class CheckGrowCluster(Operation[GrowCheck]):
    """
    Ask what is against growing. Reads only; takes what `ResizeCluster` takes.

    Reference 5.2.26.
    """

    cluster_id: str
    scale_out: CheckedScaleOut | None = None
    create_node_only: bool | None = None
    expand_with_existed_node: bool | None = None
    force_backup: bool | None = None
    is_scheduler_build_mode: bool | None = None
    mode: str | None = None
    auto_redistribute: bool | None = None
    redis_conf: CheckedRedistribution | None = None
    waiting_for_killing: int | None = None


@post("/v1.0/{project_id}/clusters/{cluster_id}/cluster-shrink")
class ShrinkCluster(Operation[JobAccepted]):
    """
    Take nodes from a cluster: whole rings of three or four, those that came last first.

    Possible numbers are told by `ListClusterScaleInNumbers`; see `CheckClusterShrink` first.
    Offline unless ``online``; data stays. `dws.waiters.cluster_task_finished` tells the end.
    Refused while the cluster is busy or disaster recovery runs. Some releases tell a job.
    Reference 5.2.30.
    """

    cluster_id: str
    shrink_number: int = Field(ge=1)
    online: bool = False
    type: Literal["dws", "stream", "hybrid"] = "dws"
    """Mandatory by the reference, without effect by the SDK; as `force_backup`."""
    force_backup: bool = False
    need_agency: bool = False
    """Long ones fail without."""
    retry: bool | None = None
    """Try again after a failure."""
    parallel_jobs: ParallelJobs | None = None
    """SDK only."""


@get("/v1.0/{project_id}/clusters/{cluster_id}/shrink-numbers")
class ListClusterScaleInNumbers(Operation[ScaleInNumbers]):
    """Tell how many nodes may be taken from a cluster. Reference 5.2.46."""

    cluster_id: str
    logical_cluster_name: str | None = None
    """Tell it of this logical cluster. SDK only."""


@get("/v1/{project_id}/clusters/{cluster_id}/shrink-check")
class CheckClusterShrink(Operation[ShrinkCheck]):
    """Ask whether a cluster may lose nodes, by one of three checks. Reference 5.2.55."""

    cluster_id: str
    shrink_count: int = Field(ge=1)
    check_item: Literal["guc", "schema", "disk"]
    """``guc`` global parameters, ``schema`` tables in the way, ``disk`` whether data fits."""


@post("/v1.0/{project_id}/clusters/{cluster_id}/expand-instance-storage")
class ExpandInstanceStorage(Operation[Nothing]):
    """
    Make the disks of all nodes larger. Queries go on.

    Only SSD in a standard warehouse; stream and hybrid ones; 8.1.1.203 or later. The range and
    the step are those of `ShowClusterStorageExpandRange`. `dws.waiters.cluster_task_finished`
    tells the end. Reference 5.2.38.
    """

    cluster_id: str
    new_size: int = Field(ge=1)
    """GB that a node offers afterwards, more than at present."""


@post("/v1/{project_id}/clusters/{cluster_id}/check-instance-storage", repeat=Repeat.READS)
class CheckInstanceStorage(Operation[Nothing]):
    """Ask whether disks may be made that large. Reads only; refused if not. Reference 5.2.52."""

    cluster_id: str
    new_size: int = Field(ge=1)
    namespace: Annotated[str | None, At("query")] = None


@get("/v1/{project_id}/clusters/{cluster_id}/storage-expand-range")
class ShowClusterStorageExpandRange(Operation[StorageRange]):
    """Tell how large the disks of a node are, and may become. Reference 5.2.50."""

    cluster_id: str


@get("/v1/{project_id}/clusters/{cluster_id}/volume")
class ShowClusterVolume(Operation[ClusterVolume]):
    """Show how full each node of a cluster is. Reference 5.2.49."""

    cluster_id: str
    namespace: str | None = None


@get("/v2/{project_id}/clusters/{cluster_id}/flavor")
class ShowClusterFlavor(Operation[ClusterFlavorReply]):
    """Show the flavor of a cluster. Reference 5.2.48."""

    cluster_id: str
    namespace: str | None = None


@post("/v1/{project_id}/clusters/{cluster_id}/flavor")
class ExecuteFlavorChange(Operation[JobAccepted]):
    """
    Change the flavor of all nodes. The cluster serves no queries meanwhile, unless online.

    Targets are told by `ListTargetFlavors`. `dws.waiters.job_finished`, where a job is told, or
    `dws.waiters.cluster_task_finished` tells the end. Reference 5.2.57.
    """

    cluster_id: str
    target_flavor_id: str
    """An ``id`` of `ListNodeTypes`."""
    force_backup: bool = False
    """Take a snapshot first; without effect by the SDK."""
    change_mode: Literal["online", "offline"] | None = None
    """SDK only; offline by default."""


@post("/v2/{project_id}/clusters/{cluster_id}/redistribution")
class ExecuteRedistributionCluster(Operation[Nothing]):
    """
    Start to redistribute tables over all nodes. Offline, tables are read-only meanwhile.

    Only a cluster that waits for it, or where it failed (WAITING_REDISTRIBUTION,
    REDISTRIBUTE_FAILURE). Needs 8.1.1.200. ANALYZE the tables first.
    `dws.waiters.scaling.redistribution_finished` tells the end. Reference 5.2.31.
    """

    cluster_id: str
    redis_mode: Literal["online", "offline"] = "offline"
    parallel_jobs: ParallelJobs = 4


@get("/v2/{project_id}/clusters/{cluster_id}/redistribution")
class ShowClusterRedistribution(Operation[Redistribution]):
    """
    Show how far a redistribution is, and its tables, ten to a page.

    Tables are told only while it runs, is paused or has failed; needs 8.1.1.200, and 8.2.1 for
    the figures. Reference 5.2.32.
    """

    cluster_id: str
    limit: int | None = Field(default=None, ge=1)
    offset: int | None = Field(default=None, ge=0)
    """Pages of tables to skip (SDK field documentation)."""
    db_name: str | None = None
    table_name: str | None = None
    type: str | None = Field(default=None, pattern=r"^[iyn](,[iyn])*$")
    """Tables in these states: ``i`` running, ``y`` done, ``n`` not begun; joined by commas."""


@post("/v2/{project_id}/clusters/{cluster_id}/redistribution/suspend")
class StopRedistribution(Operation[Nothing]):
    """
    Suspend a running redistribution; what was moved stays moved.

    `dws.waiters.scaling.redistribution_suspended` tells the end. The cluster then refuses all
    but changes of order and speed, and `RestoreRedistribution`. Reference 5.2.24.
    """

    cluster_id: str


@post("/v2/{project_id}/clusters/{cluster_id}/redistribution/recovery")
class RestoreRedistribution(Operation[Nothing]):
    """
    Go on with a suspended redistribution. A failed one is tried again (assumed).

    `dws.waiters.scaling.redistribution_finished` tells the end. Reference 5.2.23.
    """

    cluster_id: str


@put("/v2/{project_id}/clusters/{cluster_id}/redistribution/configurations")
class UpdateRedistributionConfigurations(Operation[Nothing]):
    """
    Change speed and order of a suspended or waiting redistribution.

    Reference 5.2.24 says when; the call itself is SDK only.
    """

    cluster_id: str
    parallel_jobs: ParallelJobs | None = None
    priority_policy: Literal["default", "small", "large"] | None = None
    """Small tables first, or large ones."""

    @model_validator(mode="after")
    def _changes(self) -> Self:
        if self.parallel_jobs is None and self.priority_policy is None:
            raise ValueError("tell parallel_jobs or priority_policy")
        return self


@put("/v2/{project_id}/clusters/{cluster_id}/redistribution/priority")
class SetRedistributionPriority(Operation[Nothing]):
    """
    Set which tables of a suspended or waiting redistribution come first.

    Reference 5.2.24 says when; the call itself is SDK only.
    """

    cluster_id: str
    db_name: str = Field(min_length=1, max_length=1024)
    priority: list[TablePriority] = Field(min_length=1)


@get("/v2/{project_id}/clusters/{cluster_id}/redistribution/schemas", paging=Paging.PAGES_FROM_0)
class ListRedistributionSchema(Operation[RedistributedSchemas]):
    """List the schemas with tables that are still to be redistributed. SDK only."""

    cluster_id: str
    db_name: str = Field(max_length=255)
    schema_name: str | None = None
    limit: int | None = Field(default=None, ge=1)
    offset: int | None = Field(default=None, ge=0)
