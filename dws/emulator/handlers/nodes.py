"""Answers on nodes, coordinators and instances."""

from __future__ import annotations

from dws.emulator import endpoints, jobs, logical, nodes, render
from dws.emulator.flavors import FLAVORS
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.logical import ELASTIC
from dws.emulator.pages import page
from dws.emulator.quotas import clusters_of
from dws.emulator.records import Cluster, Node
from dws.emulator.refused import Refused
from dws.emulator.rings import rings_of
from dws.emulator.world import World, id_from
from dws.operations import nodes as ops

_STATUS = {
    "100": ("CREATING", "CREATING"),
    nodes.IDLE: ("ACTIVE", "CREATED"),
    nodes.USED: ("ACTIVE", "CREATED"),
    nodes.FAILED: ("FAILED", "CREATED"),
    "303": ("FAILED", "CREATE_FAILED"),
    nodes.DELETING: ("DELETING", "DELETING"),
    nodes.NOT_DELETED: ("FAILED", "DELETE_FAILED"),
    nodes.DELETED: ("DELETED", "DELETED"),
}
"""Status and sub-status in the list of nodes; but for the second all are assumed."""
_KEYS = {"instCreateType": "inst_create_type", "azCode": "az_code"}
"""Fields by the names that filters know them by, where these differ."""


