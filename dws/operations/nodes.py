"""Nodes of a cluster, and the coordinators on them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dws.operation import Operation, Paging, Repeat, get, post
from dws.shapes import JobStarted, Outcome
from dws.told.nodes import ClusterInstances, ClusterNodes, Coordinators, Instance

NodeId = Annotated[str, Field(min_length=1)]


@get("/v2/{project_id}/clusters/{cluster_id}/nodes", paging=Paging.RECORDS)
class ListClusterNodes(Operation[ClusterNodes]):
    """List the nodes of a cluster. Reference 5.2.10."""

    cluster_id: str
    deleted: Annotated[str | None, Field(pattern="^(true|false)$")] = None
    """``true`` lists those that were deleted too (assumed)."""
    node_ids: list[str] | None = None
    offset: Annotated[int | None, Field(ge=0)] = None
    """Records to skip (assumed)."""
    limit: Annotated[int | None, Field(ge=1)] = None
    filter_by: str | None = None
    """``instCreateType, status, name`` (the first is of the sample, the others are assumed)."""
    filter: str | None = None
    """What the field must be, e.g. ``INST`` in use, ``NODE`` idle (the latter is assumed)."""
    order_by: str | None = None
    order: Annotated[str | None, Field(pattern="^(?i:ASC|DESC)$")] = None


@post("/v2/{project_id}/clusters/{cluster_id}/nodes/delete", repeat=Repeat.REPEATABLE)
class DeleteClusterNodes(Operation[Outcome]):
    """
    Delete nodes that hold no data, for good; queries go on (assumed). Reference 5.2.21.

    Takes minutes; `dws.waiters.cluster_task_finished` tells the end. Refused for nodes in use
    (assumed), and while the cluster is busy.
    """

    cluster_id: str
    node_list: list[NodeId] = Field(min_length=1)
    operate_type: Annotated[str, Field(pattern="^(clear|delete)$")]
    """``delete`` for idle nodes, ``clear`` for failed ones (assumed)."""


@get("/v1.0/{project_id}/clusters/{cluster_id}/cns")
class ListClusterCn(Operation[Coordinators]):
    """List the coordinators of a cluster, and how many it may have. Reference 5.2.39."""

    cluster_id: str


@post("/v1.0/{project_id}/clusters/{cluster_id}/cns/batch-create")
class BatchCreateClusterCn(Operation[JobStarted]):
    """
    Bring a cluster to a greater number of coordinators. Reference 5.2.40.

    The reference wants services stopped meanwhile, and no other operation beside. Runs as a
    job; `dws.waiters.account.job_finished` tells the end. By its table ``num`` is the total; its
    sample says that it adds so many: asked once, as a second time might add more.
    """

    cluster_id: str
    num: Annotated[int, Field(ge=1, le=20)]
    """How many there are in the end: from ``min_num`` to ``max_num`` of `ListClusterCn`."""


@post("/v1.0/{project_id}/clusters/{cluster_id}/cns/batch-delete", repeat=Repeat.REPEATABLE)
class BatchDeleteClusterCn(Operation[JobStarted]):
    """
    Take coordinators away; their nodes stay. Reference 5.2.41.

    The reference wants services stopped meanwhile, and no other operation beside. Runs as a
    job; `dws.waiters.account.job_finished` tells the end.
    """

    cluster_id: str
    instances: list[NodeId] = Field(min_length=1)
    """Ids of `ListClusterCn`; optional by the table, yet nothing to do without (assumed)."""


@get("/v2/{project_id}/clusters/{cluster_id}/instances")
class ListClusterInstances(Operation[ClusterInstances]):
    """List the instances of a cluster with their addresses. Reference 5.2.47."""

    cluster_id: str


@get("/v2/{project_id}/instances/{instance_id}")
class ShowInstance(Operation[Instance]):
    """Show one instance, whichever cluster it is of. Reference 5.2.59."""

    instance_id: str
