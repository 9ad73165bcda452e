"""How a cluster is to change its size: parts of the requests of `dws.operations.scaling`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dws.operation import Part

ParallelJobs = Annotated[int, Field(ge=1, le=200)]
"""1 to 200 by references 5.2.22 and the SDK; 5.2.31 says 1 to 32, and prints 3."""
GrowMode = Literal["read-only", "insert"]
"""``read-only``: offline, with a short outage; ``insert``: online, few releases (SDK only)."""


class ScaleOut(Part):
    """How to grow."""

    count: int = Field(ge=1, le=253)
    """Number of nodes to add."""
    subnet_id: str | None = None
    """Subnet of the new nodes; that of the cluster if not told."""


class RedistributionConfig(Part):
    """How to redistribute after growing. One release spells ``offLine``, another ``offline``."""

    redis_mode: Literal["offLine", "onLine", "offline", "online"] = "offLine"
    parallel_jobs: ParallelJobs = 4


class IdleScaleOut(Part):
    """How to grow by idle nodes."""

    count: int = Field(ge=1, le=253)
    """Number of nodes to add: all that are idle."""


class CheckedScaleOut(Part):
    """How one would grow."""

    count: int | None = Field(default=None, ge=1)
    node_type: str | None = None


class CheckedRedistribution(Part):
    """How one would redistribute."""

    parallel_jobs: ParallelJobs | None = None
    redis_mode: str | None = None


class TablePriority(Part):
    """When a table, or all of a schema, is redistributed."""

    schema_name: str
    table_name: str | None = None
    """None: all tables of the schema (assumed)."""
    id: int | None = None
    redis_order: int = Field(ge=1, le=1024)
    """1 first."""
