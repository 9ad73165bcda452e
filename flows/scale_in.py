"""Take nodes from a cluster, down to a number of them."""

from __future__ import annotations

from typing import Literal, cast

from prefect import flow

from flows.declared.scale_in import (
    ACTION,
    CHECKS,
    Inputs,
    Outputs,
    may_go,
    next_count,
    offered,
    passes,
)
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.guarding import unprotected
from flows.steps.opening import settled_inside, window_opens
from flows.steps.procedure import OneCluster, Work, on_cluster, seen
from flows.steps.proved_size import proved_size
from tasks import clusters, disaster_recovery, scaling
from tasks.action import Finding, Level
from tasks.cluster_size import doing, nodes_in_use
from tasks.own_run import own_run
from tasks.preconditions import is_free_of_recovery, is_writable
from tasks.windows import Window

MOST_STEPS = 85
"""More than that many rings no cluster has."""


@flow(name="scale-in", flow_run_name="scale-in-{cluster}-to-{nodes}", retries=0)
async def scale_in(  # noqa: PLR0913 - what an operator decides
    account: str,
    cluster: str,
    nodes: int,
    *,
    online: bool = False,
    parallel_jobs: int | None = None,
    force_backup: bool = True,
    need_agency: bool = False,
    window: Window | None = None,
    run_id: str | None = None,
) -> Outputs:
    """
    Take nodes from a cluster, and answer when it has so many and no more; at once if it has.

    Whole rings go, those that came last first, in as few steps as the service allows. What it
    changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment and
    started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        nodes: How many nodes hold its data in the end.
        online: Let queries go on; it takes longer.
        parallel_jobs: How many tables are moved at once; the service's choice if not told.
        force_backup: Take a snapshot first.
        need_agency: Authorize the service; long ones need it.
        window: When it may begin; at once if not told.
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
        online=online,
        parallel_jobs=parallel_jobs,
        force_backup=force_backup,
        need_agency=need_agency,
        window=window,
    )
    async with own_run(run_id) as run:
        if run.recall("changed") is None:
            await window_opens(run, account, ACTION, inputs, window)
        async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
            await _shrink_down(work)
            await settled(work)
            left = await proved_size(work, inputs.nodes)
            return Outputs(
                cluster_id=left.id,
                cluster_name=left.name,
                nodes=nodes_in_use(left),
                asked=work.has_changed,
                is_balanced="UNBALANCED" not in left.flags,
            )


Job = Work[Inputs, OneCluster]


async def _shrink_down(work: Job) -> None:
    """Shrink until it is done, each step from a fresh look."""
    for _ in range(MOST_STEPS):
        await settled(work)
        present = nodes_in_use(await seen(work))
        if present <= work.inputs.nodes:
            return
        await bring_about(work, _shrink(work, await _next(work)))
    raise work.stop(f"cluster {work.aim.cluster_name} still has {present} nodes; see its events")


async def _next(work: Job) -> int:
    """How many nodes the next step leaves."""
    told = await scaling.list_cluster_scale_in_numbers(work.account, cluster_id=work.aim.cluster_id)
    found = await seen(work)
    allowed, present = offered(told.shrink_sequence), nodes_in_use(found)
    count = next_count(present - work.inputs.nodes, allowed)
    if count is None:
        raise work.stop(may_go(found, work.inputs.nodes, allowed).told)
    return present - count


def _shrink(work: Job, left: int) -> Change:
    async def stage() -> Stage:
        found = await seen(work)
        if doing(found) & {"SHRINK_CHECKING", "CLUSTER_SHRINKING"}:
            return Stage.UNDER_WAY
        return Stage.DONE if nodes_in_use(found) <= left else Stage.NOT_BEGUN

    return Change(
        what=f"scale-in of cluster {work.aim.cluster_name} to {left} nodes",
        stage=stage,
        ready=lambda: _ready(work, left),
        act=lambda: _ask(work, left),
        wait=lambda: clusters.wait_until_cluster_task_finished(
            work.account, cluster_id=work.aim.cluster_id
        ),
    )


async def _ready(work: Job, left: int) -> None:
    await settled_inside(work, work.inputs.window)
    wrong = [found.told for found in await _looked(work, left) if found.level is Level.BLOCK]
    if wrong:
        raise work.stop("; ".join(wrong))
    await unprotected(work, work.aim.cluster_id)


async def _looked(work: Job, left: int) -> list[Finding]:
    """What is in the way of this step: the preview was long ago, and looked at the first alone."""
    cluster = await seen(work)
    count = nodes_in_use(cluster) - left
    pairs = await disaster_recovery.disaster_recoveries_of(work.account, cluster.id)
    findings = [is_writable(cluster), is_free_of_recovery(cluster, pairs)]
    for item in CHECKS:
        told = await scaling.check_cluster_shrink(
            work.account, cluster_id=cluster.id, shrink_count=count, check_item=item
        )
        findings.append(passes(cluster, count, item, is_passed=told.is_passed))
    return findings


async def _ask(work: Job, left: int) -> None:
    """What it asks for is counted from what is there now: the service takes no target."""
    cluster_id = work.aim.cluster_id
    told = await scaling.show_cluster_flavor(work.account, cluster_id=cluster_id)
    await scaling.shrink_cluster(
        work.account,
        cluster_id=cluster_id,
        shrink_number=nodes_in_use(await seen(work)) - left,
        online=work.inputs.online,
        type=cast(Literal["dws", "stream", "hybrid"], told.flavor.classify or "dws"),
        force_backup=work.inputs.force_backup,
        need_agency=work.inputs.need_agency,
        parallel_jobs=work.inputs.parallel_jobs,
    )
