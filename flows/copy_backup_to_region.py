"""Have a cluster's backups copied to another region, and an automated one made to last."""

from __future__ import annotations

from prefect import flow

from dws.errors import WaitFailed
from dws.shapes import Snapshot
from dws.told.snapshots import CrossRegionPolicy
from flows.declared.backup_then_delete import snapshot_name
from flows.declared.copy_backup_to_region import ACTION, Inputs, Outputs, automated, the_policy
from flows.steps.change import Change, Stage, bring_about
from flows.steps.procedure import OneCluster, Work, procedure
from tasks import clusters, snapshots
from tasks.beginning import begin
from tasks.own_run import own_run
from tasks.retention import is_good


class Aim(OneCluster):
    """The cluster, and the automated snapshot that is meant, as found at the beginning."""

    source_id: str | None = None
    copy_name: str | None = None


Copying = Work[Inputs, Aim]


@flow(name="copy-backup-to-region", flow_run_name="copy-backup-to-region-{cluster}", retries=0)
async def copy_backup_to_region(  # noqa: PLR0913 - each says one thing of the wanted state
    account: str,
    cluster: str,
    *,
    region: str | None = None,
    project_id: str | None = None,
    keep_days: int = 7,
    remove: bool = False,
    snapshot: str | None = None,
    copy_name: str | None = None,
    run_id: str | None = None,
) -> Outputs:
    """
    See to it that snapshots of a cluster are copied to a region, and one of them lasts.

    The region is set before the snapshot is copied, so that the copy goes there as well, if the
    service takes it for a new snapshot (assumed). What it changes is told by `ACTION.briefing`.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        region: Where snapshots are copied to, with the ``project_id`` there.
        keep_days: For how many days they are kept there.
        remove: Whether they are to be copied nowhere.
        snapshot: Name or id of an automated snapshot that is copied into a manual one, which
            outlives the cluster; ``newest`` is the youngest that is good.
        copy_name: What the manual one is called; follows from the run and the snapshot if not told.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: A name does not tell one cluster, or one automated snapshot.
        Refused: The region is not offered, the snapshot not complete, or the name taken; nothing
            was changed.
        Stopped: The copy failed, or a change was accepted, and is not so.
        WaitTimedOut: The copy did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(
        cluster=cluster,
        region=region,
        project_id=project_id,
        keep_days=keep_days,
        remove=remove,
        snapshot=snapshot,
        copy_name=copy_name,
    )
    async with own_run(run_id) as run:

        async def find() -> Aim:
            return await _aimed(account, inputs, run.id)

        async with procedure(ACTION, account, inputs, Aim, find=find) as work:
            asked = await bring_about(work, _setting(work))
            copy = await _copied(work) if work.aim.source_id else None
            return await _left(work, copy, asked=asked)


async def _aimed(account: str, inputs: Inputs, run_id: str) -> Aim:
    found = await clusters.find_cluster(account, inputs.cluster)
    aim = Aim(cluster_id=found.id, cluster_name=found.name)
    if not inputs.snapshot:
        return aim
    source = automated(await snapshots.snapshots_of(account, found.id), inputs.snapshot, found)
    name = inputs.copy_name or snapshot_name(run_id, source.id)
    return aim.model_copy(update={"source_id": source.id, "copy_name": name})


async def _policy(work: Copying) -> CrossRegionPolicy | None:
    found = await snapshots.list_snapshot_cross_region_policies(
        work.account, cluster_id=work.aim.cluster_id
    )
    return the_policy(found.cross_region_configs, work.aim.cluster_id)


def _setting(work: Copying) -> Change:
    async def stage() -> Stage:
        is_so = work.inputs.is_told_by(await _policy(work))
        return Stage.DONE if is_so else Stage.NOT_BEGUN

    async def act() -> None:
        if work.inputs.remove:
            await snapshots.delete_snapshot_cross_region_policy(
                work.account, cluster_id=work.aim.cluster_id
            )
            return
        await snapshots.create_snapshot_cross_region_policy(
            work.account,
            cluster_id=work.aim.cluster_id,
            destination_region=work.inputs.region or "",
            destination_project_id=work.inputs.project_id or "",
            status=True,
            back_keep_day=work.inputs.keep_days,
        )

    return Change(what=f"region of snapshots of {work.aim.cluster_name}", stage=stage, act=act)


async def _copied(work: Copying) -> Snapshot:
    """The copy that lasts, taken or found, and proved."""
    found = await _own(work) or await _begun(work)
    try:
        await snapshots.wait_until_snapshot_ready(work.account, snapshot_id=found.id)
    except WaitFailed as error:
        raise work.stop(f"copy {found.name}: {error}") from error
    copy = await snapshots.snapshot_with_id(work.account, found.id)
    if copy is None or not (copy.is_manual and is_good(copy)):
        told = f"{copy.type}, {copy.status}, of {copy.size or 0:g} GB" if copy else "not there"
        raise work.stop(f"copy {found.name} is {told}: no backup; take another")
    work.run.note("snapshot copied", name=copy.name, id=copy.id, size_gb=copy.size)
    return copy


async def _begun(work: Copying) -> Snapshot:
    async def before() -> None:
        work.changing()

    return await begin(
        work.run,
        f"copy {work.aim.copy_name}",
        before=before,
        act=lambda: snapshots.copy_snapshot(
            work.account,
            snapshot_id=work.aim.source_id or "",
            backup_name=work.aim.copy_name or "",
            description=f"copy of an automated snapshot, run {work.run.id}",
        ),
        look=lambda: _own(work),
    )


async def _own(work: Copying) -> Snapshot | None:
    present = await snapshots.snapshots_of(work.account, work.aim.cluster_id)
    name = (work.aim.copy_name or "").lower()
    return next((item for item in present if item.name.lower() == name), None)


async def _left(work: Copying, copy: Snapshot | None, *, asked: bool) -> Outputs:
    policy = await _policy(work)
    return Outputs(
        cluster_id=work.aim.cluster_id,
        cluster_name=work.aim.cluster_name,
        region=policy.destination_region if policy else None,
        keep_days=policy.back_keep_day if policy else None,
        copied_gb=(policy.total_size or 0.0) if policy else 0.0,
        asked=asked,
        snapshot_name=copy.name if copy else None,
        snapshot_id=copy.id if copy else None,
    )
