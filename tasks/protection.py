"""What keeps a cluster from being deleted, shrunk, restored over or failed over."""

from __future__ import annotations

from collections.abc import Sequence

from dws.operations.disaster_recovery import DisasterRecovery
from dws.shapes import Cluster
from tasks.action import Finding, Level

TAG = "runbook-protected"
"""A cluster with this tag, whatever its value but ``false``, is left alone (contract)."""


def not_protected(cluster: Cluster) -> Finding:
    """Whether a person has marked the cluster as not to be touched."""
    value = cluster.tag(TAG)
    if value is None or value.strip().lower() == "false":
        return Finding("not protected", Level.PASS, f"no tag {TAG}")
    return Finding(
        "not protected",
        Level.BLOCK,
        f"cluster {cluster.name} has the tag {TAG}={value}; remove it, or set it to false",
    )


def not_in_disaster_recovery(cluster: Cluster, pairs: Sequence[DisasterRecovery]) -> Finding:
    """Whether another cluster depends on this one, or this one on another."""
    if not pairs:
        return Finding("no disaster recovery", Level.PASS, "it belongs to no pair")
    told = ", ".join(f"{pair.name or pair.id} ({pair.status})" for pair in pairs)
    return Finding(
        "no disaster recovery",
        Level.BLOCK,
        f"cluster {cluster.name} belongs to disaster recovery {told}; delete that first",
    )
