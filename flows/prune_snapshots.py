"""
Drop old snapshots, and keep daily, weekly, monthly and yearly ones.

What becomes of each snapshot is decided once, by what is there at the beginning, and remembered:
a run that goes on drops nothing that it had not decided upon.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from prefect import flow

from dws.errors import Conflict
from flows.declared.prune_snapshots import ACTION, Inputs, Outputs, decisions, restoring
from flows.steps.change import Change, Stage, bring_about
from flows.steps.procedure import Aim, Work, procedure
from tasks import clusters, snapshots
from tasks.fingerprints import found_bad
from tasks.locks import cluster_lock, holding
from tasks.retention import Decision, is_good
from tasks.store import database


class Plan(Aim):
    """What becomes of each snapshot that was there at the beginning."""

    decisions: tuple[Decision, ...]

    def locks(self, account: str) -> tuple[str, ...]:
        """None for all of the run: each cluster is locked while its own are dropped."""
        del account
        return ()

    def backups(self, cluster_id: str) -> frozenset[str]:
        """Ids of what the periods keep of one cluster."""
        return frozenset(
            one.snapshot_id
            for one in self.decisions
            if one.cluster_id == cluster_id and one.is_backup
        )


@flow(name="prune-snapshots", retries=0)
async def prune_snapshots(  # noqa: PLR0913 - one for each period
    account: str,
    *,
    clusters: tuple[str, ...] = (),
    tag: str | None = None,
    gone_clusters: bool = False,
    keep_daily: int = 7,
    keep_weekly: int = 4,
    keep_monthly: int = 12,
    keep_yearly: int = 0,
    pattern: str = "rb-*",
    time_zone: str = "UTC",
    run_id: str | None = None,
) -> Outputs:
    """
    Drop the snapshots of clusters that no period keeps, one by one, and see each gone.

    Of each of the last ``keep_daily`` days that have a snapshot the newest is kept, and so of
    weeks, months and years. What it changes and leaves alone is told by `ACTION.briefing`.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        clusters: Names or ids of clusters; or a ``tag`` that they have, ``key=value``.
        gone_clusters: Also snapshots of clusters that are gone.
        pattern: Of the names of what may be dropped: ``rb-*`` are those that runs have taken.
        time_zone: In which a day begins.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: The selection is empty, or a name does not tell one cluster.
        Refused: Nothing can be dropped safely; nothing was.
        Stopped: It cannot go on; the message says what is left.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(
        clusters=clusters,
        tag=tag,
        gone_clusters=gone_clusters,
        keep_daily=keep_daily,
        keep_weekly=keep_weekly,
        keep_monthly=keep_monthly,
        keep_yearly=keep_yearly,
        pattern=pattern,
        time_zone=time_zone,
    )

    async def find() -> Plan:
        return Plan(decisions=await _decided(account, inputs))

    async with procedure(ACTION, account, inputs, Plan, find=find, run_id=run_id) as work:
        postponed = [
            told for one in reversed(work.aim.decisions) if (told := await _carried_out(work, one))
        ]
        return _left(work.aim, tuple(postponed))


async def _decided(account: str, inputs: Inputs) -> tuple[Decision, ...]:
    listed = (await clusters.list_clusters(account)).clusters
    present = (await snapshots.list_snapshots(account)).snapshots
    return decisions(inputs, listed, present, found_bad(database()))


async def _carried_out(work: Work[Inputs, Plan], one: Decision) -> str | None:
    """Why it is left for another time; None if it is as decided."""
    if one.is_kept:
        return None
    async with holding(work.run, cluster_lock(work.account, one.cluster_id)) as lease:
        drop = _Drop(replace(work, leases=(lease,)), one)
        try:
            await bring_about(drop.work, drop.change)
        except (_InUse, Conflict) as error:
            work.run.note("snapshot may be in use", name=one.name, told=str(error))
            return f"{one.name} of {one.cluster_name}: {error}"
    return None


class _InUse(Exception):
    """Something may be reading the snapshot just now."""


@dataclass(frozen=True)
class _Drop:
    """The drop of one snapshot."""

    work: Work[Inputs, Plan]
    one: Decision

    @property
    def change(self) -> Change:
        return Change(
            what=f"drop of snapshot {self.one.name}",
            stage=self.stage,
            ready=self.ready,
            act=self.act,
            wait=self.wait,
        )

    async def stage(self) -> Stage:
        found = await snapshots.snapshot_with_id(self.work.account, self.one.snapshot_id)
        is_gone = found is None or found.status == "DELETED"
        return Stage.DONE if is_gone else Stage.NOT_BEGUN

    async def ready(self) -> None:
        """Look once more: a restore may have begun since, or the backups that stay have gone."""
        listed = (await clusters.list_clusters(self.work.account)).clusters
        if names := restoring(listed):
            raise _InUse(f"{names} is being restored, from which snapshot is not told")
        present = (await snapshots.list_snapshots(self.work.account)).snapshots
        stays = self.work.aim.backups(self.one.cluster_id) - found_bad(self.work.run.engine).keys()
        if not any(item.id in stays and is_good(item) for item in present):
            raise self.work.stop(
                f"no snapshot of {self.one.cluster_name} that was to be kept is there and "
                f"AVAILABLE any more; {self.one.name} and older ones were not dropped"
            )

    async def act(self) -> None:
        await snapshots.delete_snapshot(self.work.account, snapshot_id=self.one.snapshot_id)

    async def wait(self) -> None:
        await snapshots.wait_until_snapshot_gone(
            self.work.account, snapshot_id=self.one.snapshot_id
        )


def _left(plan: Plan, postponed: tuple[str, ...]) -> Outputs:
    late = {told.partition(" ")[0] for told in postponed}
    gone = [one for one in plan.decisions if not one.is_kept and one.name not in late]
    return Outputs(
        dropped=tuple(one.name for one in gone),
        freed_gb=sum(one.size_gb for one in gone),
        kept=tuple(one.words for one in plan.decisions if one.is_kept),
        postponed=postponed,
    )
