"""
What the service itself knows of restarts of a cluster.

A restart answers with no job and leaves the cluster as it was: only the service's record of tasks,
or its events where a region keeps no such record, tells that one took place.
"""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from dws.client import Client
from dws.errors import NotFound, RequestFailed
from dws.operations.clusters import ListClusterActions
from dws.operations.events import Event, ListEvents
from dws.refusals import is_no_route

REBOOTING = "REBOOTING"
"""What a restart is called in a cluster's ``task_status`` and in the record of its tasks."""
_STATUS = {
    "restartCluster": "RUNNING",
    "restartClusterSuccess": "SUCCESS",
    "restartClusterFail": "FAILED",
}
"""By the name of the event: user guide, "Event Notifications Overview"."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Restart(BaseModel):
    """One restart of a cluster."""

    model_config = ConfigDict(frozen=True)

    id: str
    """Differs from that of any other restart of the cluster."""
    status: str
    """``WAITING, RUNNING, SUCCESS, FAILED``: an open set."""


async def last_restart(client: Client, cluster_id: str) -> Restart | None:
    """
    The last restart of a cluster, under way or past; None if the service knows of none.

    Raises:
        DwsError: The service refused or did not answer.
    """
    asked = ListClusterActions(cluster_id=cluster_id, action_name=REBOOTING)
    try:
        task = await client.call(asked)
    except NotFound:
        return None
    except RequestFailed as error:
        # The record of tasks is in the SDK only; events are in the reference too (5.4.1).
        if is_no_route(error):
            return await _by_events(client, cluster_id)
        raise
    return Restart(id=task.id or str(task.submit_time), status=task.status or "RUNNING")


async def _by_events(client: Client, cluster_id: str) -> Restart | None:
    told = (await client.call(ListEvents())).events
    of_cluster = [e for e in told if e.source_id == cluster_id and e.name in _STATUS]
    if not of_cluster:
        return None
    newest = max(of_cluster, key=_place)
    begun = [event for event in of_cluster if _STATUS[event.name] == "RUNNING"]
    first = max(begun, key=_place, default=newest)
    return Restart(id=first.event_id, status=_STATUS[newest.name])


def _place(event: Event) -> tuple[datetime, bool]:
    # A beginning and an end may be told of the same moment.
    return event.occur_time or _LONG_AGO, _STATUS[event.name] != "RUNNING"
