"""
Find out whether a snapshot holds what it must: restore it, compare it, run the user's own SQL.

What can be lost is a single row, so all rows are counted and summed on both sides. The cluster
that it takes is made for it and deleted after it, whatever comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from prefect import flow
from pydantic import BaseModel, ConfigDict

from dws.shapes import Snapshot
from flows.declared.backup_then_delete import snapshot_name
from flows.declared.snapshot_restore_verify import ACTION, Inputs, Outputs, picked
from flows.steps.leftovers import Leftover, clear_what_is_left
from flows.steps.procedure import OneCluster, Work, on_cluster
from flows.steps.proved_backup import Baseline, Wanted, proved_backup
from flows.steps.restore_proof import (
    Findings,
    Source,
    enclosed,
    let_in,
    looked_at,
    proved_by_restore,
)
from flows.steps.restore_verdict import Outcome
from flows.steps.scratch import scratch_name
from tasks import snapshots, sql
from tasks.fingerprints import Reference, kept
from tasks.run import Refused, Stopped


class Chosen(BaseModel):
    """Which snapshot it is about: remembered before the first change."""

    model_config = ConfigDict(frozen=True)

    name: str
    snapshot_id: str | None
    """None where it is to be taken."""
    baseline: Baseline
    acceptance: tuple[str, ...]


@dataclass(frozen=True)
class _Verified:
    snapshot_id: str
    snapshot_name: str
    reference: Reference
    findings: Findings
    left_behind: tuple[Leftover, ...]


@flow(name="snapshot-restore-verify", flow_run_name="snapshot-restore-verify-{cluster}", retries=0)
async def snapshot_restore_verify(  # noqa: PLR0913 - what a person may choose
    account: str,
    cluster: str,
    *,
    pick: Literal["new", "latest", "random", "named"] = "new",
    snapshot: str | None = None,
    begun_after: str | None = None,
    begun_before: str | None = None,
    databases: tuple[str, ...] = (),
    acceptance: tuple[str, ...] = (),
    acceptance_file: str | None = None,
    canary: bool = True,
    sample_above_rows: int = 20_000_000,
    sample_above_gb: float = 50.0,
    sessions: int = 4,
    run_id: str | None = None,
) -> Outputs:
    """
    Restore a snapshot to a scratch cluster, compare every table, delete the scratch cluster.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state.

    A new snapshot is compared with its source from before and after it was taken: a table that
    was written to meanwhile only as far as that goes. So is an older one that a run of this
    journal took. Any other is compared with the source of today: its structure counts, and
    different content is told as drift.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        pick: ``new``, ``latest``, ``random`` within a window, or ``named``.
        snapshot: Name of the new one, or of the one named.
        begun_after: Begin of the window of the random one, ISO with its zone.
        begun_before: End of it.
        databases: Which are compared; all if none is told. Of an older snapshot that a run took
            those are compared which that run looked at.
        acceptance: Statements that must each answer one row whose first column is true, in the
            database of the account's settings.
        acceptance_file: A file of such statements.
        canary: Whether a row is written before a new snapshot, and looked for in the copy.
        sample_above_rows: Larger tables are compared by a sample; all their rows are counted.
        sample_above_gb: The same by size.
        sessions: How many tables are read at a time.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: It cannot be backed up, restored or logged in to; nothing was changed.
        Stopped: The copy is not what it should be, and all differences are told; or it cannot go
            on. The scratch cluster is gone unless the message says otherwise.
        WaitTimedOut: Something did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(
        cluster=cluster,
        pick=pick,
        snapshot=snapshot,
        begun_after=begun_after,
        begun_before=begun_before,
        databases=databases,
        acceptance=acceptance,
        acceptance_file=acceptance_file,
        canary=canary,
        sample_above_rows=sample_above_rows,
        sample_above_gb=sample_above_gb,
        sessions=sessions,
    )
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        return _judged(work, await _carry_out(work))


async def _carry_out(work: Work[Inputs, OneCluster]) -> _Verified:
    source = _source(work)
    chosen = await work.once("chosen", Chosen, lambda: _chosen(work))
    if not work.has_changed:
        await let_in(source)
    left_behind = await clear_what_is_left(work.run, work.account, ensure=work.changing)
    if chosen.snapshot_id is None:
        snapshot_id = await _taken(work, source, chosen)
        reference = await enclosed(source, snapshot_id, has_canary=work.inputs.writes_canary)
        await _cleared(work)
    else:
        snapshot_id = chosen.snapshot_id
        reference = await _known(source, snapshot_id)
    _tell(work, snapshot_id, chosen.name)
    findings = await proved_by_restore(source, snapshot_id, reference, chosen.acceptance)
    return _Verified(snapshot_id, chosen.name, reference, findings, left_behind)


