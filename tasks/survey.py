"""
What a project and its clusters tell of themselves, read for an inspection.

Each thing is asked for on its own: what a region does not offer, or the service does not answer,
is told as such (`Untold`), beside all that it does tell. Nothing here changes anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar

from dws import clock
from dws.client import Client
from dws.errors import DwsError, RequestFailed
from dws.lookup import disks_of
from dws.operations.alarms import Alarm, ListAlarmDetail
from dws.operations.clusters import ListClusters
from dws.operations.disaster_recovery import (
    DisasterRecovery,
    ListDisasterRecover,
    ShowDisasterProgress,
)
from dws.operations.events import Event, ListEvents
from dws.operations.monitoring import ListHostOverview, ListTablesStatistic
from dws.operations.snapshots import ListSnapshots
from dws.refusals import is_no_route
from dws.shapes import Cluster, Snapshot
from dws.told.disaster_recovery import DisasterProgress
from dws.told.monitoring import Disk, Host, TableRate
from tasks.factory import lookup_task

LARGEST_TABLES = 100
"""Of how many tables of a cluster the skew is looked at: that of small ones costs nobody much."""
NODES_PER_PAGE = 500
ALARM_DAYS = 30
"""How far back alarms are asked for; the service keeps them as long (user guide, dws_01_1241)."""
T = TypeVar("T")


@dataclass(frozen=True)
class Untold:
    """
    Something that the service did not tell.

    Attributes:
        why: Its own words, or what became of the request.
        is_offered: False where the region has no such operation.
    """

    why: str
    is_offered: bool = True

    @property
    def words(self) -> str:
        """For a cell of a table."""
        return "not told" if self.is_offered else "not offered"


Answer: TypeAlias = T | Untold


@dataclass(frozen=True)
class PairTold:
    """A disaster recovery, and how far its standby is."""

    pair: DisasterRecovery
    progress: Answer[DisasterProgress]


@dataclass(frozen=True)
class ProjectTold:
    """
    What the project tells of all of its clusters.

    Attributes:
        at: The time, by the service's clock where it tells one.
        tells_time: Whether it does.
    """

    at: datetime
    tells_time: bool
    clusters: tuple[Cluster, ...]
    snapshots: Answer[tuple[Snapshot, ...]]
    pairs: Answer[tuple[PairTold, ...]]
    alarms: Answer[tuple[Alarm, ...]]
    events: Answer[tuple[Event, ...]]


@dataclass(frozen=True)
class ClusterTold:
    """What the monitoring tells of one cluster."""

    disks: Answer[tuple[Disk, ...]]
    hosts: Answer[tuple[Host, ...]]
    tables: Answer[tuple[TableRate, ...]]
    """The largest ones."""


async def project_survey(client: Client) -> ProjectTold:
    """
    Read all that is told of a project as a whole.

    Raises:
        DwsError: Not even its clusters are told.
    """
    clusters = (await client.call(ListClusters())).clusters
    at, snapshots, pairs, alarms, events = await asyncio.gather(
        answer(_time(client)),
        answer(_snapshots(client)),
        answer(_pairs(client)),
        answer(_alarms(client)),
        answer(_events(client)),
    )
    return ProjectTold(
        at=clock.wall() if isinstance(at, Untold) else at,
        tells_time=not isinstance(at, Untold),
        clusters=tuple(clusters),
        snapshots=snapshots,
        pairs=pairs,
        alarms=alarms,
        events=events,
    )


async def cluster_survey(client: Client, cluster_id: str) -> ClusterTold:
    """Read what the monitoring tells of a cluster; what it does not tell is no error."""
    disks, hosts, tables = await asyncio.gather(
        answer(disks_of(client, cluster_id)),
        answer(_hosts(client, cluster_id)),
        answer(_tables(client, cluster_id)),
    )
    return ClusterTold(disks, hosts, tables)


async def answer(asked: Awaitable[T]) -> Answer[T]:
    """What is told, or why it is not."""
    try:
        return await asked
    except RequestFailed as error:
        return Untold(str(error), is_offered=not is_no_route(error))
    except DwsError as error:
        return Untold(str(error))


async def _time(client: Client) -> datetime:
    return clock.wall() + timedelta(seconds=(await client.skew()).seconds)


async def _snapshots(client: Client) -> tuple[Snapshot, ...]:
    return tuple((await client.call(ListSnapshots())).snapshots)


async def _pairs(client: Client) -> tuple[PairTold, ...]:
    listed = (await client.call(ListDisasterRecover())).disaster_recovery
    return tuple([PairTold(pair, await answer(_progress(client, pair.id))) for pair in listed])


async def _progress(client: Client, pair_id: str) -> DisasterProgress:
    reply = await client.call(ShowDisasterProgress(disaster_recovery_id=pair_id))
    return reply.disaster_recovery_progress


async def _alarms(client: Client) -> tuple[Alarm, ...]:
    asked = ListAlarmDetail(time_zone="GMT", recent_day=ALARM_DAYS)
    return tuple([alarm async for page in client.pages(asked) for alarm in page.alarm_details])


async def _events(client: Client) -> tuple[Event, ...]:
    return tuple([event async for page in client.pages(ListEvents()) for event in page.events])


async def _hosts(client: Client, cluster_id: str) -> tuple[Host, ...]:
    asked = ListHostOverview(cluster_id=cluster_id, limit=NODES_PER_PAGE)
    return tuple([host async for page in client.pages(asked) for host in page.root])


async def _tables(client: Client, cluster_id: str) -> tuple[TableRate, ...]:
    asked = ListTablesStatistic(
        cluster_id=cluster_id,
        rate_type="skew",
        limit=LARGEST_TABLES,
        order_by="table_size",
        sort_by="DESC",
    )
    return tuple((await client.call(asked)).data)


survey_project = lookup_task(project_survey)
survey_cluster = lookup_task(cluster_survey)
