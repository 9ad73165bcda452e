"""What `flows.fleet_backup` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from dws.client import Client
from dws.lookup import disaster_recoveries
from dws.operations.clusters import ListClusters
from dws.operations.disaster_recovery import DisasterRecovery
from dws.operations.snapshots import ListSnapshots
from dws.shapes import Cluster
from flows.declared.backup_then_delete import can_be_backed_up, name_is_free, snapshot_name
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.budget import Errors, allowed
from tasks.preconditions import AT_REST, cluster_target
from tasks.selection import Selection, selected


class Inputs(Selection):
    """Which clusters are backed up, and how many at once."""

    max_parallel: int = Field(default=5, ge=1, le=100, title="How many at once")
    max_errors: Errors = Field(
        default="50%", title="How many may fail before no more are begun: 2, or 10%"
    )


class Backup(BaseModel):
    """The proved backup of a cluster."""

    model_config = ConfigDict(frozen=True)

    cluster_id: str
    cluster_name: str
    snapshot_name: str
    snapshot_id: str
    size_gb: float
    """As the service tells it."""


class Outputs(BaseModel):
    """The backups: one for each cluster that is meant."""

    model_config = ConfigDict(frozen=True)

    backups: tuple[Backup, ...]
    total_gb: float


ACTION = Action(
    name="fleet_backup",
    title="Back up many clusters, so many at once, and prove each backup",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.fleet_backup:fleet_backup",
    usual=(timedelta(minutes=3), timedelta(hours=2)),
    preview="flows.declared.fleet_backup:preview",
    briefing=Briefing(
        changes="Takes one manual snapshot of each cluster. Nothing else is touched.",
        interrupts="Nothing: queries go on. A cluster refuses other changes until its snapshot is "
        "there.",
        waits=("clusters.cluster_settled", "snapshots.snapshot_ready"),
        by_hand="The message tells which clusters have no backup and why. Mend that and go on with "
        "the same run: those that have one are left alone. A snapshot that failed keeps its name: "
        "drop it first.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    Which clusters a run would back up now, and which of them cannot be.

    Raises:
        NoSuchThing, Ambiguous: The selection is empty, or a name does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    found = selected((await client.call(ListClusters())).clusters, inputs)
    listed = (await client.call(ListSnapshots())).snapshots
    pairs = await disaster_recoveries(client)
    names = {cluster.id: snapshot_name(run_id, cluster.id) for cluster in found}
    taken = (name_is_free(name, listed) for name in names.values())
    return Preview(
        targets=tuple(cluster_target(account, cluster) for cluster in found),
        changes=tuple(f"create snapshot {names[one.id]} of cluster {one.name}" for one in found),
        findings=(
            _bounds(inputs, len(found)),
            *(finding for finding in taken if finding.level is Level.BLOCK),
            *_hopeless(found, pairs),
        ),
    )


def _bounds(inputs: Inputs, total: int) -> Finding:
    errors = allowed(inputs.max_errors, total)
    told = (
        f"{total} clusters ({inputs.words}), {inputs.max_parallel} at once; no more are begun "
        f"after failure {errors + 1}"
    )
    return Finding("selection", Level.PASS, told)


def _hopeless(clusters: Sequence[Cluster], pairs: Sequence[DisasterRecovery]) -> Iterator[Finding]:
    """Clusters that are bound to fail: told before, but the others are backed up all the same."""
    standby = {
        pair.standby_cluster_id: pair.name or pair.id
        for pair in pairs
        if pair.status not in AT_REST
    }
    for cluster in clusters:
        finding = can_be_backed_up(cluster)
        if finding.level is not Level.PASS:
            yield Finding(finding.check, Level.WARN, f"{cluster.name}: {finding.told}")
        if cluster.id in standby:
            told = (
                f"{cluster.name}: standby of disaster recovery {standby[cluster.id]}: leave it out"
            )
            yield Finding("is no standby", Level.WARN, told)