def _source(work: Work[Inputs, OneCluster]) -> Source:
    return Source(
        run=work.run,
        account=work.account,
        cluster_id=work.aim.cluster_id,
        cluster_name=work.aim.cluster_name,
        databases=work.inputs.databases,
        bounds=work.inputs.bounds,
        ensure=work.changing,
    )


async def _chosen(work: Work[Inputs, OneCluster]) -> Chosen:
    present = await snapshots.snapshots_of(work.account, work.aim.cluster_id)
    new = work.inputs.snapshot or snapshot_name(work.run.id, work.aim.cluster_id)
    found: Snapshot | None = None
    if work.inputs.pick != "new":
        found = picked(work.inputs, work.run.id, present)
        if found is None:
            raise work.stop(f"pick={work.inputs.pick}: the snapshot has gone since it was seen")
    return Chosen(
        name=found.name if found else new,
        snapshot_id=found.id if found else None,
        baseline=Baseline.of(present),
        acceptance=work.inputs.statements(),
    )


async def _taken(work: Work[Inputs, OneCluster], source: Source, chosen: Chosen) -> str:
    if work.run.recall("fingerprint before") is None:
        if work.inputs.writes_canary:
            work.changing()
            await sql.write_canary(work.account, work.aim.cluster_id, work.run.id)
        await looked_at(source, "before")
    wanted = Wanted(
        run=work.run,
        changing=work.changing,
        account=work.account,
        cluster_id=work.aim.cluster_id,
        cluster_name=work.aim.cluster_name,
        name=chosen.name,
        baseline=chosen.baseline,
        why=f"to be verified by run {work.run.id}",
    )
    try:
        return (await proved_backup(wanted)).id
    except Refused as error:
        raise work.stop(str(error)) from error


async def _cleared(work: Work[Inputs, OneCluster]) -> None:
    """The snapshot has the canary row, so the source may forget it."""
    if work.inputs.writes_canary:
        work.changing()
        await sql.clear_canary(work.account, work.aim.cluster_id, work.run.id)


async def _known(source: Source, snapshot_id: str) -> Reference:
    stored = kept(source.run.engine, snapshot_id)
    if stored is not None:
        return stored
    today = await looked_at(source, "today")
    return Reference(
        run_id=source.run.id,
        databases=source.databases,
        before=today,
        after=today,
        has_canary=False,
        is_exact=False,
    )


def _tell(work: Work[Inputs, OneCluster], snapshot_id: str, name: str) -> None:
    """What is known before the end, and wanted if it never comes."""
    work.run.remember("cluster_id", work.aim.cluster_id)
    work.run.remember("cluster_name", work.aim.cluster_name)
    work.run.remember("snapshot_id", snapshot_id)
    work.run.remember("snapshot_name", name)
    work.run.remember("scratch_name", scratch_name(work.run.id, snapshot_id))


def _judged(work: Work[Inputs, OneCluster], done: _Verified) -> Outputs:
    found, wrong = done.findings, done.findings.wrong
    if wrong:
        raise Stopped(
            f"snapshot {done.snapshot_name} ({done.snapshot_id}) of cluster "
            f"{work.aim.cluster_name} is bad, compared with {_basis(done)}: {'; '.join(wrong)}; "
            f"scratch cluster {found.scratch_name} was deleted, the snapshot kept"
        )
    return Outputs(
        cluster_id=work.aim.cluster_id,
        cluster_name=work.aim.cluster_name,
        snapshot_id=done.snapshot_id,
        snapshot_name=done.snapshot_name,
        scratch_name=found.scratch_name,
        scratch_id=found.scratch_id,
        restore_s=found.restore_s,
        basis=_basis(done),
        tables=sum(item.rows is not None for item in found.tables),
        rows=sum(item.rows or 0 for item in found.tables),
        sampled=tuple(f"{item.path}: {item.sample}" for item in found.tables if item.sample),
        written_meanwhile=found.of(Outcome.MOVED),
        drift=found.of(Outcome.DRIFT),
        left_out=found.left_out,
        acceptance=found.acceptance,
        canary_rows=found.canary_rows,
        left_behind=tuple(map(str, done.left_behind)),
        remarks=found.remarks,
    )


def _basis(done: _Verified) -> str:
    if not done.reference.is_exact:
        return "its source of today, whose content may have moved on"
    return f"its source from before and after it was taken by run {done.reference.run_id}"
