"""Disks and flavors of clusters as the service tells them: JSON-ready dicts."""

from __future__ import annotations

from typing import Any

from dws.emulator import growing, sizing
from dws.emulator.flavors import FLAVORS
from dws.emulator.load import Load
from dws.emulator.records import Cluster
from dws.emulator.world import World, id_from

Json = dict[str, Any]


def volume(world: World, cluster: Cluster) -> Json:
    """How full the nodes of a cluster are, reference 5.2.49."""
    load, capacity = Load(world, cluster), cluster.node_disk_gb
    told = []
    for node in cluster.nodes:
        percent = load.disk_percent(node.id, "vdb", world.now)
        told.append(
            {
                "percentage": percent,
                "disk_capacity": capacity,
                "disk_used": round(capacity * percent / 100, 2),
                "role": None,
                "id": node.id,
                "group": None,
                "name": node.name,
            }
        )
    return {"duplicate": sizing.COPIES, "disk_info_list": told}


def flavor(cluster: Cluster) -> Json:
    """The flavor of a cluster, reference 5.2.48."""
    kind = FLAVORS[cluster.node_type]
    attributes = {
        "cpuNum": str(kind.vcpus),
        "diskType": kind.volume,
        "ioGbSec": "",
        "localDisk": "true" if kind.volume == "LOCAL_DISK" else "false",
        "maxQueue": "",
        "memSize": str(kind.ram_gb),
    }
    return {
        "flavor": {
            "id": id_from(f"flavor:{kind.name}"),
            "spec_name": kind.name,
            "current_node": len(cluster.nodes),
            "min_node": 1 if kind.datastore == "hybrid" else 3,
            "max_node": growing.MOST_NODES,
            "classify": kind.datastore,
            "datastore_version": cluster.version,
            "attribute": [{"code": code, "value": value} for code, value in attributes.items()],
            "volume_node": {
                "volume_type": kind.volume,
                "volume_num": 2,
                "capacity": cluster.node_disk_gb,
                "volume_size": cluster.node_disk_gb,
            },
        }
    }
