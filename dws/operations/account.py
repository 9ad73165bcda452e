"""What the project has and may do: zones, node types, pools, quotas, statistics, jobs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dws.operation import Operation, Paging, Shape, get
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


class ElasticVolume(Shape):
    """How disks of a kind of node may grow: from, to and by how many GB."""

    type: str | None = None
    step: Count = None
    min_size: Count = None
    max_size: Count = None


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
    elastic_volume_specs: Several[ElasticVolume] = []
    """None where its disks are of one size."""
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


class StoragePool(Shape):
    """A storage pool of one's own, which clusters can be created on."""

    id: str
    name: Text = ""
    type: str | None = None
    project_id: str | None = None
    availability_zone: str | None = None
    capacity: Count = None
    """GB (assumed)."""
    status: str | None = None
    created_at: Moment = None


class StoragePools(Shape):
    """The storage pools of the project."""

    pools: list[StoragePool]
    count: Count = None


@get("/v1.0/{project_id}/dss-pools")
class ListDssPools(Operation[StoragePools]):
    """List the storage pools that clusters can be created on. SDK only."""


class TenantAction(Shape):
    """Something the project may do, where it is told as an object, as the SDK knows it."""


class TenantActions(Shape):
    """What the project may do beyond the usual: words in the reference, objects in the SDK."""

    action_info: list[str | TenantAction]
    count: Count = None


@get("/v1/{project_id}/actions", paging=Paging.RECORDS)
class ListActions(Operation[TenantActions]):
    """List what the project may do beyond the usual, e.g. ``ColdStorage``. Reference 5.2.58."""

    limit: Annotated[int | None, Field(ge=1)] = None
    """10 by the service's default."""
    offset: Annotated[int | None, Field(ge=0)] = None
    """Records to skip (assumed)."""


class EnterpriseCluster(Shape):
    """A cluster, and the enterprise project it belongs to."""

    cluster_id: str
    eps_id: Text = ""


class EnterpriseClusters(Shape):
    """The enterprise projects of clusters."""

    resources: list[EnterpriseCluster]
    count: Count = None


@get("/v1/{project_id}/enterprise-projects", paging=Paging.RECORDS)
class ListEps(Operation[EnterpriseClusters]):
    """List which enterprise project each cluster belongs to. SDK only."""

    offset: Annotated[int | None, Field(ge=0)] = None
    """Records to skip (assumed)."""
    limit: Annotated[int | None, Field(ge=1)] = None


class TargetFlavor(Shape):
    """A kind of node that a cluster can be changed to."""

    id: str
    name: Text = ""
    vcpus: Count = None
    ram: Count = None
    """In MB by the reference; its sample looks like GB."""
    is_current_flavor: bool | None = None


class TargetFlavors(Shape):
    """Kinds of nodes that one can be changed to."""

    flavors: list[TargetFlavor]
    count: Count = None


@get("/v1/{project_id}/flavors/{flavor_id}/target-flavors", paging=Paging.RECORDS)
class ListTargetFlavors(Operation[TargetFlavors]):
    """List the kinds of nodes that those of one kind can be changed to. Reference 5.2.56."""

    flavor_id: str
    """The ``id`` of `ListNodeTypes`."""
    cluster_id: str | None = None
    """The cluster that is to be changed; the SDK knows it, the reference does not."""
    limit: Annotated[int | None, Field(ge=1)] = None
    offset: Annotated[int | None, Field(ge=0)] = None
    """Records to skip (assumed)."""


class ActiveOfTotal(Shape):
    """How many there are, and how many of them work."""

    active: Count = None
    total: Count = None


class ResourceStatistics(Shape):
    """Clusters and nodes, counted."""

    cluster_statistics: ActiveOfTotal
    node_statistics: ActiveOfTotal | None = None


@get("/v1/{project_id}/resource-statistics")
class ShowResourceStatistics(Operation[ResourceStatistics]):
    """Count the project's clusters and nodes, and those that work. Reference 5.7.3."""

    namespace: str | None = None
