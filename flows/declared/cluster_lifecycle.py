"""What `flows.cluster_lifecycle` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dws.client import Client
from dws.operations.account import ListNodeTypes, NodeType
from dws.operations.clusters import ListClusters
from dws.shapes import Cluster
from dws.values import ResourceName, UserName
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview, Target


class Inputs(BaseModel):
    """The cluster that is created, and deleted again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ResourceName = Field(title="Name of the cluster to create")
    vpc_id: str = Field(min_length=1, title="Network of the cluster")
    subnet_id: str = Field(min_length=1, title="Subnet of the cluster")
    security_group_id: str = Field(min_length=1, title="Security group of the cluster")
    node_type: str = Field(default="dws.d1.xlarge", title="Kind of its nodes")
    nodes: int = Field(default=3, ge=3, le=256, title="Number of its nodes")
    user_name: UserName = Field(default="dbadmin", title="Name of its administrator")
    restored_name: ResourceName | None = Field(
        default=None,
        title="Name of the restored cluster; the first one's with -restore if not told",
    )

    @property
    def copy_name(self) -> str:
        """The name of the restored cluster."""
        return self.restored_name or f"{self.name[:56]}-restore"

    @model_validator(mode="after")
    def _two_names(self) -> Self:
        if self.copy_name == self.name:
            raise ValueError("restored_name must differ from name")
        return self


class Outputs(BaseModel):
    """What was made, all of it deleted again."""

    model_config = ConfigDict(frozen=True)

    project_id: str
    cluster_id: str
    snapshot_id: str
    restored_id: str


ACTION = Action(
    name="cluster_lifecycle",
    title="Create a cluster, back it up, restore the backup, delete everything again",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.DESTRUCTIVE,
    entry="flows.cluster_lifecycle:cluster_lifecycle",
    usual=(timedelta(minutes=25), timedelta(minutes=50)),
    early=frozenset({"project_id", "cluster_id", "snapshot_id", "restored_id"}),
    preview="flows.declared.cluster_lifecycle:preview",
    briefing=Briefing(
        changes="Makes two clusters and a snapshot, and deletes them again; touches no other. "
        "Snapshots that a person took of them stay, and one that a person has protected.",
        interrupts="No: nobody but the run knows its clusters.",
        waits=(
            "clusters.cluster_settled",
            "snapshots.snapshot_ready",
            "snapshots.snapshot_gone",
            "clusters.cluster_gone",
        ),
        by_hand="Its clusters stay, and cost: go on with the same run, or delete them by name.",
    ),
)


def lifecycle_lock(account: str, name: str) -> str:
    """The name of the lock on a cluster that may not exist yet."""
    return f"dws/{account}/cluster-name/{name}"


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would make and delete.

    Raises:
        DwsError: The service refused or did not answer.
    """
    del run_id
    listed = (await client.call(ListClusters())).clusters
    sold = (await client.call(ListNodeTypes())).node_types
    return Preview(
        targets=(Target("cluster", "", inputs.name, lifecycle_lock(account, inputs.name)),),
        changes=(
            f"create cluster {inputs.name}: {inputs.nodes} nodes of {inputs.node_type}",
            "create a snapshot of it",
            f"restore the snapshot to cluster {inputs.copy_name}",
            "DELETE the snapshot",
            f"DELETE clusters {inputs.name} and {inputs.copy_name}",
        ),
        findings=(names_are_free(inputs, listed), node_type_is_sold(inputs, sold)),
    )


def names_are_free(inputs: Inputs, listed: Sequence[Cluster]) -> Finding:
    """Whether no cluster has one of the names: another's must never be deleted."""
    taken = sorted({item.name for item in listed} & {inputs.name, inputs.copy_name})
    if taken:
        told = f"name: clusters exist already: {', '.join(taken)}; choose another name"
        return Finding("names are free", Level.BLOCK, told)
    return Finding("names are free", Level.PASS, f"{inputs.name}, {inputs.copy_name}")


def node_type_is_sold(inputs: Inputs, sold: Sequence[NodeType]) -> Finding:
    """Whether the service sells the kind of nodes."""
    names = [item.spec_name for item in sold]
    if inputs.node_type in names:
        return Finding("node type is sold", Level.PASS, inputs.node_type)
    told = f"node_type={inputs.node_type!r} is not sold; choose of {', '.join(sorted(names))}"
    return Finding("node type is sold", Level.BLOCK, told)
