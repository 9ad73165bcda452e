"""What `flows.backup_then_delete` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from pydantic import Field

from dws.client import Client
from dws.lookup import disaster_recoveries_of, find_cluster
from dws.operations.snapshots import ListSnapshots
from dws.shapes import Cluster, Snapshot
from dws.values import ResourceName
from dws.waiter import Failed
from dws.waiters import DEAD, judge_cluster
from flows.declared.one_cluster import OfCluster, OnCluster
from flows.declared.restoring import fits_the_quota, scratch_changes
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview, Target
from tasks.locks import cluster_lock
from tasks.protection import not_in_disaster_recovery, not_protected


class Inputs(OnCluster):
    """What is to be deleted, and what may be lost with it."""

    snapshot: ResourceName | None = Field(
        default=None, title="Name of the snapshot; made from the run and the cluster if not told"
    )
    give_up: tuple[str, ...] = Field(
        default=(), title="Names of older manual snapshots to delete after the cluster"
    )
    proof: Literal["status", "restore"] = Field(
        default="status",
        title="What proves the snapshot: what the service says of it, or a restored copy",
    )
    max_backup_age: timedelta | None = Field(
        default=None,
        gt=timedelta(0),
        title="How long ago the snapshot may have been asked for when the cluster is deleted; "
        "PT4H if not told, PT24H with proof=restore; what is written since is lost",
    )

    @property
    def longest_age(self) -> timedelta:
        """`max_backup_age`; a restore and its comparison take hours where there is much data."""
        if self.max_backup_age is not None:
            return self.max_backup_age
        return timedelta(hours=24) if self.proof == "restore" else timedelta(hours=4)


class Outputs(OfCluster):
    """What is left: the proof."""

    snapshot_name: str
    snapshot_id: str
    snapshot_size_gb: float
    """As the service tells it."""
    kept: tuple[str, ...]
    """Names of all manual snapshots of the cluster that are still there, seen after its end."""
    given_up: tuple[str, ...]
    """Names of the snapshots that were deleted because the caller gave them up."""
    proof: str = "status"
    """``restore`` if a restored copy was compared with the cluster."""
    restore_s: float | None = None
    """Seconds that the restore took; None if there was none."""
    written_meanwhile: tuple[str, ...] = ()
    """Tables that were written to while the snapshot was taken: compared as far as they can be."""
    remarks: tuple[str, ...] = ()
    """What the proof does not say, e.g. that there was no table to compare."""


ACTION = Action(
    name="backup_then_delete",
    title="Take a snapshot of a cluster, prove it, delete the cluster",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.DESTRUCTIVE,
    entry="flows.backup_then_delete:backup_then_delete",
    usual=(timedelta(minutes=5), timedelta(minutes=15)),
    early=frozenset({"cluster_id", "cluster_name", "snapshot_name", "snapshot_id"}),
    preview="flows.declared.backup_then_delete:preview",
    briefing=Briefing(
        changes="Takes a snapshot; deletes the cluster with its automated snapshots, and the "
        "manual ones that are given up. All other manual snapshots stay. With proof=restore it "
        "makes a cluster rb-scratch-... beside it for a while, which costs as much. What is "
        "written to the cluster after its snapshot is lost: stop writing before.",
        interrupts="Queries go on until the deletion, and end with it.",
        waits=(
            "clusters.cluster_settled",
            "snapshots.snapshot_ready",
            "clusters.cluster_gone",
            "snapshots.snapshot_gone",
        ),
        by_hand="The cluster is there, or its snapshot is proved; the message says which. Mend "
        "what it names, and go on with the same run; once its snapshot is older than "
        "max_backup_age it deletes nothing: begin a new one.",
    ),
)


def snapshot_name(run_id: str, cluster_id: str) -> str:
    """The name of the snapshot that a run takes of a cluster: always the same (contract)."""
    digest = hashlib.sha256(f"{run_id}{cluster_id}".encode()).hexdigest()
    return f"rb-{digest[:12]}"


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to the cluster now.

    Raises:
        NoSuchThing, Ambiguous: The name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    cluster = await find_cluster(client, inputs.cluster)
    listed = (await client.call(ListSnapshots())).snapshots
    present = [snapshot for snapshot in listed if snapshot.cluster_id == cluster.id]
    pairs = await disaster_recoveries_of(client, cluster.id)
    name = inputs.snapshot or snapshot_name(run_id, cluster.id)
    by_restore = inputs.proof == "restore"
    findings = (
        not_protected(cluster),
        not_in_disaster_recovery(cluster, pairs),
        can_be_backed_up(cluster),
        name_is_free(name, listed),
        may_be_given_up(inputs.give_up, name, present),
        *([await fits_the_quota(client, cluster)] if by_restore else []),
    )
    return Preview(
        targets=(Target("cluster", cluster.id, cluster.name, cluster_lock(account, cluster.id)),),
        changes=_changes(cluster, name, present, inputs),
        findings=findings,
    )


def can_be_backed_up(cluster: Cluster) -> Finding:
    """Whether the cluster is in a state that leads to a snapshot; a busy one is waited for."""
    check = "can be backed up"
    verdict = judge_cluster(cluster)
    if cluster.status == "DELETING" or cluster.status in DEAD:
        told = f"cluster {cluster.name} is {cluster.status}; nothing can be backed up any more"
        return Finding(check, Level.BLOCK, told)
    if isinstance(verdict, Failed):
        told = f"cluster {cluster.name}: {verdict.why}; repair it first, or delete it by hand"
        return Finding(check, Level.BLOCK, told)
    flags = cluster.sub_status or "NORMAL"
    if flags not in {"NORMAL", ""}:
        return Finding(check, Level.WARN, f"its state is {cluster.status}, {flags}")
    return Finding(check, Level.PASS, f"its state is {cluster.status}")


def name_is_free(name: str, listed: Sequence[Snapshot]) -> Finding:
    """Whether no other snapshot has the name; the service compares without regard to case."""
    taken = [item for item in listed if item.name.lower() == name.lower()]
    if not taken:
        return Finding("snapshot name is free", Level.PASS, name)
    told = f"snapshot={name!r}: there is one of that name since {taken[0].started}; choose another"
    return Finding("snapshot name is free", Level.BLOCK, told)


def may_be_given_up(names: Sequence[str], own: str, present: Sequence[Snapshot]) -> Finding:
    """Whether the snapshots to be deleted are manual ones of this cluster, and not the new one."""
    check = "snapshots to give up"
    manual = sorted(item.name for item in present if item.is_manual)
    unknown = sorted(set(names) - set(manual) | ({own} & set(names)))
    if unknown:
        told = ", ".join(unknown)
        known = ", ".join(manual) or "none"
        return Finding(
            check,
            Level.BLOCK,
            f"give_up: {told}: no older manual snapshot of this cluster; it has {known}",
        )
    return Finding(check, Level.PASS, ", ".join(names) or "none")


def _changes(
    cluster: Cluster, name: str, present: Sequence[Snapshot], inputs: Inputs
) -> tuple[str, ...]:
    manual = [item.name for item in present if item.is_manual]
    lost, kept = len(present) - len(manual), len(manual) + 1
    return (
        f"create snapshot {name} of cluster {cluster.name} ({cluster.id})",
        *(scratch_changes(name) if inputs.proof == "restore" else ()),
        f"DELETE cluster {cluster.name}; automated snapshots lost: {lost}, manual kept: {kept}",
        *(f"DELETE snapshot {item}" for item in inputs.give_up),
    )
