"""Answers on how a cluster is reached."""

from __future__ import annotations

from dws.emulator import domains, endpoints, lifecycle, network, nodes
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.network import Balancer
from dws.emulator.records import Cluster
from dws.emulator.world import World
from dws.operations import network as ops


@handles(ops.CreateClusterDns)
def create_cluster_dns(world: World, op: ops.CreateClusterDns, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    domains.apply(world, cluster, op.type, op.name, op.ttl)
    return {}


@handles(ops.UpdateClusterDns)
def update_cluster_dns(world: World, op: ops.UpdateClusterDns, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    domains.change(world, cluster, op.type, op.name, op.ttl)
    return {}


@handles(ops.DeleteClusterDns)
def delete_cluster_dns(world: World, op: ops.DeleteClusterDns, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    domains.give_up(world, cluster, op.type)
    return {}


@handles(ops.ListElbs)
def list_elbs(world: World, op: ops.ListElbs, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = [
        _elb(elb)
        for elb in network.balancers(world, caller.project_id)
        if elb.vpc_id == cluster.vpc_id and elb.cluster_id in {"", cluster.id}
    ]
    return {"elbs": found}


@handles(ops.ListElbsInfo)
def list_elbs_info(world: World, op: ops.ListElbsInfo, caller: Caller) -> Json:
    found = [
        elb
        for elb in network.balancers(world, caller.project_id)
        if (elb.vpc_id, elb.subnet_id) == (op.vpc_id, op.subnet_id)
    ]
    start = op.offset or 0
    page = found[start : start + (op.limit or len(found))]
    return {"elbs": [_elb(elb) for elb in page], "count": len(found)}


@handles(ops.AssociateElb)
def associate_elb(world: World, op: ops.AssociateElb, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = network.balancer(world, caller.project_id, op.elb_id)
    return {"job_id": network.bind_balancer(world, cluster, found).id}


@handles(ops.DisassociateElb)
def disassociate_elb(world: World, op: ops.DisassociateElb, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = network.balancer(world, caller.project_id, op.elb_id)
    return {"job_id": network.unbind_balancer(world, cluster, found).id}


@handles(ops.AssociateEip)
def associate_eip(world: World, op: ops.AssociateEip, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    network.bind_ip(world, cluster, op.eip_id)
    return {}


@handles(ops.DisassociateEip)
def disassociate_eip(world: World, op: ops.DisassociateEip, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    network.unbind_ip(world, cluster, op.eip_id)
    return {}


@handles(ops.ChangeSecurityGroup)
def change_security_group(world: World, op: ops.ChangeSecurityGroup, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    lifecycle.require_idle(world, cluster)
    # Several are told in one text, with commas between (assumed).
    cluster.security_group_id = ",".join(dict.fromkeys(op.security_groups))
    cluster.updated = world.now
    world.touch(cluster)
    return {}


@handles(ops.ListClusterEndpoints)
def list_cluster_endpoints(world: World, op: ops.ListClusterEndpoints, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    return {
        "public_endpoints": _public(world, cluster),
        "private_endpoints": _private(world, cluster),
        "vpc_endpoint_service": None,
        "public_ip_infos": _instances(world, cluster, coordinators=op.inst_type == "dws-cn"),
    }


def _public(world: World, cluster: Cluster) -> Json | None:
    eip = network.ip_of(world, cluster)
    if eip is None:
        return None
    return {
        "ip": eip.address,
        "ip_id": eip.id,
        "port": cluster.port,
        "ip_bandwidth": eip.bandwidth,
        "ip_status": None,
        "enabled": True,
        **_domain(world, cluster, "public"),
    }


def _private(world: World, cluster: Cluster) -> Json:
    found = domains.domain(world, cluster, "private")
    elb = network.balancer_of(world, cluster)
    return {
        "ip": endpoints.listening(world, cluster).host,
        "port": endpoints.listening(world, cluster).port,
        "failed_reason": found.failed_reason if found else None,
        "elb_ip": elb.private_ip if elb else None,
        "bind_manage_ip_status": 0,
        **_domain(world, cluster, "private"),
    }


def _domain(world: World, cluster: Cluster, kind: str) -> Json:
    found = domains.domain(world, cluster, kind)
    return {
        "domain_name": found.name if found else None,
        "domain_name_suffix": domains.SUFFIX[kind],
        "zone_name": domains.SUFFIX[kind].partition(".")[2],
        "domain_name_ttl": found.ttl if found else 0,
        "domain_name_status": found.status if found else None,
    }


def _instances(world: World, cluster: Cluster, *, coordinators: bool) -> list[Json]:
    eip = network.ip_of(world, cluster)
    shown = nodes.coordinators(cluster) if coordinators else cluster.nodes
    told = []
    for n, node in enumerate(shown):
        bound = eip if n == 0 else None
        told.append(
            {
                "instance_id": node.id,
                "instance_name": node.name,
                "id": bound.id if bound else None,
                "address": bound.address if bound else None,
                "status": "ACTIVE" if bound else None,
                "bandwidth_size": bound.bandwidth if bound else None,
            }
        )
    return told


def _elb(elb: Balancer) -> Json:
    return {
        "id": elb.id,
        "cluster_id": elb.cluster_id or None,
        "name": elb.name,
        "description": None,
        "vip_address": elb.private_ip or None,
        "vip_subnet_id": elb.subnet_id,
        "tenant_id": elb.project_id,
        "type": "Internal",
        "admin_state_up": True,
        "bandwidth": 1 if elb.cluster_id else 0,
        "vpc_id": elb.vpc_id,
    }
