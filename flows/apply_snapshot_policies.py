"""Let a cluster have certain snapshot policies: snapshot policies as wanted state."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from prefect import flow

from dws.operations.snapshots import BackupStrategy
from dws.told.snapshots import SnapshotPolicies
from flows.declared.apply_snapshot_policies import (
    ACTION,
    Difference,
    Inputs,
    Outputs,
    Wanted,
    difference,
)
from flows.steps.change import Change, Stage, bring_about
from flows.steps.procedure import OneCluster, Work, procedure
from tasks import clusters, snapshots


class Aim(OneCluster):
    """The cluster, and the policies that nobody wants, as found at the beginning."""

    others: dict[str, str]
    """Names by id. One that is added meanwhile is not removed."""


Policing = Work[Inputs, Aim]


@flow(
    name="apply-snapshot-policies",
    flow_run_name="apply-snapshot-policies-{cluster}",
    retries=0,
)
async def apply_snapshot_policies(  # noqa: PLR0913 - each says one thing of the wanted state
    account: str,
    cluster: str,
    *,
    policies: tuple[Wanted, ...] = (),
    keep_days: int | None = None,
    remove_others: bool = False,
    run_id: str | None = None,
) -> Outputs:
    """
    See to it that a cluster has the snapshot policies that are told, each as it is told.

    What is so already is left alone. What it changes is told by `ACTION.briefing`.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        policies: What is wanted; a policy is known by its name.
        keep_days: For how many days automated snapshots are kept; as it is if not told.
        remove_others: Whether policies that are not told are removed. Snapshots that they took
            stay for their days.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: The cluster is being deleted; nothing was changed.
        Stopped: A change was accepted, and is not so.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(
        cluster=cluster, policies=policies, keep_days=keep_days, remove_others=remove_others
    )

    async def find() -> Aim:
        found = await clusters.find_cluster(account, cluster)
        present = await snapshots.list_snapshot_policy(account, cluster_id=found.id)
        others = difference(inputs, present).others if remove_others else ()
        return Aim(
            cluster_id=found.id,
            cluster_name=found.name,
            others={policy.policy_id: policy.policy_name for policy in others},
        )

    async with procedure(ACTION, account, inputs, Aim, find=find, run_id=run_id) as work:
        return await _applied(work)


async def _applied(work: Policing) -> Outputs:
    wanted = work.inputs.policies
    if work.inputs.keep_days is not None:
        await bring_about(work, _days(work))
    created = [one.name for one in wanted if await bring_about(work, _creation(work, one))]
    updated = [one.name for one in wanted if await bring_about(work, _update(work, one))]
    removed = [
        name
        for one, name in work.aim.others.items()
        if await bring_about(work, _removal(work, one))
    ]
    present = await _present(work)
    return Outputs(
        cluster_id=work.aim.cluster_id,
        cluster_name=work.aim.cluster_name,
        keep_days=present.keep_day,
        created=tuple(created),
        updated=tuple(updated),
        removed=tuple(removed),
        policies=tuple(policy.policy_name for policy in present.backup_strategies),
    )


async def _present(work: Policing) -> SnapshotPolicies:
    return await snapshots.list_snapshot_policy(work.account, cluster_id=work.aim.cluster_id)


def _until(
    work: Policing, is_so: Callable[[Difference, SnapshotPolicies], bool]
) -> Callable[[], Awaitable[Stage]]:
    async def stage() -> Stage:
        present = await _present(work)
        done = is_so(difference(work.inputs, present), present)
        return Stage.DONE if done else Stage.NOT_BEGUN

    return stage


def _days(work: Policing) -> Change:
    cluster_id, days = work.aim.cluster_id, work.inputs.keep_days
    return Change(
        what=f"keeping of snapshots for {days} days",
        stage=_until(work, lambda found, _: not found.has_other_days),
        act=lambda: snapshots.create_snapshot_policy(
            work.account, cluster_id=cluster_id, keep_day=days
        ),
    )


def _creation(work: Policing, wanted: Wanted) -> Change:
    policy = BackupStrategy(
        policy_name=wanted.name,
        backup_strategy=wanted.schedule,
        backup_type=wanted.type,
        backup_level="cluster",
    )
    return Change(
        what=f"policy {wanted.name}",
        stage=_until(work, lambda found, _: wanted not in found.missing),
        act=lambda: snapshots.create_snapshot_policy(
            work.account, cluster_id=work.aim.cluster_id, backup_strategies=[policy]
        ),
    )


def _update(work: Policing, wanted: Wanted) -> Change:
    def unlike(found: Difference) -> list[str]:
        return [policy.policy_id for policy, one in found.unlike if one == wanted]

    async def act() -> None:
        found = unlike(difference(work.inputs, await _present(work)))
        if found:
            await snapshots.update_snapshot_policy(
                work.account,
                cluster_id=work.aim.cluster_id,
                id=found[0],
                policy_name=wanted.name,
                backup_strategy=wanted.schedule,
                backup_type=wanted.type,
                backup_level="cluster",
            )

    return Change(
        what=f"change of policy {wanted.name}",
        stage=_until(work, lambda found, _: not unlike(found)),
        act=act,
    )


def _removal(work: Policing, policy_id: str) -> Change:
    def is_gone(_: Difference, present: SnapshotPolicies) -> bool:
        return policy_id not in {policy.policy_id for policy in present.backup_strategies}

    return Change(
        what=f"removal of policy {policy_id}",
        stage=_until(work, is_gone),
        act=lambda: snapshots.delete_snapshot_policy(
            work.account, cluster_id=work.aim.cluster_id, id=policy_id
        ),
    )
