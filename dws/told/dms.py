"""What the monitoring of reference 5.18 tells."""

from __future__ import annotations

from pydantic import Field

from dws.operation import Shape
from dws.values import Amount, Count, Moment, Several, Text


class Spread(Shape):
    """
    A figure over a time.

    ``skew`` is how far the mean stays behind the peak, in percent of the peak (so the samples).
    """

    avg: Amount = None
    max: Amount = None
    median: Amount = None
    min: Amount = None
    p95: Amount = None
    skew: Amount = None


class DbInstance(Shape):
    """A process of the database: ``CM, CN, GTM, DN``."""

    dws_db_instance_id: str
    dws_db_instance_name: Text = ""
    ha_status: Text = ""
    """``Primary, Standby, Secondary, NA``"""
    role: Text = ""
    status: Text = ""
    """``Normal``, and others that the reference does not list."""


class InstanceStatus(Shape):
    """Whether a node runs."""

    dws_instance_id: str
    dws_instance_name: Text = ""
    status: Text = ""
    """``ONLINE`` or ``OFFLINE``"""


class DmsCluster(Shape):
    """Whether a cluster, its nodes and their processes run."""

    cluster_id: str
    status: Text = ""
    dws_db_instances: Several[DbInstance] = []
    dws_instances: Several[InstanceStatus] = []


class DmsClusterStatus(Shape):
    """Whether clusters run."""

    clusters: list[DmsCluster]
    project_id: str | None = None
    timestamp: Moment = None


class DatabaseUsage(Shape):
    """What a database takes."""

    db_name: str
    deadlocks: Count = None
    used_spaces: Amount = None
    """GB"""


class DmsDatabaseUsage(Shape):
    """What the databases of a cluster take."""

    databases: list[DatabaseUsage]
    cluster_id: str | None = None
    timestamp: Moment = None


class _OfNode(Shape):
    """Figures of one node."""

    dws_instance_id: str


class DiskIo(Shape):
    """How busy a disk is."""

    disk: str
    io_busy: Amount = None
    """Percent."""


class NodeDiskIo(_OfNode):
    """How busy the disks of a node are."""

    disks: Several[DiskIo] = []


class _OfNodes(Shape):
    """Figures of nodes; ``dimension`` is written in several ways (``diskIO, DiskIO``)."""

    cluster_id: str | None = None
    dimension: str | None = None
    metric_name: str | None = None
    timestamp: Moment = None


class DmsDiskIo(_OfNodes):
    """How busy the disks of a cluster are."""

    dws_instances: list[NodeDiskIo]


class DiskIoSpread(Spread):
    """How busy a disk was."""

    disk: str


class NodeDiskIoSpread(_OfNode):
    """How busy the disks of a node were."""

    disks: Several[DiskIoSpread] = []


class DmsDiskIoAggregate(_OfNodes):
    """How busy the disks of a cluster were."""

    dws_instances: list[NodeDiskIoSpread]
    from_: Moment = Field(default=None, alias="from")
    to: Moment = None


class FileSystem(Shape):
    """How full a file system is, in percent."""

    fs_name: str
    usage: Amount = None


class NodeFileSystems(_OfNode):
    """How full the file systems of a node are."""

    file_system: Several[FileSystem] = []


class DmsFileSystem(_OfNodes):
    """How full the file systems of a cluster are."""

    dws_instances: list[NodeFileSystems]


class FileSystemSpread(Spread):
    """How full a file system was."""

    fs_name: str


class NodeFileSystemsSpread(_OfNode):
    """How full the file systems of a node were."""

    file_system: Several[FileSystemSpread] = []


class DmsFileSystemAggregate(_OfNodes):
    """How full the file systems of a cluster were."""

    dws_instances: list[NodeFileSystemsSpread]
    from_: Moment = Field(default=None, alias="from")
    to: Moment = None


class NicTraffic(Shape):
    """What passes through an interface; bytes per second (assumed)."""

    nic: str
    read: Count = None
    write: Count = None


class NodeNics(_OfNode):
    """What passes through the interfaces of a node."""

    nics: Several[NicTraffic] = []


class DmsNicTraffic(_OfNodes):
    """What passes through the interfaces of a cluster."""

    dws_instances: list[NodeNics]


class Utilization(Shape):
    """How much of a resource is used: ``usage`` is percent."""

    id: str
    total: Amount = None
    usage: Amount = None
    used: Amount = None


class ClusterUtilization(Shape):
    """How much of the resources of a cluster is used."""

    cluster_id: str
    data: Several[Utilization] = []


class DmsResourceUtilization(Shape):
    """How much of the resources is used."""

    clusters: list[ClusterUtilization]
    dimension: str | None = None
    metric_name: str | None = None
    project_id: str | None = None
    timestamp: Moment = None


class UtilizationSpread(Spread):
    """How much of a resource was used."""

    id: str


class ClusterUtilizationSpread(Shape):
    """How much of the resources of a cluster was used."""

    cluster_id: str
    data: Several[UtilizationSpread] = []


class DmsResourceUtilizationAggregate(Shape):
    """How much of the resources was used; its table repeats the innermost fields outside."""

    clusters: list[ClusterUtilizationSpread]
    dimension: str | None = None
    metric_name: str | None = None
    from_: Moment = Field(default=None, alias="from")
    to: Moment = None
    timestamp: Moment = None
