"""Changes to logical clusters: one at a time, and the cluster itself shows nothing of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from dws.told.logical_clusters import LogicalCluster, LogicalClusters
from dws.waiter import Busy
from dws.waiters.logical_clusters import judge_idleness
from flows.steps.change import Change, Ready, Stage, settled
from flows.steps.procedure import OneCluster, Work
from tasks import logical_clusters
from tasks.logical_preconditions import required

AnyWork = Work[Any, OneCluster]


class Known(BaseModel):
    """A logical cluster as it was before the first change."""

    id: str
    nodes: int
    acted_at: datetime | None
    """When the last action on it had begun."""


async def listed(work: AnyWork) -> LogicalClusters:
    """The logical clusters as they are now."""
    return await logical_clusters.list_logical_clusters(
        work.account, cluster_id=work.aim.cluster_id
    )


async def known_once(work: AnyWork, name: str) -> Known:
    """
    The logical cluster that the procedure is about, as this or an earlier attempt found it first.

    Raises:
        NoSuchThing: There was none of that name.
    """

    async def find() -> Known:
        found = required(await listed(work), work.aim.cluster_name, name)
        nodes = sum(len(ring.ring_hosts) for ring in found.cluster_rings)
        return Known(id=found.logical_cluster_id, nodes=nodes, acted_at=_acted_at(found))

    return await work.once(f"logical cluster {name}", Known, find)


async def _by_all() -> None:
    """Nobody forbids it."""


def logical_change(  # noqa: PLR0913 - what tells such a change
    work: AnyWork,
    what: str,
    *,
    is_so: Callable[[LogicalClusters], bool],
    act: Callable[[], Awaitable[object]],
    own: Callable[[LogicalClusters], LogicalCluster | None],
    acted_at: datetime | None = None,
    allowed: Ready = _by_all,
) -> Change:
    """
    A change to the logical clusters of a cluster.

    Args:
        is_so: Whether it is done, of a cluster in which nothing is done.
        own: The logical cluster that it is done to; None if there is none.
        acted_at: When the last action on that had begun before: its failure is an old one.
        allowed: Is called before each act, in a cluster in which nothing is done: raises if a
            person has forbidden it meanwhile.
    """

    async def stage() -> Stage:
        told = await listed(work)
        if isinstance(judge_idleness(told), Busy):
            return Stage.UNDER_WAY
        if is_so(told):
            return Stage.DONE
        _require_not_failed(work, what, own(told), acted_at)
        return Stage.NOT_BEGUN

    async def ready() -> None:
        await idle(work)
        await allowed()

    return Change(what=what, stage=stage, ready=ready, act=act, wait=lambda: idle(work))


async def idle(work: AnyWork) -> None:
    """
    Wait until the cluster is available and nothing is done to its logical clusters.

    Raises:
        Refused, Stopped: The cluster never will be.
        WaitTimedOut: It was not in time.
    """
    await settled(work)
    await logical_clusters.wait_until_logical_clusters_idle(
        work.account, cluster_id=work.aim.cluster_id
    )


def _require_not_failed(
    work: AnyWork, what: str, found: LogicalCluster | None, acted_at: datetime | None
) -> None:
    action = found.action_info if found else None
    if found is None or action is None or action.result != "failed" or _acted_at(found) == acted_at:
        return
    told = f": {action.logs}" if action.logs else ""
    raise work.stop(f"{what}: {action.action_name} failed{told}; it is {found.status or 'unknown'}")


def _acted_at(found: LogicalCluster) -> datetime | None:
    return found.action_info.start_time if found.action_info else None
