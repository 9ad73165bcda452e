"""
Take a snapshot of a cluster, prove it, delete the cluster.

Every step looks before it acts and adopts what an earlier attempt of the run began. What cannot
be found out again by looking is remembered before it is needed: which cluster was meant, and
which snapshots it had before the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Self

from prefect import flow
from pydantic import BaseModel, ConfigDict

from dws.errors import WaitFailed
from dws.shapes import Cluster, Snapshot
from dws.sql.fingerprint import Bounds
from flows.declared.backup_then_delete import ACTION, Inputs, Outputs, snapshot_name
from flows.steps.deletion import begin_deletion, is_going
from flows.steps.leftovers import clear_what_is_left
from flows.steps.proved_backup import (
    Baseline,
    Wanted,
    ensure_young,
    prove,
    proved_backup,
    settle,
)
from flows.steps.restore_proof import (
    Findings,
    Source,
    enclosed,
    let_in,
    looked_at,
    proved_by_restore,
)
from flows.steps.restore_verdict import Outcome
from tasks import clusters, disaster_recovery, snapshots
from tasks.action import Level
from tasks.beginning import was_asked
from tasks.locks import Lease, cluster_lock, holding
from tasks.own_run import own_run
from tasks.preflight import preflight
from tasks.protection import not_in_disaster_recovery, not_protected
from tasks.run import Refused, Run, Stopped


class Aim(BaseModel):
    """What the run is about, as it was when it began. Remembered before the first change."""

    model_config = ConfigDict(frozen=True)

    inputs: Inputs
    cluster_id: str
    cluster_name: str
    snapshot: str
    baseline: Baseline
    give_up: dict[str, str]
    """Ids of the snapshots to give up, by name."""

    @classmethod
    def of(cls, run: Run, inputs: Inputs, cluster: Cluster, present: tuple[Snapshot, ...]) -> Self:
        """The aim of a run that begins."""
        manual = {item.name: item.id for item in present if item.is_manual}
        return cls(
            inputs=inputs,
            cluster_id=cluster.id,
            cluster_name=cluster.name,
            snapshot=inputs.snapshot or snapshot_name(run.id, cluster.id),
            baseline=Baseline.of(present),
            give_up={name: manual[name] for name in inputs.give_up},
        )


@dataclass(frozen=True)
class _Work:
    run: Run
    account: str
    aim: Aim
    lease: Lease

    @property
    def source(self) -> Source:
        return Source(
            run=self.run,
            account=self.account,
            cluster_id=self.aim.cluster_id,
            cluster_name=self.aim.cluster_name,
            databases=(),
            bounds=Bounds(),
            ensure=self.lease.ensure,
        )

    @property
    def backup(self) -> Wanted:
        return Wanted(
            run=self.run,
            changing=self.lease.ensure,
            account=self.account,
            cluster_id=self.aim.cluster_id,
            cluster_name=self.aim.cluster_name,
            name=self.aim.snapshot,
            baseline=self.aim.baseline,
            why=f"backup before deletion, run {self.run.id}",
        )


@flow(name="backup-then-delete", flow_run_name="backup-then-delete-{cluster}", retries=0)
async def backup_then_delete(  # noqa: PLR0913 - what a person may choose
    account: str,
    cluster: str,
    *,
    run_id: str | None = None,
    snapshot: str | None = None,
    give_up: tuple[str, ...] = (),
    proof: Literal["status", "restore"] = "status",
    max_backup_age: timedelta | None = None,
) -> Outputs:
    """
    Delete a cluster, but not before a snapshot of it was taken and proved.

    Queries go on until the deletion, and end with it; what they write after the snapshot is
    lost. Takes some 5 to 15 minutes, with
    ``proof="restore"`` 15 to 45; each wait has its own bound. Killed at any moment and started
    again with the same ``run_id`` it ends in the same state, with one snapshot and one deletion.
    If it stops half-way the cluster is there, or its snapshot is proved: the error says which.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.
        snapshot: Name of the snapshot; follows from the run and the cluster if not told.
        give_up: Names of older manual snapshots to be deleted after the cluster, one by one.
        proof: ``status`` takes the service's word for the snapshot; ``restore`` restores it to a
            scratch cluster and compares every table of every database before anything is deleted.
        max_backup_age: How long ago the snapshot may have been asked for when the cluster is
            deleted; 4 hours if not told, a day with ``proof="restore"``.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: The cluster is protected, belongs to a disaster recovery, or cannot be backed
            up; nothing was changed.
        Stopped: It cannot go on, or the snapshot is too old; the message says what is left.
        WaitTimedOut: Something did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(
        cluster=cluster,
        snapshot=snapshot,
        give_up=give_up,
        proof=proof,
        max_backup_age=max_backup_age,
    )
    async with own_run(run_id) as run:
        known = _recalled(run, inputs)
        cluster_id = (
            known.cluster_id if known else (await clusters.find_cluster(account, cluster)).id
        )
        async with holding(run, cluster_lock(account, cluster_id)) as lease:
            if known and not was_asked(run, f"snapshot {known.snapshot}"):
                await _looked_again(run, account, known)
            aim = known or await _aimed(run, account, inputs, cluster_id)
            return await _carry_out(_Work(run, account, aim, lease))


