"""The flags of a cluster that its ``sub_status`` joins, e.g. ``UNBALANCED | READONLY``."""

from __future__ import annotations

from dws.emulator.records import Cluster
from dws.emulator.world import World

ORDER = ("DEGRADED", "UNBALANCED", "READONLY", "REDISTRIBUTING", "REDISTRIBUTION-FAILURE")
"""As the reference writes them (5.2.6)."""
NORMAL = "NORMAL"


def flags(cluster: Cluster) -> set[str]:
    """The flags that are raised; none is NORMAL."""
    told = {flag.strip() for flag in cluster.sub_status.split("|")}
    return told - {NORMAL, ""}


def raise_flags(world: World, cluster: Cluster, *names: str) -> None:
    """Raise flags of a cluster."""
    _set(world, cluster, flags(cluster) | set(names))


def drop_flags(world: World, cluster: Cluster, *names: str) -> None:
    """Drop flags of a cluster; one that is not raised is passed over."""
    _set(world, cluster, flags(cluster) - set(names))


def _set(world: World, cluster: Cluster, wanted: set[str]) -> None:
    known = [flag for flag in ORDER if flag in wanted]
    cluster.sub_status = " | ".join([*known, *sorted(wanted - set(ORDER))]) or NORMAL
    world.touch(cluster)
