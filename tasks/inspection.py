"""
Looking at the state of clusters: what monitoring, alarms, events and snapshots tell.

What a region does not offer, or refuses for a cluster, is told as such: it ends no inspection.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from dws.client import Client
from dws.errors import RequestFailed, ServerFault, Unauthenticated
from dws.lookup import disaster_recoveries
from dws.operations.alarms import Alarm, ListAlarmDetail
from dws.operations.disaster_recovery import DisasterRecovery, ShowDisasterProgress
from dws.operations.events import Event, ListEvents
from dws.operations.monitoring import ListHostDisk, ListHostOverview, ListTablesStatistic
from dws.operations.snapshots import ListSnapshots
from dws.refusals import is_no_route
from dws.shapes import Snapshot
from dws.told.monitoring import Disk, Host, TableRate
from tasks.factory import lookup_task

T = TypeVar("T")
MOST_EVENTS = 500
"""Of the newest events: what is older is of another day."""


class _Sight(BaseModel):
    model_config = ConfigDict(frozen=True)

    not_told: tuple[str, ...] = ()
    """One line for each look that gave nothing: which, and why."""


class ClusterSight(_Sight):
    """What monitoring tells of one cluster."""

    cluster_id: str
    hosts: tuple[Host, ...] = ()
    disks: tuple[Disk, ...] = ()
    skewed: tuple[TableRate, ...] = ()
    """The most skewed tables, the worst first."""


class Lag(BaseModel):
    """How far the standby of a pair is behind."""

    model_config = ConfigDict(frozen=True)

    pair: DisasterRecovery
    rpo_s: float | None
    """Seconds of data that a failover would lose; None where it is not told."""


class ProjectSight(_Sight):
    """What is told of all clusters at once."""

    snapshots: tuple[Snapshot, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    events: tuple[Event, ...] = ()
    lags: tuple[Lag, ...] = ()


class _Looks:
    """Looks that may give nothing."""

    def __init__(self) -> None:
        self.not_told: list[str] = []

    async def at(self, what: str, look: Callable[[], Awaitable[list[T]]]) -> tuple[T, ...]:
        try:
            return tuple(await look())
        except (Unauthenticated, ServerFault):
            raise
        except RequestFailed as error:
            why = "this region does not offer it" if is_no_route(error) else str(error)
            self.not_told.append(f"{what}: {why}")
            return ()


async def _look_at_cluster(client: Client, cluster_id: str, most_tables: int) -> ClusterSight:
    """
    Look at the nodes, disks and tables of a cluster.

    Raises:
        Unauthenticated, ServerFault, Unreachable: The service could not be asked.
    """
    looks = _Looks()

    async def hosts() -> list[Host]:
        asked = ListHostOverview(cluster_id=cluster_id, limit=1000)
        return [host async for page in client.pages(asked) for host in page.root]

    async def disks() -> list[Disk]:
        asked = ListHostDisk(cluster_id=cluster_id, limit=1000)
        return [disk async for page in client.pages(asked) for disk in page.root]

    async def skewed() -> list[TableRate]:
        asked = ListTablesStatistic(
            cluster_id=cluster_id,
            rate_type="skew",
            limit=most_tables,
            order_by="rate",
            sort_by="DESC",
        )
        return (await client.call(asked)).data

    return ClusterSight(
        cluster_id=cluster_id,
        hosts=await looks.at("nodes", hosts),
        disks=await looks.at("disks", disks),
        skewed=await looks.at("skew of tables", skewed),
        not_told=tuple(looks.not_told),
    )


async def _look_at_project(client: Client, since: datetime) -> ProjectSight:
    """
    Look at the snapshots, alarms, events and disaster recoveries of the project.

    Raises:
        Unauthenticated, ServerFault, Unreachable: The service could not be asked.
    """
    looks = _Looks()

    async def snapshots() -> list[Snapshot]:
        return (await client.call(ListSnapshots())).snapshots

    async def alarms() -> list[Alarm]:
        asked = ListAlarmDetail(time_zone="GMT", limit=100)
        return [alarm async for page in client.pages(asked) for alarm in page.alarm_details]

    async def events() -> list[Event]:
        found: list[Event] = []
        async for page in client.pages(ListEvents(limit=100)):
            found += [one for one in page.events if one.occur_time and one.occur_time >= since]
            if len(found) >= MOST_EVENTS or any(_is_before(one, since) for one in page.events):
                break
        return found

    async def pairs() -> list[DisasterRecovery]:
        return list(await disaster_recoveries(client))

    found = await looks.at("disaster recoveries", pairs)
    return ProjectSight(
        snapshots=await looks.at("snapshots", snapshots),
        alarms=await looks.at("alarms", alarms),
        events=await looks.at("events", events),
        lags=tuple([await _lag(client, looks, pair) for pair in found]),
        not_told=tuple(looks.not_told),
    )


def _is_before(event: Event, since: datetime) -> bool:
    return event.occur_time is not None and event.occur_time < since


async def _lag(client: Client, looks: _Looks, pair: DisasterRecovery) -> Lag:
    async def behind() -> list[int | None]:
        told = await client.call(ShowDisasterProgress(disaster_recovery_id=pair.id))
        return [told.disaster_recovery_progress.recovery_point_object]

    found = await looks.at(f"lag of {pair.name or pair.id}", behind)
    return Lag(pair=pair, rpo_s=found[0] if found else None)


look_at_cluster = lookup_task(_look_at_cluster)
look_at_project = lookup_task(_look_at_project)
