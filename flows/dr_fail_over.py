"""Make the standby of a pair the primary, as production is broken."""

from __future__ import annotations

from prefect import flow

from flows.declared.dr_fail_over import ACTION, Inputs, Outputs
from flows.steps.change import bring_about
from flows.steps.lag import lag_of
from flows.steps.pair import on_pair
from flows.steps.turning import failover


@flow(name="dr-fail-over", flow_run_name="dr-fail-over-{pair}-to-{primary}", retries=0)
async def dr_fail_over(
    account: str, pair: str, primary: str, *, force: bool = False, run_id: str | None = None
) -> Outputs:
    """
    Fail a disaster recovery over to a cluster; answer at once if that is the primary.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it ends in the same state.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        pair: Name or id of the disaster recovery.
        primary: Name or id of the cluster that is to be the primary.
        force: Ask for it though nothing seems to be wrong; the service may refuse.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing: There is no such pair, or no such cluster in it; nothing was changed.
        Refused: Production is not broken, a cluster is protected, or the wanted one is not well;
            nothing was changed.
        Stopped: It cannot go on; the message says what is left.
        WaitTimedOut: It did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(pair=pair, primary=primary, force=force)
    async with on_pair(ACTION, account, inputs, pair, primary=primary, run_id=run_id) as work:
        roles = work.aim.roles
        lag = await lag_of(work, "lag")
        asked = await bring_about(work, failover(work, roles, force=force))
        return Outputs(
            pair_id=work.aim.pair_id,
            pair_name=work.aim.pair_name,
            primary_id=roles.primary_id,
            primary_name=roles.primary_name,
            former_primary_id=roles.standby_id,
            former_primary_name=roles.standby_name,
            lost_since=lag.synchronised,
            service_rpo_s=lag.rpo_s,
            service_rto_s=lag.rto_s,
            asked=asked,
        )
