"""The flavors of snapshots: what their clusters had, and what they may be restored to."""

from __future__ import annotations

from typing import Any

from dws.emulator.flavors import FLAVORS, VERSION, Flavor
from dws.emulator.records import Cluster, Snapshot
from dws.emulator.world import World, id_from

Json = dict[str, Any]

REPLICAS = 2
"""``duplicate`` in the sample of reference 5.3.6."""
FEWEST_NODES, MOST_NODES = 3, 256
VOLUMES = {"SSD": "ULTRAHIGH", "SAS": "HIGH", "SATA": "COMMON", "LOCAL_DISK": "LOCAL_DISK"}
"""What the reference calls the disks of a node (assumed: which is which)."""


def disks_gb(cluster: Cluster) -> int:
    """The disks of all nodes of a cluster."""
    return FLAVORS[cluster.node_type].disk_gb * len(cluster.nodes)


def present(world: World, snapshot: Snapshot) -> Json:
    """The flavor that the cluster of a snapshot had, in the words of reference 5.3.6."""
    cluster = world.clusters[snapshot.cluster_id]
    flavor = FLAVORS[cluster.node_type]
    volume = VOLUMES.get(flavor.volume, flavor.volume)
    return _told(flavor, snapshot.version) | {
        "capacity": flavor.disk_gb,
        "ori_node": len(cluster.nodes),
        "volume_used": {
            "volume": volume,
            "data_volume_num": 1,
            "product_code": f"dws.volume.{volume.lower()}",
            "product_type": "hws.resource.type.dws.volume",
            "capacity": flavor.disk_gb,
            "physical": flavor.disk_gb,
        },
        "volume_model": None,
    }


def possible(world: World, snapshot: Snapshot, *, kind: str | None, zone: str | None) -> list[Json]:
    """
    The flavors that a snapshot may be restored to, in the words of the SDK.

    Those of the same kind of warehouse whose nodes hold its data (assumed).
    """
    cluster = world.clusters[snapshot.cluster_id]
    if zone not in {None, "", *world.spec.zones}:
        return []
    datastore = FLAVORS[cluster.node_type].datastore
    return [
        _of_sdk(flavor, snapshot, len(cluster.nodes))
        for flavor in FLAVORS.values()
        if flavor.datastore == datastore
        and kind in {None, "", datastore}
        and flavor.disk_gb * len(cluster.nodes) >= snapshot.size_gb
    ]


def _of_sdk(flavor: Flavor, snapshot: Snapshot, nodes: int) -> Json:
    return _told(flavor, snapshot.version) | {
        "default_capacity": str(flavor.disk_gb),
        "default_node": nodes,
        "volume_used": {
            "volume_type": flavor.volume,
            "volume_num": 1,
            "capacity": flavor.disk_gb,
            "volume_size": flavor.disk_gb,
        },
    }


def _told(flavor: Flavor, version: str) -> Json:
    return {
        "id": id_from(f"flavor:{flavor.name}"),
        "code": flavor.name,
        "classify": flavor.datastore,
        "scenario": "standard",
        "version": "v2.0",
        "status": "enable",
        "attribute": [
            {"code": "cpuNum", "value": flavor.vcpus},
            {"code": "memSize", "value": flavor.ram_gb},
        ],
        "duplicate": REPLICAS,
        "min_node": FEWEST_NODES,
        "max_node": MOST_NODES,
        "product_version_list": [
            {"min_cn": 2, "max_cn": 20, "version_type": 1, "datastore_version": version or VERSION}
        ],
        "flavor_id": id_from(f"node flavor:{flavor.name}"),
        "flavor_code": flavor.name,
        "volume_num": 1,
    }
