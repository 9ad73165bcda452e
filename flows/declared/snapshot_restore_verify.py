"""What `flows.snapshot_restore_verify` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import (
    AwareDatetime,
    Field,
    TypeAdapter,
    field_validator,
    model_validator,
)

from dws.client import Client
from dws.lookup import disaster_recoveries_of, find_cluster
from dws.operations.snapshots import ListSnapshots
from dws.shapes import Snapshot
from dws.sql.acceptance import Acceptance, statements_in
from dws.sql.fingerprint import Bounds
from dws.values import ResourceName
from flows.declared.backup_then_delete import can_be_backed_up, name_is_free, snapshot_name
from flows.declared.one_cluster import OfCluster, OnCluster
from flows.declared.restoring import (
    can_be_restored,
    fits_the_quota,
    has_a_flavor,
    scratch_changes,
)
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import cluster_target, is_no_standby, is_well, is_writable

_MOMENT: TypeAdapter[datetime | None] = TypeAdapter(AwareDatetime | None)


class Inputs(OnCluster):
    """Which snapshot of which cluster, and what a restored copy must hold."""

    pick: Literal["new", "latest", "random", "named"] = Field(
        default="new", title="Which snapshot: a new one, the latest, any of a window, one by name"
    )
    snapshot: ResourceName | None = Field(
        default=None, title="Name of the snapshot: of the new one, or of the one named"
    )
    begun_after: str | None = Field(
        default=None, title="Begin of the window of the random one, e.g. 2026-03-01T00:00:00Z"
    )
    begun_before: str | None = Field(default=None, title="End of the window of the random one")
    databases: tuple[str, ...] = Field(
        default=(), title="Databases to compare; all if none is told"
    )
    acceptance: tuple[str, ...] = Field(
        default=(), title="Statements that must each answer one row whose first column is true"
    )
    acceptance_file: str | None = Field(
        default=None, title="File of such statements, each ended by a semicolon at a line's end"
    )
    canary: bool = Field(default=True, title="Write a row before a new snapshot, and look for it")
    sample_above_rows: int = Field(
        default=20_000_000, ge=1, title="Tables with more rows are compared by a sample"
    )
    sample_above_gb: float = Field(
        default=50.0, gt=0, title="Tables that are larger are compared by a sample"
    )
    sessions: int = Field(default=4, ge=1, le=32, title="Tables to read at a time")

    @field_validator("begun_after", "begun_before")
    @classmethod
    def _is_a_moment(cls, told: str | None) -> str | None:
        _MOMENT.validate_python(told)
        return told

    @property
    def window(self) -> tuple[datetime | None, datetime | None]:
        """Between what the random one was begun."""
        return _MOMENT.validate_python(self.begun_after), _MOMENT.validate_python(self.begun_before)

    @property
    def bounds(self) -> Bounds:
        """How the tables are read."""
        return Bounds(
            rows=self.sample_above_rows, size_gb=self.sample_above_gb, sessions=self.sessions
        )

    @property
    def writes_canary(self) -> bool:
        """Whether a row is written to the source."""
        return self.canary and self.pick == "new"

    def statements(self) -> tuple[str, ...]:
        """
        The acceptance statements, those of the file included.

        Raises:
            OSError, UnicodeDecodeError: The file cannot be read.
        """
        if self.acceptance_file is None:
            return self.acceptance
        text = Path(self.acceptance_file).read_text(encoding="utf-8")
        return (*self.acceptance, *statements_in(text))

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.pick == "named" and self.snapshot is None:
            raise ValueError("pick=named needs snapshot: the name of the one to restore")
        if self.pick in {"latest", "random"} and self.snapshot is not None:
            raise ValueError(f"snapshot={self.snapshot!r}: pick={self.pick} chooses it; use named")
        if self.pick != "random" and (self.begun_after or self.begun_before):
            raise ValueError("begun_after and begun_before are for pick=random")
        return self


class Outputs(OfCluster):
    """A snapshot that holds what it must; a bad one ends the run as Stopped."""

    snapshot_id: str
    snapshot_name: str
    scratch_name: str
    """The cluster that it was restored to; deleted again."""
    scratch_id: str
    restore_s: float
    """Seconds from asking for the restore to the available cluster: what a recovery takes."""
    basis: str
    """What the copy was compared with."""
    tables: int
    rows: int
    """In the copy."""
    sampled: tuple[str, ...]
    """Tables that were compared by a sample, and which."""
    written_meanwhile: tuple[str, ...]
    """Tables that were written to while the snapshot was taken: compared as far as they can be."""
    drift: tuple[str, ...]
    """Tables whose content is not today's, where today's is all there is to compare with."""
    left_out: tuple[str, ...]
    """Tables that no backup holds: foreign and unlogged ones."""
    acceptance: tuple[Acceptance, ...]
    canary_rows: int | None
    left_behind: tuple[str, ...]
    """Scratch clusters of other runs that were found, and what was done with them."""
    remarks: tuple[str, ...] = ()
    """What the verdict does not say, e.g. that there was no table to compare."""
    verdict: Literal["good"] = "good"


ACTION = Action(
    name="snapshot_restore_verify",
    title="Restore a snapshot to a scratch cluster, and compare it with its source",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.snapshot_restore_verify:snapshot_restore_verify",
    usual=(timedelta(minutes=15), timedelta(minutes=45)),
    early=frozenset({"cluster_id", "cluster_name", "snapshot_id", "snapshot_name", "scratch_name"}),
    preview="flows.declared.snapshot_restore_verify:preview",
    briefing=Briefing(
        changes="Takes a manual snapshot if a new one is to be verified, and keeps it; writes and "
        "deletes one row of schema dws_runbook in the source; makes a cluster rb-scratch-..., "
        "which costs as much as the source, and deletes it. Deletes scratch clusters that dead "
        "runs of this journal left. No other cluster and no other snapshot is touched.",
        interrupts="No. Every table of the source is read twice, which takes its share of it.",
        waits=("clusters.cluster_settled", "snapshots.snapshot_ready", "clusters.cluster_gone"),
        by_hand="Go on with the same run, or begin another: either deletes the scratch cluster "
        "first. The message names it if it is left.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do now.

    Raises:
        NoSuchThing, Ambiguous: The name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    cluster = await find_cluster(client, inputs.cluster)
    listed = (await client.call(ListSnapshots())).snapshots
    findings = [acceptance_can_be_read(inputs), await fits_the_quota(client, cluster)]
    if inputs.pick == "new":
        name = inputs.snapshot or snapshot_name(run_id, cluster.id)
        pairs = await disaster_recoveries_of(client, cluster.id)
        findings += [can_be_backed_up(cluster), is_no_standby(cluster, pairs)]
        findings += [name_is_free(name, listed)]
        findings += [is_writable(cluster)] if inputs.writes_canary else []
        changes = [f"create snapshot {name} of cluster {cluster.name} ({cluster.id})"]
    else:
        found = picked(inputs, run_id, [one for one in listed if one.cluster_id == cluster.id])
        findings += [is_well(cluster), can_be_restored(inputs.pick, found)]
        findings += [await has_a_flavor(client, found)] if found else []
        name, changes = (found.name if found else "?"), []
    return Preview(
        targets=(cluster_target(account, cluster),),
        changes=(*changes, *scratch_changes(name)),
        findings=tuple(findings),
    )


def picked(inputs: Inputs, run_id: str, present: Sequence[Snapshot]) -> Snapshot | None:
    """
    The snapshot of the cluster that is to be restored; None if there is none such.

    A random one is the same for every attempt of a run, as long as the same are there.
    """
    fit = sorted(_candidates(inputs, present), key=lambda one: (_began(one), one.id))
    if not fit:
        return None
    if inputs.pick != "random":
        return fit[-1]
    number = int(hashlib.sha256(f"{run_id}{inputs.cluster}".encode()).hexdigest(), 16)
    return fit[number % len(fit)]


def acceptance_can_be_read(inputs: Inputs) -> Finding:
    """Whether the file of acceptance statements is there and holds any."""
    check = "acceptance statements"
    try:
        told = inputs.statements()
    except (OSError, UnicodeDecodeError) as error:
        wrong = f"acceptance_file={inputs.acceptance_file!r}: {error}; name a file of SQL"
        return Finding(check, Level.BLOCK, wrong)
    if inputs.acceptance_file is not None and len(told) == len(inputs.acceptance):
        wrong = f"acceptance_file={inputs.acceptance_file!r}: it holds no statement"
        return Finding(check, Level.BLOCK, wrong)
    return Finding(check, Level.PASS, f"{len(told)} statements")


def _candidates(inputs: Inputs, present: Sequence[Snapshot]) -> Iterator[Snapshot]:
    for one in present:
        if inputs.pick == "named":
            if one.name.lower() == str(inputs.snapshot).lower():
                yield one
        elif one.is_usable and _is_inside(inputs, one):
            yield one


def _is_inside(inputs: Inputs, one: Snapshot) -> bool:
    if one.backup_level == "schema":
        return False
    after, before = inputs.window
    if one.started is None:
        return after is None and before is None
    return (after is None or one.started >= after) and (before is None or one.started <= before)


def _began(one: Snapshot) -> float:
    return one.started.timestamp() if isinstance(one.started, datetime) else 0.0
