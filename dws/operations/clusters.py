"""Life of a cluster: create, list, show, change, stop and start, switch back, delete."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from dws.errors import NotFound
from dws.operation import At, Operation, Part, Repeat, Secret, delete, get, post, put
from dws.sent.clusters import PASSWORD_NAMES_USER, ClusterToCheck, NewClusterV2, whole_cluster
from dws.shapes import (
    ClusterReply,
    Clusters,
    JobAccepted,
    JobStarted,
    Nothing,
    Order,
    Outcome,
    PublicIp,
    Tag,
)
from dws.told.clusters import ClusterAction
from dws.values import Port, ResourceName, StrongPassword, UserName, names_user


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

    _nodes = field_validator("number_of_node")(whole_cluster)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if names_user(self.user_pwd, self.user_name):
            raise ValueError(PASSWORD_NAMES_USER)
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


@post("/v2/{project_id}/clusters")
class CreateClusterV2(Operation[Order]):
    """
    Create a cluster, over one zone or three. Takes 10 to 15 minutes, as `CreateCluster`.

    The VPC and subnet must exist. `dws.waiters.cluster_settled` tells the end. Reference 5.2.3.
    """

    cluster: NewClusterV2

    _wrapped = model_validator(mode="before")(_wrapped)


@post("/v2/{project_id}/cluster-precheck", repeat=Repeat.READS)
class CheckCluster(Operation[Nothing]):
    """
    See whether a cluster could be created so; changes nothing. Reference 5.2.29.

    An empty answer says yes, a refusal why not.
    """

    cluster: ClusterToCheck

    _wrapped = model_validator(mode="before")(_wrapped)


@get("/v1.0/{project_id}/clusters")
class ListClusters(Operation[Clusters]):
    """List all clusters of the project, in one page. Reference 5.2.6."""

    enterprise_project_id: str | None = None


@get("/v2/{project_id}/clusters")
class ShowClusters(Operation[Clusters]):
    """List all clusters of the project, as `ListClusters` does. SDK only."""


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


@post("/v1/{project_id}/clusters/{cluster_id}/stop", repeat=Repeat.REPEATABLE)
class StopCluster(Operation[JobAccepted]):
    """
    Stop a cluster; queries end at once, and its data stay. Reference 5.2.62.

    Takes minutes; `dws.waiters.clusters.cluster_stopped` tells the end. A stopped one refuses
    all but to be started or deleted (assumed).
    """

    cluster_id: str


@post("/v1/{project_id}/clusters/{cluster_id}/start", repeat=Repeat.REPEATABLE)
class StartCluster(Operation[JobAccepted]):
    """
    Start a cluster that was stopped. Reference 5.2.61.

    Takes minutes; `dws.waiters.clusters.cluster_started` tells the end.
    """

    cluster_id: str


@get("/v1/{project_id}/clusters/{cluster_id}/actions/{action_name}", tells={"DWS.0001": NotFound})
class ListClusterActions(Operation[ClusterAction]):
    """
    Show the steps of the last task of a kind, and how far each is. SDK only.

    That DWS.0001 tells of a kind of which the cluster had none is assumed.
    """

    cluster_id: str
    action_name: str
    """A task that a cluster tells, or its failure: ``GROWING``, ``RESTORING_FAILED`` ..."""


@post("/v1.0/{project_id}/clusters/{cluster_id}/switchover", repeat=Repeat.REPEATABLE)
class SwitchOverCluster(Operation[JobStarted]):
    """
    Return the primaries of an ``UNBALANCED`` cluster to their nodes. Reference 5.2.36.

    Interrupts queries for a short while; `dws.waiters.clusters.cluster_balanced` tells the end.
    Refused where the cluster is balanced or busy. Since 8.1.1.202.
    """

    cluster_id: str


@post("/v1.0/{project_id}/clusters/{cluster_id}/cancel-readonly", repeat=Repeat.REPEATABLE)
class CancelReadonlyCluster(Operation[Nothing]):
    """
    Make a cluster writable that full disks made ``READONLY``; at once. Reference 5.2.37.

    Free space or grow it, or it becomes read-only again. Since 1.7.2.
    """

    cluster_id: str


@put("/v1/{project_id}/clusters/{cluster_id}/cluster-name")
class ModifyClusterName(Operation[JobAccepted]):
    """
    Rename a cluster; its id stays, and queries go on (assumed). SDK only.

    Runs as a job; `dws.waiters.account.job_finished` tells the end.
    """

    cluster_id: str
    cluster_name: ResourceName


@post("/v2/{project_id}/clusters/{cluster_id}/timezone", repeat=Repeat.REPEATABLE)
class ModifyClusterTimezone(Operation[JobAccepted]):
    """
    Set the time zone of a cluster; queries go on (assumed). SDK only.

    Runs as a job; `dws.waiters.account.job_finished` tells the end.
    """

    cluster_id: str
    cluster_timezone: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]{1,63}$")]
    """A name as ``Europe/Berlin`` or ``UTC`` (assumed)."""


@post("/v1/{project_id}/clusters/{cluster_id}/description", repeat=Repeat.REPEATABLE)
class SaveClusterDescriptionInfo(Operation[Outcome]):
    """Set what is written about a cluster; at once, and queries go on. Reference 5.2.54."""

    cluster_id: str
    description_info: Annotated[str, Field(max_length=256)]
    """At most 256 characters (assumed: as of snapshots); empty takes it away."""
    namespace: Annotated[str | None, At("query")] = None


@put("/v1.0/{project_id}/clusters/{cluster_id}/maintenance-window")
class UpdateMaintenanceWindow(Operation[Nothing]):
    """Set when the service may work on a cluster, in UTC; at once. SDK only."""

    cluster_id: str
    day: Annotated[str, Field(pattern="^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)$")]
    start_time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    """``HH:mm``"""
    end_time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    """``HH:mm``; of the next day if before the start."""

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.start_time == self.end_time:
            raise ValueError("start_time and end_time must differ")
        return self


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

    `dws.waiters.cluster_gone` tells the end. Some releases answer with a ``job_id``; it is kept
    with the reply's unknown fields.
    """

    cluster_id: str
    keep_last_manual_backup: int = Field(ge=0)
    """Number of latest manual snapshots to keep. The service's default, 0, keeps none."""
    release_eip_type: str = Field(default="NO_RELEASE", pattern="^(NO_RELEASE|RELEASE_BINDING)$")
