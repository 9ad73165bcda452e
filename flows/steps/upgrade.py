"""An upgrade of a cluster: begun, undone, confirmed; the path that it takes tells how far it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from pydantic import BaseModel, ConfigDict

from dws.told.upgrades import UpgradePath
from flows.declared.upgrade_cluster import CONFIRMED, FREE, UPGRADED, offers
from flows.steps.change import Change, Ready, Stage, bring_about, settled
from flows.steps.procedure import InputsT, OneCluster, Work
from tasks import upgrades
from tasks.run import Stopped

_GAVE_UP = "gave up upgrading"


class Way(BaseModel):
    """The upgrade that is wanted, as found before it began."""

    model_config = ConfigDict(frozen=True)

    item_id: str
    """What the service knows it by; empty if the cluster has the version, and no path is told."""
    from_version: str
    to_version: str
    is_so: bool
    """Whether the cluster had the version when the run began."""


async def upgraded(
    work: Work[InputsT, OneCluster], way: Way, *, rolls_back: bool, ready: Ready
) -> bool:
    """
    Upgrade the cluster; whether this run asked for it.

    Args:
        rolls_back: Whether the service is to undo an upgrade that failed.
        ready: Is called before it is asked for: waits until that is possible, makes sure that
            it is allowed. It is undone at any time.

    Raises:
        Refused: It cannot be upgraded; nothing was changed.
        Stopped: It failed; the message says whether it was undone, and what the service offers.
        RequestFailed, Unreachable: It was refused, or not taken in three attempts.
        WaitTimedOut: It did not end in time; it still may.
    """
    why = work.run.recall(_GAVE_UP)
    # What a person has made the service try again is gone on with.
    if why is None or not await _has_failed(work, way):
        try:
            return await bring_about(work, _update(work, way, ready))
        except Stopped as error:
            if not await _has_failed(work, way):
                raise
            why = work.run.remember(_GAVE_UP, str(error))
    if not rolls_back:
        raise Stopped(f"{why}; {offers(await path_of(work, way))}")
    await bring_about(work, _rollback(work, way))
    raise Stopped(f"{why}; it was undone, the cluster has {way.from_version} again")


async def confirmed(work: Work[InputsT, OneCluster], way: Way) -> None:
    """
    Confirm an upgrade: no way leads back then.

    Raises:
        Stopped: It failed.
        RequestFailed, Unreachable, WaitTimedOut: As of `upgraded`.
    """
    if way.item_id:
        await bring_about(work, _commit(work, way))


async def path_of(work: Work[InputsT, OneCluster], way: Way) -> UpgradePath:
    """
    The upgrade as the service tells it now.

    Raises:
        Refused, Stopped: It tells none such any more.
    """
    told = await upgrades.upgrade_paths_of(work.account, work.aim.cluster_id)
    found = next((path for path in told if path.id == way.item_id), None)
    if found is None:
        raise work.stop(
            f"the service tells no upgrade {way.item_id} of cluster {work.aim.cluster_name} to "
            f"{way.to_version} any more"
        )
    return found


async def _has_failed(work: Work[InputsT, OneCluster], way: Way) -> bool:
    return ((await path_of(work, way)).status or "").startswith(("Update_Fail", "Rollback_"))


def _update(work: Work[InputsT, OneCluster], way: Way, ready: Ready) -> Change:
    async def stage() -> Stage:
        if way.is_so:
            return Stage.DONE
        path = await path_of(work, way)
        if path.status in {UPGRADED, CONFIRMED}:
            return Stage.DONE
        if (path.status or "") in FREE:
            return Stage.NOT_BEGUN
        return _under_way(work, path)

    change = _change(work, way, f"upgrade to {way.to_version}", "update", stage)
    return replace(change, ready=ready)


def _rollback(work: Work[InputsT, OneCluster], way: Way) -> Change:
    async def stage() -> Stage:
        path = await path_of(work, way)
        if (path.status or "") in FREE:
            return Stage.DONE
        if (path.status or "").startswith("Update_Fail"):
            return Stage.NOT_BEGUN
        return _under_way(work, path)

    return _change(work, way, f"rollback from {way.to_version}", "rollback", stage)


def _commit(work: Work[InputsT, OneCluster], way: Way) -> Change:
    async def stage() -> Stage:
        path = await path_of(work, way)
        if path.status == CONFIRMED:
            return Stage.DONE
        return Stage.NOT_BEGUN if path.status == UPGRADED else _under_way(work, path)

    return _change(work, way, f"confirmation of {way.to_version}", "commit", stage)


def _under_way(work: Work[InputsT, OneCluster], path: UpgradePath) -> Stage:
    """A word not known is at work; the wait for it has a bound."""
    if (path.status or "").endswith(("_Failure", "_Failed", "_Fail")):
        raise work.stop(
            f"upgrade of cluster {work.aim.cluster_name} to {path.to_version}: {path.status} "
            f"{path.failed_reason or ''}".strip()
        )
    return Stage.UNDER_WAY


def _change(
    work: Work[InputsT, OneCluster],
    way: Way,
    what: str,
    action: str,
    stage: Callable[[], Awaitable[Stage]],
) -> Change:
    account, cluster_id = work.account, work.aim.cluster_id
    return Change(
        what=f"{what} of cluster {work.aim.cluster_name}",
        stage=stage,
        ready=lambda: settled(work),
        act=lambda: upgrades.execute_cluster_upgrade_action(
            account, cluster_id=cluster_id, action=action, item_id=way.item_id
        ),
        wait=lambda: upgrades.wait_until_upgrade_finished(account, cluster_id=cluster_id),
    )
