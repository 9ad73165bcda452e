"""What is told of clusters that are to be, beside `dws.operations.clusters.NewCluster`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, PlainSerializer, field_validator, model_validator

from dws.operation import Part, Secret
from dws.shapes import PublicIp, Tag
from dws.values import Port, ResourceName, StrongPassword, UserName, names_user

PASSWORD_NAMES_USER = "a password must not contain the user's name, nor the name backwards"  # noqa: S105 - a sentence


def whole_cluster(nodes: int) -> int:
    """
    See that a cluster has as many nodes as one may have: 1, or 3 to 256. Reference 5.2.1.

    Raises:
        ValueError: It has two.
    """
    if nodes == 2:
        raise ValueError("a cluster has 1 node, or 3 to 256")
    return nodes


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

    _nodes = field_validator("num_node")(whole_cluster)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if names_user(self.db_password, self.db_name):
            raise ValueError(PASSWORD_NAMES_USER)
        if self.num_node > 1 and self.num_cn > self.num_node:
            raise ValueError("num_cn must not exceed num_node")
        return self


class RestorePoint(Part):
    """What a new cluster is to be restored from."""

    back_ref: str | None = None
    """Id of the snapshot."""
    restore_time: int | None = None
    """In milliseconds since 1970 (assumed)."""
    cluster_id: str | None = None


class ClusterToCheck(Part):
    """A cluster that might be created: the fields of `NewClusterV2`, most of them not needed."""

    flavor: str
    """A ``spec_name`` of `ListNodeTypes`."""
    availability_zones: list[str] = Field(min_length=1, max_length=3)
    num_node: int = Field(ge=1, le=256)
    datastore_version: str
    vpc_id: str
    subnet_id: str
    security_group_id: str | None = None
    name: ResourceName | None = None
    num_cn: int | None = Field(default=None, ge=2, le=20)
    db_name: UserName | None = None
    db_password: Annotated[Secret, StrongPassword] | None = None
    db_port: Annotated[Port, PlainSerializer(str, return_type=str)] | None = None
    """Travels as text, by the table."""
    public_ip: PublicIp | None = None
    volume: Volume | None = None
    tag_list: list[Tag] | None = Field(default=None, max_length=20)
    dss_pool_id: str | None = None
    cross_spec_restore: str | None = None
    old_cluster_hostname: str | None = None
    restore_point: RestorePoint | None = None
    enterprise_project_id: str | None = None

    _nodes = field_validator("num_node")(whole_cluster)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.db_name and self.db_password and names_user(self.db_password, self.db_name):
            raise ValueError(PASSWORD_NAMES_USER)
        if self.num_cn is not None and 1 < self.num_node < self.num_cn:
            raise ValueError("num_cn must not exceed num_node")
        return self
