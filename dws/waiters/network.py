"""Waits for domain names of clusters."""

from __future__ import annotations

from datetime import timedelta

from dws.operations.network import ClusterEndpoints, ListClusterEndpoints
from dws.waiter import Busy, Done, Failed, Verdict, Waiter
from dws.waiters.clusters import LAG
from dws.waiters.judging import FAILED, asked

WITHIN = timedelta(minutes=30)
USUAL = (timedelta(seconds=5), timedelta(minutes=1))


def judge_private_domain(endpoints: ClusterEndpoints) -> Verdict:
    """The cluster has a domain name inside its network."""
    inside = endpoints.private_endpoints
    if inside is None:
        return Busy("no private endpoint yet")
    return _judge(inside.domain_name, inside.domain_name_status, inside.failed_reason)


def judge_public_domain(endpoints: ClusterEndpoints) -> Verdict:
    """The cluster has a domain name outside. Without an elastic IP it never will."""
    outside = endpoints.public_endpoints
    if outside is None:
        return Failed("it cannot be reached from outside: no elastic IP is bound")
    return _judge(outside.domain_name, outside.domain_name_status, None)


def judge_public_domain_gone(endpoints: ClusterEndpoints) -> Verdict:
    """The cluster has no domain name outside; one that is in error stays until asked again."""
    outside = endpoints.public_endpoints
    if outside is None or not outside.domain_name:
        return Done()
    status = outside.domain_name_status or "ACTIVE"
    if status == "ERROR" or FAILED.match(status):
        return Failed(f"its domain name {outside.domain_name} is in {status}")
    return Busy(status)


def _judge(name: str | None, status: str | None, reason: str | None) -> Verdict:
    if status == "ERROR" or FAILED.match(status or ""):
        return Failed(f"its domain name is in {status} {reason or ''}".strip())
    if not name:
        return Busy("no domain name yet")
    # The sample of reference 5.9.9 has a name whose status is null.
    return Busy(status) if status and status != "ACTIVE" else Done()


def _endpoints(reply: ClusterEndpoints) -> ClusterEndpoints:
    return reply


private_domain_ready = Waiter(
    look=ListClusterEndpoints,
    item=_endpoints,
    judge=judge_private_domain,
    many=None,
    key=asked("cluster_id"),
    usual=USUAL,
    gives=ClusterEndpoints,
    within=WITHIN,
    first_after=LAG,
)
"""A domain name inside that was just applied for, or changed, is in use."""

public_domain_ready = Waiter(
    look=ListClusterEndpoints,
    item=_endpoints,
    judge=judge_public_domain,
    many=None,
    key=asked("cluster_id"),
    usual=USUAL,
    gives=ClusterEndpoints,
    within=WITHIN,
    first_after=LAG,
)
"""The same of a domain name for outside."""

public_domain_gone = Waiter(
    look=ListClusterEndpoints,
    item=_endpoints,
    judge=judge_public_domain_gone,
    many=None,
    key=asked("cluster_id"),
    usual=USUAL,
    gives=ClusterEndpoints,
    within=WITHIN,
)
"""A domain name for outside that was just given up is gone."""
