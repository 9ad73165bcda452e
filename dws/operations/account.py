"""What the project has: zones, node types, quotas, statistics, jobs."""

from __future__ import annotations

from dws.operation import Operation, Shape, get
from dws.values import Amount, Count, Moment, Several, Text


class AvailabilityZone(Shape):
    """A zone of the region."""

    code: str
    name: str | None = None
    status: Text = ""
    """``Available`` or ``Unavailable``, in either case of letters."""
    public_border_group: str | None = None


class AvailabilityZones(Shape):
    """The zones of the region."""

    availability_zones: list[AvailabilityZone]
    count: Count = None


@get("/v1.0/{project_id}/availability-zones")
class ListAvailabilityZones(Operation[AvailabilityZones]):
    """List the zones that clusters can be created in. Reference 5.1.1."""


class NodeTypeDetail(Shape):
    """One property of a node type, e.g. ``vCPU`` 4 or ``mem`` 32 ``GB``."""

    type: str
    value: Text = ""
    unit: str | None = None


class ZoneOfNodeType(Shape):
    """Whether a node type is sold in a zone."""

    code: str
    status: Text = ""
    """``normal, sellout, abandon``"""


class Datastore(Shape):
    """A database version that a node type runs."""

    version: str


class NodeType(Shape):
    """A kind of node."""

    spec_name: str
    """What `CreateCluster` takes as ``node_type``."""
    id: str
    detail: Several[NodeTypeDetail] = []
    datastore_type: str | None = None
    """``dws, hybrid, stream``"""
    available_zones: Several[ZoneOfNodeType] = []
    datastores: Several[Datastore] = []
    ram: Count = None
    """GB"""
    vcpus: Count = None


class NodeTypes(Shape):
    """Kinds of nodes."""

    node_types: list[NodeType]
    count: Count = None


@get("/v2/{project_id}/node-types")
class ListNodeTypes(Operation[NodeTypes]):
    """List the kinds of nodes that are sold, with the zones that have them. Reference 5.2.14."""


@get("/v1.0/{project_id}/node_types")
class ListNodeTypesV1(Operation[NodeTypes]):
    """
    List the kinds of nodes that are sold, in short.

    The path of the getting-started guides; neither the reference nor the SDK has it.
    """


class Quota(Shape):
    """How much of a resource is used, and may be."""

    type: str
    """``instances, core, ram, disk, disk_capacity`` (sample of the reference)."""
    used: Count = None
    quota: Count = None
    unit: str | None = None


class QuotaResources(Shape):
    """All quotas."""

    resources: list[Quota]


class Quotas(Shape):
    """The quotas of the project."""

    quotas: QuotaResources


@get("/v1.0/{project_id}/quotas")
class ListQuotas(Operation[Quotas]):
    """Show how much the project uses and may use. Reference 5.11.1."""


class Statistic(Shape):
    """One figure."""

    name: str
    """``cluster.total, cluster.normal, instance.total, instance.normal, storage.total``"""
    value: Amount = None
    unit: str | None = None


class Statistics(Shape):
    """Figures of the project."""

    statistics: list[Statistic]


@get("/v1.0/{project_id}/statistics")
class ListStatistics(Operation[Statistics]):
    """Count the project's clusters, nodes and storage. Reference 5.2.35."""


class Job(Shape):
    """Work that the service does in the background."""

    job_id: str
    job_name: str | None = None
    status: str
    """``INIT, WAITING, RUNNING, DELAY_SCHEDULED, SUCCESS, FAIL, STOP``; peers know ``ERROR``."""
    begin_time: Moment = None
    end_time: Moment = None
    failed_code: str | None = None
    failed_detail: str | None = None
    progress: str | None = None
    """Percent, e.g. ``"9%"``."""


@get("/v1.0/{project_id}/job/{job_id}")
class ListJobDetails(Operation[Job]):
    """Show how far a job is. Reference 5.13.1."""

    job_id: str
