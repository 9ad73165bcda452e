"""Rebuild a pair after a failover: the former primary is wiped, and follows the new one."""

from __future__ import annotations

from prefect import flow

from flows.declared.dr_recover import ACTION, Inputs, Outputs
from flows.steps.change import bring_about
from flows.steps.pair import on_pair, synchronised
from flows.steps.turning import recovery


@flow(name="dr-recover", flow_run_name="dr-recover-{pair}", retries=0)
async def dr_recover(account: str, pair: str, wipe: str, *, run_id: str | None = None) -> Outputs:
    """
    Let the former primary of a pair that failed over follow the new one; its data is wiped.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        pair: Name or id of the disaster recovery.
        wipe: Name or id of the cluster that may be wiped: the former primary, standby by now.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing: There is no such pair; nothing was changed.
        Refused: ``wipe`` is not the standby, it is protected or not available yet; nothing was
            changed.
        Stopped: It cannot go on; the message says what is left.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(pair=pair, wipe=wipe)
    async with on_pair(ACTION, account, inputs, pair, run_id=run_id) as work:
        roles = work.aim.roles
        asked = await bring_about(work, recovery(work, roles))
        left = await synchronised(work, work.aim.pair_id)
        return Outputs(
            pair_id=work.aim.pair_id,
            pair_name=work.aim.pair_name,
            primary_id=roles.primary_id,
            primary_name=roles.primary_name,
            standby_id=roles.standby_id,
            standby_name=roles.standby_name,
            synchronised=left.last_disaster_time,
            asked=asked,
        )
