"""Upgrade a cluster: a proved snapshot before, a check after."""

from __future__ import annotations

from datetime import timedelta

from prefect import flow

from flows.declared.backup_then_delete import snapshot_name
from flows.declared.upgrade_cluster import (
    ACTION,
    CONFIRMED,
    Inputs,
    Outputs,
    can_become,
    has,
    path_to,
)
from flows.steps.change import settled
from flows.steps.opening import settled_inside, window_opens
from flows.steps.procedure import OneCluster, Work, on_cluster, seen
from flows.steps.proved_backup import Baseline, Wanted, ensure_young, prove, proved_backup
from flows.steps.upgrade import Way, confirmed, path_of, upgraded
from tasks import snapshots, upgrades
from tasks.action import Level
from tasks.own_run import own_run
from tasks.windows import Window


@flow(name="upgrade-cluster", flow_run_name="upgrade-cluster-{cluster}", retries=0)
async def upgrade_cluster(  # noqa: PLR0913 - what the procedure needs
    account: str,
    cluster: str,
    version: str,
    *,
    rollback_on_failure: bool = False,
    confirm: bool = False,
    window: Window | None = None,
    max_backup_age: timedelta = timedelta(hours=4),
    run_id: str | None = None,
) -> Outputs:
    """
    Bring a cluster to a version, not before a snapshot of it was taken and proved.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state, with one upgrade.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        version: One that the service offers for the cluster.
        rollback_on_failure: Let the service undo the upgrade if it fails.
        confirm: Confirm the upgrade once it is checked; no way leads back then.
        window: When it may be done; at once if not told.
        max_backup_age: How long ago the snapshot may have been asked for when the upgrade begins.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: The version is not offered, another upgrade is open, the cluster is not well, or
            a disaster recovery runs; nothing was changed.
        Stopped: It failed, the snapshot is gone or too old, or the cluster is not well after it;
            the message says what is left.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(
        cluster=cluster,
        version=version,
        rollback_on_failure=rollback_on_failure,
        confirm=confirm,
        window=window,
        max_backup_age=max_backup_age,
    )
    async with own_run(run_id) as run:
        if run.recall("changed") is None:
            await window_opens(run, account, ACTION, inputs, window)
        async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
            return await _carry_out(work)


async def _carry_out(work: Work[Inputs, OneCluster]) -> Outputs:
    inputs = work.inputs
    way = await work.once("way", Way, lambda: _way(work))
    backup = None if way.is_so else await _backed_up(work)

    async def ready() -> None:
        await settled_inside(work, inputs.window)
        if backup is not None:
            await prove(backup, str(work.run.recall("proved")))
            ensure_young(backup, inputs.max_backup_age)

    asked = await upgraded(work, way, rolls_back=inputs.rollback_on_failure, ready=ready)
    await _checked(work, way)
    if inputs.confirm:
        await confirmed(work, way)
    return Outputs(
        cluster_id=work.aim.cluster_id,
        cluster_name=work.aim.cluster_name,
        from_version=way.from_version,
        version=way.to_version,
        snapshot_name=None if backup is None else backup.name,
        asked=asked,
        confirmed=not way.item_id or (await path_of(work, way)).status == CONFIRMED,
    )


async def _way(work: Work[Inputs, OneCluster]) -> Way:
    await settled(work)
    cluster, version = await seen(work), work.inputs.version
    paths = await upgrades.upgrade_paths_of(work.account, work.aim.cluster_id)
    offered = can_become(cluster, paths, version)
    if offered.level is Level.BLOCK:
        raise work.stop(offered.told)
    path = path_to(paths, version)
    return Way(
        item_id=path.id if path else "",
        from_version=(path.from_version if path else None) or cluster.version or "",
        to_version=version,
        is_so=has(cluster, path, version),
    )


async def _backed_up(work: Work[Inputs, OneCluster]) -> Wanted:
    """The backup that was proved; taken before the upgrade, and never after."""
    account, aim = work.account, work.aim

    async def baseline() -> Baseline:
        return Baseline.of(await snapshots.snapshots_of(account, aim.cluster_id))

    wanted = Wanted(
        run=work.run,
        changing=work.changing,
        account=account,
        cluster_id=aim.cluster_id,
        cluster_name=aim.cluster_name,
        name=snapshot_name(work.run.id, aim.cluster_id),
        baseline=await work.once("baseline", Baseline, baseline),
        why=f"backup before the upgrade to {work.inputs.version}, run {work.run.id}",
    )
    if work.run.recall("proved") is None:
        await proved_backup(wanted)
    return wanted


async def _checked(work: Work[Inputs, OneCluster], way: Way) -> None:
    """The cluster is available, idle, whole, and has the version."""
    await settled(work)
    cluster = await seen(work)
    problems = {
        f"its version is {cluster.version}": cluster.version == way.to_version,
        f"its state is {cluster.sub_status}": "DEGRADED" not in cluster.flags,
    }
    if wrong := [told for told, fits in problems.items() if not fits]:
        raise work.stop(
            f"cluster {work.aim.cluster_name} was upgraded to {way.to_version}, and "
            f"{', '.join(wrong)}; see for it, the upgrade is not confirmed by this run"
        )