@handles(ops.ListClusterNodes)
def list_cluster_nodes(world: World, op: ops.ListClusterNodes, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    told = [_node(cluster, node) for node in cluster.nodes]
    if op.deleted == "true":
        here = {node.id for node in cluster.nodes}
        gone = [
            g
            for g in world.of(nodes.GoneNode).values()
            if g.cluster_id == cluster.id and g.id not in here
        ]
        told += [_node(cluster, Node(g.id, g.name, nodes.DELETED)) for g in gone]
    wanted = set(op.node_ids or []) - {""}
    found = [
        node
        for node in told
        if (not wanted or node["id"] in wanted)
        and (not op.filter_by or node[_key(op.filter_by, node)] == op.filter)
    ]
    if op.order_by:
        key = _key(op.order_by, _node(cluster, cluster.nodes[0]))
        found.sort(key=lambda node: str(node[key]), reverse=(op.order or "").upper() == "DESC")
    return {
        "node_list": page(found, op.offset, op.limit),
        "count": len(found),
        "failed_count": sum(node["status"] == "FAILED" for node in found),
    }


@handles(ops.DeleteClusterNodes, status=202)
def delete_cluster_nodes(world: World, op: ops.DeleteClusterNodes, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    nodes.delete(world, cluster, op.node_list, broken=op.operate_type == "clear")
    count = len(set(op.node_list))
    return {"error_code": "DWS.0000", "error_msg": f"Success submit {count} node delete job"}


@handles(ops.ListClusterCn)
def list_cluster_cn(world: World, op: ops.ListClusterCn, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    fewest, most = nodes.fewest_and_most(cluster)
    return {
        "min_num": fewest,
        "max_num": most,
        "instances": [
            {"id": node.id, "name": node.name, "private_ip": _address(cluster, node)}
            for node in nodes.coordinators(cluster)
        ],
    }


@handles(ops.BatchCreateClusterCn)
def batch_create_cluster_cn(world: World, op: ops.BatchCreateClusterCn, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    work = nodes.add_coordinators(world, cluster, op.num)
    return {"job_id": jobs.start(world, cluster.id, "addCnJob", work).id}


@handles(ops.BatchDeleteClusterCn)
def batch_delete_cluster_cn(world: World, op: ops.BatchDeleteClusterCn, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    work = nodes.take_coordinators(world, cluster, op.instances)
    return {"job_id": jobs.start(world, cluster.id, "deleteCnJob", work).id}


@handles(ops.ListClusterInstances)
def list_cluster_instances(world: World, op: ops.ListClusterInstances, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    logical_names = _logical_names(world, cluster)
    return {
        "cluster_id": cluster.id,
        "cluster_name": cluster.name,
        "cluster_status": render.status_of(cluster, world.now),
        "instances": [
            {
                "instance_id": node.id,
                "instance_name": node.name,
                "instance_status": _status(world, cluster, node),
                "traffic_ip": _address(cluster, node),
                "internal_ip": _address(cluster, node).replace("192.168.", "172.16.", 1),
                "logical_cluster_name": logical_names.get(node.id),
            }
            for node in cluster.nodes
        ],
    }


@handles(ops.ShowInstance)
def show_instance(world: World, op: ops.ShowInstance, caller: Caller) -> Json:
    for cluster in clusters_of(world, caller.project_id):
        for number, node in enumerate(cluster.nodes, 1):
            if node.id == op.instance_id:
                return _instance(world, cluster, node, number)
    # Assumed: the code is that of a missing cluster outside its details.
    raise Refused(404, "DWS.0047", f"The instance {op.instance_id} does not exist.")


def _logical_names(world: World, cluster: Cluster) -> dict[str, str]:
    if not cluster.is_logical:
        return {}
    names = {known.id: known.name for known in logical.of(world, cluster)}
    return {
        node: names.get(ring.owner, ELASTIC)
        for ring in rings_of(world, cluster)
        for node in ring.nodes
    }


def _instance(world: World, cluster: Cluster, node: Node, number: int) -> Json:
    group = render.parameter_group_id(cluster, "parameterGroup")
    links = [{"rel": "self", "href": None}, {"rel": "bookmark", "href": None}]
    has_coordinator = node in nodes.coordinators(cluster)
    flavor = FLAVORS[cluster.node_type]
    used = cluster.data_gb / len(cluster.nodes)
    return {
        "id": node.id,
        "name": node.name,
        "status": _status(world, cluster, node),
        "type": "dws-cn" if has_coordinator else "dws-dn",
        "role": "Standalone",
        "group": f"{'cn' if has_coordinator else 'dn'}-{number}",
        "cluster_id": cluster.id,
        "configuration_status": cluster.parameters_status,
        "params_group_id": group,
        "configuration": {"id": group, "name": "Default-Parameter-Group-dws", "links": links},
        "vpc": cluster.vpc_id,
        "subnet_id": cluster.subnet_id,
        "internal_subnet_id": cluster.subnet_id,
        "secure_group": cluster.security_group_id,
        "azcode": cluster.availability_zone,
        "region": cluster.availability_zone,
        "created": render.bare_moment(cluster.created),
        "updated": render.bare_moment(cluster.updated),
        "links": links,
        "flavor": {"id": id_from(f"flavor:{flavor.name}"), "links": links},
        "volume": {"type": flavor.volume, "used": round(used, 2), "size": flavor.disk_gb},
        "datastore": {"type": flavor.datastore, "version": cluster.version},
        "fault": None,
        "locality": None,
        "replicas": None,
        "db_user": cluster.user_name,
        "storage_engine": None,
        "pay_model": 0,
        "public_ip": None,
        "traffic_ip": _address(cluster, node),
    }


def _node(cluster: Cluster, node: Node) -> Json:
    status, sub_status = _STATUS.get(node.status, (node.status, node.status))
    return {
        "id": node.id,
        "name": node.name,
        "status": status,
        "sub_status": sub_status,
        "spec": cluster.node_type,
        "inst_create_type": "NODE" if node.status in {nodes.IDLE, nodes.NOT_DELETED} else "INST",
        "alias_name": None,
        "az_code": cluster.availability_zone.split(",")[0],
    }


def _key(name: str, node: Json) -> str:
    key = _KEYS.get(name, name)
    if key not in node:
        raise Refused(400, "DWS.0001", f"Nodes have no field {name}.")  # assumed: the code
    return key


def _status(world: World, cluster: Cluster, node: Node) -> str:
    status = _STATUS.get(node.status, (node.status,))[0]
    return render.status_of(cluster, world.now) if status == "ACTIVE" else status


def _address(cluster: Cluster, node: Node) -> str:
    return endpoints.address(cluster, cluster.nodes.index(node))
