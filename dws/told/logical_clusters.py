"""What the service tells of logical clusters, their rings, tasks and plans."""

from __future__ import annotations

from dws.operation import Shape
from dws.values import Amount, Count, Moment, Several, Text


class Told(Shape):
    """An answer that tells a result code with its content; ``DWS.0000`` is success."""

    error_code: str | None = None
    error_msg: str | None = None


class RingHostTold(Shape):
    """One host of a ring. Memory and disk are GB, as text in some samples."""

    host_name: Text = ""
    back_ip: Text = ""
    cpu_cores: Count = None
    memory: Amount = None
    disk_size: Amount = None


class RingTold(Shape):
    """Hosts that belong together: three or four."""

    ring_hosts: Several[RingHostTold] = []


class LogicalAction(Shape):
    """The last action on a logical cluster."""

    action_name: Text = ""
    """``Create, Expand, Restart, Delete, Shrink``, also ``Grow``: an open set."""
    progress: Amount = None
    """Percent, 10 from the beginning."""
    completed: bool | None = None
    result: Text = ""
    """``success``, ``failed``, or empty while it runs."""
    start_time: Moment = None
    end_time: Moment = None
    logs: str | None = None


class LogicalCluster(Shape):
    """A part of a cluster that works for itself."""

    logical_cluster_id: Text = ""
    logical_cluster_name: Text = ""
    cluster_rings: Several[RingTold] = []
    status: Text = ""
    """``Normal, Failed, Unavailable, Redistributing, Redistribute_failed, Deleted``: open set."""
    first_logical_cluster: bool | None = None
    """It holds views of the system, and cannot be deleted."""
    action_info: LogicalAction | None = None
    edit_enable: bool | None = None
    restart_enable: bool | None = None
    delete_enable: bool | None = None
    add_to_elastic: bool | None = None
    mode: str | None = None
    waiting_for_killing: Count = None
    cluster_type: str | None = None
    """``createFromPlan, createFromElastic``; SDK only."""


class LogicalClusters(Told):
    """The logical clusters of a cluster. One just created may be missing (Terraform 9363)."""

    logical_clusters: list[LogicalCluster]
    count: Count = None
    add_enable: bool | None = None
    """False while other work runs in the cluster."""

    def named(self, name: str) -> LogicalCluster | None:
        """The one of that name."""
        known = (one for one in self.logical_clusters if one.logical_cluster_name == name)
        return next(known, None)


class LogicalClusterRings(Told):
    """Rings that a logical cluster can be made of."""

    cluster_rings: list[RingTold]
    unshrinkable_cluster_rings: Several[RingTold] = []
    count: Count = None


class LogicalClusterTask(Shape):
    """An action on a logical cluster, past or present."""

    type: Text = ""
    """``Switch, Create, Expand, Restart, Delete, Shrink, Grow`` and more: an open set."""
    logical_cluster_name: Text = ""
    start_time: Moment = None
    end_time: Moment = None
    result: Text = ""
    log: str | None = None


class LogicalClusterTasks(Shape):
    """Actions on the logical clusters of a cluster."""

    logical_cluster_tasks: list[LogicalClusterTask]
    count: Count = None


class LogicalClusterVolume(Shape):
    """How full a logical cluster is; sizes are GB (assumed: no unit is documented)."""

    logical_cluster_name: Text = ""
    usage: Amount = None
    total: Amount = None
    percent: Amount = None


class LogicalClusterVolumes(Told):
    """How full the logical clusters are."""

    volumes: list[LogicalClusterVolume]
    count: Count = None


class TopologyInstance(Shape):
    """One node of a ring, with its addresses."""

    id: Text = ""
    name: Text = ""
    manage_ip: str | None = None
    traffic_ip: str | None = None
    internal_ip: str | None = None
    internal_mgnt_ip: str | None = None
    eip: str | None = None
    elb: str | None = None
    status: Text = ""
    """A number, as `Node.status`."""
    az_code: str | None = None


class TopologyRing(Shape):
    """Nodes that belong together."""

    instance_info_lists: Several[TopologyInstance] = []


class TopologyRings(Shape):
    """The rings of a cluster."""

    cluster_rings: list[TopologyRing]
    count: Count = None


class PlanAccepted(Shape):
    """A plan was made."""

    plan_id: str


class PlannedActionTold(Shape):
    """One action of a plan."""

    id: Text = ""
    type: Text = ""
    """``create`` or ``delete``"""
    strategy: Text = ""
    """A cron expression of six fields, or milliseconds since 1970."""
    status: Text = ""
    """``running, waiting, deleted, finished, disabled, failed``; as that of the plan."""
    next_fire_time: str | None = None
    pre_fire_time: str | None = None
    failed_reason: str | None = None


class LogicalClusterPlan(Shape):
    """When a logical cluster is made, and when it is deleted again."""

    id: str
    logical_cluster_name: Text = ""
    node_num: Count = None
    plan_type: Text = ""
    status: Text = ""
    start_time: Moment = None
    end_time: Moment = None
    update_time: Moment = None
    user: str | None = None
    actions: Several[PlannedActionTold] = []


class LogicalClusterPlans(Shape):
    """The plans of a cluster; no more than twenty (SDK field documentation)."""

    plans: list[LogicalClusterPlan]
