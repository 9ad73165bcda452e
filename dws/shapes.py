"""JSON objects that more than one operation sends or receives."""

from __future__ import annotations

import base64
from typing import Any

from pydantic import Field, model_validator

from dws.operation import Part, Shape
from dws.values import Amount, Count, Moment, Progress, Several, Text


class Nothing(Shape):
    """An empty answer: the request was accepted, no more is said."""


class FormFile(Part):
    """A file in form data, as text."""

    name: str = Field(min_length=1, pattern=r"^[A-Za-z0-9._-]+$")
    content: str = Field(min_length=1)


class File(Shape):
    """A reply that is no JSON but a file, whatever its kind."""

    content_type: str
    content_base64: str

    @property
    def content(self) -> bytes:
        """The file itself."""
        return base64.b64decode(self.content_base64)


class Tag(Part):
    """A label of a resource, as we set it. Reference 5.2.1, 5.10.3."""

    key: str = Field(min_length=1, max_length=128, pattern=r"^[^=*<>/\\,|]+$")
    value: str = Field(default="", max_length=255, pattern=r"^[^=*<>/\\,|]*$")


class ToldTag(Shape):
    """A label of a resource, as the service tells it."""

    key: str
    value: Text = ""


class PublicIp(Part):
    """How a cluster is reached from outside. Reference 5.2.1."""

    public_bind_type: str = Field(pattern="^(auto_assign|not_use|bind_existing)$")
    eip_id: str | None = None


class ClusterId(Shape):
    """Which cluster."""

    id: str


class Endpoint(Shape):
    """Where a cluster listens inside its network."""

    connect_info: Text = ""
    """``host:port`` in the reference, a host name without port in the Chinese guide."""
    jdbc_url: Text = ""


class PublicEndpoint(Shape):
    """Where a cluster listens outside."""

    public_connect_info: Text = ""
    jdbc_url: Text = ""


class ToldPublicIp(Shape):
    """The elastic IP of a cluster. Reference 5.2.6."""

    public_bind_type: Text = ""
    """``auto_assign, bind_existing, not_use``"""
    eip_id: str | None = None
    """None or empty where none is bound."""


class BoundElb(Shape):
    """The load balancer that a cluster is bound to. Reference 5.2.13."""

    id: str | None = None
    name: Text = ""


class FailedReason(Shape):
    """Why a cluster failed."""

    error_code: str | None = None
    error_msg: str | None = None


class ParameterGroup(Shape):
    """The parameters of a cluster as a whole."""

    id: str | None = None
    name: str | None = None
    status: str | None = None
    """``In-Sync, Applying, Pending-Reboot, Sync-Failure``."""


class MaintainWindow(Shape):
    """When the service may work on the cluster, in UTC."""

    day: str | None = None
    start_time: str | None = None
    """``HH:mm``"""
    end_time: str | None = None
    """``HH:mm``; of the next day if before the start."""


class ResizeInfo(Shape):
    """A scale-out under way, or the failed last one. Samples have its numbers as text."""

    target_node_num: Count = None
    origin_node_num: Count = None
    resize_status: str | None = Field(default=None)
    """``GROWING, RESIZE_FAILURE``; a public client reads it as ``status``."""
    start_time: Moment = None


class Node(Shape):
    """One node of a cluster."""

    id: str
    status: Text = ""
    """A number: 100 creating, 199 idle, 200 available, 300 failed, 304 deleting, 400 deleted."""
    name: str | None = None


