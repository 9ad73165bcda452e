"""One thing bound to a cluster, or none: the steps for an elastic IP and for a load balancer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from dws import clock
from dws.shapes import Cluster
from dws.waiters.clusters import LAG
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.procedure import OneCluster, Work, seen
from tasks import clusters


@dataclass(frozen=True)
class Binding:
    """
    What can be bound.

    Attributes:
        kind: E.g. ``elastic IP``.
        tasks: The words that a cluster shows while it is bound or unbound.
        mends: The words that it shows after that failed, until it is asked again.
        bound: Which one a cluster has, by its details; None if none.
        bind, unbind: Ask for it, with the id of what is bound.
    """

    kind: str
    tasks: frozenset[str]
    mends: frozenset[str]
    bound: Callable[[Cluster], str | None]
    bind: Callable[[str], Awaitable[object]]
    unbind: Callable[[str], Awaitable[object]]


class Bound(BaseModel):
    """What was bound before the first change."""

    id: str | None


async def see_to_binding(
    work: Work[Any, OneCluster], binding: Binding, wanted: str | None
) -> tuple[Bound, bool]:
    """
    See to it that a cluster has this one bound, or none; what else it had is unbound first.

    Whether that may be is for the preview to say. What was bound is remembered before it is
    unbound: a second run must not take what came after for it.

    Returns:
        What was bound before, and whether this run changed anything.

    Raises:
        Refused, Stopped: A task failed, or what was done is not so.
        WaitTimedOut: One did not end in time; it still may.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """

    async def look() -> Bound:
        return Bound(id=binding.bound(await seen(work)))

    before = await work.once(f"{binding.kind} before", Bound, look)
    changed = False
    if before.id and before.id != wanted:
        changed = await bring_about(work, _unbinding(work, binding, before.id))
    if wanted:
        changed = await bring_about(work, _binding(work, binding, wanted)) or changed
    return before, changed


def _unbinding(work: Work[Any, OneCluster], binding: Binding, which: str) -> Change:
    return _change(
        work,
        binding,
        what=f"unbinding of {binding.kind} {which}",
        is_so=lambda bound: bound != which,
        act=lambda: binding.unbind(which),
    )


def _binding(work: Work[Any, OneCluster], binding: Binding, which: str) -> Change:
    return _change(
        work,
        binding,
        what=f"binding of {binding.kind} {which}",
        is_so=lambda bound: bound == which,
        act=lambda: binding.bind(which),
    )


def _change(
    work: Work[Any, OneCluster],
    binding: Binding,
    *,
    what: str,
    is_so: Callable[[str | None], bool],
    act: Callable[[], Awaitable[object]],
) -> Change:
    async def stage() -> Stage:
        cluster = await seen(work)
        if binding.tasks & {cluster.task_status, *cluster.action_progress}:
            return Stage.UNDER_WAY
        return Stage.DONE if is_so(binding.bound(cluster)) else Stage.NOT_BEGUN

    async def ready() -> None:
        if not await has_failed():
            await settled(work)

    async def has_failed() -> bool:
        return (await seen(work)).task_status in binding.mends

    async def wait() -> None:
        # A new task takes a while to show, and may leave the word of the failed one until then.
        if await has_failed():
            await clock.sleep(LAG.total_seconds())
        await clusters.wait_until_cluster_task_finished(
            work.account, cluster_id=work.aim.cluster_id
        )

    return Change(what=what, stage=stage, ready=ready, act=act, wait=wait)
