"""What `flows.copy_backup_to_region` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from dws.client import Client
from dws.lookup import NoSuchThing, find_cluster, snapshots_of
from dws.operations.snapshots import (
    ListSnapshotCrossRegionPolicies,
    ListSnapshotCrossRegions,
    ListSnapshots,
)
from dws.shapes import Cluster, Snapshot
from dws.told.snapshots import CrossRegionPolicy
from dws.values import ResourceName
from flows.declared.backup_then_delete import name_is_free, snapshot_name
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import cluster_target
from tasks.retention import is_good

NEWEST = "newest"
"""Means the youngest automated snapshot that is good."""


class Inputs(OnCluster):
    """Where a cluster's snapshots are copied to, and which of them is made to last."""

    region: str | None = Field(default=None, min_length=1, title="Region to copy to")
    project_id: str | None = Field(
        default=None, min_length=1, title="Id of the project there that the copies belong to"
    )
    keep_days: int = Field(default=7, ge=1, le=3650, title="Days that copies are kept there")
    remove: bool = Field(default=False, title="Copy no more to any region")
    snapshot: str | None = Field(
        default=None,
        min_length=1,
        title="Automated snapshot to be copied into one that lasts: name, id, or newest",
    )
    copy_name: ResourceName | None = Field(
        default=None, title="Name of that copy; made from the run and the snapshot if not told"
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.region is None) != (self.project_id is None):
            raise ValueError("region and project_id: tell both, or none")
        if self.remove and self.region:
            raise ValueError("remove: tell it without region, which is to be copied to")
        if not (self.remove or self.region or self.snapshot):
            raise ValueError("tell region, remove or snapshot: what is to be done?")
        return self

    def is_told_by(self, policy: CrossRegionPolicy | None) -> bool:
        """Whether what is copied where is as it is to be."""
        if self.region is None:
            return policy is None or not self.remove
        told = policy and (policy.destination_region, policy.destination_project_id)
        return (
            policy is not None
            and told == (self.region, self.project_id)
            and policy.status is True
            and policy.back_keep_day == self.keep_days
        )


class Outputs(OfCluster):
    """What is copied where, as the service tells it."""

    region: str | None
    """None: snapshots of the cluster are copied nowhere."""
    keep_days: int | None
    copied_gb: float
    """What lies in the other region; a copy arrives there some minutes after its snapshot."""
    asked: bool
    """False if what is copied where was so already."""
    snapshot_name: str | None
    """The copy that lasts, proved; None if none was asked for."""
    snapshot_id: str | None


ACTION = Action(
    name="copy_backup_to_region",
    title="Have a cluster's backups copied to another region, and an automated one made to last",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.copy_backup_to_region:copy_backup_to_region",
    usual=(timedelta(seconds=2), timedelta(minutes=10)),
    preview="flows.declared.copy_backup_to_region:preview",
    briefing=Briefing(
        changes="Sets, or removes, where snapshots of the cluster are copied from the next one on; "
        "copies an automated snapshot into a manual one, which outlives the cluster. Copies that "
        "lie in a region stay for their days.",
        interrupts="Nothing. While an automated snapshot is copied it cannot be restored.",
        waits=("snapshots.snapshot_ready",),
        by_hand="Nothing: run it again; it does what is left.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would set and copy now.

    Raises:
        NoSuchThing, Ambiguous: A name or id does not tell one cluster, or one snapshot of it.
        DwsError: The service refused or did not answer.
    """
    cluster = await find_cluster(client, inputs.cluster)
    present = await policy_of(client, cluster.id)
    findings = [await is_offered(client, inputs.region)] if inputs.region else []
    changes = [] if inputs.is_told_by(present) else [_setting(inputs, cluster, present)]
    if inputs.snapshot:
        source = automated(await snapshots_of(client, cluster.id), inputs.snapshot, cluster)
        name = inputs.copy_name or snapshot_name(run_id, source.id)
        listed = (await client.call(ListSnapshots())).snapshots
        findings += [is_usable(source), name_is_free(name, listed)]
        changes.append(f"copy automated snapshot {source.name} to manual snapshot {name}")
    return Preview((cluster_target(account, cluster),), tuple(changes), tuple(findings))


async def policy_of(client: Client, cluster_id: str) -> CrossRegionPolicy | None:
    """
    Where the snapshots of a cluster are copied to; None if they are not.

    Raises:
        DwsError: The service refused or did not answer.
    """
    found = await client.call(ListSnapshotCrossRegionPolicies(cluster_id=cluster_id))
    return the_policy(found.cross_region_configs, cluster_id)


def the_policy(listed: Sequence[CrossRegionPolicy], cluster_id: str) -> CrossRegionPolicy | None:
    """
    The policy of a cluster among those that are listed.

    One that is listed without a region is none: the sample of reference 5.3.20 has such.
    """
    own = (one for one in listed if one.cluster_id == cluster_id and one.destination_region)
    return next(own, None)


async def is_offered(client: Client, region: str) -> Finding:
    """
    Whether snapshots may be copied to a region.

    Raises:
        DwsError: The service refused or did not answer.
    """
    check = "region is offered"
    found = await client.call(ListSnapshotCrossRegions(limit=1000))
    known = sorted(one.region_id for one in found.regions)
    if region in known:
        return Finding(check, Level.PASS, region)
    told = f"region={region!r}: snapshots may be copied to {', '.join(known) or 'none'}"
    return Finding(check, Level.BLOCK, told)


def automated(snapshots: Sequence[Snapshot], told: str, cluster: Cluster) -> Snapshot:
    """
    The automated snapshot of a cluster of that name or id, or the newest good one.

    Raises:
        NoSuchThing: There is none, or it is a manual one.
    """
    by_age = sorted(snapshots, key=lambda item: (item.started is not None, item.started, item.id))
    own = [item for item in reversed(by_age) if not item.is_manual]
    if told == NEWEST:
        found = [item for item in own if is_good(item)]
    else:
        found = [item for item in own if told in {item.id, item.name}]
    if not found:
        names = ", ".join(item.name for item in own[:5]) or "none"
        raise NoSuchThing(
            f"snapshot={told!r}: no automated snapshot of cluster {cluster.name}; it has {names}"
        )
    return found[0]


def is_usable(source: Snapshot) -> Finding:
    """Whether a snapshot can be copied: it must be complete."""
    check = "snapshot can be copied"
    if is_good(source):
        return Finding(check, Level.PASS, f"{source.name} is {source.status}")
    told = (
        f"snapshot={source.name!r} is {source.status}, of {source.size or 0:g} GB; choose another"
    )
    return Finding(check, Level.BLOCK, told)


def _setting(inputs: Inputs, cluster: Cluster, present: CrossRegionPolicy | None) -> str:
    before = (
        f"; until now to {present.destination_region}, kept {present.back_keep_day} days, "
        f"{'on' if present.status else 'off'}"
        if present
        else ""
    )
    if inputs.remove:
        return f"REMOVE the copying of snapshots of {cluster.name} to another region{before}"
    return (
        f"copy snapshots of {cluster.name} to {inputs.region} (project {inputs.project_id}), "
        f"kept {inputs.keep_days} days, from the next one on{before}"
    )
