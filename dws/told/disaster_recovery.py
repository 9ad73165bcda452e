"""What disaster recovery tells, beside the pairs themselves."""

from __future__ import annotations

from dws.operation import Shape
from dws.values import Count, Moment, Several, Text


class DisasterRecoveryId(Shape):
    """Which pair."""

    id: str


class Accepted(Shape):
    """The request was accepted; the pair's status tells the rest."""

    disaster_recovery: DisasterRecoveryId


class Side(Shape):
    """One cluster of a pair, as the details tell it."""

    id: str
    name: Text = ""
    cluster_az: str | None = None
    role: Text = ""
    """``primary`` or ``standby``"""
    region: str | None = None
    status: str | None = None
    """``backuping, restoring, waiting, stopped, abnormal, drDeleted``: an open set."""
    progress: str | None = None
    """Percent, without a sign."""
    last_success_time: Moment = None
    obs_bucket_name: str | None = None


class SideProgress(Shape):
    """What one side did last, or is doing."""

    key: str | None = None
    """Of the backup, e.g. ``20230327_201637``; the table says: of the pair."""
    action_type: str | None = None
    """``Backup`` or ``Restore``"""
    unrestore_keys: str | None = None
    """Backups still to restore, joined by commas, or ``N/A``."""
    action_start_time: Moment = None
    action_end_time: Moment = None


class DisasterProgress(Shape):
    """How far the standby is behind."""

    primary_cluster: SideProgress | None = None
    standby_cluster: SideProgress | None = None
    latest_barrier_time: Moment = None
    """Up to when the standby has the primary's data."""
    last_recovery_spend: Count = None
    """Seconds that the last restore took."""
    recovery_point_object: Count = None
    """RPO: seconds of data that a failover would lose."""
    recovery_time_object: Count = None
    """RTO: seconds until the standby would serve."""


class ProgressReply(Shape):
    """The progress of a pair."""

    disaster_recovery_progress: DisasterProgress


class AvailableCluster(Shape):
    """A cluster that may become a standby."""

    id: str
    name: Text = ""


class AvailableClusters(Shape):
    """The clusters that may become a standby."""

    disaster_recovery_clusters: Several[AvailableCluster]
