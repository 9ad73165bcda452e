"""The size of a cluster, seen after it was changed."""

from __future__ import annotations

from typing import Any

from dws.shapes import Cluster
from flows.steps.procedure import OneCluster, Work, seen
from tasks.cluster_size import nodes_in_use


async def proved_size(work: Work[Any, OneCluster], nodes: int) -> Cluster:
    """
    The cluster, if so many nodes hold its data, and it takes writes.

    Raises:
        Refused, Stopped: It is not so.
    """
    found = await seen(work)
    if nodes_in_use(found) != nodes:
        raise work.stop(
            f"cluster {found.name} has {nodes_in_use(found)} nodes with data, not {nodes}; "
            "somebody else has changed it: see its events"
        )
    if "READONLY" in found.flags:
        raise work.stop(
            f"cluster {found.name} has {nodes} nodes now, and is READONLY; free disk space"
        )
    work.run.note("cluster seen", nodes=nodes, sub_status=found.sub_status)
    return found
