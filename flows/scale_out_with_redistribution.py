"""Grow a cluster to a number of nodes, and spread its data over them, in its window."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from prefect import flow

from dws import clock
from dws.errors import WaitFailed
from dws.sent.scaling import IdleScaleOut, RedistributionConfig, ScaleOut
from dws.shapes import Cluster
from flows.declared.scale_out_with_redistribution import ACTION, Inputs, Outputs, asked_check
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.procedure import OneCluster, Work, on_cluster, seen
from flows.steps.proved_size import proved_size
from flows.steps.redistribution import Manner, redistributed
from tasks import clusters, scaling
from tasks.beginning import LOOK_EVERY_S, LOOKS, was_asked
from tasks.cluster_size import doing, idle_nodes, nodes_in_use
from tasks.windows import Window


@flow(
    name="scale-out-with-redistribution",
    flow_run_name="scale-out-with-redistribution-{cluster}-to-{nodes}",
    retries=0,
)
async def scale_out_with_redistribution(  # noqa: PLR0913 - what an operator decides
    account: str,
    cluster: str,
    nodes: int,
    *,
    redistribution_mode: Literal["offline", "online"] = "offline",
    parallel_jobs: int = 4,
    window: Window | None = None,
    use_idle_nodes: bool = False,
    force_backup: bool = True,
    retries: int = 1,
    resume_paused: bool = False,
    redistribution_within: timedelta = timedelta(days=7),
    run_id: str | None = None,
) -> Outputs:
    """
    Grow a cluster to an absolute number of nodes, and answer when its data is spread over them.

    The growth begins at once; its data is moved in the window alone. A cluster that has the
    nodes already is only seen to have its data spread. What it changes, interrupts and waits for
    is told by `ACTION.briefing`. Killed at any moment and started again with the same ``run_id``
    it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        nodes: How many nodes hold its data in the end.
        redistribution_mode: ``offline`` or ``online``.
        parallel_jobs: How many tables are moved at once.
        window: When data may be moved; at any time unless told.
        use_idle_nodes: Grow by idle nodes; those that are missing are created before.
        force_backup: Take a snapshot before a growth by idle nodes; others always do.
        retries: How often to retry a redistribution that failed.
        resume_paused: Go on with a redistribution that somebody else has paused.
        redistribution_within: How long the redistribution may take.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: A precondition does not hold; the message tells all, and nothing was changed.
        Stopped: It cannot go on; the message says what is left.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(
        cluster=cluster,
        nodes=nodes,
        redistribution_mode=redistribution_mode,
        parallel_jobs=parallel_jobs,
        window=window,
        use_idle_nodes=use_idle_nodes,
        force_backup=force_backup,
        retries=retries,
        resume_paused=resume_paused,
        redistribution_within=redistribution_within,
    )
    async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
        if inputs.use_idle_nodes:
            await bring_about(work, _create_idle_nodes(work))
        asked = await bring_about(work, _grow(work))
        moved = await redistributed(work, _manner(inputs, is_due=asked))
        await settled(work)
        left = await proved_size(work, inputs.nodes)
        return Outputs(
            cluster_id=left.id,
            cluster_name=left.name,
            nodes=nodes_in_use(left),
            asked=asked,
            suspensions=moved.suspensions,
            retries=moved.retries,
            is_balanced="UNBALANCED" not in left.flags,
        )


Job = Work[Inputs, OneCluster]


def _create_idle_nodes(work: Job) -> Change:
    async def stage() -> Stage:
        found = await seen(work)
        if "CREATING_NODE" in doing(found):
            return Stage.UNDER_WAY
        return Stage.DONE if _missing(work, found) <= 0 else Stage.NOT_BEGUN

    async def act() -> None:
        await scaling.resize_cluster(
            work.account,
            cluster_id=work.aim.cluster_id,
            scale_out=ScaleOut(count=_missing(work, await seen(work))),
            create_node_only=True,
        )

    return Change(
        what=f"idle nodes for cluster {work.aim.cluster_name}",
        stage=stage,
        ready=lambda: _ready(work),
        act=act,
        wait=lambda: clusters.wait_until_cluster_task_finished(
            work.account, cluster_id=work.aim.cluster_id
        ),
    )


