"""What `flows.prune_snapshots` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dws.client import Client
from dws.lookup import NoSuchThing
from dws.operations.clusters import ListClusters
from dws.operations.snapshots import ListSnapshots
from dws.shapes import Cluster, Snapshot
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview, Target
from tasks.fingerprints import found_bad
from tasks.locks import cluster_lock
from tasks.retention import Decision, Rule, decided
from tasks.selection import Selection, selected
from tasks.store import database

RESTORING = frozenset({"RESTORING", "FINE_GRAINED_RESTORING", "DR_RECOVERING"})
"""Tasks of clusters that read a snapshot, which one is not told (facts/service_and_peers A3)."""


class Inputs(Selection):
    """Whose snapshots are thinned out, and which of them stay."""

    gone_clusters: bool = Field(
        default=False,
        title="Also those of clusters that are gone: of the ids among clusters, or else of all",
    )
    keep_daily: int = Field(default=7, ge=0, le=1000, title="Days of which the newest is kept")
    keep_weekly: int = Field(default=4, ge=0, le=1000, title="Weeks of which the newest is kept")
    keep_monthly: int = Field(default=12, ge=0, le=1000, title="Months of which the newest is kept")
    keep_yearly: int = Field(default=0, ge=0, le=1000, title="Years of which the newest is kept")
    pattern: str = Field(
        default="rb-*", min_length=1, title="Names of what may be dropped, with * and ?"
    )
    time_zone: str = Field(default="UTC", title="Time zone in which a day begins")

    @field_validator("time_zone")
    @classmethod
    def _known(cls, told: str) -> str:
        try:
            ZoneInfo(told)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(
                f"{told!r} is no time zone; write it as Europe/Berlin or UTC"
            ) from None
        return told

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not (self.is_told or self.gone_clusters):
            raise ValueError("tell clusters, tag or gone_clusters: whose snapshots are meant?")
        return self

    @property
    def rule(self) -> Rule:
        """What is to be kept of each cluster."""
        return Rule(
            daily=self.keep_daily,
            weekly=self.keep_weekly,
            monthly=self.keep_monthly,
            yearly=self.keep_yearly,
            pattern=self.pattern,
            zone=ZoneInfo(self.time_zone),
        )


class Outputs(BaseModel):
    """What was dropped, and what is still there."""

    model_config = ConfigDict(frozen=True)

    dropped: tuple[str, ...]
    """Names of those that are gone."""
    freed_gb: float
    kept: tuple[str, ...]
    """One line each: which, and why."""
    postponed: tuple[str, ...]
    """One line each: which ought to be dropped and may be in use. The next run drops them."""


ACTION = Action(
    name="prune_snapshots",
    title="Drop old snapshots, and keep daily, weekly, monthly and yearly ones",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.DESTRUCTIVE,
    entry="flows.prune_snapshots:prune_snapshots",
    usual=(timedelta(seconds=5), timedelta(minutes=10)),
    preview="flows.declared.prune_snapshots:preview",
    briefing=Briefing(
        changes="Manual snapshots of a certain name that no period keeps are deleted, one by one, "
        "for good. The last good one of a cluster, automated ones, those that may be in use, "
        "those that a restore has shown to be bad, and those that were not there at the beginning "
        "stay.",
        interrupts="Nothing.",
        waits=("snapshots.snapshot_gone",),
        by_hand="Nothing: run it again; what is dropped is dropped, all else stays.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would drop and keep now, snapshot by snapshot.

    Raises:
        NoSuchThing, Ambiguous: The selection is empty, or a name does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    clusters = (await client.call(ListClusters())).clusters
    snapshots = (await client.call(ListSnapshots())).snapshots
    plan = decisions(inputs, clusters, snapshots, found_bad(database()))
    drops = [one for one in plan if not one.is_kept]
    return Preview(
        targets=tuple(
            Target("snapshot", one.snapshot_id, one.name, cluster_lock(account, one.cluster_id))
            for one in drops
        ),
        changes=tuple(f"DELETE snapshot {one.words}" for one in drops),
        findings=(
            *(Finding("kept", Level.PASS, one.words) for one in plan if one.is_kept),
            none_restores(clusters),
        ),
    )


def decisions(
    inputs: Inputs,
    clusters: Sequence[Cluster],
    snapshots: Sequence[Snapshot],
    bad: Mapping[str, str],
) -> tuple[Decision, ...]:
    """
    What becomes of every snapshot of the clusters that are meant, by cluster.

    Args:
        bad: Ids of snapshots that a run has found bad, with the run's id.

    Raises:
        NoSuchThing, Ambiguous: The selection is empty, or a name does not tell one cluster.
    """
    of_cluster: dict[str, list[Snapshot]] = defaultdict(list)
    for item in snapshots:
        of_cluster[item.cluster_id].append(item)
    names = {cluster.id: cluster.name for cluster in clusters}
    return tuple(
        decision
        for one in _meant(inputs, clusters, snapshots)
        for decision in decided(inputs.rule, of_cluster[one], names.get(one, one), bad)
    )


def restoring(clusters: Sequence[Cluster]) -> str:
    """Names of the clusters that read a snapshot just now; empty if none does."""
    return ", ".join(
        cluster.name
        for cluster in clusters
        if RESTORING & {cluster.task_status, cluster.status, *cluster.action_progress}
    )


def none_restores(clusters: Sequence[Cluster]) -> Finding:
    """Whether no snapshot can be in use."""
    check = "no restore is under way"
    if names := restoring(clusters):
        told = (
            f"{names}: being restored, from which snapshot is not told; none is dropped till then"
        )
        return Finding(check, Level.WARN, told)
    return Finding(check, Level.PASS, "no cluster of the project is being restored")


def _meant(
    inputs: Inputs, clusters: Sequence[Cluster], snapshots: Sequence[Snapshot]
) -> tuple[str, ...]:
    if not inputs.gone_clusters:
        return tuple(cluster.id for cluster in selected(clusters, inputs))
    alive = {cluster.id for cluster in clusters if cluster.status != "DELETED"}
    gone = sorted({item.cluster_id for item in snapshots} - alive)
    named = [told for told in inputs.clusters if told not in gone]
    found = [one for one in gone if not inputs.clusters or one in inputs.clusters]
    if named or inputs.tag:
        asked = Selection(clusters=tuple(named), tag=inputs.tag)
        found = [*(cluster.id for cluster in selected(clusters, asked)), *found]
    if not found:
        raise NoSuchThing("gone_clusters: no snapshot is of a cluster that is gone")
    return tuple(found)
