"""Disaster recovery pairs: who is who, and what both clusters must be before a change."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict

from dws.client import Client
from dws.lookup import NoSuchThing, cluster_with_id
from dws.operations.disaster_recovery import DisasterRecovery
from dws.shapes import Cluster
from tasks.action import Finding, Level, Target
from tasks.locks import cluster_lock, pair_lock
from tasks.preconditions import is_no_older_than

FAILOVER_SINCE = "8.1.2"
"""The first version that bears a failover and the recovery after it (reference 5.12.9, 5.12.10)."""


class Roles(BaseModel):
    """Which cluster of a pair is the primary, and which follows it."""

    model_config = ConfigDict(frozen=True)

    primary_id: str
    primary_name: str
    standby_id: str
    standby_name: str

    @classmethod
    def of(cls, pair: DisasterRecovery) -> Self:
        """As they are now."""
        return cls(
            primary_id=pair.primary_cluster_id or "",
            primary_name=pair.primary_cluster_name or "",
            standby_id=pair.standby_cluster_id or "",
            standby_name=pair.standby_cluster_name or "",
        )

    @property
    def turned(self) -> Self:
        """The other way round."""
        return type(self)(
            primary_id=self.standby_id,
            primary_name=self.standby_name,
            standby_id=self.primary_id,
            standby_name=self.primary_name,
        )


def roles_with(pair: DisasterRecovery, primary: str) -> Roles:
    """
    The roles in which a cluster, told by its name or id, is the primary.

    Raises:
        NoSuchThing: It is neither of the two.
    """
    now = Roles.of(pair)
    for roles in (now, now.turned):
        if primary == roles.primary_id:
            return roles
    for roles in (now, now.turned):
        if primary == roles.primary_name:
            return roles
    raise NoSuchThing(
        f"primary={primary!r}: disaster recovery {pair.name} has the clusters {now.primary_name} "
        f"(primary) and {now.standby_name} (standby); name one of them"
    )


def pair_targets(account: str, pair: DisasterRecovery) -> tuple[Target, ...]:
    """A pair and its clusters as what a run would change."""
    roles = Roles.of(pair)
    return (
        Target("disaster recovery", pair.id, pair.name, pair_lock(account, pair.id)),
        *(
            Target("cluster", cluster_id, name, cluster_lock(account, cluster_id))
            for cluster_id, name in (
                (roles.primary_id, roles.primary_name),
                (roles.standby_id, roles.standby_name),
            )
        ),
    )


async def cluster_of_pair(client: Client, cluster_id: str) -> Cluster:
    """
    A cluster of a pair in full.

    Raises:
        NoSuchThing: This project has none of that id: it has gone, or is in another region.
        DwsError: The service refused or did not answer.
    """
    found = await cluster_with_id(client, cluster_id)
    if found is None:
        raise NoSuchThing(
            f"cluster {cluster_id} of the disaster recovery is not in this project; see whether "
            "it was deleted, or use an account of its region"
        )
    return found


def bear_failover(*clusters: Cluster) -> tuple[Finding, ...]:
    """Whether the clusters' versions know failovers and recoveries."""
    return tuple(is_no_older_than(cluster, FAILOVER_SINCE, "failover") for cluster in clusters)


def in_state(pair: DisasterRecovery, states: frozenset[str], cure: str) -> Finding:
    """Whether the pair is in one of the states that a change needs."""
    check = "state of the disaster recovery"
    if pair.status in states:
        return Finding(check, Level.PASS, f"its state is {pair.status}")
    told = f"disaster recovery {pair.name} is {pair.status}; {cure}"
    return Finding(check, Level.BLOCK, told)
