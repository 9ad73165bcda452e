"""What `flows.upgrade_cluster` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from pydantic import Field

from dws.client import Client
from dws.lookup import disaster_recoveries_of, find_cluster, upgrade_paths_of
from dws.operations.snapshots import ListSnapshots
from dws.shapes import Cluster
from dws.told.upgrades import UpgradePath
from flows.declared.backup_then_delete import name_is_free, snapshot_name
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import cluster_target, is_free_of_recovery, is_open, is_well
from tasks.windows import Window

UPGRADED, CONFIRMED = "Update_Success", "Completed"
"""States of a path whose version the cluster has; the first can still be rolled back (assumed)."""
FREE = frozenset({"", "Waiting", "Rollback_Success"})
"""States of a path that can be taken."""


class Inputs(OnCluster):
    """Which version a cluster is to have, and what may be done for that."""

    version: str = Field(
        min_length=1, title="Version that the cluster is to have, as the service lists it"
    )
    rollback_on_failure: bool = Field(
        default=False, title="Let the service undo the upgrade if it fails"
    )
    confirm: bool = Field(
        default=False, title="Confirm the upgrade once it is checked; no way leads back then"
    )
    window: Window | None = Field(
        default=None, title="When it may be done, e.g. 'SUN 01:00-04:00'; at once if not told"
    )
    max_backup_age: timedelta = Field(
        default=timedelta(hours=4),
        gt=timedelta(0),
        title="How long ago the snapshot may have been asked for when the upgrade begins; "
        "what is written since is not in it",
    )


class Outputs(OfCluster):
    """What the cluster has now."""

    from_version: str
    version: str
    snapshot_name: str | None
    """The proved backup from before the upgrade; None if there was nothing to upgrade."""
    asked: bool
    """False if the cluster had the version already."""
    confirmed: bool
    """Whether no way leads back."""


ACTION = Action(
    name="upgrade_cluster",
    title="Upgrade a cluster, with a proved snapshot before and a check after",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.upgrade_cluster:upgrade_cluster",
    usual=(timedelta(minutes=35), timedelta(minutes=75)),
    preview="flows.declared.upgrade_cluster:preview",
    briefing=Briefing(
        changes="Takes a snapshot, which stays; then the database of the cluster gets the "
        "version. A failed upgrade is rolled back only if that is allowed. What is written after "
        "the snapshot is not in it.",
        interrupts="Queries go on during the snapshot, and are interrupted by the upgrade.",
        waits=(
            "clusters.cluster_settled",
            "snapshots.snapshot_ready",
            "upgrades.upgrade_finished",
        ),
        by_hand="The snapshot is proved and kept; the message names it. Go on with the same run, "
        "or, after an upgrade that failed, let the service try again or roll back. Once the "
        "snapshot is older than max_backup_age no upgrade is begun: begin a new run.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to the cluster now.

    Raises:
        NoSuchThing, Ambiguous: The name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    cluster = await find_cluster(client, inputs.cluster)
    paths = await upgrade_paths_of(client, cluster.id)
    pairs = await disaster_recoveries_of(client, cluster.id)
    name = snapshot_name(run_id, cluster.id)
    findings = [
        is_well(cluster),
        can_become(cluster, paths, inputs.version),
        is_free_of_recovery(cluster, pairs),
    ]
    changes = tuple(_changes(cluster, paths, inputs, name))
    if not has(cluster, path_to(paths, inputs.version), inputs.version):
        findings.append(name_is_free(name, (await client.call(ListSnapshots())).snapshots))
    if changes and inputs.window is not None:
        findings.append(is_open(inputs.window))
    return Preview(
        targets=(cluster_target(account, cluster),), changes=changes, findings=tuple(findings)
    )


def path_to(paths: Sequence[UpgradePath], version: str) -> UpgradePath | None:
    """The way to a version; None if the service offers none."""
    return next((path for path in paths if path.to_version == version), None)


def has(cluster: Cluster, path: UpgradePath | None, version: str) -> bool:
    """Whether the cluster has the version, and no upgrade to it is under way or has failed."""
    return cluster.version == version and (path is None or path.status in {UPGRADED, CONFIRMED})


def can_become(cluster: Cluster, paths: Sequence[UpgradePath], version: str) -> Finding:
    """Whether the service offers the way to a version, and that way is free."""
    check = "service offers the version"
    path = path_to(paths, version)
    if has(cluster, path, version):
        return Finding(check, Level.PASS, f"{cluster.name} has {version} already")
    if path is None:
        known = ", ".join(item.to_version or item.id for item in paths) or "none"
        told = f"version={version!r}: cluster {cluster.name} has {cluster.version} and can become: "
        return Finding(check, Level.BLOCK, told + known)
    if (path.status or "") in FREE:
        return Finding(check, Level.PASS, f"from {path.from_version} to {path.to_version}")
    return Finding(check, Level.BLOCK, f"version={version!r}: {_in_the_way(path, paths)}")


def _in_the_way(path: UpgradePath, paths: Sequence[UpgradePath]) -> str:
    if path.status != "Disable":
        cure = "wait for its end" if "Running" in (path.status or "") else offers(path)
        why = f" ({path.failed_reason})" if path.failed_reason else ""
        return f"an earlier upgrade to it is {path.status}{why}; {cure}"
    others = [item for item in paths if (item.status or "") not in FREE | {"Disable", CONFIRMED}]
    told = ", ".join(f"that to {item.to_version} ({item.status})" for item in others)
    return f"another upgrade is open: {told or 'the service does not say which'}; end that first"


def offers(path: UpgradePath) -> str:
    """What a person can do about an upgrade that failed."""
    return (
        "the service offers to try again or to undo it: runbook call ExecuteClusterUpgradeAction "
        f"with item_id={path.id} and action=retry or action=rollback"
    )


def _changes(
    cluster: Cluster, paths: Sequence[UpgradePath], inputs: Inputs, snapshot: str
) -> Iterator[str]:
    path = path_to(paths, inputs.version)
    of_cluster = f"cluster {cluster.name} ({cluster.id})"
    if not has(cluster, path, inputs.version):
        yield f"create snapshot {snapshot} of {of_cluster}"
        yield f"upgrade {of_cluster} from {cluster.version} to {inputs.version}"
    if inputs.confirm and path is not None and path.status != CONFIRMED:
        yield f"confirm the upgrade of {of_cluster} to {inputs.version}: no way leads back"
