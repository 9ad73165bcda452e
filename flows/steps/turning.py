"""
Turning a pair of clusters: switchover, failover, and the recovery after a failover.

Each names the roles that are wanted; who is the primary is looked at before and after. The
service's switchover is a toggle: asked for twice it would be undone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from dws import clock
from dws.operations.disaster_recovery import DisasterRecovery
from dws.waiters.disaster_recovery import UNSWAPPED
from flows.declared.dr_fail_over import is_broken
from flows.steps.change import Change, Stage
from flows.steps.guarding import unprotected
from flows.steps.pair import OnePair, both_settled, running, seen_pair
from flows.steps.procedure import InputsT, Work
from tasks import clusters, disaster_recovery
from tasks.action import Level
from tasks.beginning import LOOK_EVERY_S, was_asked
from tasks.pairs import Roles

RECOVERING = "DR_RECOVERING"
"""What a cluster that is being rebuilt is at (facts/service_and_peers A3)."""


def switchover(work: Work[InputsT, OnePair], roles: Roles) -> Change:
    """Make a cluster the primary as planned: nothing is lost. Production is away meanwhile."""
    pair_id = work.aim.pair_id
    what = f"switchover of {work.aim.pair_name[:30]} to {roles.primary_name[:40]}"

    async def stage() -> Stage:
        pair = await seen_pair(work)
        if pair.status == "switchovering":
            return Stage.UNDER_WAY
        if pair.status not in {"running", "starting"}:
            raise work.stop(_cannot_switch(pair, roles))
        is_so = pair.primary_cluster_id == roles.primary_id and pair.status == "running"
        return Stage.DONE if is_so else Stage.NOT_BEGUN

    async def ready() -> None:
        if await _is_only_late(work, what, stage):
            return
        await both_settled(work, roles.primary_id, roles.standby_id)
        await running(work, pair_id)

    return Change(
        what=what,
        stage=stage,
        ready=ready,
        act=lambda: disaster_recovery.switchover_disaster_recovery(
            work.account, disaster_recovery_id=pair_id
        ),
        wait=lambda: disaster_recovery.wait_until_disaster_recovery_switched(
            work.account, disaster_recovery_id=pair_id, primary_cluster_id=roles.primary_id
        ),
    )


def failover(work: Work[InputsT, OnePair], roles: Roles, *, force: bool) -> Change:
    """
    Make the standby the primary, as production is broken: what it has not got is lost.

    Args:
        force: Ask for it though production is not broken; the service may refuse.
    """
    pair_id = work.aim.pair_id
    what = f"failover of {work.aim.pair_name[:30]} to {roles.primary_name[:40]}"

    async def stage() -> Stage:
        pair = await seen_pair(work)
        if pair.status == "switchovering":
            return Stage.UNDER_WAY
        return Stage.DONE if pair.primary_cluster_id == roles.primary_id else Stage.NOT_BEGUN

    async def ready() -> None:
        if await _is_only_late(work, what, stage):
            return
        await both_settled(work, roles.primary_id)
        await _still_broken(work, roles, force=force)
        await unprotected(work, roles.primary_id, roles.standby_id)

    return Change(
        what=what,
        stage=stage,
        ready=ready,
        act=lambda: disaster_recovery.switch_failover_disaster(
            work.account, disaster_recovery_id=pair_id
        ),
        wait=lambda: disaster_recovery.wait_until_disaster_recovery_promoted(
            work.account, disaster_recovery_id=pair_id, primary_cluster_id=roles.primary_id
        ),
    )


def recovery(work: Work[InputsT, OnePair], roles: Roles) -> Change:
    """Wipe the former primary, and let it follow the new one."""
    pair_id = work.aim.pair_id

    async def stage() -> Stage:
        pair = await seen_pair(work)
        if pair.primary_cluster_id != roles.primary_id:
            raise work.stop(
                f"{pair.primary_cluster_name} is the primary of disaster recovery {pair.name}; "
                f"{roles.standby_name} would not be wiped"
            )
        if pair.status == "abnormal":
            standby = await clusters.cluster_with_id(work.account, roles.standby_id)
            is_begun = standby and RECOVERING in {standby.task_status, *standby.action_progress}
            return Stage.UNDER_WAY if is_begun else Stage.NOT_BEGUN
        if pair.status not in {"running", "starting"}:
            raise work.stop(f"disaster recovery {pair.name} is {pair.status}; run dr-set-up")
        return Stage.DONE if pair.status == "running" else Stage.UNDER_WAY

    async def ready() -> None:
        await both_settled(work, roles.primary_id, roles.standby_id)
        await unprotected(work, roles.standby_id)

    async def wait() -> None:
        # The pair may still be called abnormal while its standby is rebuilt (assumed).
        await clusters.wait_until_cluster_task_finished(work.account, cluster_id=roles.standby_id)
        await disaster_recovery.wait_until_disaster_recovery_running(
            work.account, disaster_recovery_id=pair_id
        )

    return Change(
        what=f"recovery of {work.aim.pair_name[:30]} on {roles.standby_name[:40]}",
        stage=stage,
        ready=ready,
        act=lambda: disaster_recovery.restore_disaster(work.account, disaster_recovery_id=pair_id),
        wait=wait,
    )


async def _is_only_late(
    work: Work[InputsT, OnePair], what: str, stage: Callable[[], Awaitable[Stage]]
) -> bool:
    """
    Whether a turn that was asked for before shows after all: asked for again it would be undone.

    Once the pair has turned its status says so, and for a while its roles do not yet.
    """
    if not was_asked(work.run, what):
        return False
    until = clock.now() + UNSWAPPED.total_seconds()
    while await stage() is Stage.NOT_BEGUN:
        if clock.now() >= until:
            return False
        await clock.sleep(LOOK_EVERY_S)
    return True


async def _still_broken(work: Work[InputsT, OnePair], roles: Roles, *, force: bool) -> None:
    """Make sure that production has not come back meanwhile: then nothing need be lost."""
    production = await clusters.cluster_with_id(work.account, roles.standby_id)
    finding = is_broken(await seen_pair(work), production, force=force)
    if finding.level is Level.BLOCK:
        raise work.stop(finding.told)


def _cannot_switch(pair: DisasterRecovery, roles: Roles) -> str:
    is_so = pair.primary_cluster_id == roles.primary_id
    told = f"disaster recovery {pair.name} is {pair.status}, and {pair.primary_cluster_name} is "
    told += "its primary"
    if pair.status != "abnormal":
        return f"{told}; let it run first: run dr-set-up"
    return f"{told}; run dr-recover" if is_so else f"{told}; run dr-fail-over if that is broken"
