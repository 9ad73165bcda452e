"""Part the two clusters of a pair: pause the disaster recovery, delete it."""

from __future__ import annotations

from contextlib import suppress

from prefect import flow

from dws.errors import WaitFailed
from dws.operations.disaster_recovery import DisasterRecovery
from flows.declared.dr_tear_down import ACTION, DELETABLE, Inputs, Outputs
from flows.steps.change import Change, Stage, bring_about
from flows.steps.pair import OnePair, on_pair
from flows.steps.procedure import Work
from tasks import clusters, disaster_recovery

Parting = Work[Inputs, OnePair]


@flow(name="dr-tear-down", flow_run_name="dr-tear-down-{pair}", retries=0)
async def dr_tear_down(account: str, pair: str, *, run_id: str | None = None) -> Outputs:
    """
    Pause and delete a disaster recovery, and answer what its two clusters are at then.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        pair: Name or id of the disaster recovery.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing: There is no such pair; nothing was changed.
        Refused: It is turning just now; nothing was changed.
        Stopped: It cannot go on; the message says what is left.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(pair=pair)
    async with on_pair(ACTION, account, inputs, pair, run_id=run_id) as work:
        await bring_about(work, _pause(work))
        await bring_about(work, _deletion(work))
        roles = work.aim.roles
        left = {
            roles.primary_name: await _status(work, roles.primary_id),
            roles.standby_name: await _status(work, roles.standby_id),
        }
        return Outputs(pair_id=work.aim.pair_id, pair_name=work.aim.pair_name, clusters=left)


def _pause(work: Parting) -> Change:
    async def stage() -> Stage:
        pair = await _seen(work)
        if pair is None or pair.status in DELETABLE | {"deleting", "deleted"}:
            return Stage.DONE
        return Stage.UNDER_WAY if pair.status == "stopping" else Stage.NOT_BEGUN

    return Change(
        what=f"pause of disaster recovery {work.aim.pair_name}",
        stage=stage,
        ready=lambda: _calm(work),
        act=lambda: disaster_recovery.pause_disaster_recovery(
            work.account, disaster_recovery_id=work.aim.pair_id
        ),
        wait=lambda: disaster_recovery.wait_until_disaster_recovery_stopped(
            work.account, disaster_recovery_id=work.aim.pair_id
        ),
    )


def _deletion(work: Parting) -> Change:
    async def stage() -> Stage:
        pair = await _seen(work)
        if pair is None or pair.status == "deleted":
            return Stage.DONE
        return Stage.UNDER_WAY if pair.status == "deleting" else Stage.NOT_BEGUN

    return Change(
        what=f"deletion of disaster recovery {work.aim.pair_name}",
        stage=stage,
        act=lambda: disaster_recovery.delete_disaster_recovery(
            work.account, disaster_recovery_id=work.aim.pair_id
        ),
        wait=lambda: disaster_recovery.wait_until_disaster_recovery_gone(
            work.account, disaster_recovery_id=work.aim.pair_id
        ),
    )


async def _calm(work: Parting) -> None:
    """Wait until a pair that is being made or started is: meanwhile it cannot be stopped."""
    pair = await _seen(work)
    waits = {
        "creating": disaster_recovery.wait_until_disaster_recovery_ready,
        "starting": disaster_recovery.wait_until_disaster_recovery_running,
    }
    wait = waits.get(pair.status) if pair else None
    if wait is not None:
        # What failed can be deleted at once: the next look finds it so.
        with suppress(WaitFailed):
            await wait(work.account, disaster_recovery_id=work.aim.pair_id)


async def _seen(work: Parting) -> DisasterRecovery | None:
    return await disaster_recovery.disaster_recovery_with_id(work.account, work.aim.pair_id)


async def _status(work: Parting, cluster_id: str) -> str:
    cluster = await clusters.cluster_with_id(work.account, cluster_id)
    return "gone" if cluster is None else cluster.status
