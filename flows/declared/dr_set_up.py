"""What `flows.dr_set_up` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from dws.client import Client
from dws.errors import AlreadyExists
from dws.lookup import find_cluster
from dws.operations.disaster_recovery import (
    CheckDisasterName,
    DisasterRecovery,
    ListAvailableDisasterClusters,
    ListDisasterRecover,
    ShowDisasterDetail,
)
from dws.operations.logical_clusters import ListLogicalClusters
from dws.shapes import Cluster
from dws.values import ResourceName
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.locks import pair_lock
from tasks.pairs import in_state
from tasks.preconditions import cluster_target, is_well
from tasks.protection import not_protected

CHANGEABLE = frozenset({"unstart", "stopped"})
"""States in which the period can be changed (reference 5.12.7)."""
ALIVE = frozenset(
    {"creating", "unstart", "starting", "start_failed", "running", "stopping", "stopped"}
)
"""States of a pair of ours from which it can come to run."""


class Inputs(BaseModel):
    """Which cluster is to follow which."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    primary: str = Field(min_length=1, title="Name or id of the cluster that is followed")
    standby: str = Field(min_length=1, title="Name or id of the cluster that follows; it is wiped")
    name: ResourceName = Field(title="Name of the disaster recovery")
    sync_period: str = Field(
        default="30m",
        pattern=r"^([1-9][0-9]{0,2}|[12][0-9]{3}|3000)[mHd]$",
        title="How often the standby catches up: 1 to 3000 m, H or d",
    )
    dr_type: Literal["az", "region"] = Field(
        default="az", title="Whether the standby is in another zone or another region"
    )


class Outputs(BaseModel):
    """A pair that runs."""

    model_config = ConfigDict(frozen=True)

    pair_id: str
    pair_name: str
    primary_id: str
    standby_id: str
    synchronised: datetime
    """Up to when the standby has the primary's data, by the service's clock."""


