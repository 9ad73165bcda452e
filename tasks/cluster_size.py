"""How large a cluster is, and what keeps it from becoming larger or smaller."""

from __future__ import annotations

from collections.abc import Sequence

from dws.shapes import Cluster
from dws.told.logical_clusters import LogicalCluster
from tasks.action import Finding, Level
from tasks.logical_preconditions import FREE

IDLE = "199"
"""The status of a node that holds no data (api/statuses.json)."""


def idle_nodes(cluster: Cluster) -> int:
    """How many nodes of the cluster hold no data."""
    return sum(node.status == IDLE for node in cluster.nodes)


def nodes_in_use(cluster: Cluster) -> int:
    """How many nodes of the cluster hold data; the service counts the idle ones too."""
    told = cluster.number_of_node
    return (len(cluster.nodes) if told is None else told) - idle_nodes(cluster)


def doing(cluster: Cluster) -> frozenset[str]:
    """What the service says that the cluster is at, in its words; a failed last task too."""
    return frozenset({cluster.task_status or "", *cluster.action_progress} - {""})


def is_physical(cluster: Cluster, logical: Sequence[LogicalCluster]) -> Finding:
    """Whether the cluster works as one: logical clusters change their sizes one by one."""
    check = "no logical clusters"
    there = [item.logical_cluster_name for item in logical if item.status != "Deleted"]
    present = [name for name in there if name != FREE]
    if not present:
        return Finding(check, Level.PASS, "it has none")
    told = f"cluster {cluster.name} has logical clusters {', '.join(present)}; edit those instead"
    return Finding(check, Level.BLOCK, told)
