"""Make a cluster of a pair the primary as planned: nothing is lost."""

from __future__ import annotations

from prefect import flow

from flows.declared.dr_switch_over import ACTION, Inputs, Outputs
from flows.steps.change import bring_about
from flows.steps.pair import on_pair, seen_pair
from flows.steps.turning import switchover


@flow(name="dr-switch-over", flow_run_name="dr-switch-over-{pair}-to-{primary}", retries=0)
async def dr_switch_over(
    account: str, pair: str, primary: str, *, run_id: str | None = None
) -> Outputs:
    """
    Switch a disaster recovery over to a cluster; answer at once if that is the primary.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. The wanted primary is
    named: the service's own call is a toggle. Killed at any moment and started again with the
    same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        pair: Name or id of the disaster recovery.
        primary: Name or id of the cluster that is to be the primary.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing: There is no such pair, or no such cluster in it; nothing was changed.
        Refused: It does not run, or a cluster is not well; nothing was changed.
        Stopped: It cannot go on; the message says what is left.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(pair=pair, primary=primary)
    async with on_pair(ACTION, account, inputs, pair, primary=primary, run_id=run_id) as work:
        roles = work.aim.roles
        asked = await bring_about(work, switchover(work, roles))
        left = await seen_pair(work)
        return Outputs(
            pair_id=work.aim.pair_id,
            pair_name=work.aim.pair_name,
            primary_id=roles.primary_id,
            primary_name=roles.primary_name,
            standby_name=roles.standby_name,
            synchronised=left.last_disaster_time,
            asked=asked,
        )