class Cluster(Shape):
    """
    One cluster, as `ListClusters` and `ListClusterDetails` tell it. Reference 5.2.6, 5.2.13.

    Its state is four fields read together, by `dws.waiters.judge_cluster`.
    """

    id: str
    name: Text = ""
    status: str
    """``AVAILABLE, CREATING, DELETING, FROZEN, CREATE_FAILED`` ...: an open set."""
    sub_status: str | None = None
    """Flags joined by ``" | "``, e.g. ``UNBALANCED | READONLY``."""
    task_status: str | None = None
    """The running task, or the last one if it failed; None or ``""`` when idle."""
    action_progress: Progress = {}
    version: str | None = None
    created: Moment = None
    updated: Moment = None
    user_name: str | None = None
    number_of_node: Count = None
    node_type: str | None = None
    availability_zone: str | None = None
    port: Count = None
    vpc_id: str | None = None
    subnet_id: str | None = None
    security_group_id: str | None = None
    enterprise_project_id: str | None = None
    tags: Several[ToldTag] = []
    endpoints: Several[Endpoint] = []
    public_endpoints: Several[PublicEndpoint] = []
    public_ip: ToldPublicIp | None = None
    elb: BoundElb | None = None
    """Told of a single cluster alone."""
    nodes: Several[Node] = []
    recent_event: Count = None
    failed_reasons: FailedReason | None = None
    parameter_group: ParameterGroup | None = None
    maintain_window: MaintainWindow | None = None
    resize_info: ResizeInfo | None = None

    @property
    def flags(self) -> frozenset[str]:
        """What ``sub_status`` joins: ``UNBALANCED, READONLY, DEGRADED`` ...; none is NORMAL."""
        told = {flag.strip() for flag in (self.sub_status or "").split("|")}
        return frozenset(told - {"NORMAL", ""})

    def tag(self, key: str) -> str | None:
        """The value of the tag of that key; None if the cluster has none."""
        return next((tag.value for tag in self.tags if tag.key == key), None)

    @property
    def eip_id(self) -> str | None:
        """The elastic IP that is bound to it; None if none is."""
        return (self.public_ip.eip_id or None) if self.public_ip else None

    @property
    def elb_id(self) -> str | None:
        """The load balancer that it is bound to, by its details; None if to none."""
        return (self.elb.id or None) if self.elb else None


class ClusterReply(Shape):
    """One cluster; some answers have it bare, without the wrapper (api/README, Dialects)."""

    cluster: Cluster

    @model_validator(mode="before")
    @classmethod
    def _wrapped(cls, told: Any) -> Any:
        if isinstance(told, dict) and "cluster" not in told and "id" in told:
            return {"cluster": told}
        return told


class Clusters(Shape):
    """All clusters of the project. Never empty for want of the key: that would look like gone."""

    clusters: list[Cluster]
    count: Count = None


class Order(Shape):
    """
    The answer to a creation.

    The reference answers an order only, the public SDK the cluster's id; where it is missing
    the cluster is to be found by its name (api/README).
    """

    subscriptionsID: str | None = None  # noqa: N815 - the service's own word
    cluster: ClusterId | None = None
    job_id: str | None = None

    @property
    def cluster_id(self) -> str | None:
        """The new cluster, if the answer tells it."""
        return self.cluster.id if self.cluster else None


class Restored(Shape):
    """The answer to a restore: V1 tells ``cluster.id``, V2 ``cluster_id`` and a job."""

    cluster: ClusterId | None = None
    target_cluster_id: str | None = Field(default=None, alias="cluster_id")
    job_id: str | None = None

    @property
    def cluster_id(self) -> str | None:
        """The cluster that the snapshot is restored to, if the answer tells it."""
        return self.cluster.id if self.cluster else self.target_cluster_id


class JobAccepted(Shape):
    """The answer of operations that run as a job; see `dws.waiters.job_finished`."""

    job_id: str | None = None
    """None means that no job was started (seen: SDK field documentation)."""


class JobStarted(Shape):
    """The answer of operations that always run as a job; see `dws.waiters.job_finished`."""

    job_id: str


class Outcome(Shape):
    """The answer of operations that say in words that they were accepted; one of both is told."""

    error_code: str | None
    """``DWS.0000``, ``DWS.0138`` or null: all of them success."""
    error_msg: str | None = None


class Snapshot(Shape):
    """One snapshot, as lists and details tell it. Reference 5.3.3, 5.3.4, 5.3.23."""

    id: str
    name: str
    cluster_id: str
    status: str
    """``CREATING, AVAILABLE, UNAVAILABLE``, also ``COMPLETED, BUILDING, FROZEN``: an open set."""
    type: Text = ""
    """``MANUAL``, or ``AUTOMATED``, also written ``AUTO``."""
    description: str | None = None
    started: Moment = None
    finished: Moment = None
    updated: Moment = None
    size: Amount = None
    """In GB by the reference; one of its samples looks like KB."""
    progress: str | None = None
    """Percent, e.g. ``"42%"``; where the service tells it."""
    cluster_name: str | None = None
    cluster_status: str | None = None
    backup_level: str | None = None
    bak_keep_day: Count = None

    @property
    def is_manual(self) -> bool:
        """Whether a person made it: those alone outlive their cluster."""
        return self.type.upper() == "MANUAL"

    @property
    def is_usable(self) -> bool:
        """Whether its state says that it can be restored; the two words are of two releases."""
        return self.status in {"AVAILABLE", "COMPLETED"}


class SnapshotReply(Shape):
    """One snapshot."""

    snapshot: Snapshot


class Snapshots(Shape):
    """Snapshots, in no stated order. Never empty for want of the key."""

    snapshots: list[Snapshot]
    count: Count = None
