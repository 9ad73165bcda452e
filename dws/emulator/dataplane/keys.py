"""What data are called, and whether anything in the world still has them."""

from __future__ import annotations

from dws.emulator.world import World

CLUSTERS, BACKUPS, RESTORES, SYNCS = "clusters", "backups", "restores", "synchronisations"
"""Of clusters and snapshots; and what is fetched for a restore or a synchronisation under way."""


def key_of(kind: str, name: str) -> str:
    """The key of the data of something, by its id."""
    return f"{kind}/{name}"


def is_gone(world: World, told: str) -> bool:
    """Whether data belong to nothing any more; or never did, as a kill cut their request off."""
    kind, _, name = told.partition("/")
    if kind == BACKUPS:
        return _is_snapshot_gone(world, name)
    if kind == SYNCS:
        pair = world.pairs.get(name)
        return pair is None or pair.status != "running" or pair.deleted_at is not None
    cluster = world.clusters.get(name)
    if cluster is None or cluster.deleted_at is not None:
        return True
    return kind == RESTORES and cluster.work is None


def _is_snapshot_gone(world: World, name: str) -> bool:
    snapshot = world.snapshots.get(name)
    if snapshot is None or snapshot.deleted_at is not None:
        return True
    return snapshot.status == "UNAVAILABLE"
