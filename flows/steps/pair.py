"""Procedures on a disaster recovery pair: found once, locked before its clusters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dws.errors import WaitFailed
from dws.operations.disaster_recovery import DisasterRecovery
from flows.steps.procedure import Aim, AimT, InputsT, Work, procedure
from tasks import clusters, disaster_recovery
from tasks.action import Action
from tasks.locks import cluster_lock, pair_lock
from tasks.pairs import Roles, roles_with


class OnePair(Aim):
    """A procedure on a pair, with the roles that its clusters are to have."""

    pair_id: str
    pair_name: str
    roles: Roles
    is_changed: bool = True
    """Whether anything of the pair is changed; else it may be worked on meanwhile."""

    def locks(self, account: str) -> tuple[str, ...]:
        if not self.is_changed:
            return ()
        ids = sorted([self.roles.primary_id, self.roles.standby_id])
        return (pair_lock(account, self.pair_id), *(cluster_lock(account, id_) for id_ in ids))


@asynccontextmanager
async def on_pair(  # noqa: PLR0913 - what all procedures on pairs need
    action: Action,
    account: str,
    inputs: InputsT,
    pair: str,
    *,
    primary: str | None = None,
    is_changed: bool = True,
    run_id: str | None = None,
) -> AsyncIterator[Work[InputsT, OnePair]]:
    """
    A procedure on a pair, found by its name or id.

    Args:
        primary: Name or id of the cluster that is to be the primary; the one that is if not told.
        is_changed: Whether anything of the pair is changed: then it and its clusters are locked.

    Raises:
        NoSuchThing: There is no such pair, or no such cluster in it; nothing was changed.
        Refused: As `procedure`.
    """

    async def find() -> OnePair:
        found = await disaster_recovery.find_disaster_recovery(account, pair)
        roles = Roles.of(found) if primary is None else roles_with(found, primary)
        return OnePair(pair_id=found.id, pair_name=found.name, roles=roles, is_changed=is_changed)

    async with procedure(action, account, inputs, OnePair, find=find, run_id=run_id) as work:
        yield work


async def seen_pair(work: Work[InputsT, OnePair]) -> DisasterRecovery:
    """
    The pair of a procedure as it is now.

    Raises:
        Refused, Stopped: It has gone.
    """
    found = await disaster_recovery.disaster_recovery_with_id(work.account, work.aim.pair_id)
    if found is None:
        raise work.stop(f"disaster recovery {work.aim.pair_name} has gone")
    return found


async def both_settled(work: Work[InputsT, AimT], *cluster_ids: str) -> None:
    """
    Wait until clusters are available and idle.

    Raises:
        Refused, Stopped: One never will be.
        WaitTimedOut: One was not in time.
    """
    for cluster_id in cluster_ids:
        try:
            await clusters.wait_until_cluster_settled(work.account, cluster_id=cluster_id)
        except WaitFailed as error:
            raise work.stop(f"{error}; it was left as it is") from error


async def running(work: Work[InputsT, AimT], pair_id: str) -> None:
    """
    Wait until the standby of a pair follows its primary.

    Raises:
        Refused, Stopped: It never will.
        WaitTimedOut: It did not in time.
    """
    try:
        await disaster_recovery.wait_until_disaster_recovery_running(
            work.account, disaster_recovery_id=pair_id
        )
    except WaitFailed as error:
        raise work.stop(str(error)) from error


async def synchronised(work: Work[InputsT, AimT], pair_id: str) -> DisasterRecovery:
    """
    Wait until the standby of a pair has caught up since it was started, and answer the pair.

    Raises:
        Refused, Stopped: It never will, or the pair has gone.
        WaitTimedOut: It did not in time.
    """
    try:
        await disaster_recovery.wait_until_disaster_recovery_synchronised(
            work.account, disaster_recovery_id=pair_id
        )
    except WaitFailed as error:
        raise work.stop(f"{error}; the standby has not caught up") from error
    found = await disaster_recovery.disaster_recovery_with_id(work.account, pair_id)
    if found is None:
        raise work.stop(f"disaster recovery {pair_id} has gone")
    return found
