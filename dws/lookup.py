"""Finding what a person means: clusters and snapshots by name or id."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from dws.client import Client
from dws.errors import DwsError, NotFound, RequestFailed
from dws.operations.clusters import ListClusterDetails, ListClusters
from dws.operations.disaster_recovery import DisasterRecovery, ListDisasterRecover
from dws.operations.monitoring import ListHostDisk
from dws.operations.snapshots import ListSnapshotDetails, ListSnapshots
from dws.refusals import is_no_route
from dws.shapes import Cluster, Snapshot
from dws.told.monitoring import Disk

DISKS_PER_PAGE = 500


class NoSuchThing(DwsError):
    """Nothing has that name or id; nothing was done."""


class Ambiguous(DwsError):
    """Several things have that name; nothing was done. The message lists them."""


async def find_cluster(client: Client, name_or_id: str) -> Cluster:
    """
    The cluster of that id, else the one of that name.

    Raises:
        NoSuchThing: There is none; the message tells names that come close.
        Ambiguous: Several have the name.
        DwsError: The service refused or did not answer.
    """
    clusters = (await client.call(ListClusters())).clusters
    present = [cluster for cluster in clusters if cluster.status != "DELETED"]
    if same := [cluster for cluster in present if cluster.id == name_or_id]:
        return same[0]
    named = [cluster for cluster in present if cluster.name == name_or_id]
    if len(named) > 1:
        ids = ", ".join(f"{cluster.id} ({cluster.status})" for cluster in named)
        raise Ambiguous(
            f"cluster={name_or_id!r}: {len(named)} clusters have that name: {ids}; give an id"
        )
    if not named:
        raise NoSuchThing(f"cluster={name_or_id!r}: {_none_such(name_or_id, present)}")
    return named[0]


def _none_such(name: str, present: Sequence[Cluster]) -> str:
    close = get_close_matches(name, [cluster.name for cluster in present], n=3)
    if close:
        return f"no cluster has that name or id; close to it: {', '.join(close)}"
    return f"no cluster has that name or id; the project has {len(present)}"


async def cluster_with_id(client: Client, cluster_id: str) -> Cluster | None:
    """
    The cluster of that id in full; None if the service itself says that there is none.

    Raises:
        DwsError: The service refused or did not answer.
    """
    try:
        return (await client.call(ListClusterDetails(cluster_id=cluster_id))).cluster
    except NotFound:
        return None


async def snapshot_with_id(client: Client, snapshot_id: str) -> Snapshot | None:
    """
    The snapshot of that id in full; None if the service itself says that there is none.

    Raises:
        DwsError: The service refused or did not answer.
    """
    try:
        return (await client.call(ListSnapshotDetails(snapshot_id=snapshot_id))).snapshot
    except NotFound:
        return None


async def snapshots_of(client: Client, cluster_id: str) -> tuple[Snapshot, ...]:
    """
    All snapshots of a cluster, of either type and any status, also of one that is gone.

    Raises:
        DwsError: The service refused or did not answer.
    """
    listed = (await client.call(ListSnapshots())).snapshots
    return tuple(snapshot for snapshot in listed if snapshot.cluster_id == cluster_id)


async def disaster_recoveries_of(client: Client, cluster_id: str) -> tuple[DisasterRecovery, ...]:
    """
    The disaster recovery pairs that a cluster belongs to, on either side.

    None where the region offers no disaster recovery: the reference of OTC lacks it, and its
    gateway knows no such operation (facts/service_and_peers A8).

    Raises:
        DwsError: The service refused or did not answer.
    """
    try:
        listed = (await client.call(ListDisasterRecover())).disaster_recovery
    except RequestFailed as error:
        if is_no_route(error):
            return ()
        raise
    return tuple(pair for pair in listed if pair.holds(cluster_id))


async def data_disks_of(client: Client, cluster_id: str) -> tuple[Disk, ...]:
    """
    The disks that hold the data of a cluster, as its monitoring saw them last.

    Raises:
        DwsError: The service refused or did not answer.
    """
    asked = ListHostDisk(cluster_id=cluster_id, limit=DISKS_PER_PAGE)
    told = [disk async for page in client.pages(asked) for disk in page.root]
    # Reference 5.14.2: ``disk_type`` is system, data or log.
    return tuple(disk for disk in told if disk.disk_type in {"data", ""})


async def project_id(client: Client) -> str:
    """
    The id of the project; it proves that the credentials are accepted.

    Raises:
        Unauthenticated: They are not.
        DwsError: The identity service refused or did not answer.
    """
    return await client.project_id()
