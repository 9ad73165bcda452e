"""Finding what a person means: clusters and snapshots by name or id."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from dws.client import Client
from dws.errors import DwsError, NotFound, RequestFailed
from dws.operations.clusters import ListClusterActions, ListClusterDetails, ListClusters
from dws.operations.disaster_recovery import (
    DisasterRecovery,
    ListDisasterRecover,
    ShowDisasterDetail,
)
from dws.operations.logical_clusters import ListLogicalClusters
from dws.operations.monitoring import ListHostDisk
from dws.operations.network import Elb, ListElbs
from dws.operations.snapshots import ListSnapshotDetails, ListSnapshots
from dws.operations.upgrades import ListUpdatableVersion
from dws.refusals import is_no_route
from dws.shapes import Cluster, Snapshot
from dws.told.logical_clusters import LogicalCluster
from dws.told.monitoring import Disk
from dws.told.upgrades import UpgradePath

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
    return the_cluster((await client.call(ListClusters())).clusters, name_or_id)


def the_cluster(listed: Sequence[Cluster], name_or_id: str) -> Cluster:
    """
    The cluster of that id among those that are listed, else the one of that name.

    Raises:
        NoSuchThing: There is none; the message tells names that come close.
        Ambiguous: Several have the name.
    """
    present = [cluster for cluster in listed if cluster.status != "DELETED"]
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


async def find_elb(client: Client, cluster_id: str, name_or_id: str) -> Elb:
    """
    The load balancer of that id, else the one of that name, among those a cluster can have.

    Raises:
        NoSuchThing: There is none; the message tells those that there are.
        Ambiguous: Several have the name.
        DwsError: The service refused or did not answer.
    """
    listed = (await client.call(ListElbs(cluster_id=cluster_id))).elbs
    same = [elb for elb in listed if elb.id == name_or_id]
    found = same or [elb for elb in listed if elb.name == name_or_id]
    if len(found) > 1:
        ids = ", ".join(elb.id for elb in found)
        raise Ambiguous(f"elb={name_or_id!r}: {len(found)} load balancers have that name: {ids}")
    if not found:
        known = ", ".join(f"{elb.name} ({elb.id})" for elb in listed) or "none"
        raise NoSuchThing(
            f"elb={name_or_id!r}: the cluster can be bound to {known}; a balancer must be in its "
            "VPC, and not be bound to another cluster"
        )
    return found[0]


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


async def disaster_recoveries(client: Client) -> tuple[DisasterRecovery, ...]:
    """
    All disaster recovery pairs of the project.

    None where the region offers no disaster recovery: the reference of OTC lacks it, and its
    gateway knows no such operation (facts/service_and_peers A8).

    Raises:
        DwsError: The service refused or did not answer.
    """
    try:
        return tuple((await client.call(ListDisasterRecover())).disaster_recovery)
    except RequestFailed as error:
        if is_no_route(error):
            return ()
        raise


async def disaster_recoveries_of(client: Client, cluster_id: str) -> tuple[DisasterRecovery, ...]:
    """
    The disaster recovery pairs that a cluster belongs to, on either side.

    Raises:
        DwsError: The service refused or did not answer.
    """
    return tuple(pair for pair in await disaster_recoveries(client) if pair.holds(cluster_id))


async def find_disaster_recovery(client: Client, name_or_id: str) -> DisasterRecovery:
    """
    The disaster recovery pair of that id, else the one of that name, in full.

    Raises:
        NoSuchThing: There is none; the message tells those that there are.
        DwsError: The service refused or did not answer.
    """
    listed = (await client.call(ListDisasterRecover())).disaster_recovery
    # Names are unique in whatever case of letters (reference 5.12.1).
    named = [pair for pair in listed if pair.name.casefold() == name_or_id.casefold()]
    for found in [pair for pair in listed if pair.id == name_or_id] + named:
        shown = await client.call(ShowDisasterDetail(disaster_recovery_id=found.id))
        return shown.disaster_recovery
    known = ", ".join(sorted(pair.name for pair in listed)) or "none"
    raise NoSuchThing(
        f"pair={name_or_id!r}: no disaster recovery has that name or id; there are: {known}"
    )


async def disaster_recovery_with_id(client: Client, pair_id: str) -> DisasterRecovery | None:
    """
    The pair of that id in full; None if the service itself says that there is none.

    Raises:
        DwsError: The service refused or did not answer.
    """
    try:
        shown = await client.call(ShowDisasterDetail(disaster_recovery_id=pair_id))
    except NotFound:
        return None
    return shown.disaster_recovery


async def logical_clusters_of(client: Client, cluster_id: str) -> tuple[LogicalCluster, ...]:
    """
    The logical clusters of a cluster; none where the region does not offer them.

    Raises:
        DwsError: The service refused or did not answer.
    """
    try:
        listed = await client.call(ListLogicalClusters(cluster_id=cluster_id))
    except RequestFailed as error:
        if is_no_route(error):
            return ()
        raise
    return tuple(listed.logical_clusters)


async def disks_of(client: Client, cluster_id: str) -> tuple[Disk, ...]:
    """
    The disks of the nodes of a cluster, as its monitoring saw them last.

    Raises:
        DwsError: The service refused or did not answer.
    """
    asked = ListHostDisk(cluster_id=cluster_id, limit=DISKS_PER_PAGE)
    return tuple([disk async for page in client.pages(asked) for disk in page.root])


async def data_disks_of(client: Client, cluster_id: str) -> tuple[Disk, ...]:
    """
    The disks that hold the data of a cluster, as its monitoring saw them last.

    Raises:
        DwsError: The service refused or did not answer.
    """
    return tuple(disk for disk in await disks_of(client, cluster_id) if disk.holds_data)


async def upgrade_paths_of(client: Client, cluster_id: str) -> tuple[UpgradePath, ...]:
    """
    The versions that a cluster can be upgraded to, and how far it is with each.

    Raises:
        DwsError: The service refused or did not answer.
    """
    asked = ListUpdatableVersion(cluster_id=cluster_id)
    return tuple([path async for page in client.pages(asked) for path in page.paths])


async def last_task(client: Client, cluster_id: str, action: str) -> str | None:
    """
    The id of the last task of a kind in the record of a cluster; empty if it had none.

    None if nobody can tell: the record is known from the SDK alone, not every region has it.

    Args:
        action: What the cluster tells of it, e.g. ``FINE_GRAINED_RESTORING``.

    Raises:
        DwsError: The service refused or did not answer.
    """
    try:
        task = await client.call(ListClusterActions(cluster_id=cluster_id, action_name=action))
    except NotFound:
        return ""
    except RequestFailed as error:
        if is_no_route(error):
            return None
        raise
    return task.id or str(task.submit_time)


async def project_id(client: Client) -> str:
    """
    The id of the project; it proves that the credentials are accepted.

    Raises:
        Unauthenticated: They are not.
        DwsError: The identity service refused or did not answer.
    """
    return await client.project_id()
