"""What is told of nodes and instances."""

from __future__ import annotations

from dws.operation import Shape
from dws.values import Amount, Count, Moment, Several, Text


class ClusterNode(Shape):
    """One node in the list of a cluster."""

    id: str
    name: Text = ""
    status: Text = ""
    """``ACTIVE`` in the sample; a number elsewhere."""
    sub_status: str | None = None
    """``CREATED`` in the sample."""
    spec: str | None = None
    """The kind of node."""
    inst_create_type: str | None = None
    """``INST`` in use, ``NODE`` idle (the latter is assumed); null in the sample."""
    alias_name: str | None = None
    az_code: str | None = None


class ClusterNodes(Shape):
    """Nodes of a cluster."""

    node_list: list[ClusterNode]
    count: Count = None
    failed_count: Count = None


class Coordinator(Shape):
    """A node that takes queries."""

    id: str
    name: Text = ""
    private_ip: str | None = None


class Coordinators(Shape):
    """The coordinators of a cluster."""

    instances: list[Coordinator]
    min_num: Count = None
    max_num: Count = None


class ClusterInstance(Shape):
    """One instance in the list of a cluster."""

    instance_id: str
    instance_name: Text = ""
    instance_status: Text = ""
    traffic_ip: str | None = None
    """Where it serves."""
    internal_ip: str | None = None
    """Where it talks to the others."""
    logical_cluster_name: str | None = None


class ClusterInstances(Shape):
    """The instances of a cluster."""

    cluster_id: str | None = None
    cluster_name: str | None = None
    cluster_status: str | None = None
    instances: list[ClusterInstance]


class Link(Shape):
    """Where more is told."""

    rel: str | None = None
    href: str | None = None


class Linked(Shape):
    """Something known by its id."""

    id: str | None = None
    name: str | None = None
    links: Several[Link] = []


class InstanceVolume(Shape):
    """The disk of an instance."""

    type: str | None = None
    used: Amount = None
    size: Count = None
    """GB"""


class InstanceDatastore(Shape):
    """The database of an instance."""

    type: str | None = None
    version: str | None = None


class InstanceFault(Shape):
    """What is wrong with an instance."""

    message: str | None = None
    created: Moment = None
    details: str | None = None


class Instance(Shape):
    """One instance in full."""

    id: str
    name: Text = ""
    status: str | None = None
    type: str | None = None
    """``dws-cn`` in the sample."""
    role: str | None = None
    group: str | None = None
    cluster_id: str | None = None
    configuration_status: str | None = None
    """As of `dws.shapes.ParameterGroup`."""
    params_group_id: str | None = None
    subnet_id: str | None = None
    internal_subnet_id: str | None = None
    secure_group: str | None = None
    vpc: str | None = None
    azcode: str | None = None
    region: str | None = None
    created: Moment = None
    updated: Moment = None
    links: Several[Link] = []
    flavor: Linked | None = None
    volume: InstanceVolume | None = None
    datastore: InstanceDatastore | None = None
    fault: InstanceFault | None = None
    configuration: Linked | None = None
    locality: str | None = None
    replicas: Several[Linked] = []
    db_user: str | None = None
    storage_engine: str | None = None
    pay_model: Count = None
    public_ip: str | None = None
    traffic_ip: str | None = None
