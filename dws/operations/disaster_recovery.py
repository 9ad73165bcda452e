"""Disaster recovery: pairs of clusters, one of which follows the other."""

from __future__ import annotations

from dws.operation import Operation, Shape, get
from dws.values import Moment, Several, Text


class DisasterRecovery(Shape):
    """
    A pair of clusters.

    While it runs both refuse restore, scaling, upgrade, restart and a new password, and the
    standby refuses backups (facts/service_and_peers A8).
    """

    id: str
    name: Text = ""
    status: Text = ""
    """``creating, unstart, starting, running, stopping, stopped, switchovering`` ...: open set."""
    dr_type: str | None = None
    primary_cluster_id: str | None = None
    primary_cluster_name: str | None = None
    standby_cluster_id: str | None = None
    standby_cluster_name: str | None = None
    last_disaster_time: Moment = None
    """When the standby was last brought up to date."""

    def holds(self, cluster_id: str) -> bool:
        """Whether a cluster is one of the pair."""
        return cluster_id in {self.primary_cluster_id, self.standby_cluster_id}


class DisasterRecoveries(Shape):
    """All pairs of the project. The key has a list, where the other calls have an object."""

    disaster_recovery: Several[DisasterRecovery]


@get("/v2/{project_id}/disaster-recoveries")
class ListDisasterRecover(Operation[DisasterRecoveries]):
    """List the disaster recovery pairs of the project. Reference 5.12.3."""

    primary_cluster_id: str | None = None
    standby_cluster_id: str | None = None
    id: str | None = None
