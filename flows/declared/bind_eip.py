"""What `flows.bind_eip` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from pydantic import Field, field_validator

from dws.client import Client
from dws.lookup import find_cluster
from dws.operations.clusters import ListClusters
from dws.operations.network import ListClusterEndpoints
from dws.shapes import Cluster
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.binding import UNBOUND, binding_changes, may_be_replaced, wanted_id
from tasks.preconditions import cluster_target, is_well

KIND = "elastic IP"
MENDS = frozenset({"NETWORK_CONFIG_FAILED"})
"""What the cluster shows after a failed task of this kind (facts/service_and_peers A3)."""
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Inputs(OnCluster):
    """The elastic IP that a cluster is to have."""

    eip: str = Field(title=f"Id of the elastic IP, or {UNBOUND}")
    replace: bool = Field(default=False, title="Whether another one that is bound is given up")

    @field_validator("eip")
    @classmethod
    def _is_id(cls, told: str) -> str:
        # Another is refused by the service with DWS.5133.
        if told != UNBOUND and not UUID.fullmatch(told):
            raise ValueError(f"eip={told!r}: tell the id of the elastic IP, a UUID, or {UNBOUND}")
        return told


class Outputs(OfCluster):
    """What is bound now."""

    eip_id: str | None
    eip_id_before: str | None
    changed: bool
    """Whether this run changed anything."""


ACTION = Action(
    name="bind_eip",
    title="Bind an elastic IP to a cluster, or none",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.bind_eip:bind_eip",
    usual=(timedelta(seconds=30), timedelta(minutes=2)),
    preview="flows.declared.bind_eip:preview",
    briefing=Briefing(
        changes="How the cluster is reached from outside. An elastic IP unbound is not released.",
        interrupts="Unbinding ends connections from outside; a public domain name goes with it.",
        waits=("clusters.cluster_settled", "clusters.cluster_task_finished"),
        by_hand="Between unbinding and binding it has none: run it again, also after a failure.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would bind and unbind now.

    Raises:
        NoSuchThing, Ambiguous: The name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    cluster = await find_cluster(client, inputs.cluster)
    wanted = wanted_id(inputs.eip)
    target = cluster_target(account, cluster)
    if cluster.eip_id == wanted:
        told = f"{cluster.name} has {wanted or 'none'} already"
        return Preview((target,), findings=(Finding(f"{KIND} is bound", Level.PASS, told),))
    others = (await client.call(ListClusters())).clusters
    return Preview(
        targets=(target,),
        changes=binding_changes(KIND, cluster, cluster.eip_id, wanted),
        findings=(
            is_well(cluster, mends=MENDS),
            may_be_replaced(KIND, cluster, cluster.eip_id, wanted, replace=inputs.replace),
            _is_free(cluster, wanted, others),
            await _keeps_domain(client, cluster),
        ),
    )


def _is_free(cluster: Cluster, wanted: str | None, others: Sequence[Cluster]) -> Finding:
    """Whether no other cluster has it; what else may have it, only its own service knows."""
    check = f"{KIND} is free"
    holders = [c.name for c in others if wanted and c.eip_id == wanted and c.id != cluster.id]
    if holders:
        told = f"eip={wanted}: cluster {holders[0]} has it; unbind it there first"
        return Finding(check, Level.BLOCK, told)
    return Finding(check, Level.PASS, "no other cluster has it")


async def _keeps_domain(client: Client, cluster: Cluster) -> Finding:
    """What the public domain name comes to: it goes with the elastic IP (assumed)."""
    check = "no public domain name is lost"
    outside = (await client.call(ListClusterEndpoints(cluster_id=cluster.id))).public_endpoints
    if outside is None or not outside.domain_name:
        return Finding(check, Level.PASS, "it has none")
    told = f"cluster {cluster.name} loses its public domain name {outside.domain_name}"
    return Finding(check, Level.WARN, f"{told}; get it back by bind-domain")
