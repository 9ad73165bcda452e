"""Let one cluster follow another: pair them, start, see the standby caught up."""

from __future__ import annotations

from prefect import flow
from pydantic import BaseModel, ConfigDict

from dws.operations.disaster_recovery import (
    DisasterRecovery,
    DisasterRecoveryChange,
    NewDisasterRecovery,
)
from flows.declared.dr_set_up import ACTION, CHANGEABLE, Inputs, Outputs, set_up_lock
from flows.steps.change import Change, Stage, bring_about
from flows.steps.guarding import unprotected
from flows.steps.pair import both_settled, synchronised
from flows.steps.procedure import Aim, Work, procedure
from tasks import clusters, disaster_recovery
from tasks.locks import cluster_lock


class TwoClusters(Aim):
    """Two clusters that are to be a pair."""

    name: str
    primary_id: str
    standby_id: str

    def locks(self, account: str) -> tuple[str, ...]:
        ids = sorted({self.primary_id, self.standby_id})
        return (set_up_lock(account, self.name), *(cluster_lock(account, id_) for id_ in ids))


class Made(BaseModel):
    """The pair, once it is there."""

    model_config = ConfigDict(frozen=True)

    pair_id: str


Making = Work[Inputs, TwoClusters]


@flow(name="dr-set-up", flow_run_name="dr-set-up-{name}", retries=0)
async def dr_set_up(  # noqa: PLR0913 - a pair needs so many
    account: str,
    primary: str,
    standby: str,
    name: str,
    *,
    sync_period: str = "30m",
    dr_type: str = "az",
    run_id: str | None = None,
) -> Outputs:
    """
    Pair two clusters, start the disaster recovery, and answer when the standby has caught up.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. A pair of that name
    with these clusters in these roles is adopted, whatever it is at. Killed at any moment and
    started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        primary: Name or id of the cluster that is followed.
        standby: Name or id of the cluster that follows; its own data is lost.
        name: Of the disaster recovery.
        sync_period: How often the standby catches up, e.g. ``30m``, ``2H``, ``1d``.
        dr_type: ``az`` or ``region``.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: A name does not tell one cluster; nothing was changed.
        Refused: The clusters do not go together, or are not free; nothing was changed.
        Stopped: It cannot go on; the message says what is left.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs.model_validate(
        {
            "primary": primary,
            "standby": standby,
            "name": name,
            "sync_period": sync_period,
            "dr_type": dr_type,
        }
    )

    async def find() -> TwoClusters:
        first = await clusters.find_cluster(account, primary)
        second = await clusters.find_cluster(account, standby)
        return TwoClusters(name=name, primary_id=first.id, standby_id=second.id)

    async with procedure(ACTION, account, inputs, TwoClusters, find=find, run_id=run_id) as work:
        return await _set_up(work)


async def _set_up(work: Making) -> Outputs:
    await bring_about(work, _creation(work))
    pair_id = (await work.once("pair", Made, lambda: _made(work))).pair_id
    work.run.remember("pair_id", pair_id)
    await bring_about(work, _period(work, pair_id))
    await bring_about(work, _start(work, pair_id))
    pair = await synchronised(work, pair_id)
    if pair.last_disaster_time is None:
        raise work.stop(f"disaster recovery {pair.name} tells no time of a synchronisation")
    return Outputs(
        pair_id=pair.id,
        pair_name=pair.name,
        primary_id=work.aim.primary_id,
        standby_id=work.aim.standby_id,
        synchronised=pair.last_disaster_time,
    )


def _creation(work: Making) -> Change:
    async def stage() -> Stage:
        found = await _named(work)
        if found is None:
            return Stage.NOT_BEGUN
        return Stage.UNDER_WAY if found.status == "creating" else Stage.DONE

    wanted = NewDisasterRecovery(
        name=work.inputs.name,
        dr_type=work.inputs.dr_type,
        dr_sync_period=work.inputs.sync_period,
        primary_cluster_id=work.aim.primary_id,
        standby_cluster_id=work.aim.standby_id,
    )
    return Change(
        what=f"creation of disaster recovery {work.inputs.name}",
        stage=stage,
        ready=lambda: _may_lose_data(work),
        act=lambda: disaster_recovery.create_disaster_recovery(
            work.account, disaster_recovery=wanted
        ),
        wait=lambda: _ready(work),
    )


async def _may_lose_data(work: Making) -> None:
    await both_settled(work, work.aim.primary_id, work.aim.standby_id)
    await unprotected(work, work.aim.standby_id)


async def _ready(work: Making) -> None:
    found = await _named(work)
    if found is not None:
        await disaster_recovery.wait_until_disaster_recovery_ready(
            work.account, disaster_recovery_id=found.id
        )


def _period(work: Making, pair_id: str) -> Change:
    async def stage() -> Stage:
        pair = await _present(work, pair_id)
        is_so = pair.dr_sync_period in {None, work.inputs.sync_period}
        # One that moves meanwhile cannot be changed: a difference in it was refused before.
        return Stage.NOT_BEGUN if pair.status in CHANGEABLE and not is_so else Stage.DONE

    change = DisasterRecoveryChange(dr_sync_period=work.inputs.sync_period)
    return Change(
        what=f"period of disaster recovery {work.inputs.name}",
        stage=stage,
        act=lambda: disaster_recovery.update_disaster_info(
            work.account, disaster_recovery_id=pair_id, disaster_recovery=change
        ),
    )


def _start(work: Making, pair_id: str) -> Change:
    async def stage() -> Stage:
        pair = await _present(work, pair_id)
        if pair.status in {"unstart", "stopping", "stopped", "start_failed"}:
            return Stage.NOT_BEGUN
        if pair.status == "starting":
            return Stage.UNDER_WAY
        if pair.status == "running":
            return Stage.DONE
        raise work.stop(f"disaster recovery {pair.name} is {pair.status}; repair it first")

    async def ready() -> None:
        if (await _present(work, pair_id)).status == "stopping":
            await disaster_recovery.wait_until_disaster_recovery_stopped(
                work.account, disaster_recovery_id=pair_id
            )
        await _may_lose_data(work)

    return Change(
        what=f"start of disaster recovery {work.inputs.name}",
        stage=stage,
        ready=ready,
        act=lambda: disaster_recovery.start_disaster_recovery(
            work.account, disaster_recovery_id=pair_id
        ),
        wait=lambda: disaster_recovery.wait_until_disaster_recovery_running(
            work.account, disaster_recovery_id=pair_id
        ),
    )


async def _named(work: Making) -> DisasterRecovery | None:
    """The pair of that name; it is ours only with these clusters in these roles."""
    listed = (await disaster_recovery.list_disaster_recover(work.account)).disaster_recovery
    name = work.inputs.name.casefold()
    found = next((pair for pair in listed if pair.name.casefold() == name), None)
    if found is None:
        return None
    wanted = (work.aim.primary_id, work.aim.standby_id)
    if (found.primary_cluster_id, found.standby_cluster_id) != wanted:
        raise work.stop(f"name={work.inputs.name!r}: other clusters have it; choose another")
    if found.status == "create_failed":
        raise work.stop(f"disaster recovery {found.name} is create_failed; run dr-tear-down on it")
    return found


async def _made(work: Making) -> Made:
    found = await _named(work)
    if found is None:
        raise work.stop(f"disaster recovery {work.inputs.name} was made, and has gone")
    return Made(pair_id=found.id)


async def _present(work: Making, pair_id: str) -> DisasterRecovery:
    found = await disaster_recovery.disaster_recovery_with_id(work.account, pair_id)
    if found is None:
        raise work.stop(f"disaster recovery {work.inputs.name} has gone")
    return found
