"""Disaster recovery: pairs of clusters, one of which follows the other."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from dws.errors import NotFound
from dws.operation import Operation, Part, Shape, delete, get, post, put
from dws.shapes import Nothing
from dws.told import disaster_recovery as told
from dws.values import Moment, ResourceName, Several, Text

_GONE = {"DWS.10101": NotFound}
"""Seen with status 400 (facts/service_and_peers B5)."""
Period = Field(pattern=r"^([1-9][0-9]{0,2}|[12][0-9]{3}|3000)[mHd]$")


class DisasterRecovery(Shape):
    """
    A pair of clusters.

    While it runs both refuse restore, scaling, upgrade, restart and a new password, and the
    standby refuses backups (facts/service_and_peers A8). The list tells each side by fields of
    their own, the details by an object: either fills the fields of the list.
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
    primary_cluster: told.Side | None = None
    standby_cluster: told.Side | None = None
    dr_sync_period: str | None = None
    start_time: Moment = None
    create_time: Moment = None

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        sides = {side: given.get(f"{side}_cluster") for side in ("primary", "standby")}
        found = {
            f"{side}_cluster_{field}": about[field]
            for side, about in sides.items()
            if isinstance(about, dict)
            for field in ("id", "name")
            if field in about
        }
        if isinstance(sides["standby"], dict):
            found["last_disaster_time"] = sides["standby"].get("last_success_time")
        return found | given

    def holds(self, cluster_id: str) -> bool:
        """Whether a cluster is one of the pair."""
        return cluster_id in {self.primary_cluster_id, self.standby_cluster_id}


class DisasterRecoveries(Shape):
    """All pairs of the project. The key has a list, where the other calls have an object."""

    disaster_recovery: Several[DisasterRecovery]


class DisasterRecoveryReply(Shape):
    """One pair."""

    disaster_recovery: DisasterRecovery


class NewDisasterRecovery(Part):
    """A pair to be."""

    name: ResourceName
    """Unique, whatever the case of its letters."""
    dr_type: Literal["az", "region"]
    """Whether the standby is in another zone or in another region."""
    dr_sync_period: str = Period
    """1 to 3000 minutes ``m``, hours ``H`` or days ``d``, e.g. ``5m``."""
    primary_cluster_id: str = Field(min_length=1)
    standby_cluster_id: str = Field(min_length=1)
    primary_obs_bucket: str | None = None
    standby_obs_bucket: str | None = None


@post("/v2/{project_id}/disaster-recoveries")
class CreateDisasterRecovery(Operation[told.Accepted]):
    """
    Pair two clusters, so that one can follow the other. Queries go on; nothing is copied yet.

    The two must be idle, alike in version, network, flavor and nodes, in no other pair and
    without logical clusters: `ListAvailableDisasterClusters`.
    `dws.waiters.disaster_recovery.disaster_recovery_ready` tells the end. Reference 5.12.1.
    """

    disaster_recovery: NewDisasterRecovery


@post("/v2/{project_id}/disaster-recovery/{disaster_recovery_id}/start", tells=_GONE)
class StartDisasterRecovery(Operation[told.Accepted]):
    """
    Let the standby follow the primary: its own data is lost. The primary's queries go on.

    From unstart, stopped or start_failed. From then on both clusters refuse restore, scaling,
    upgrade, restart and a new password, the standby backups too.
    `dws.waiters.disaster_recovery.disaster_recovery_running` tells the end. Reference 5.12.2.
    """

    disaster_recovery_id: str


@get("/v2/{project_id}/disaster-recoveries")
class ListDisasterRecover(Operation[DisasterRecoveries]):
    """List the disaster recovery pairs of the project. Reference 5.12.3."""

    primary_cluster_id: str | None = None
    standby_cluster_id: str | None = None
    id: str | None = None


@get("/v2/{project_id}/disaster-recovery/{disaster_recovery_id}", tells=_GONE)
class ShowDisasterDetail(Operation[DisasterRecoveryReply]):
    """Show one disaster recovery pair, with the progress of both sides. Reference 5.12.4."""

    disaster_recovery_id: str


@get("/v1/{project_id}/disaster-recovery/{disaster_recovery_id}/show-progress", tells=_GONE)
class ShowDisasterProgress(Operation[told.ProgressReply]):
    """
    Tell how far the standby is behind, and how long it would take to step in.

    Figures for orientation only, says the reference. Reference 5.12.5.
    """

    disaster_recovery_id: str


