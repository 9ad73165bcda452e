"""What `flows.bind_elb` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from dws.client import Client
from dws.lookup import find_cluster, find_elb
from dws.operations.clusters import ListClusterDetails
from dws.operations.network import Elb
from dws.shapes import Cluster
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.binding import UNBOUND, binding_changes, may_be_replaced, wanted_id
from tasks.preconditions import cluster_target, is_well

KIND = "load balancer"
MENDS = frozenset({"ELB_BIND_FAILED", "ELB_UNBIND_FAILED", "ELB_SWITCHING_FAILED"})
"""What the cluster shows after a failed task of this kind (facts/service_and_peers A3)."""


class Inputs(OnCluster):
    """The load balancer that a cluster is to be reached through."""

    elb: str = Field(min_length=1, title=f"Name or id of the load balancer, or {UNBOUND}")
    replace: bool = Field(default=False, title="Whether another one that is bound is given up")


class Outputs(OfCluster):
    """What is bound now."""

    elb_id: str | None
    elb_id_before: str | None
    changed: bool
    """Whether this run changed anything."""


ACTION = Action(
    name="bind_elb",
    title="Bind a load balancer to a cluster, or none",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.bind_elb:bind_elb",
    usual=(timedelta(minutes=1), timedelta(minutes=6)),
    preview="flows.declared.bind_elb:preview",
    briefing=Briefing(
        changes="Through which load balancer the cluster is reached; the balancer itself stays.",
        interrupts="Unbinding ends the connections through the balancer.",
        waits=("clusters.cluster_settled", "clusters.cluster_task_finished"),
        by_hand="Between unbinding and binding it has none: run it again, also after a failure.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would bind and unbind now.

    Raises:
        NoSuchThing, Ambiguous: A name or id does not tell one cluster, or one load balancer.
        DwsError: The service refused or did not answer.
    """
    del run_id
    found = await find_cluster(client, inputs.cluster)
    cluster = (await client.call(ListClusterDetails(cluster_id=found.id))).cluster
    name = wanted_id(inputs.elb)
    elb = await find_elb(client, cluster.id, name) if name else None
    wanted = elb.id if elb else None
    target = cluster_target(account, cluster)
    if cluster.elb_id == wanted:
        told = f"{cluster.name} has {wanted or 'none'} already"
        return Preview((target,), findings=(Finding(f"{KIND} is bound", Level.PASS, told),))
    return Preview(
        targets=(target,),
        changes=binding_changes(KIND, cluster, cluster.elb_id, wanted),
        findings=(
            is_well(cluster, mends=MENDS),
            may_be_replaced(KIND, cluster, cluster.elb_id, wanted, replace=inputs.replace),
            _fits(cluster, elb),
        ),
    )


def _fits(cluster: Cluster, elb: Elb | None) -> Finding:
    """Whether it can be bound: else the job would fail with DWS.0114, or be refused."""
    check = f"{KIND} can be bound"
    if elb is None:
        return Finding(check, Level.PASS, "none is wanted")
    named = f"load balancer {elb.name} ({elb.id})"
    if not elb.vip_address:
        return Finding(check, Level.BLOCK, f"{named} has no private IP; give it one first")
    if elb.cluster_id and elb.cluster_id != cluster.id:
        told = f"{named} is bound to cluster {elb.cluster_id}; unbind it there first"
        return Finding(check, Level.BLOCK, told)
    return Finding(check, Level.PASS, f"its private IP is {elb.vip_address}")
