"""Life of a cluster: create, list, show, restart, reset its password, delete."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from dws.errors import NotFound
from dws.operation import At, Operation, Part, Secret, delete, get, post
from dws.shapes import ClusterReply, Clusters, Nothing, Order, PublicIp, Tag
from dws.values import Port, ResourceName, StrongPassword, UserName, names_user

_PASSWORD_NAMES_USER = "a password must not contain the user's name, nor the name backwards"  # noqa: S105 - a sentence


def _whole_cluster(nodes: int) -> int:
    # Reference 5.2.1: 3 to 256 nodes, or exactly 1 for a standalone hybrid warehouse.
    if nodes == 2:
        raise ValueError("a cluster has 1 node, or 3 to 256")
    return nodes


def _wrapped(told: Any) -> Any:
    # The guides send the body flat, the reference and all clients wrap it (facts/real_clients 3).
    return told if not isinstance(told, dict) or "cluster" in told else {"cluster": told}


class NewCluster(Part):
    """A cluster to be created by `CreateCluster`."""

    name: ResourceName
    node_type: str
    """A ``spec_name`` of `ListNodeTypes`."""
    number_of_node: int = Field(ge=1, le=256)
    vpc_id: str
    subnet_id: str
    security_group_id: str | None = None
    """Mandatory by the reference, missing in samples of peers."""
    user_name: UserName
    user_pwd: Annotated[Secret, StrongPassword]
    port: Port = 8000
    availability_zone: str | None = None
    number_of_cn: int | None = Field(default=None, ge=3, le=20)
    """At most the number of nodes; 3 by the service's default."""
    public_ip: PublicIp | None = None
    tags: Tag | None = None
    """One tag only. Some releases drop it: set tags afterwards (facts/service_and_peers C)."""
    enterprise_project_id: str | None = None

    _nodes = field_validator("number_of_node")(_whole_cluster)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if names_user(self.user_pwd, self.user_name):
            raise ValueError(_PASSWORD_NAMES_USER)
        if self.number_of_cn is not None and self.number_of_cn > self.number_of_node:
            raise ValueError("number_of_cn must not exceed number_of_node")
        return self


@post("/v1.0/{project_id}/clusters")
class CreateCluster(Operation[Order]):
    """
    Create a cluster. Takes 10 to 15 minutes; `dws.waiters.cluster_settled` tells the end.

    The VPC, subnet and security group must exist. The answer may tell an order only: the
    cluster is then to be found by its name, which is unique. Reference 5.2.1.
    """

    cluster: NewCluster

    _wrapped = model_validator(mode="before")(_wrapped)


class Volume(Part):
    """The disks of a new cluster."""

    volume: str | None = None
    """``SSD, SAS, SATA``"""
    capacity: int | None = Field(default=None, ge=1)
    """GB per node."""


class NewClusterV2(Part):
    """A cluster to be created by `CreateClusterV2`."""

    name: ResourceName
    flavor: str
    """A ``spec_name`` of `ListNodeTypes`."""
    num_node: int = Field(ge=1, le=256)
    num_cn: int = Field(default=3, ge=2, le=20)
    """At most the number of nodes, but for a standalone warehouse."""
    db_name: UserName
    """Name of the administrator, in spite of its name (facts/service_and_peers C)."""
    db_password: Annotated[Secret, StrongPassword]
    db_port: Port = 8000
    availability_zones: list[str] = Field(min_length=1, max_length=3)
    vpc_id: str
    subnet_id: str
    security_group_id: str | None = None
    datastore_version: str
    public_ip: PublicIp | None = None
    volume: Volume | None = None
    tags: list[Tag] | None = Field(default=None, max_length=20)
    dss_pool_id: str | None = None
    master_key_id: str | None = None
    master_key_name: str | None = None
    crypt_algorithm: str | None = None
    enterprise_project_id: str | None = None

    _nodes = field_validator("num_node")(_whole_cluster)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if names_user(self.db_password, self.db_name):
            raise ValueError(_PASSWORD_NAMES_USER)
        if self.num_node > 1 and self.num_cn > self.num_node:
            raise ValueError("num_cn must not exceed num_node")
        return self


@post("/v2/{project_id}/clusters")
class CreateClusterV2(Operation[Order]):
    """
    Create a cluster, over one zone or three. Takes 10 to 15 minutes, as `CreateCluster`.

    The VPC and subnet must exist. Reference 5.2.3.
    """

    cluster: NewClusterV2

    _wrapped = model_validator(mode="before")(_wrapped)


@get("/v1.0/{project_id}/clusters")
class ListClusters(Operation[Clusters]):
    """List all clusters of the project, in one page. Reference 5.2.6."""

    enterprise_project_id: str | None = None


@get("/v1.0/{project_id}/clusters/{cluster_id}", tells={"DWS.0001": NotFound})
class ListClusterDetails(Operation[ClusterReply]):
    """
    Show one cluster in full. Reference 5.2.13.

    Of a cluster that is gone the service says so in five ways, DWS.0001 among them
    (facts/service_and_peers C).
    """

    cluster_id: str


class RestartFlag(Part):
    """The service wants this object, and wants it empty."""


@post("/v1.0/{project_id}/clusters/{cluster_id}/restart")
class RestartCluster(Operation[Nothing]):
    """
    Restart all nodes of a cluster. It serves no queries until it is back, 3 to 20 minutes.

    Answers at once and names no job; `dws.waiters.cluster_task_finished` tells the end.
    Refused while disaster recovery runs on the cluster. Reference 5.2.25.
    """

    cluster_id: str
    restart: RestartFlag = RestartFlag()


@post("/v1.0/{project_id}/clusters/{cluster_id}/reset-password")
class ResetPassword(Operation[Nothing]):
    """
    Set the administrator's password; at once, and queries go on.

    The service refuses a password that was used before. Reference 5.2.28.
    """

    cluster_id: str
    new_password: Annotated[Secret, StrongPassword]


@delete("/v1.0/{project_id}/clusters/{cluster_id}")
class DeleteCluster(Operation[Nothing]):
    """
    Delete a cluster and its automated snapshots, for good. Queries end at once.

    `dws.waiters.cluster_gone` tells the end. Reference 5.2.15.
    """

    cluster_id: str
    keep_last_manual_snapshot: Annotated[int, At("body"), Field(ge=0)]
    """
    Number of latest manual snapshots to keep; the others are deleted.

    Has no default: 0 would delete the backup just made.
    """


@delete("/v2/{project_id}/clusters/{cluster_id}")
class DeleteDwsCluster(Operation[Nothing]):
    """
    Delete a cluster as `DeleteCluster`, and its elastic IP if told so. Reference 5.2.16.

    Some releases answer with a ``job_id``; it is kept with the reply's unknown fields.
    """

    cluster_id: str
    keep_last_manual_backup: int = Field(ge=0)
    """Number of latest manual snapshots to keep. The service's default, 0, keeps none."""
    release_eip_type: str = Field(default="NO_RELEASE", pattern="^(NO_RELEASE|RELEASE_BINDING)$")
