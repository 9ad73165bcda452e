"""How a cluster is reached: domain names, elastic IPs, load balancers, security groups."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dws.errors import NotFound
from dws.operation import Operation, Paging, Shape, delete, get, post, put
from dws.shapes import JobAccepted, Nothing
from dws.values import Count, Several, Text

CLUSTER = "/{project_id}/clusters/{cluster_id}"
DNS = f"/v1.0{CLUSTER}/dns"
EIP = f"/v2{CLUSTER}/eips/{{eip_id}}"
ELB = f"/v2{CLUSTER}/elbs/{{elb_id}}"

DomainName = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,63}$")]
"""The reference forbids underscores only; that no more than these are allowed is assumed."""
DomainTtl = Annotated[int, Field(ge=300, le=2147483647)]
"""Seconds that name servers may remember it."""


@post(DNS)
class CreateClusterDns(Operation[Nothing]):
    """
    Apply for a domain name of a cluster, inside its network or outside. Queries go on.

    One for outside needs an elastic IP (assumed). Answers at once and names no job;
    `dws.waiters.network.private_domain_ready` and ``public_domain_ready`` tell the end.
    Reference 5.9.1.
    """

    cluster_id: str
    name: DomainName
    type: Literal["public", "private"]
    ttl: DomainTtl = 300


@put(DNS)
class UpdateClusterDns(Operation[Nothing]):
    """
    Change a domain name of a cluster. Who connects by the old one finds it no more.

    The same waiters tell the end as of `CreateClusterDns`. Reference 5.9.2.
    """

    cluster_id: str
    name: DomainName
    type: Literal["public", "private"]
    ttl: DomainTtl = 300


@delete(DNS)
class DeleteClusterDns(Operation[Nothing]):
    """
    Give up the domain name of a cluster for outside; that for inside stays. Reference 5.9.3.

    Gone some seconds later; `ListClusterEndpoints` tells it.
    """

    cluster_id: str
    type: Literal["public"] = "public"


class Elb(Shape):
    """A load balancer."""

    id: str
    name: Text = ""
    description: str | None = None
    cluster_id: str | None = None
    vip_address: str | None = None
    """Its private address; a cluster cannot be bound to one that has none."""
    vip_subnet_id: str | None = None
    tenant_id: str | None = None
    type: str | None = None
    """``Internal`` (dedicated) or ``External`` (shared)."""
    admin_state_up: bool | str | None = None
    """A boolean, though the reference describes ``ACTIVE, PENDING_CREATE, ERROR``."""
    bandwidth: Count = None
    """1 if it is bound, 0 if not, in spite of its name."""
    vpc_id: str | None = None


class Elbs(Shape):
    """Load balancers."""

    elbs: Several[Elb]
    count: Count = None


@get(f"/v2{CLUSTER}/elbs")
class ListElbs(Operation[Elbs]):
    """List the load balancers that a cluster can be bound to, or is. Reference 5.9.4."""

    cluster_id: str


@get("/v2/{project_id}/elbs", paging=Paging.RECORDS)
class ListElbsInfo(Operation[Elbs]):
    """
    List the load balancers of a subnet. Reference 5.9.10.

    That ``offset`` counts records is assumed.
    """

    vpc_id: str
    subnet_id: str
    limit: int | None = Field(default=None, ge=1)
    offset: int | None = Field(default=None, ge=0)


@post(ELB, tells={"DWS.0102": NotFound})
class AssociateElb(Operation[JobAccepted]):
    """
    Bind a load balancer to a cluster. Queries go on.

    Shows as the task ELB_BINDING; `dws.waiters.job_finished` tells the end. The balancer is in
    the cluster's VPC and has a private IP, else the job fails with DWS.0114. Refused while the
    cluster is busy. Reference 5.9.5.
    """

    cluster_id: str
    elb_id: str


@delete(ELB, tells={"DWS.0102": NotFound})
class DisassociateElb(Operation[JobAccepted]):
    """
    Unbind a load balancer from a cluster; connections through it end.

    Shows as the task ELB_UNBINDING; `dws.waiters.job_finished` tells the end. Refused while the
    cluster is busy. Reference 5.9.6.
    """

    cluster_id: str
    elb_id: str


@post(EIP)
class AssociateEip(Operation[Nothing]):
    """
    Bind an elastic IP to a cluster: it can be reached from outside then. Queries go on.

    Answers at once and names no job; `dws.waiters.cluster_task_finished` tells the end. Refused
    while the cluster is busy. Reference 5.9.7.
    """

    cluster_id: str
    eip_id: str


@delete(EIP, tells={"DWS.5135": NotFound})
class DisassociateEip(Operation[Nothing]):
    """
    Unbind an elastic IP from a cluster; connections from outside end.

    Answers at once and names no job; `dws.waiters.cluster_task_finished` tells the end. Refused
    while the cluster is busy. Reference 5.9.8.
    """

    cluster_id: str
    eip_id: str


class PublicConnection(Shape):
    """How a cluster is reached from outside."""

    ip: str | None = None
    ip_id: str | None = None
    port: Count = None
    ip_bandwidth: Count = None
    """Mbit/s"""
    ip_status: str | None = None
    domain_name: str | None = None
    domain_name_suffix: str | None = None
    domain_name_ttl: Count = None
    domain_name_status: str | None = None
    """``ACTIVE``; that it is ``PENDING_CREATE, PENDING_UPDATE, ERROR`` else is assumed."""
    zone_name: str | None = None
    enabled: bool | None = None


class PrivateConnection(Shape):
    """How a cluster is reached inside its network."""

    ip: str | None = None
    port: Count = None
    domain_name: str | None = None
    domain_name_suffix: str | None = None
    domain_name_ttl: Count = None
    domain_name_status: str | None = None
    zone_name: str | None = None
    failed_reason: str | None = None
    elb_ip: str | None = None
    bind_manage_ip_status: Count = None


class EndpointService(Shape):
    """The endpoint service through which other VPCs reach a cluster."""

    id: str | None = None
    service_name: str | None = None
    status: str | None = None


class InstanceAddress(Shape):
    """The public address of one node."""

    instance_id: str | None = None
    instance_name: str | None = None
    id: str | None = None
    address: str | None = None
    status: str | None = None
    bandwidth_size: Count = None


class ClusterEndpoints(Shape):
    """All ways to a cluster."""

    private_endpoints: PrivateConnection | None
    public_endpoints: PublicConnection | None = None
    """None where the cluster is not reached from outside."""
    vpc_endpoint_service: EndpointService | None = None
    public_ip_infos: Several[InstanceAddress] = []


@get(f"/v1{CLUSTER}/endpoints")
class ListClusterEndpoints(Operation[ClusterEndpoints]):
    """Tell how a cluster is reached, from inside and from outside. Reference 5.9.9."""

    cluster_id: str
    inst_type: Literal["dws", "dws-cn"] | None = None
    """``dws-cn``: addresses of coordinators only."""


@put(f"/v1{CLUSTER}/security-group")
class ChangeSecurityGroup(Operation[Nothing]):
    """
    Put a cluster into other security groups, at once. Connections they forbid end.

    Refused while the cluster is busy (assumed). Reference 5.2.2.
    """

    cluster_id: str
    security_groups: list[Annotated[str, Field(min_length=1)]] = Field(min_length=1)
