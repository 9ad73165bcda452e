"""Size of a cluster."""

from __future__ import annotations

from pydantic import Field

from dws.operation import Operation, Part, post
from dws.shapes import Nothing


class ScaleOut(Part):
    """How to grow."""

    count: int = Field(ge=1, le=253)
    """Number of nodes to add."""
    subnet_id: str | None = None
    """Subnet of the new nodes; that of the cluster if not told."""


@post("/v1.0/{project_id}/clusters/{cluster_id}/resize")
class ResizeCluster(Operation[Nothing]):
    """
    Add nodes to a cluster and redistribute its tables over them.

    The service takes a snapshot first, looks idle for up to a minute, and then grows
    (python-otcextensions 334): wait for the wanted number of nodes, not for idleness alone.
    Offline; the cluster is read-only or unavailable meanwhile. Refused while the cluster is
    busy or disaster recovery runs. Reference 5.2.27.
    """

    cluster_id: str
    scale_out: ScaleOut
    create_node_only: bool | None = None
    """Only create the nodes; they stay idle and hold no data."""
