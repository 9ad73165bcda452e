"""What is bound to a cluster, one of a kind at a time: elastic IP, load balancer, domain name."""

from __future__ import annotations

from dws.shapes import Cluster
from tasks.action import Finding, Level

UNBOUND = "unbound"
"""What a person says who wants none bound."""


def wanted_id(told: str) -> str | None:
    """What is to be bound; None if nothing is."""
    return None if told == UNBOUND else told


def may_be_replaced(
    kind: str, cluster: Cluster, bound: str | None, wanted: str | None, *, replace: bool
) -> Finding:
    """
    Whether nothing else is bound, or it may be given up.

    Args:
        kind: What is bound, e.g. ``elastic IP``.
        replace: Whether the operator allows it.
    """
    check = f"no other {kind} is bound"
    if bound is None or wanted is None or bound == wanted:
        return Finding(check, Level.PASS, f"{cluster.name} has {bound or 'none'}")
    told = f"cluster {cluster.name} has the {kind} {bound}"
    if replace:
        return Finding(check, Level.WARN, f"{told}, which is given up for {wanted}")
    return Finding(check, Level.BLOCK, f"{told}; tell replace=true to have it replaced")


def binding_changes(
    kind: str, cluster: Cluster, bound: str | None, wanted: str | None
) -> tuple[str, ...]:
    """What is to be done, one line each; empty if it is so already."""
    if bound == wanted:
        return ()
    unbind = (f"unbind {kind} {bound} from cluster {cluster.name}",) if bound else ()
    bind = (f"bind {kind} {wanted} to cluster {cluster.name}",) if wanted else ()
    return unbind + bind
