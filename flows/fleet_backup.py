"""
Back up many clusters, so many at once, and prove each backup.

Which clusters are meant is found once and remembered: a run that goes on backs up those that it
began with, and of them only the ones that have no proved backup yet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from prefect import flow
from pydantic import BaseModel, ConfigDict

from flows.declared.backup_then_delete import snapshot_name
from flows.declared.fleet_backup import ACTION, Backup, Inputs, Outputs
from flows.steps.procedure import Aim, Work, found_once, procedure
from flows.steps.proved_backup import Baseline, Wanted, proved_backup
from tasks import clusters as cluster_tasks
from tasks import snapshots
from tasks.budget import Tally, allowed, over_each
from tasks.locks import cluster_lock, holding
from tasks.run import Run, Stopped
from tasks.selection import selected


class Target(BaseModel):
    """A cluster that is meant."""

    model_config = ConfigDict(frozen=True)

    cluster_id: str
    cluster_name: str


class Fleet(Aim):
    """The clusters that are meant, as found at the beginning."""

    targets: tuple[Target, ...]

    def locks(self, account: str) -> tuple[str, ...]:
        """None for all of the run: each cluster is locked while it is backed up."""
        del account
        return ()


@flow(name="fleet-backup", retries=0)
async def fleet_backup(  # noqa: PLR0913 - the selection and its bounds
    account: str,
    *,
    clusters: tuple[str, ...] = (),
    tag: str | None = None,
    max_parallel: int = 5,
    max_errors: str = "50%",
    run_id: str | None = None,
) -> Outputs:
    """
    Take a snapshot of each of many clusters, and prove it.

    A cluster that is busy is waited for. What it changes is told by `ACTION.briefing`.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        clusters: Names or ids of clusters; or a ``tag`` that they have, ``key=value``.
        max_parallel: How many are backed up at once.
        max_errors: No more are begun once more than that have failed: ``2``, or ``10%`` of all,
            rounded down. Those under way are finished; an unknown outcome counts as failed.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: The selection is empty, or a name does not tell one cluster.
        Refused: The name of a snapshot is taken; nothing was changed.
        Stopped: Clusters are without a backup; the message tells which, and why.
        RequestFailed, Unreachable: The service refused, or did not answer, before the first.
    """
    inputs = Inputs(clusters=clusters, tag=tag, max_parallel=max_parallel, max_errors=max_errors)

    async def find() -> Fleet:
        listed = (await cluster_tasks.list_clusters(account)).clusters
        found = selected(listed, inputs)
        return Fleet(
            targets=tuple(Target(cluster_id=one.id, cluster_name=one.name) for one in found)
        )

    async with procedure(ACTION, account, inputs, Fleet, find=find, run_id=run_id) as work:
        targets = work.aim.targets
        tally = await over_each(
            targets,
            lambda target: _One(work, target).backed_up(),
            max_parallel=max_parallel,
            max_errors=allowed(max_errors, len(targets)),
        )
        return _left(work, tally)


@dataclass(frozen=True)
class _One:
    """The backup of one cluster."""

    work: Work[Inputs, Fleet]
    target: Target

    @property
    def run(self) -> Run:
        """The run as far as this cluster goes: it remembers under a scope of its own."""
        return replace(self.work.run, scope=f"{self.work.run.scope}/{self.target.cluster_id}")

    def backup(self) -> Backup | None:
        """The proved backup, of this or an earlier attempt; None if there is none yet."""
        told = self.run.recall("backup")
        return None if told is None else Backup.model_validate(told)

    async def backed_up(self) -> None:
        if self.backup() is not None:
            return
        run, target = self.run, self.target
        async with holding(run, cluster_lock(self.work.account, target.cluster_id)) as lease:
            wanted = Wanted(
                run=run,
                changing=replace(self.work, leases=(lease,)).changing,
                account=self.work.account,
                cluster_id=target.cluster_id,
                cluster_name=target.cluster_name,
                name=snapshot_name(run.id, target.cluster_id),
                baseline=await found_once(run, "baseline", Baseline, self._baseline),
                why=f"fleet backup, run {run.id}",
            )
            proved = await proved_backup(wanted)
        backup = Backup(
            cluster_id=target.cluster_id,
            cluster_name=target.cluster_name,
            snapshot_name=proved.name,
            snapshot_id=proved.id,
            size_gb=proved.size or 0.0,
        )
        run.remember("backup", backup.model_dump(mode="json"))

    async def _baseline(self) -> Baseline:
        return Baseline.of(await snapshots.snapshots_of(self.work.account, self.target.cluster_id))


def _left(work: Work[Inputs, Fleet], tally: Tally[Target]) -> Outputs:
    found = [_One(work, target).backup() for target in work.aim.targets]
    backups = tuple(backup for backup in found if backup is not None)
    if tally.failed or tally.not_begun:
        raise Stopped(_told(tally, len(backups)))
    return Outputs(backups=backups, total_gb=sum(backup.size_gb for backup in backups))


def _told(tally: Tally[Target], done: int) -> str:
    failed = "; ".join(f"{target.cluster_name}: {error}" for target, error in tally.failed)
    told = f"{len(tally.failed)} clusters have no proved backup: {failed}"
    if tally.not_begun:
        names = ", ".join(target.cluster_name for target in tally.not_begun)
        told += f"; not begun, as too many had failed: {names}"
    return f"{told}; {done} have one. Go on with the same run for the others"
