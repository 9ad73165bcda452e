"""
What is looked at again right before a wipe, a failover, a shrinking or a deletion.

A procedure may wait for hours before it: meanwhile a person may have marked a cluster.
"""

from __future__ import annotations

from flows.steps.procedure import AimT, InputsT, Work
from tasks import clusters
from tasks.action import Level
from tasks.protection import not_protected


async def unprotected(work: Work[InputsT, AimT], *cluster_ids: str) -> None:
    """
    Make sure that nobody has marked one of the clusters as not to be touched.

    Raises:
        Refused, Stopped: Somebody has; the message says how to take it back.
    """
    if told := await protection_of(work.account, *cluster_ids):
        raise work.stop(told)


async def protection_of(account: str, *cluster_ids: str) -> str | None:
    """What marks one of the clusters as not to be touched; one that has gone is not marked."""
    for cluster_id in cluster_ids:
        found = await clusters.cluster_with_id(account, cluster_id)
        if found is not None and (finding := not_protected(found)).level is Level.BLOCK:
            return finding.told
    return None
