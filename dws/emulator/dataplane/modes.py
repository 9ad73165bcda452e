"""Whether a cluster's database is open: follows from what the world says of the cluster."""

from __future__ import annotations

import enum

from dws.emulator import disks, lifecycle, render
from dws.emulator.flags import flags
from dws.emulator.records import Cluster
from dws.emulator.world import World

_CLOSING = frozenset(
    {"CREATING", "DELETING", "STOPPING", "STARTING", "REBOOTING", "RESTORING", "DR_RECOVERING"}
)
"""Actions during which nobody can connect (assumed, but for those whose name says so)."""


class Mode(enum.Enum):
    """What one can do to a database."""

    CLOSED = "closed"
    OPEN = "open"
    READ_ONLY = "read-only"
    STANDBY = "standby"


def mode_of(world: World, cluster: Cluster) -> Mode:
    """What one can do to the database of a cluster now."""
    phase = render.phase_of(cluster, world.now)
    if cluster.deleted_at is not None or cluster.status not in lifecycle.USABLE:
        return Mode.CLOSED
    if phase and phase.action in _CLOSING:
        return Mode.CLOSED
    if _follows(world, cluster):
        return Mode.STANDBY
    return Mode.READ_ONLY if disks.READONLY in flags(cluster) else Mode.OPEN


def _follows(world: World, cluster: Cluster) -> bool:
    # A pair that is abnormal still has a standby: it is promoted by a failover only (assumed).
    return any(
        pair.standby_id == cluster.id
        for pair in world.pairs.values()
        if pair.deleted_at is None and pair.status in lifecycle.DR_ACTIVE | {"abnormal"}
    )
