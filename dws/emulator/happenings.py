"""
What happens to clusters, for whoever listens: events, alarms, and areas that clean up.

Handlers and effects tell it; nothing here knows who listens.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dws.emulator.records import Cluster
    from dws.emulator.world import World

Listener = Callable[["World", "Cluster", str], None]

LISTENERS: list[Listener] = []


def listens(listener: Listener) -> Listener:
    """Register the decorated function: it is told the cluster and what happened to it."""
    LISTENERS.append(listener)
    return listener


def happened(world: World, cluster: Cluster, what: str) -> None:
    """
    Tell that something happened to a cluster.

    Args:
        what: The operation that began, e.g. ``RestartCluster``, with ``.started``, ``.done`` or
            ``.failed`` behind it; ``DeleteCluster.done`` is the last of a cluster.
    """
    for listener in LISTENERS:
        listener(world, cluster, what)
