"""Waiting for what nobody hopes for: that the service calls a production broken."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from dws import clock
from dws.client import Client
from dws.errors import ServerFault, Throttled, Unreachable, WaitTimedOut
from dws.lookup import cluster_with_id, disaster_recovery_with_id
from dws.waiter import Failed
from dws.waiters import judge_cluster
from tasks.credentials import connect

LOOK_EVERY_S = 10.0


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def wait_until_production_breaks(
    account: str, pair_id: str, primary_id: str, *, within: timedelta
) -> None:
    """
    Wait until a pair is abnormal, or its primary not well: then the service fails over.

    A service that does not answer is no proof of either.

    Raises:
        WaitTimedOut: Both were well all the time.
        RequestFailed: The service refused a look.
    """
    async with connect(account) as client:
        until = clock.now() + within.total_seconds()
        while True:
            with suppress(Unreachable, ServerFault, Throttled):
                if await _is_broken(client, pair_id, primary_id):
                    return
            if clock.now() >= until:
                raise WaitTimedOut(f"cluster {primary_id} was well all the time")
            await clock.sleep(LOOK_EVERY_S)


async def _is_broken(client: Client, pair_id: str, primary_id: str) -> bool:
    pair = await disaster_recovery_with_id(client, pair_id)
    primary = await cluster_with_id(client, primary_id)
    is_abnormal = pair is not None and pair.status == "abnormal"
    return is_abnormal or primary is None or isinstance(judge_cluster(primary), Failed)
