"""A restart of a cluster, once per run, proved by the service's own record of it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from dws.restarts import REBOOTING, Restart
from flows.steps.change import Change, Stage, bring_about
from flows.steps.opening import settled_inside
from flows.steps.procedure import InputsT, OneCluster, Work, seen
from tasks import clusters
from tasks.run import Run
from tasks.windows import Window

_BEFORE = "restart before"
_ACCEPTED = "restart accepted"
_SEEN = "restart seen through"


class Before(BaseModel):
    """The last restart that the cluster had when the run was about to ask for its own."""

    model_config = ConfigDict(frozen=True)

    last: Restart | None


def was_begun(run: Run) -> bool:
    """Whether this run, or an earlier attempt of it, came as far as to its restart."""
    return run.recall(_BEFORE) is not None


async def restarted(work: Work[InputsT, OneCluster], window: Window | None = None) -> bool:
    """
    Restart the cluster, unless it was restarted since the run came here; whether the run asked.

    A restart leaves no trace on the cluster: which one was the last before is remembered, and
    the service's record then tells whether there was one since, how it ended, and so whether the
    one that a killed attempt had asked for took place. Should the record lag or lack it, one that
    was accepted, or seen under way, still counts: it is never asked for again.

    Args:
        window: It is asked for only while this is open.

    Raises:
        Refused, Stopped: It failed, or the cluster or its parameters are not well after it.
        RequestFailed, Unreachable: It was refused, or not taken in three attempts.
        WaitTimedOut: It did not end in time; it still may.
    """
    before = await work.once(_BEFORE, Before, lambda: _before(work))
    asked = await bring_about(work, _restart(work, before, window))
    await _in_sync(work)
    return asked


async def _before(work: Work[InputsT, OneCluster]) -> Before:
    return Before(last=await clusters.last_restart(work.account, work.aim.cluster_id))


def _restart(work: Work[InputsT, OneCluster], before: Before, window: Window | None) -> Change:
    account, cluster_id = work.account, work.aim.cluster_id

    async def act() -> None:
        await clusters.restart_cluster(account, cluster_id=cluster_id)
        work.run.remember(_ACCEPTED, value=True)

    async def wait() -> None:
        await clusters.wait_until_cluster_task_finished(account, cluster_id=cluster_id)
        work.run.remember(_SEEN, value=True)

    return Change(
        what=f"restart of cluster {work.aim.cluster_name}",
        stage=lambda: _stage(work, before),
        ready=lambda: settled_inside(work, window),
        act=act,
        wait=wait,
    )


async def _stage(work: Work[InputsT, OneCluster], before: Before) -> Stage:
    # The cluster first: a restart that ends between the two looks is then seen as done.
    cluster = await seen(work)
    last = await clusters.last_restart(work.account, work.aim.cluster_id)
    is_rebooting = REBOOTING in {cluster.task_status, *cluster.action_progress}
    if last is None or (before.last is not None and last.id == before.last.id):
        return _unrecorded(work.run, is_rebooting=is_rebooting)
    if last.status == "FAILED":
        raise work.stop(
            f"the restart of cluster {work.aim.cluster_name} failed"
            f"{f' ({cluster.task_status})' if cluster.task_status else ''}; see for the cluster, "
            "and begin a new run"
        )
    is_over = last.status == "SUCCESS" and not is_rebooting
    return Stage.DONE if is_over else Stage.UNDER_WAY


def _unrecorded(run: Run, *, is_rebooting: bool) -> Stage:
    if is_rebooting:
        return Stage.UNDER_WAY
    if run.recall(_SEEN):
        return Stage.DONE
    return Stage.UNDER_WAY if run.recall(_ACCEPTED) else Stage.NOT_BEGUN


async def _in_sync(work: Work[InputsT, OneCluster]) -> None:
    group = (await seen(work)).parameter_group
    if group is not None and group.status not in {None, "", "In-Sync"}:
        raise work.stop(
            f"cluster {work.aim.cluster_name} was restarted, and its parameters are "
            f"{group.status}, not In-Sync; see for them"
        )