ACTION = Action(
    name="dr_set_up",
    title="Let one cluster follow another, and see it caught up",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.DESTRUCTIVE,
    entry="flows.dr_set_up:dr_set_up",
    usual=(timedelta(minutes=8), timedelta(minutes=30)),
    early=frozenset({"pair_id"}),
    preview="flows.declared.dr_set_up:preview",
    briefing=Briefing(
        changes="Pairs two clusters and starts the disaster recovery; the standby's own data is "
        "lost. The primary's data stays.",
        interrupts="The primary's queries go on; those of the standby end. While it runs both "
        "clusters refuse restore, scaling, upgrade, restart and a new password.",
        waits=(
            "clusters.cluster_settled",
            "disaster_recovery.disaster_recovery_ready",
            "disaster_recovery.disaster_recovery_stopped",
            "disaster_recovery.disaster_recovery_running",
            "disaster_recovery.disaster_recovery_synchronised",
        ),
        by_hand="Nothing: run it again. To part the two, run dr-tear-down.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to the two clusters now.

    Raises:
        NoSuchThing, Ambiguous: A name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    primary = await find_cluster(client, inputs.primary)
    standby = await find_cluster(client, inputs.standby)
    listed = (await client.call(ListDisasterRecover())).disaster_recovery
    own = next((pair for pair in listed if is_wanted(pair, inputs, primary, standby)), None)
    targets = (cluster_target(account, primary), cluster_target(account, standby))
    if own is not None:
        shown = await client.call(ShowDisasterDetail(disaster_recovery_id=own.id))
        return Preview(targets, *_of_own(shown.disaster_recovery, inputs, standby))
    findings = (
        is_well(primary),
        is_well(standby),
        not_protected(standby),
        *are_alike(primary, standby),
        are_unpaired(listed, primary, standby),
        await _has_free_name(client, inputs),
        await _has_no_logical_clusters(client, primary, standby),
        await _is_offered(client, inputs, primary, standby),
    )
    changes = (
        f"pair clusters {primary.name} (primary) and {standby.name} (standby) as {inputs.name}",
        f"start {inputs.name}: the data of cluster {standby.name} IS LOST",
    )
    return Preview(targets, changes, findings)


def set_up_lock(account: str, name: str) -> str:
    """The name of the lock on a disaster recovery that has no id yet."""
    return pair_lock(account, name.casefold())


def is_wanted(pair: DisasterRecovery, inputs: Inputs, primary: Cluster, standby: Cluster) -> bool:
    """Whether a pair is the one that is to be set up, whatever it is at."""
    is_named = pair.name.casefold() == inputs.name.casefold()
    return is_named and (pair.primary_cluster_id, pair.standby_cluster_id) == (
        primary.id,
        standby.id,
    )


def are_alike(primary: Cluster, standby: Cluster) -> tuple[Finding, ...]:
    """Whether the clusters go together: alike in network, version and size (facts A8)."""
    told = (
        ("network", primary.vpc_id, standby.vpc_id),
        ("version", primary.version, standby.version),
        ("node type", primary.node_type, standby.node_type),
        ("number of nodes", primary.number_of_node, standby.number_of_node),
    )
    return tuple(_is_same(what, primary, standby, one, other) for what, one, other in told)


def _is_same(what: str, primary: Cluster, standby: Cluster, one: object, other: object) -> Finding:
    check = f"clusters are alike in {what}"
    if primary.id == standby.id:
        return Finding(check, Level.BLOCK, f"standby={standby.name!r}: it is the primary itself")
    if one == other:
        return Finding(check, Level.PASS, str(one))
    told = f"{what}: cluster {primary.name} has {one}, {standby.name} has {other}; "
    return Finding(check, Level.BLOCK, f"{told}choose a standby that is like the primary")


def are_unpaired(listed: Sequence[DisasterRecovery], *clusters: Cluster) -> Finding:
    """Whether neither cluster belongs to another pair."""
    check = "clusters belong to no other disaster recovery"
    told = [
        f"cluster {cluster.name} belongs to disaster recovery {pair.name} ({pair.status})"
        for cluster in clusters
        for pair in listed
        if pair.holds(cluster.id)
    ]
    if not told:
        return Finding(check, Level.PASS, "they belong to none")
    return Finding(check, Level.BLOCK, "; ".join(told) + "; run dr-tear-down on that first")


async def _has_free_name(client: Client, inputs: Inputs) -> Finding:
    check = "name is free"
    try:
        await client.call(CheckDisasterName(dr_name=inputs.name))
    except AlreadyExists as error:
        told = f"name={inputs.name!r}: {error.message} Choose another"
        return Finding(check, Level.BLOCK, told)
    return Finding(check, Level.PASS, inputs.name)


async def _has_no_logical_clusters(client: Client, *clusters: Cluster) -> Finding:
    check = "no logical clusters"
    told = []
    for cluster in clusters:
        listed = await client.call(ListLogicalClusters(cluster_id=cluster.id))
        if listed.logical_clusters:
            told.append(f"cluster {cluster.name} has logical clusters")
    if not told:
        return Finding(check, Level.PASS, "neither has any")
    cure = "disaster recovery knows none: choose other clusters"
    return Finding(check, Level.BLOCK, f"{'; '.join(told)}; {cure}")


async def _is_offered(
    client: Client, inputs: Inputs, primary: Cluster, standby: Cluster
) -> Finding:
    """Whether the service itself lists the standby; it lists idle clusters only (assumed)."""
    check = "service offers the standby"
    # Of a cluster in several zones the first one is told (assumed).
    zone = (standby.availability_zone or "").partition(",")[0]
    offered = await client.call(
        ListAvailableDisasterClusters(
            primary_cluster_id=primary.id, standby_az_code=zone, dr_type=inputs.dr_type
        )
    )
    if any(cluster.id == standby.id for cluster in offered.disaster_recovery_clusters):
        return Finding(check, Level.PASS, f"cluster {standby.name} may follow {primary.name}")
    told = f"the service does not offer cluster {standby.name} as a standby of {primary.name}"
    is_busy = any(is_well(one).level is Level.WARN for one in (primary, standby))
    if is_busy:
        return Finding(check, Level.WARN, f"{told} now; one of them is busy")
    return Finding(check, Level.BLOCK, f"{told}; see ListAvailableDisasterClusters")


def _of_own(
    pair: DisasterRecovery, inputs: Inputs, standby: Cluster
) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    findings = (
        in_state(pair, ALIVE, "repair it, or run dr-tear-down and set it up again"),
        _has_period(pair, inputs),
    )
    if pair.status in {"running", "starting"}:
        return (), findings
    started = f"start {pair.name}: the data of cluster {standby.name} IS LOST"
    if pair.dr_sync_period in {None, inputs.sync_period}:
        return (started,), (*findings, not_protected(standby))
    changed = f"let {pair.name} synchronise every {inputs.sync_period}, not {pair.dr_sync_period}"
    return (changed, started), (*findings, not_protected(standby))


def _has_period(pair: DisasterRecovery, inputs: Inputs) -> Finding:
    check = "period of synchronisation"
    if pair.dr_sync_period in {None, inputs.sync_period} or pair.status in CHANGEABLE:
        return Finding(check, Level.PASS, inputs.sync_period)
    return Finding(
        check,
        Level.BLOCK,
        f"sync_period={inputs.sync_period!r}: disaster recovery {pair.name} is {pair.status} "
        f"with {pair.dr_sync_period}, which can be changed only while it stands still; pause it",
    )
