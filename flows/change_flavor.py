"""Change the kind of nodes of a cluster: more CPUs and memory, or fewer."""

from __future__ import annotations

from prefect import flow
from pydantic import BaseModel, ConfigDict

from dws.told.scaling import ClusterFlavor
from flows.declared.change_flavor import ACTION, Inputs, Outputs, chosen
from flows.steps.change import Change, Stage, bring_about, settled
from flows.steps.opening import settled_inside, window_opens
from flows.steps.procedure import OneCluster, Work, on_cluster, seen
from tasks import account as account_tasks
from tasks import clusters, scaling
from tasks.cluster_size import doing
from tasks.own_run import own_run
from tasks.windows import Window


class Flavor(BaseModel):
    """The kind of nodes that is wanted, as the service calls it."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str


@flow(name="change-flavor", flow_run_name="change-flavor-{cluster}-to-{flavor}", retries=0)
async def change_flavor(  # noqa: PLR0913 - what an operator decides
    account: str,
    cluster: str,
    flavor: str,
    *,
    force_backup: bool = True,
    online: bool = False,
    window: Window | None = None,
    run_id: str | None = None,
) -> Outputs:
    """
    Change the kind of all nodes, and answer when they are of it; at once if they are.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        flavor: Name or id of the kind of nodes to change to.
        force_backup: Take a snapshot first.
        online: Let queries go on, where the release can.
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
        cluster=cluster, flavor=flavor, force_backup=force_backup, online=online, window=window
    )
    async with own_run(run_id) as run:
        if run.recall("changed") is None:
            await window_opens(run, account, ACTION, inputs, window)
        async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
            wanted = await work.once("flavor", Flavor, lambda: _wanted(work))
            asked = await bring_about(work, _change(work, wanted))
            await settled(work)
            await _prove(work, wanted)
            return Outputs(
                cluster_id=work.aim.cluster_id,
                cluster_name=work.aim.cluster_name,
                flavor=wanted.name,
                asked=asked,
            )


Job = Work[Inputs, OneCluster]


async def _wanted(work: Job) -> Flavor:
    """
    What is wanted, found before the first change: what is offered depends on what there is.

    Raises:
        Refused: The service does not offer it any more.
    """
    present = await _present(work)
    if work.inputs.flavor in {present.id, present.spec_name}:
        return Flavor(id=present.id, name=present.spec_name)
    told = await account_tasks.list_target_flavors(
        work.account, flavor_id=present.id, cluster_id=work.aim.cluster_id
    )
    found = chosen(work.inputs, told.flavors)
    if found is None:
        raise work.stop(f"flavor={work.inputs.flavor!r} is not offered any more; look again")
    return Flavor(id=found.id, name=found.name)


def _change(work: Job, wanted: Flavor) -> Change:
    async def stage() -> Stage:
        if "FLAVOR_RESIZING" in doing(await seen(work)):
            return Stage.UNDER_WAY
        return Stage.DONE if _is(await _present(work), wanted) else Stage.NOT_BEGUN

    cluster_id = work.aim.cluster_id
    return Change(
        what=f"other nodes of cluster {work.aim.cluster_name}",
        stage=stage,
        ready=lambda: settled_inside(work, work.inputs.window),
        act=lambda: scaling.execute_flavor_change(
            work.account,
            cluster_id=cluster_id,
            target_flavor_id=wanted.id,
            force_backup=work.inputs.force_backup,
            change_mode="online" if work.inputs.online else None,
        ),
        wait=lambda: clusters.wait_until_cluster_task_finished(work.account, cluster_id=cluster_id),
    )


async def _present(work: Job) -> ClusterFlavor:
    told = await scaling.show_cluster_flavor(work.account, cluster_id=work.aim.cluster_id)
    return told.flavor


def _is(present: ClusterFlavor, wanted: Flavor) -> bool:
    """Names decide; one release tells another id than it lists (assumed)."""
    return wanted.id == present.id or wanted.name == present.spec_name


async def _prove(work: Job, wanted: Flavor) -> None:
    """
    Make sure that the nodes are of the kind wanted.

    Raises:
        Refused, Stopped: They are not.
    """
    present = await _present(work)
    if not _is(present, wanted):
        raise work.stop(
            f"the nodes of cluster {work.aim.cluster_name} are {present.spec_name}, not "
            f"{wanted.name}; somebody else has changed them"
        )
    work.run.note("flavor seen", flavor=present.spec_name)
