"""What procedures on logical clusters look at before they begin."""

from __future__ import annotations

from typing import Literal

from dws.lookup import NoSuchThing
from dws.shapes import Cluster
from dws.told.logical_clusters import LogicalCluster, LogicalClusters
from dws.waiter import Busy
from dws.waiters.logical_clusters import judge_idleness
from tasks.action import Finding, Level

FREE = "elastic_group"
"""What the free rings are listed as (reference 5.2.7)."""


def required(told: LogicalClusters, cluster: str, name: str) -> LogicalCluster:
    """
    The logical cluster of a name, of those that were told.

    Raises:
        NoSuchThing: There is none; the message tells those that there are.
    """
    found = told.named(name) if name != FREE else None
    if found is None:
        known = [one.logical_cluster_name for one in told.logical_clusters]
        names = ", ".join(one for one in known if one != FREE) or "none"
        raise NoSuchThing(f"name={name!r}: the logical clusters of {cluster} are: {names}")
    return found


def are_idle(cluster: Cluster, told: LogicalClusters) -> Finding:
    """Whether nothing is done to the logical clusters; one thing is done at a time."""
    check = "logical clusters are idle"
    verdict = judge_idleness(told)
    if isinstance(verdict, Busy):
        waited = f"cluster {cluster.name} is busy: {verdict.doing}; its end is waited for"
        return Finding(check, Level.WARN, waited)
    return Finding(check, Level.PASS, "nothing is done to them")


def is_sound(known: LogicalCluster) -> Finding:
    """Whether a logical cluster works; what failed earlier is told before anything is changed."""
    check = "logical cluster is Normal"
    if known.status in {"Normal", "", "Redistributing"}:
        return Finding(check, Level.PASS, f"its status is {known.status or 'not told'}")
    action = known.action_info
    why = f": {action.action_name} {action.result} {action.logs or ''}".rstrip() if action else ""
    told = f"logical cluster {known.logical_cluster_name} is {known.status}{why}; repair it first"
    return Finding(check, Level.BLOCK, told)


Flag = Literal["edit_enable", "restart_enable", "delete_enable"]
"""What the service says may be done to a logical cluster (reference 5.2.7)."""


def is_allowed(flag: Flag, told: LogicalClusters, known: LogicalCluster) -> Finding:
    """Whether the service lets something be done; of busy ones it allows nothing, for a while."""
    check = f"the service allows it ({flag})"
    is_busy = isinstance(judge_idleness(told), Busy)
    if getattr(known, flag) is not False or is_busy:
        return Finding(check, Level.PASS, "not told while it is busy" if is_busy else "yes")
    name = known.logical_cluster_name
    told_so = f"the service does not allow it to logical cluster {name}: {flag} is false"
    return Finding(check, Level.BLOCK, f"{told_so}; its status is {known.status or 'not told'}")
