"""Disaster recovery pairs by id and name, and which clusters may be paired."""

from __future__ import annotations

from dws.emulator.records import Cluster, Pair
from dws.emulator.refused import Refused, busy, name_taken
from dws.emulator.world import World


def found(world: World, pair_id: str, project_id: str) -> Pair:
    """
    A pair that is there.

    Raises:
        Refused: There is none, or no more (facts/service_and_peers B5).
    """
    pair = world.pairs.get(pair_id)
    if pair is None or pair.project_id != project_id or pair.deleted_at is not None:
        raise Refused(400, "DWS.10101", f"The disaster recovery {pair_id} does not exist.")
    return pair


def require_free_name(world: World, project_id: str, name: str) -> None:
    """
    See that no pair of the project has that name, in whatever case of letters.

    Raises:
        Refused: One has.
    """
    for pair in world.pairs.values():
        if pair.project_id != project_id or pair.deleted_at is not None:
            continue
        if pair.name.lower() == name.lower():
            raise name_taken("disaster recovery", name)


def unfit(world: World, primary: Cluster, standby: Cluster) -> Refused | None:
    """Why a cluster cannot be the standby of another; the codes are assumed."""
    if primary.id == standby.id:
        return Refused(400, "DWS.5039", "Duplicate parameters: a cluster cannot follow itself.")
    for is_so, code, message in (
        (primary.vpc_id != standby.vpc_id, "DWS.5014", "The clusters are not in one VPC."),
        (primary.version != standby.version, "DWS.5005", "The clusters differ in version."),
        (_size(primary) != _size(standby), "DWS.5034", "Flavors or numbers of nodes differ."),
        (
            primary.is_logical or standby.is_logical,
            "DWS.5095",
            "The current instance type does not support this operation: logical clusters.",
        ),
    ):
        if is_so:
            return Refused(400, code, message)
    return busy() if _is_paired(world, primary) or _is_paired(world, standby) else None


def _size(cluster: Cluster) -> tuple[str, int]:
    return cluster.node_type, len(cluster.nodes)


def _is_paired(world: World, cluster: Cluster) -> bool:
    pairs = world.pairs.values()
    return any(p.deleted_at is None and cluster.id in {p.primary_id, p.standby_id} for p in pairs)
