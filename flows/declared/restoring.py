"""What must hold before a snapshot is restored to a new cluster."""

from __future__ import annotations

from dws.client import Client
from dws.errors import RequestFailed
from dws.operations.account import ListQuotas
from dws.operations.snapshots import ListSnapshotFlavorInfo
from dws.refusals import is_no_route
from dws.shapes import Cluster, Snapshot
from tasks.action import Finding, Level


def scratch_changes(snapshot: str) -> tuple[str, str]:
    """What a proof by restore does, for people."""
    return (
        f"restore snapshot {snapshot} to a scratch cluster rb-scratch-..., and compare",
        "DELETE that scratch cluster",
    )


def can_be_restored(pick: str, found: Snapshot | None) -> Finding:
    """Whether there is such a snapshot, and it is complete, and one of a whole cluster."""
    check = "snapshot can be restored"
    if found is None:
        told = f"pick={pick}: the cluster has no such snapshot that is AVAILABLE; take a new one"
        return Finding(check, Level.BLOCK, told)
    if not found.is_usable:
        told = f"snapshot={found.name!r} is {found.status}; only an AVAILABLE one can be restored"
        return Finding(check, Level.BLOCK, told)
    if found.backup_level == "schema":
        told = f"snapshot={found.name!r} is of schemas alone; choose one of the whole cluster"
        return Finding(check, Level.BLOCK, told)
    return Finding(check, Level.PASS, f"{found.name}, begun at {found.started}")


async def has_a_flavor(client: Client, found: Snapshot) -> Finding:
    """
    Whether the region has a flavor that the snapshot can be restored to.

    The operation is known from the SDK alone: not every region has it.

    Raises:
        DwsError: The service refused or did not answer.
    """
    check = "a flavor to restore to"
    try:
        flavors = (await client.call(ListSnapshotFlavorInfo(snapshot_id=found.id))).flavors
    except RequestFailed as error:
        if is_no_route(error):
            return Finding(check, Level.WARN, "the region does not tell")
        raise
    if flavors:
        return Finding(check, Level.PASS, ", ".join(sorted(one.code for one in flavors)))
    told = f"snapshot={found.name!r}: the region has no flavor that it can be restored to"
    return Finding(check, Level.BLOCK, told)


async def fits_the_quota(client: Client, cluster: Cluster) -> Finding:
    """
    Whether a second cluster of as many nodes fits into the quota of nodes (``instances``).

    Raises:
        DwsError: The service refused or did not answer.
    """
    check = "quota bears a second cluster"
    resources = (await client.call(ListQuotas())).quotas.resources
    nodes = next((one for one in resources if one.type == "instances"), None)
    wanted = cluster.number_of_node
    if nodes is None or nodes.quota is None or nodes.used is None or wanted is None:
        return Finding(check, Level.WARN, "the service does not tell")
    free = nodes.quota - nodes.used
    if nodes.quota < 0 or wanted <= free:  # -1: no limit (assumed)
        return Finding(check, Level.PASS, f"{wanted} nodes of {free} free")
    told = f"a copy of cluster {cluster.name} needs {wanted} nodes, and {free} are free of quota "
    return Finding(check, Level.BLOCK, f"{told}{nodes.quota}; delete a cluster, or ask for more")