async def _looked_again(run: Run, account: str, known: Aim) -> None:
    """Nothing was changed by the attempt before, and the world may have been."""
    if not await is_going(account, known.cluster_id):
        await preflight(account, ACTION, known.inputs, run.id)


def _recalled(run: Run, inputs: Inputs) -> Aim | None:
    told = run.recall("aim")
    if told is None:
        return None
    aim = Aim.model_validate(told)
    if aim.inputs != inputs:
        raise Refused(f"run {run.id} was begun with {aim.inputs!r}; give it the same, or a new id")
    return aim


async def _aimed(run: Run, account: str, inputs: Inputs, cluster_id: str) -> Aim:
    await preflight(account, ACTION, inputs, run.id)
    cluster = await clusters.cluster_with_id(account, cluster_id)
    if cluster is None:
        raise Refused(f"cluster {inputs.cluster} has gone since it was looked for")
    present = await snapshots.snapshots_of(account, cluster_id)
    aim = Aim.of(run, inputs, cluster, present)
    run.remember("aim", aim.model_dump(mode="json"))
    run.remember("cluster_id", aim.cluster_id)
    run.remember("cluster_name", aim.cluster_name)
    run.remember("snapshot_name", aim.snapshot)
    return aim


async def _carry_out(work: _Work) -> Outputs:
    if not await is_going(work.account, work.aim.cluster_id):
        await _backed_up(work)
        await _delete(work)
    elif work.run.recall("proved") is None:
        raise Stopped(
            f"cluster {work.aim.cluster_name} was deleted, but not by run {work.run.id}; "
            f"see whether snapshot {work.aim.snapshot} is there"
        )
    await _see_it_gone(work)
    await _give_up(work)
    return await _left(work)


async def _backed_up(work: _Work) -> None:
    if work.aim.inputs.proof == "status":
        await proved_backup(work.backup)
        return
    source = work.source
    if work.run.recall("snapshot_id") is None:
        await let_in(source)
    await clear_what_is_left(work.run, work.account, ensure=work.lease.ensure)
    await looked_at(source, "before")
    proved = await proved_backup(work.backup)
    ensure_young(work.backup, work.aim.inputs.longest_age)
    reference = await enclosed(source, proved.id, has_canary=False)
    findings = await proved_by_restore(source, proved.id, reference)
    if findings.wrong:
        raise Stopped(
            f"snapshot {proved.name} ({proved.id}) does not hold what cluster "
            f"{work.aim.cluster_name} had: {'; '.join(findings.wrong)}; nothing was deleted but "
            f"the scratch cluster {findings.scratch_name}"
        )


async def _delete(work: _Work) -> None:
    async def before() -> int:
        await settle(work.backup)
        await _guard(work)
        await prove(work.backup, str(work.run.recall("proved")))
        ensure_young(work.backup, work.aim.inputs.longest_age)
        kept = await _kept(work)
        work.run.remember_latest("kept", [item.id for item in kept])
        work.lease.ensure()
        return len(kept)

    await begin_deletion(work.run, work.account, work.aim.cluster_id, before=before)


