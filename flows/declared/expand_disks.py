"""What `flows.expand_disks` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from dws.client import Client
from dws.errors import Conflict, RequestFailed, ServerFault, Throttled
from dws.lookup import disaster_recoveries_of, find_cluster
from dws.operations.account import ListNodeTypes
from dws.operations.scaling import CheckInstanceStorage, ShowClusterStorageExpandRange
from dws.shapes import Cluster
from dws.told.scaling import StorageRange
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import (
    cluster_target,
    is_free_of_recovery,
    is_no_older_than,
    is_well,
)

EXPANDS_SINCE = "8.1.1.203"
"""The first version whose disks can grow (reference 5.2.38)."""


class Inputs(OnCluster):
    """How large the disks are to be."""

    size_gb: int = Field(ge=1, title="GB that each node offers in the end")


class Outputs(OfCluster):
    """How large the disks are now."""

    size_gb: int
    """GB that each node offers."""
    asked: bool
    """False if they were so large already, or someone else had begun it."""
    is_readonly: bool
    """True: disks had been full; the service lifts that soon after they have grown."""


ACTION = Action(
    name="expand_disks",
    title="Make the disks of all nodes larger",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.expand_disks:expand_disks",
    usual=(timedelta(minutes=5), timedelta(minutes=15)),
    preview="flows.declared.expand_disks:preview",
    briefing=Briefing(
        changes="The disks of all nodes grow, and cost more from then on; they never shrink again.",
        interrupts="No: queries go on.",
        waits=("clusters.cluster_settled", "clusters.cluster_task_finished"),
        by_hand="Run it again; after DISK_EXPAND_FAILED see to the cluster's events first.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to the cluster now.

    Raises:
        NoSuchThing, Ambiguous: The name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    cluster = await find_cluster(client, inputs.cluster)
    target = cluster_target(account, cluster)
    version = is_no_older_than(cluster, EXPANDS_SINCE, "larger disks")
    if version.level is Level.BLOCK:
        return Preview(targets=(target,), findings=(version,))
    told = await client.call(ShowClusterStorageExpandRange(cluster_id=cluster.id))
    if told.current_size == inputs.size_gb:
        return Preview(targets=(target,), findings=(is_well(cluster), version))
    findings = [
        is_well(cluster),
        version,
        is_free_of_recovery(cluster, await disaster_recoveries_of(client, cluster.id)),
        fits_range(cluster, inputs, told, await _step_gb(client, cluster)),
    ]
    if findings[-1].level is Level.PASS:
        findings.append(await storage_check(client, cluster, inputs))
    sizes = f"from {told.current_size} to {inputs.size_gb} GB per node"
    return Preview(
        targets=(target,),
        changes=(f"expand the disks of cluster {cluster.name} ({cluster.id}) {sizes}",),
        findings=tuple(findings),
    )


def fits_range(
    cluster: Cluster, inputs: Inputs, told: StorageRange, step_gb: int | None
) -> Finding:
    """Whether disks may be so large: more than now, within the maximum, in whole steps."""
    check = "size fits the disks' range"
    present, most, step = told.current_size or 0, told.max_size, step_gb or 1
    where = f"size_gb={inputs.size_gb}: the nodes of cluster {cluster.name} have {present} GB"
    if inputs.size_gb < present:
        return Finding(check, Level.BLOCK, f"{where}, and disks never shrink; take more")
    if most is not None and inputs.size_gb > most:
        return Finding(check, Level.BLOCK, f"{where}, and {most} at most; add nodes instead")
    # A present size that is no whole step is counted from (assumed).
    if inputs.size_gb % step and (inputs.size_gb - present) % step:
        up = inputs.size_gb + (present - inputs.size_gb) % step
        return Finding(check, Level.BLOCK, f"{where}, and grow by {step}; take {up}, say")
    return Finding(check, Level.PASS, f"from {present} up to {most} GB by {step}")


async def storage_check(client: Client, cluster: Cluster, inputs: Inputs) -> Finding:
    """
    Whether the service itself would make the disks so large.

    Raises:
        DwsError: The service did not answer the question.
    """
    check = "the service's storage check"
    try:
        await client.call(CheckInstanceStorage(cluster_id=cluster.id, new_size=inputs.size_gb))
    except (Conflict, Throttled, ServerFault):
        raise
    except RequestFailed as error:
        told = f"the disks of cluster {cluster.name} may not grow: {error}"
        return Finding(check, Level.BLOCK, told)
    return Finding(check, Level.PASS, f"{inputs.size_gb} GB per node are possible")


async def _step_gb(client: Client, cluster: Cluster) -> int | None:
    sold = (await client.call(ListNodeTypes())).node_types
    own = [item for item in sold if item.spec_name == cluster.node_type]
    steps = [volume.step for item in own for volume in item.elastic_volume_specs]
    return next((step for step in steps if step), None)
