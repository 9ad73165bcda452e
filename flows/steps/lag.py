"""How far a standby is behind, by the service's own figures."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from dws.errors import DwsError
from flows.steps.pair import OnePair, seen_pair
from flows.steps.procedure import InputsT, Work
from tasks import disaster_recovery


class Lag(BaseModel):
    """What the service said at one moment; for orientation only (reference 5.12.5)."""

    model_config = ConfigDict(frozen=True)

    synchronised: datetime | None
    """Up to when the standby has the primary's data, by the service's clock."""
    rpo_s: float | None
    """Seconds of data that a failover would lose."""
    rto_s: float | None
    """Seconds until the standby would serve."""


async def lag_of(work: Work[InputsT, OnePair], name: str) -> Lag:
    """
    The figures of a moment, remembered under a name: after the change it is too late to ask.

    A service that does not tell them does not keep anybody from failing over.

    Raises:
        Refused, Stopped: The pair has gone.
        RequestFailed, Unreachable: The pair itself cannot be looked at.
    """
    return await work.once(name, Lag, lambda: _told(work))


async def _told(work: Work[InputsT, OnePair]) -> Lag:
    pair = await seen_pair(work)
    try:
        reply = await disaster_recovery.show_disaster_progress(
            work.account, disaster_recovery_id=pair.id
        )
    except DwsError as error:
        work.run.note("the service tells no progress", why=str(error))
        return Lag(synchronised=pair.last_disaster_time, rpo_s=None, rto_s=None)
    told = reply.disaster_recovery_progress
    return Lag(
        synchronised=pair.last_disaster_time or told.latest_barrier_time,
        rpo_s=told.recovery_point_object,
        rto_s=told.recovery_time_object,
    )
