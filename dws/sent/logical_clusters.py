"""Rings and plans that we tell: parts of the requests of `dws.operations.logical_clusters`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dws.operation import Part

LogicalClusterName = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[^\s/]+$")]
"""Its rule is not documented; the length is that of names in the database (assumed)."""


class RingHost(Part):
    """One host of a ring, as `ListLogicalClusterRings` tells it."""

    host_name: str
    back_ip: str
    cpu_cores: int
    memory: float | str
    """GB; samples have it as text, as `disk_size`."""
    disk_size: float | str


class ClusterRing(Part):
    """A ring: three or four hosts that go together."""

    ring_hosts: list[RingHost] = Field(min_length=1)
    un_shrinkable_cluster_ring: bool | None = None
    """SDK only."""


class NewLogicalCluster(Part):
    """A logical cluster to be created."""

    logical_cluster_name: LogicalClusterName
    cluster_rings: list[ClusterRing] = Field(min_length=1)
    """Of those that `ListLogicalClusterRings` tells."""


class PlannedAction(Part):
    """What a plan does, and when."""

    type: Literal["create", "delete"]
    strategy: str = Field(min_length=1)
    """A cron expression of six fields, e.g. ``0 0 0 ? * 3``, or milliseconds since 1970."""


class ChangedAction(Part):
    """Another time for an action of a plan."""

    id: str
    type: Literal["create", "delete"] | None = None
    strategy: str = Field(min_length=1)