@get("/v2/{project_id}/disaster-recovery-clusters")
class ListAvailableDisasterClusters(Operation[told.AvailableClusters]):
    """List the clusters that may become the standby of another. Reference 5.12.6."""

    primary_cluster_id: str
    standby_az_code: str
    primary_spec_id: str | None = None
    primary_cluster_dn_num: str | None = None
    standby_region: str | None = None
    standby_project_id: str | None = None
    dr_type: str | None = None
    datastore_type: str | None = None
    datastore_version: str | None = None


class DisasterRecoveryChange(Part):
    """What to change. All but the period serves the exchange between regions."""

    dr_sync_period: str | None = Field(default=None, pattern=Period.metadata[0].pattern)
    send_request: int | None = Field(default=None, ge=0, le=1)
    primary_to_role: str | None = None
    standby_to_role: str | None = None
    reset_action: str | None = None
    dr_status: str | None = None


@put("/v2/{project_id}/disaster-recovery/{disaster_recovery_id}", tells=_GONE)
class UpdateDisasterInfo(Operation[told.Accepted]):
    """
    Change how often the standby is brought up to date, from the next start on.

    Only in unstart or stopped. Reference 5.12.7.
    """

    disaster_recovery_id: str
    disaster_recovery: DisasterRecoveryChange | None = None


@post("/v2/{project_id}/disaster-recovery/{disaster_recovery_id}/switchover", tells=_GONE)
class SwitchoverDisasterRecovery(Operation[told.Accepted]):
    """
    Swap the roles of the two clusters, as planned. A toggle: done twice it is undone.

    Only while running. Production is away meanwhile, and nothing is lost if it was available.
    Before and after, the status is ``running``:
    `dws.waiters.disaster_recovery.disaster_recovery_switched` asks for the primary instead.
    Reference 5.12.8.
    """

    disaster_recovery_id: str


@post("/v2/{project_id}/disaster-recovery/{disaster_recovery_id}/failover", tells=_GONE)
class SwitchFailoverDisaster(Operation[told.Accepted]):
    """
    Make the standby the primary, as production is broken. What was not synchronised is lost.

    Only if the pair is abnormal or the primary faulty, from version 8.1.2 on; the pair is
    abnormal until `RestoreDisaster`.
    `dws.waiters.disaster_recovery.disaster_recovery_promoted` tells the end. Reference 5.12.9.
    """

    disaster_recovery_id: str


@post("/v2/{project_id}/disaster-recovery/{disaster_recovery_id}/recovery", tells=_GONE)
class RestoreDisaster(Operation[told.Accepted]):
    """
    Rebuild the pair after a failover: the data of the former primary, now standby, is wiped.

    Once that cluster is available again, from version 8.1.2 on. The new primary's queries go on.
    `dws.waiters.disaster_recovery.disaster_recovery_running` tells the end. Reference 5.12.10.
    """

    disaster_recovery_id: str


@post("/v2/{project_id}/disaster-recovery/{disaster_recovery_id}/pause", tells=_GONE)
class PauseDisasterRecovery(Operation[told.Accepted]):
    """
    Let the standby follow no more; both clusters are free again. Queries go on.

    From running or stop_failed.
    `dws.waiters.disaster_recovery.disaster_recovery_stopped` tells the end. Reference 5.12.11.
    """

    disaster_recovery_id: str


@get("/v2/{project_id}/disaster-recovery/check-name")
class CheckDisasterName(Operation[Nothing]):
    """
    Ask whether a name is free for a disaster recovery pair; refused if it is not.

    Reference 5.12.12, whose sample has another path.
    """

    dr_name: str
    type: str | None = None
    standby_region: str | None = None
    standby_project_id: str | None = None


@delete("/v2/{project_id}/disaster-recovery/{disaster_recovery_id}", tells=_GONE)
class DeleteDisasterRecovery(Operation[Nothing]):
    """
    Part two clusters for good; the clusters themselves stay. Queries go on.

    In create_failed, unstart, start_failed, stopped, stop_failed or abnormal.
    `dws.waiters.disaster_recovery.disaster_recovery_gone` tells the end. Reference 5.12.13.
    """

    disaster_recovery_id: str
    need_send_request: bool | None = None
    """Whether to tell the other region too. SDK only."""
