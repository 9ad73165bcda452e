"""Logical clusters: parts of a cluster that work for themselves, and plans for them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dws.errors import Conflict
from dws.operation import Operation, Paging, Repeat, delete, get, post, put
from dws.sent.logical_clusters import (
    ChangedAction,
    ClusterRing,
    LogicalClusterName,
    NewLogicalCluster,
    PlannedAction,
)
from dws.shapes import Nothing
from dws.told.logical_clusters import (
    LogicalClusterPlans,
    LogicalClusterRings,
    LogicalClusters,
    LogicalClusterTasks,
    LogicalClusterVolumes,
    PlanAccepted,
    TopologyRings,
)

# Busy is told as DWS.9999 with the words "DWS.7023" (facts/service_and_peers B5); nothing was
# done, and peers send the request again whatever the code is.
_BUSY = {"DWS.9999": Conflict}
Offset = Annotated[int | None, Field(ge=0)]
"""Pages to skip (SDK field documentation)."""
Limit = Annotated[int | None, Field(ge=1)]


@post("/v2/{project_id}/clusters/{cluster_id}/logical-clusters", tells=_BUSY)
class CreateLogicalCluster(Operation[Nothing]):
    """
    Create a logical cluster of free rings. Queries on the others go on.

    Takes some 5 minutes for each ring. Refused while ``add_enable`` of `ListLogicalClusters` is
    false; two at once are answered with 417 in some regions. A list just after it may lack it:
    `dws.waiters.logical_clusters.logical_cluster_action_completed` tells the end.
    Reference 5.2.4.
    """

    cluster_id: str
    logical_cluster: NewLogicalCluster


@post("/v2/{project_id}/clusters/{cluster_id}/convert-to-logical-cluster/{name}", tells=_BUSY)
class ConvertToLogicalCluster(Operation[Nothing]):
    """
    Make a physical cluster a logical one: all it has becomes its first logical cluster.

    There is no way back, and the first one cannot be deleted. The database restarts (assumed).
    `dws.waiters.logical_clusters.logical_cluster_action_completed` tells the end.
    Reference 5.2.5.
    """

    cluster_id: str
    name: LogicalClusterName


@get("/v2/{project_id}/clusters/{cluster_id}/logical-clusters", paging=Paging.PAGES_FROM_0)
class ListLogicalClusters(Operation[LogicalClusters]):
    """List the logical clusters of a cluster, with the last action on each. Reference 5.2.7."""

    cluster_id: str
    offset: Offset = None
    limit: Limit = None


@get("/v2/{project_id}/clusters/{cluster_id}/logical-clusters/tasks", paging=Paging.PAGES_FROM_0)
class ListLogicalClusterTasks(Operation[LogicalClusterTasks]):
    """List the actions on logical clusters, past and present. Reference 5.2.8."""

    cluster_id: str
    offset: Offset = None
    limit: Limit = None
    logical_cluster_name: str | None = None
    type: str | None = None
    order_by: str | None = None
    """``startTime``, by the sample."""
    order: str | None = Field(default=None, pattern="^(?i:ASC|DESC)$")


@get("/v2/{project_id}/clusters/{cluster_id}/logical-clusters/volumes", paging=Paging.PAGES_FROM_0)
class ListLogicalClusterVolumes(Operation[LogicalClusterVolumes]):
    """Show how full logical clusters are. Reference 5.2.9."""

    cluster_id: str
    offset: Offset = None
    limit: Limit = None


@get("/v2/{project_id}/clusters/{cluster_id}/logical-clusters/rings", paging=Paging.PAGES_FROM_0)
class ListLogicalClusterRings(Operation[LogicalClusterRings]):
    """List the rings that a new logical cluster can be made of. Reference 5.2.11."""

    cluster_id: str
    offset: Offset = None
    limit: Limit = None


@get("/v2/{project_id}/clusters/{cluster_id}/topo/rings", paging=Paging.PAGES_FROM_0)
class ListTopoRings(Operation[TopologyRings]):
    """List all rings of a cluster, with the addresses of their nodes. Reference 5.2.12."""

    cluster_id: str
    offset: Offset = None
    limit: Limit = None


@delete("/v2/{project_id}/clusters/{cluster_id}/logical-clusters/{logical_cluster_id}", tells=_BUSY)
class DeleteLogicalCluster(Operation[Nothing]):
    """
    Delete a logical cluster and its data, for good; its rings are free then.

    Never the first one, and only where ``delete_enable`` is true. It is over when it is listed
    no more; `dws.waiters.logical_clusters.logical_cluster_action_completed` tells that too.
    Reference 5.2.17.
    """

    cluster_id: str
    logical_cluster_id: str


@put("/v2/{project_id}/clusters/{cluster_id}/logical-clusters/{logical_cluster_id}", tells=_BUSY)
class UpdateLogicalCluster(Operation[Nothing]):
    """
    Give a logical cluster other rings: more of the free ones, or fewer. Data is redistributed.

    Tell all rings it is to have. Only where ``edit_enable`` is true.
    `dws.waiters.logical_clusters.logical_cluster_action_completed` tells the end.
    Reference 5.2.18.
    """

    cluster_id: str
    logical_cluster_id: str
    cluster_rings: list[ClusterRing] = Field(min_length=1)
    mode: Literal["read-only", "insert"] | None = None
    """``read-only``: offline; ``insert``: online."""
    waiting_for_killing: int | None = Field(default=None, ge=0)
    """Seconds until queries in the way are killed; 0 means never."""


@post(
    "/v1/{project_id}/clusters/{cluster_id}/logical-clusters/{logical_cluster_id}/shrink",
    tells=_BUSY,
)
class ShrinkLogicalCluster(Operation[Nothing]):
    """
    Take rings from a logical cluster; they are free then. Data is redistributed.

    `dws.waiters.logical_clusters.logical_cluster_action_completed` tells the end. SDK only.
    """

    cluster_id: str
    logical_cluster_id: str
    cluster_rings: list[ClusterRing] | None = None
    """The rings to take; goes before `shrink_node_num`."""
    shrink_node_num: int | None = Field(default=None, ge=1)
    parallel_jobs: int | None = Field(default=None, ge=1, le=200)
    mode: Literal["read-only", "insert"] | None = None
    """Online, ``insert``, by default."""

    @model_validator(mode="after")
    def _takes(self) -> Self:
        if not self.cluster_rings and self.shrink_node_num is None:
            raise ValueError("tell cluster_rings or shrink_node_num")
        return self


@post(
    "/v2/{project_id}/clusters/{cluster_id}/logical-clusters/{logical_cluster_id}/restart",
    tells=_BUSY,
)
class RestartLogicalCluster(Operation[Nothing]):
    """
    Restart a logical cluster; it serves no queries for about half a minute, the others do.

    Only where ``restart_enable`` is true.
    `dws.waiters.logical_clusters.logical_cluster_action_completed` tells the end.
    Reference 5.2.19.
    """

    cluster_id: str
    logical_cluster_id: str


@put("/v2/{project_id}/clusters/{cluster_id}/logical-clusters/enable", tells=_BUSY)
class EnableLogicalCluster(Operation[Nothing]):
    """
    Show the pages of logical clusters, or hide them; nothing else changes.

    Without effect on a cluster that is logical already. Reference 5.2.20.
    """

    cluster_id: str
    enable: bool


@get("/v1/{project_id}/clusters/{cluster_id}/logical-cluster-plans")
class ListLogicalClusterPlans(Operation[LogicalClusterPlans]):
    """List the plans for logical clusters, with when they fire next. SDK only."""

    cluster_id: str


@post("/v1/{project_id}/clusters/{cluster_id}/logical-cluster-plans")
class CreateLogicalClusterPlan(Operation[PlanAccepted]):
    """Plan that a logical cluster is made, and deleted again. SDK only."""

    cluster_id: str
    logical_cluster_name: LogicalClusterName
    node_num: int = Field(ge=1)
    plan_type: Literal["once", "periodicity"]
    actions: list[PlannedAction] = Field(min_length=1)
    user: str | None = None
    """Whose logical cluster it will be; not together with `main_logical_cluster`."""
    main_logical_cluster: str | None = None
    start_time: int | None = Field(default=None, ge=0)
    """From when on the plan holds, and until when: milliseconds since 1970."""
    end_time: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.user and self.main_logical_cluster:
            raise ValueError("tell user or main_logical_cluster, not both")
        if self.start_time and self.end_time and self.end_time <= self.start_time:
            raise ValueError("end_time must be after start_time")
        return self


@put("/v1/{project_id}/clusters/{cluster_id}/logical-cluster-plans/{plan_id}")
class UpdateLogicalClusterPlan(Operation[Nothing]):
    """Change when the actions of a plan are done. SDK only."""

    cluster_id: str
    plan_id: str
    actions: list[ChangedAction] = Field(min_length=1)


@delete("/v1/{project_id}/clusters/{cluster_id}/logical-cluster-plans/{plan_id}")
class DeleteLogicalClusterPlan(Operation[Nothing]):
    """Delete a plan; the logical cluster that it made stays (assumed). SDK only."""

    cluster_id: str
    plan_id: str


@post(
    "/v1/{project_id}/clusters/{cluster_id}/logical-cluster-plans/{plan_id}/disable",
    repeat=Repeat.REPEATABLE,
)
class DisableLogicalClusterPlan(Operation[Nothing]):
    """Let a plan rest: its actions are not done. SDK only."""

    cluster_id: str
    plan_id: str


@post(
    "/v1/{project_id}/clusters/{cluster_id}/logical-cluster-plans/{plan_id}/enable",
    repeat=Repeat.REPEATABLE,
)
class EnableLogicalClusterPlan(Operation[Nothing]):
    """Let a plan that rests go on; what it missed is not made up for (assumed). SDK only."""

    cluster_id: str
    plan_id: str
