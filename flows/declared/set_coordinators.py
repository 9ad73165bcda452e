"""What `flows.set_coordinators` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from dws.client import Client
from dws.lookup import find_cluster
from dws.operations.nodes import ListClusterCn
from dws.shapes import Cluster
from dws.told.nodes import Coordinator, Coordinators
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import cluster_target, is_well


class Inputs(OnCluster):
    """How many coordinators a cluster is to have."""

    coordinators: int = Field(
        ge=1, le=20, title="How many there are to be; the service tells how many there may be"
    )


class Outputs(OfCluster):
    """Which coordinators there are now."""

    coordinators: tuple[str, ...]
    """Names of all of them."""
    removed: tuple[str, ...]
    """Names of those that were taken away; their nodes stay."""


ACTION = Action(
    name="set_coordinators",
    title="Bring a cluster to a number of coordinators",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.set_coordinators:set_coordinators",
    usual=(timedelta(minutes=3), timedelta(minutes=15)),
    preview="flows.declared.set_coordinators:preview",
    briefing=Briefing(
        changes="Coordinators are added, or the last of the list taken away; nodes and data stay.",
        interrupts="Stop services first, as the service wants; sessions on a coordinator that is "
        "taken away end.",
        waits=("clusters.cluster_settled", "clusters.cluster_task_finished"),
        by_hand="Nothing: go on with the same run. After a failure see for the cluster first.",
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
    told = await client.call(ListClusterCn(cluster_id=cluster.id))
    changes = _changes(cluster, told, inputs.coordinators)
    services = Finding(
        "services are stopped", Level.WARN, "the service wants that meanwhile; it is not looked at"
    )
    return Preview(
        targets=(cluster_target(account, cluster),),
        changes=changes,
        findings=(
            is_well(cluster),
            may_have(cluster.name, told, inputs.coordinators),
            *((services,) if changes else ()),
        ),
    )


def may_have(cluster: str, told: Coordinators, wanted: int) -> Finding:
    """Whether the service allows so many (reference 5.2.39: ``min_num``, ``max_num``)."""
    check = "number of coordinators is allowed"
    least, most = told.min_num or 1, told.max_num or wanted
    if least <= wanted <= most:
        return Finding(check, Level.PASS, f"{least} to {most} are")
    return Finding(
        check,
        Level.BLOCK,
        f"coordinators={wanted}: cluster {cluster} may have {least} to {most}; choose one of these",
    )


def superfluous(told: Coordinators, wanted: int) -> list[Coordinator]:
    """Those that would be taken away: the last of the list, which were added last (assumed)."""
    return told.instances[wanted:]


def _changes(cluster: Cluster, told: Coordinators, wanted: int) -> tuple[str, ...]:
    of_cluster = f"cluster {cluster.name} ({cluster.id})"
    here = len(told.instances)
    if here < wanted:
        return (f"bring {of_cluster} from {here} to {wanted} coordinators",)
    return tuple(
        f"take coordinator {item.name or item.id} ({item.id}) away from {of_cluster}"
        for item in superfluous(told, wanted)
    )
