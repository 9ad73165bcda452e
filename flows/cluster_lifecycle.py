"""
The ten steps of the getting-started guides, from a token to the deletion.

Each step is done once in a run, however often the run is killed: what was begun is found by its
name, what was done is remembered.
"""

from __future__ import annotations

import asyncio
import secrets
import string
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

from prefect import flow
from pydantic import SecretStr

from dws.operations.clusters import NewCluster
from dws.operations.snapshots import Restore
from flows.declared.cluster_lifecycle import ACTION, Inputs, Outputs, lifecycle_lock
from flows.steps.deletion import begin_deletion, is_going
from flows.steps.made_cluster import made_cluster
from flows.steps.proved_backup import Baseline, Wanted, proved_backup
from tasks import account as project
from tasks import clusters, snapshots
from tasks.action import Level
from tasks.locks import Lease, cluster_lock, holding
from tasks.own_run import own_run
from tasks.preflight import preflight
from tasks.protection import not_protected
from tasks.run import Run, Stopped


@dataclass(frozen=True)
class _Work:
    run: Run
    account: str
    inputs: Inputs
    lease: Lease


@flow(name="cluster-lifecycle", flow_run_name="cluster-lifecycle-{name}", retries=0)
async def cluster_lifecycle(  # noqa: PLR0913 - a cluster needs so many
    account: str,
    name: str,
    *,
    vpc_id: str,
    subnet_id: str,
    security_group_id: str,
    node_type: str = "dws.d1.xlarge",
    nodes: int = 3,
    user_name: str = "dbadmin",
    restored_name: str | None = None,
    run_id: str | None = None,
) -> Outputs:
    """
    Create a cluster, back it up, restore the backup to a second one, delete all three.

    Takes 25 to 50 minutes. The administrator's password is made up and told to nobody: nothing
    of the clusters is left at the end. Clusters that the run did not create are never touched.
    If it stops half-way its clusters stay, and cost: start it again with the same ``run_id``.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        name: Of the cluster; no cluster may have it, nor ``restored_name``.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        Refused: A name is taken, or the node type is not sold; nothing was changed.
        Stopped, WaitFailed: It cannot go on; its clusters are still there.
        WaitTimedOut: Something did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(
        name=name,
        vpc_id=vpc_id,
        subnet_id=subnet_id,
        security_group_id=security_group_id,
        node_type=node_type,
        nodes=nodes,
        user_name=user_name,
        restored_name=restored_name,
    )
    async with own_run(run_id) as run, holding(run, lifecycle_lock(account, name)) as lease:
        return await _carry_out(_Work(run, account, inputs, lease))


async def _carry_out(work: _Work) -> Outputs:
    await _step(work, 1, "project_id", lambda: project.project_id(work.account))
    await _step(work, 2, "node_type_id", lambda: _chosen(work))
    async with AsyncExitStack() as stack:

        async def locked(cluster_id: str) -> Lease:
            target = cluster_lock(work.account, cluster_id)
            return await stack.enter_async_context(holding(work.run, target))

        return await _with_clusters(work, locked)


async def _with_clusters(work: _Work, locked: Callable[[str], Awaitable[Lease]]) -> Outputs:
    """Make them, and hold their locks until they are gone."""
    cluster_id = await _step(work, 3, "cluster_id", lambda: _created(work))
    leases = {cluster_id: await locked(cluster_id)}
    await _step(work, 4, "listed", lambda: _listed(work, cluster_id))
    await _step(work, 5, "shown", lambda: _shown(work, cluster_id))
    snapshot_id = await _step(
        work, 6, "backup", lambda: _backed_up(work, cluster_id, leases[cluster_id])
    )
    await _step(work, 7, "snapshot_shown", lambda: _snapshot_shown(work, snapshot_id))
    restored_id = await _step(work, 8, "restored_id", lambda: _restored(work, snapshot_id))
    leases[restored_id] = await locked(restored_id)
    await _step(work, 9, "snapshot_deleted", lambda: _snapshot_deleted(work, snapshot_id))
    await _step(work, 10, "deleted", lambda: _deleted(work, leases))
    return Outputs(
        project_id=work.run.recall("project_id"),
        cluster_id=cluster_id,
        snapshot_id=snapshot_id,
        restored_id=restored_id,
    )


async def _step(work: _Work, number: int, name: str, do: Callable[[], Awaitable[str]]) -> str:
    """Do a step unless it was done, and remember what it gave."""
    done = work.run.recall(name)
    if done is None:
        done = work.run.remember(name, await do())
        work.run.note(f"step {number} of 10", **{name: done})
    return str(done)


async def _chosen(work: _Work) -> str:
    """Refuses what cannot work before the first change; it is done once, before step 3 begins."""
    await preflight(work.account, ACTION, work.inputs, work.run.id)
    sold = (await project.list_node_types(work.account)).node_types
    return next(item.id for item in sold if item.spec_name == work.inputs.node_type)


async def _created(work: _Work) -> str:
    wanted = NewCluster(
        name=work.inputs.name,
        node_type=work.inputs.node_type,
        number_of_node=work.inputs.nodes,
        vpc_id=work.inputs.vpc_id,
        subnet_id=work.inputs.subnet_id,
        security_group_id=work.inputs.security_group_id,
        user_name=work.inputs.user_name,
        user_pwd=_made_up(),
    )
    return await made_cluster(
        work.run,
        work.account,
        work.inputs.name,
        ask=lambda: clusters.create_cluster(work.account, cluster=wanted),
        ensure=work.lease.ensure,
    )


def _made_up() -> SecretStr:
    """A password of all four kinds of characters, known to nobody."""
    kinds = (string.ascii_uppercase, string.ascii_lowercase, string.digits, "~!?,.:;@#%^&*")
    letters = [secrets.choice(kind) for kind in kinds for _ in range(6)]
    secrets.SystemRandom().shuffle(letters)
    return SecretStr("".join(letters))


async def _listed(work: _Work, cluster_id: str) -> str:
    listed = (await clusters.list_clusters(work.account)).clusters
    if cluster_id not in {item.id for item in listed}:
        raise Stopped(f"cluster {cluster_id} was created and is not listed")
    return f"{len(listed)} clusters"


async def _shown(work: _Work, cluster_id: str) -> str:
    shown = (await clusters.list_cluster_details(work.account, cluster_id=cluster_id)).cluster
    return shown.endpoints[0].connect_info if shown.endpoints else shown.status


async def _backed_up(work: _Work, cluster_id: str, lease: Lease) -> str:
    snapshot = await proved_backup(
        Wanted(
            run=work.run,
            changing=lease.ensure,
            account=work.account,
            cluster_id=cluster_id,
            cluster_name=work.inputs.name,
            name=f"{work.inputs.name[:56]}-backup",
            baseline=Baseline.of(()),
            why=f"run {work.run.id}",
        )
    )
    return snapshot.id


async def _snapshot_shown(work: _Work, snapshot_id: str) -> str:
    reply = await snapshots.list_snapshot_details(work.account, snapshot_id=snapshot_id)
    return f"{reply.snapshot.size} GB"


async def _restored(work: _Work, snapshot_id: str) -> str:
    wanted = Restore(name=work.inputs.copy_name)
    return await made_cluster(
        work.run,
        work.account,
        work.inputs.copy_name,
        ask=lambda: snapshots.restore_cluster(
            work.account, snapshot_id=snapshot_id, restore=wanted
        ),
        ensure=work.lease.ensure,
    )


async def _snapshot_deleted(work: _Work, snapshot_id: str) -> str:
    if await snapshots.snapshot_with_id(work.account, snapshot_id):
        work.lease.ensure()
        await snapshots.delete_snapshot(work.account, snapshot_id=snapshot_id)
    await snapshots.wait_until_snapshot_gone(work.account, snapshot_id=snapshot_id)
    return snapshot_id


async def _deleted(work: _Work, leases: Mapping[str, Lease]) -> str:
    ended = await asyncio.gather(
        *(_gone(work, cluster_id, lease) for cluster_id, lease in leases.items()),
        return_exceptions=True,
    )
    # Not before all have ended: none may go on deleting once its lock is released.
    for error in filter(None, ended):
        raise error
    return ", ".join(leases)


async def _gone(work: _Work, cluster_id: str, lease: Lease) -> None:
    async def before() -> int:
        await clusters.wait_until_cluster_settled(work.account, cluster_id=cluster_id)
        await _not_protected(work, cluster_id)
        # The run's own was deleted in the step before; a person may have taken others.
        present = await snapshots.snapshots_of(work.account, cluster_id)
        lease.ensure()
        return sum(item.is_manual for item in present)

    if not await is_going(work.account, cluster_id):
        await begin_deletion(work.run, work.account, cluster_id, before=before)
    await clusters.wait_until_cluster_gone(work.account, cluster_id=cluster_id)


async def _not_protected(work: _Work, cluster_id: str) -> None:
    cluster = await clusters.cluster_with_id(work.account, cluster_id)
    finding = None if cluster is None else not_protected(cluster)
    if finding is not None and finding.level is Level.BLOCK:
        raise Stopped(f"cluster {cluster_id} is left: {finding.told}")