def _grow(work: Job) -> Change:
    what = f"growth of cluster {work.aim.cluster_name}"

    async def stage() -> Stage:
        found = await seen(work)
        if _is_growing(work, found, is_asked=was_asked(work.run, what)):
            return Stage.UNDER_WAY
        has_grown = nodes_in_use(found) >= work.inputs.nodes and "GROWING" not in doing(found)
        return Stage.DONE if has_grown else Stage.NOT_BEGUN

    return Change(
        what=what,
        stage=stage,
        ready=lambda: _ready(work),
        act=lambda: _ask_for_growth(work),
        wait=lambda: clusters.wait_until_cluster_grown(
            work.account, cluster_id=work.aim.cluster_id
        ),
    )


async def _ask_for_growth(work: Job) -> None:
    """What it asks for is counted from what is there now: the service takes no target."""
    more = work.inputs.nodes - nodes_in_use(await seen(work))
    config = RedistributionConfig(
        redis_mode=work.inputs.redistribution_mode, parallel_jobs=work.inputs.parallel_jobs
    )
    if work.inputs.use_idle_nodes:
        await scaling.resize_cluster_with_existed_nodes(
            work.account,
            cluster_id=work.aim.cluster_id,
            scale_out=IdleScaleOut(count=more),
            force_backup=work.inputs.force_backup,
            auto_redistribute=False,
            redis_conf=config,
        )
        return
    await scaling.resize_cluster(
        work.account,
        cluster_id=work.aim.cluster_id,
        scale_out=ScaleOut(count=more),
        auto_redistribute=False,
        redis_conf=config,
    )


def _is_growing(work: Job, found: Cluster, *, is_asked: bool) -> bool:
    """Whether the growth that is wanted is under way; a snapshot begins the own one."""
    told = found.resize_info
    if told is None or told.resize_status != "GROWING":
        return is_asked and "SNAPSHOTTING" in doing(found)
    target = told.target_node_num
    if target is not None and target > work.inputs.nodes:
        raise work.stop(
            f"cluster {found.name} grows to {target} nodes by somebody, not to "
            f"{work.inputs.nodes}; wait for its end, then decide anew"
        )
    return target is None or target == work.inputs.nodes


async def _ready(work: Job) -> None:
    """
    Wait until the cluster is idle, and ask the service once more whether it may grow.

    Raises:
        Refused, Stopped: It may not, or never will be idle.
    """
    for remaining in reversed(range(LOOKS)):
        await _idle(work)
        if not (hindrances := await _hindrances(work)):
            return
        # It may be busy and not show it yet: before it grows it looks idle for up to a minute.
        if not remaining:
            raise work.stop(
                f"cluster {work.aim.cluster_name} may not grow to {work.inputs.nodes} nodes: "
                f"{'; '.join(hindrances)}"
            )
        await clock.sleep(LOOK_EVERY_S)


async def _idle(work: Job) -> None:
    """What is waited for may be this very growth, begun by somebody else: not for its data."""
    try:
        await clusters.wait_until_cluster_grown(work.account, cluster_id=work.aim.cluster_id)
    except WaitFailed as error:
        raise work.stop(f"{error}; cluster {work.aim.cluster_name} was left as it is") from error
    if nodes_in_use(await seen(work)) < work.inputs.nodes:
        await settled(work)


async def _hindrances(work: Job) -> list[str]:
    """What the service has against the growth; nothing if that is done."""
    found = await seen(work)
    if nodes_in_use(found) >= work.inputs.nodes:
        return []
    told = await scaling.check_grow_cluster(work.account, **dict(asked_check(found, work.inputs)))
    return [found.reason or found.desc for found in told.hindrances]


def _missing(work: Job, found: Cluster) -> int:
    return work.inputs.nodes - nodes_in_use(found) - idle_nodes(found)


def _manner(inputs: Inputs, *, is_due: bool) -> Manner:
    return Manner(
        mode=inputs.redistribution_mode,
        parallel_jobs=inputs.parallel_jobs,
        window=inputs.window,
        retries=inputs.retries,
        resume_paused=inputs.resume_paused,
        within=inputs.redistribution_within,
        is_due=is_due,
    )
