"""Give parameters of a database the wanted values, and see them in force."""

from __future__ import annotations

from prefect import flow
from pydantic import BaseModel, ConfigDict

from flows.declared.apply_parameters import ACTION, Changed, Inputs, Outputs
from flows.steps.opening import window_opens
from flows.steps.parameters import applied, awaits_restart, in_force
from flows.steps.procedure import OneCluster, Work, on_cluster
from flows.steps.restart import restarted, was_begun
from tasks import configurations
from tasks.own_run import own_run
from tasks.parameters import Setting, settings
from tasks.windows import Window


class Planned(BaseModel):
    """What is to be set, remembered before the first change: the old values are gone after it."""

    model_config = ConfigDict(frozen=True)

    settings: tuple[Setting, ...]


@flow(name="apply-parameters", flow_run_name="apply-parameters-{cluster}", retries=0)
async def apply_parameters(  # noqa: PLR0913 - what the procedure needs
    account: str,
    cluster: str,
    parameters: dict[str, str],
    *,
    restart: bool = False,
    window: Window | None = None,
    run_id: str | None = None,
) -> Outputs:
    """
    Set parameters, restart if that is needed and allowed, and read them back.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        cluster: Name or id of the cluster.
        parameters: Values by name; ``CN:`` or ``DN:`` before a name means nodes of that role.
        restart: Whether the cluster may be restarted if a value counts only after that.
        window: When it may be done; at once if not told.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: ``cluster`` does not tell one cluster; nothing was changed.
        Refused: A parameter is not known, read-only or does not bear the value, or the cluster is
            not well; nothing was changed.
        Stopped: They could not be applied; the message says whether the old ones are in force.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(cluster=cluster, parameters=parameters, restart=restart, window=window)
    async with own_run(run_id) as run:
        if not was_begun(run):
            await window_opens(run, account, ACTION, inputs, window)
        async with on_cluster(ACTION, account, inputs, cluster, run_id=run_id) as work:
            planned = await work.once("planned", Planned, lambda: _planned(work))
            await applied(work, planned.settings, window)
            was_restarted = await _restarted(work, window)
            return await _left(work, planned, was_restarted=was_restarted)


async def _planned(work: Work[Inputs, OneCluster]) -> Planned:
    groups = await configurations.parameter_groups(work.account, work.aim.cluster_id)
    wanted, mistakes = settings(groups, work.inputs.parameters)
    if mistakes:
        raise work.stop("; ".join(mistakes))
    return Planned(settings=wanted)


async def _restarted(work: Work[Inputs, OneCluster], window: Window | None) -> bool:
    if not work.inputs.restart:
        return False
    if not (was_begun(work.run) or await awaits_restart(work)):
        return False
    return await restarted(work, window)


async def _left(
    work: Work[Inputs, OneCluster], planned: Planned, *, was_restarted: bool
) -> Outputs:
    await in_force(work, planned.settings)
    return Outputs(
        cluster_id=work.aim.cluster_id,
        cluster_name=work.aim.cluster_name,
        changed=tuple(
            Changed(name=item.name, role=item.role.upper(), old=item.old, new=item.wanted)
            for item in planned.settings
            if not item.is_so
        ),
        restarted=was_restarted,
        awaits_restart=await awaits_restart(work),
    )