async def _guard(work: _Work) -> None:
    """Look once more: minutes have passed since the first look."""
    cluster = await clusters.cluster_with_id(work.account, work.aim.cluster_id)
    if cluster is None:
        raise Stopped(f"cluster {work.aim.cluster_name} was deleted by someone else")
    pairs = await disaster_recovery.disaster_recoveries_of(work.account, cluster.id)
    for finding in (not_protected(cluster), not_in_disaster_recovery(cluster, pairs)):
        if finding.level is Level.BLOCK:
            raise work.backup.stop(f"{finding.told}; the snapshot {work.aim.snapshot} is kept")


async def _kept(work: _Work) -> list[Snapshot]:
    """Every manual snapshot of the cluster, of any status: the service counts them all."""
    present = await snapshots.snapshots_of(work.account, work.aim.cluster_id)
    manual = [item for item in present if item.is_manual]
    if work.run.recall("proved") not in {item.id for item in manual}:
        raise Stopped(
            f"snapshot {work.aim.snapshot} is not among the manual ones of the cluster; "
            f"cluster {work.aim.cluster_name} was not deleted"
        )
    return manual


async def _see_it_gone(work: _Work) -> None:
    try:
        await clusters.wait_until_cluster_gone(work.account, cluster_id=work.aim.cluster_id)
    except WaitFailed as error:
        raise Stopped(f"{error}; snapshot {work.aim.snapshot} is proved and kept") from error
    listed = (await clusters.list_clusters(work.account)).clusters
    if any(item.id == work.aim.cluster_id and item.status != "DELETED" for item in listed):
        raise Stopped(f"cluster {work.aim.cluster_name} is said to be gone, and is still listed")
    work.run.note("cluster gone", name=work.aim.cluster_name, id=work.aim.cluster_id)


async def _give_up(work: _Work) -> None:
    present = {item.id for item in await snapshots.snapshots_of(work.account, work.aim.cluster_id)}
    for name, snapshot_id in work.aim.give_up.items():
        if snapshot_id not in present:
            continue
        await _still_proved(work)
        work.lease.ensure()
        await snapshots.delete_snapshot(work.account, snapshot_id=snapshot_id)
        await snapshots.wait_until_snapshot_gone(work.account, snapshot_id=snapshot_id)
        work.run.note("snapshot given up", name=name, id=snapshot_id)


async def _still_proved(work: _Work) -> Snapshot:
    """The backup of a cluster that is gone: older ones are given up for it alone."""
    proved = str(work.run.recall("proved"))
    return await prove(work.backup, proved, cluster_is="is deleted")


async def _left(work: _Work) -> Outputs:
    """What is there now; the backup must be."""
    proved = await _still_proved(work)
    present = await snapshots.snapshots_of(work.account, work.aim.cluster_id)
    kept = {item.id: item.name for item in present if item.is_manual}
    wanted = set(work.run.recall_latest("kept") or ()) - set(work.aim.give_up.values())
    if lost := wanted - set(kept):
        raise Stopped(f"snapshots were to be kept and are gone: {', '.join(sorted(lost))}")
    work.run.note("backup still there", name=proved.name, kept=sorted(kept.values()))
    told = work.run.recall("findings")
    findings = Findings.model_validate(told) if told else None
    return Outputs(
        cluster_id=work.aim.cluster_id,
        cluster_name=work.aim.cluster_name,
        snapshot_name=proved.name,
        snapshot_id=proved.id,
        snapshot_size_gb=proved.size or 0.0,
        kept=tuple(sorted(kept.values())),
        given_up=tuple(sorted(work.aim.give_up)),
        proof=work.aim.inputs.proof,
        restore_s=findings.restore_s if findings else None,
        written_meanwhile=findings.of(Outcome.MOVED) if findings else (),
        remarks=findings.remarks if findings else (),
    )
