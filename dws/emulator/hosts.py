"""Nodes as machines, as the monitoring tells them: their disks, networks and processes."""

from __future__ import annotations

import statistics
from typing import Any

from dws.emulator.flavors import FLAVORS
from dws.emulator.load import (
    DISKS,
    NICS,
    Load,
    address_of,
    chance,
    host_of,
)
from dws.emulator.records import Node
from dws.emulator.world import id_from

Json = dict[str, Any]
ROUND_ROBIN = ("Standby", "Primary", "Secondary")
"""The three of a group of data nodes, in the order of the sample of reference 5.18.1."""
GROUPS_PER_NODE = 2
MOST_COORDINATORS = 3
"""Unless the cluster tells which nodes have one."""


def is_online(load: Load, node: Node) -> bool:
    """Whether a node answers."""
    return node.status in {"199", "200"} and not load.is_away(load.now)


def overview(load: Load, node: Node) -> Json:
    """A node in the list of reference 5.14.1."""
    at, flavor = load.now, FLAVORS[load.cluster.node_type]
    cpu, memory = (load.percent(node.id, name, at) or 0.0 for name in ("cpu_usage", "mem_usage"))
    read, write = (load.kilobytes_s(node.id, what, at) or 0.0 for what in ("read", "write"))
    disks = [disk(load, node, name) for name, _ in DISKS]
    total, used = (round(sum(d[key] for d in disks), 2) for key in ("total", "used"))
    waiting = round((load.io_busy(node.id, "vdb", at) or 0.0) / 10, 2)
    net = sum(nic(load, node, name)["io_rate"] for name in NICS)
    return {
        "instance_name": node.name,
        "host_name": host_of(node),
        "host_stat": "ONLINE" if is_online(load, node) else "OFFLINE",
        "work_ip": address_of(node),
        "mem_total": float(flavor.ram_gb),
        "mem_usage": memory,
        "mem_free": round(flavor.ram_gb * (100 - memory) / 100, 2),
        "mem_cached": round(flavor.ram_gb * memory / 200, 2),
        "mem_buffer": round(200 + 100 * chance(node.id, "buffer"), 2),
        "swap_free": 0.0,
        "swap_total": 0.0,
        "cpu_usage": cpu,
        "cpu_usage_sys": round(cpu * 0.35, 2),
        "cpu_usage_usr": round(cpu - round(cpu * 0.35, 2), 2),
        "cpu_idle": round(max(100 - cpu - waiting, 0.0), 2),
        "cpu_iowait": waiting,
        "disk_usage_avg": round(statistics.fmean(d["used_percentage"] for d in disks), 2),
        "disk_total": total,
        "disk_used": used,
        "disk_available": round(total - used, 2),
        "disk_io": round(read + write, 2),
        "disk_io_read": read,
        "disk_io_write": write,
        "tcp_resend_rate": 0.0,
        "net_io": round(net, 2),
    }


def disk(load: Load, node: Node, name: str) -> Json:
    """A disk in the list of reference 5.14.2. The node's name for it is its number."""
    at = load.now
    total = round(load.disk_gb(name), 2)
    percent = load.disk_percent(node.id, name, at)
    used = round(total * percent / 100, 2)
    busy = load.io_busy(node.id, name, at) or 0.0
    share = busy / max(sum(load.io_busy(node.id, d, at) or 0.0 for d, _ in DISKS), 0.01)
    return {
        "instance_name": node.name,
        "instance_id": node.id,
        "host_name": host_of(node),
        "disk_name": name,
        "disk_type": dict(DISKS)[name],
        "total": total,
        "used": used,
        "available": round(total - used, 2),
        "used_percentage": percent,
        "await": round(0.2 + busy / 20, 2),
        "svctm": round(0.03 + busy / 200, 2),
        "util": busy,
        "read_rate": round((load.kilobytes_s(node.id, "read", at) or 0.0) * share, 2),
        "write_rate": round((load.kilobytes_s(node.id, "write", at) or 0.0) * share, 2),
    }


def nic(load: Load, node: Node, name: str) -> Json:
    """A network interface in the list of reference 5.14.3."""
    received, sent = (
        load.kilobytes_s(node.id, f"{name} {way}", load.now) or 0.0 for way in ("read", "write")
    )
    up_s = max(load.now - load.cluster.created, 0.0)
    return {
        "virtual_cluster_id": number_of(load.cluster.id),
        "ctime": int(load.now * 1000),
        "host_id": number_of(node.id),
        "host_name": host_of(node),
        "instance_name": node.name,
        "interface_name": name,
        "up": is_online(load, node),
        "speed": -1,  # as in the sample: a virtual interface knows none
        # The packets of a lifetime, at a steady pace (assumed).
        "recv_packets": int(up_s * 180 * (name != "eth1")),
        "send_packets": int(up_s * 195 * (name != "eth1")),
        "recv_drop": 0,
        "recv_rate": received,
        "send_rate": sent,
        "io_rate": round(received + sent, 2),
    }


def number_of(text: str) -> int:
    """The small number by which the monitoring knows a cluster or a machine."""
    return 1 + int(chance(text, "number") * 9998)


def status(load: Load) -> Json:
    """A cluster with its nodes and processes, reference 5.18.1."""
    return {
        "cluster_id": load.cluster.id,
        "status": _condition(load),
        "dws_db_instances": _processes(load),
        "dws_instances": [
            {
                "dws_instance_id": node.id,
                "dws_instance_name": host_of(node),
                "status": "ONLINE" if is_online(load, node) else "OFFLINE",
            }
            for node in load.cluster.nodes
        ],
    }


def _condition(load: Load) -> str:
    # But for Normal the words are assumed: those of the database's own cluster manager.
    if load.is_away(load.now):
        return "Unavailable"
    if not all(is_online(load, node) for node in load.cluster.nodes):
        return "Degraded"
    return "Unbalanced" if "UNBALANCED" in load.cluster.sub_status else "Normal"


def _processes(load: Load) -> list[Json]:
    nodes = [node for node in load.cluster.nodes if node.id in load.bearing]
    told = []
    for role, first in (("CM", 1), ("GTM", 1001)):
        for number, (node, state) in enumerate(zip(nodes, ("Primary", "Standby"), strict=False)):
            told.append(_process(load, node, role, first + number, state))
    with_coordinator = [node for node in nodes if node.id in load.cluster.coordinators]
    for number, node in enumerate(with_coordinator or nodes[:MOST_COORDINATORS]):
        told.append(_process(load, node, "CN", 5001 + number, "NA"))
    for group in range(len(nodes) * GROUPS_PER_NODE):
        for place, state in enumerate(ROUND_ROBIN):
            number = 3002 + group if state == "Secondary" else 6001 + 2 * group + place
            node = nodes[(group + place) % len(nodes)]
            told.append(_process(load, node, "DN", number, state))
    return told


def _process(load: Load, node: Node, role: str, number: int, state: str) -> Json:
    name = f"{role.lower()}_{number}"
    return {
        "dws_db_instance_id": id_from(f"{load.cluster.id}:{name}"),
        "dws_db_instance_name": name,
        "role": role,
        "ha_status": state,
        "status": "Normal" if is_online(load, node) else "Down",
    }
