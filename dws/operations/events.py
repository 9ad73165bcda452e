"""Events: what happened to clusters, snapshots and disaster recovery, and who is told of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dws.operation import Operation, Paging, Shape, delete, get, post, put
from dws.values import Count, Moment, Text

Page = Annotated[int, Field(ge=0, le=10_000)]
"""From 1 by the reference; from 0 by the SDK, so 0 is borne."""
PageSize = Annotated[int, Field(ge=1, le=1000)]
_CATEGORY = "(management|monitor|security|system alarm)"
_SEVERITY = "(normal|warning)"
Categories = Annotated[str, Field(pattern=f"^({_CATEGORY}(,{_CATEGORY})*)?$")]
Severities = Annotated[str, Field(pattern=f"^({_SEVERITY}(,{_SEVERITY})*)?$")]


class Event(Shape):
    """Something that happened."""

    event_id: str
    name: Text = ""
    """Of the definition, e.g. ``deleteClusterSuccess``; see `ListEventSpecs`."""
    display_name: str | None = None
    description: str | None = None
    """``%s`` in it stands for the name of the source."""
    context: str | None = None
    """The same with the name in its place."""
    subject: str | None = None
    category: Text = ""
    """``management, monitor, security, system alarm``"""
    severity: Text = ""
    """``normal, warning``"""
    source_type: Text = ""
    """``cluster, backup, disaster-recovery``"""
    source_id: str | None = None
    source_name: str | None = None
    occur_time: Moment = None
    name_space: str | None = None
    project_id: str | None = None
    status: Count = None


class Events(Shape):
    """What happened."""

    events: list[Event]
    count: Count = None


@get("/v2/{project_id}/events", paging=Paging.PAGES_FROM_1)
class ListEvents(Operation[Events]):
    """List what happened in the project, the newest first (assumed). Reference 5.4.1."""

    offset: Page | None = None
    limit: PageSize | None = None


class EventSpec(Shape):
    """A kind of event."""

    id: str
    name: str
    display_name: str | None = None
    description: str | None = None
    subject: str | None = None
    category: Text = ""
    severity: Text = ""
    source_type: Text = ""
    name_space: str | None = None


class EventSpecs(Shape):
    """Kinds of events."""

    event_specs: list[EventSpec]
    count: Count = None


@get("/v2/{project_id}/event-specs", paging=Paging.PAGES_FROM_1)
class ListEventSpecs(Operation[EventSpecs]):
    """List the kinds of events that there are. Reference 5.4.2."""

    spec_name: str | None = None
    category: str | None = None
    severity: str | None = None
    source_type: str | None = None
    """``cluster, backup, disaster-recovery``; the SDK knows more: an open set."""
    tag: str | None = None
    offset: Page | None = None
    limit: PageSize | None = None


class EventSubscription(Shape):
    """Who is told of which events. An empty condition lets everything pass."""

    id: str
    name: Text = ""
    source_type: Text = ""
    source_id: Text = ""
    category: Text = ""
    severity: Text = ""
    tag: Text = ""
    enable: Count = None
    """1 on, 0 off"""
    project_id: str | None = None
    name_space: str | None = None
    notification_target: str | None = None
    """URN of the topic."""
    notification_target_name: str | None = None
    notification_target_type: str | None = None
    language: str | None = None
    time_zone: str | None = None


class EventSubscriptions(Shape):
    """Who is told of which events."""

    event_subscriptions: list[EventSubscription]
    count: Count = None


@get("/v2/{project_id}/event-subs", paging=Paging.PAGES_FROM_1)
class ListEventSubs(Operation[EventSubscriptions]):
    """List the subscriptions to events. Reference 5.4.3."""

    offset: Page | None = None
    limit: PageSize | None = None


@post("/v2/{project_id}/event-subs")
class CreateEventSub(Operation[EventSubscription]):
    """Let a topic of the notification service be told of events. Reference 5.4.4."""

    name: str = Field(min_length=1)
    source_type: Literal["", "cluster", "backup", "disaster-recovery"] | None = None
    source_id: str | None = None
    category: Categories | None = None
    """Several are joined by commas; so are severities."""
    severity: Severities | None = None
    tag: str | None = None
    enable: Literal[0, 1] | None = None
    notification_target: str = Field(min_length=1)
    """URN of the topic."""
    notification_target_name: str = Field(min_length=1)
    notification_target_type: Literal["SMN"] = "SMN"
    time_zone: str | None = None
    """E.g. ``GMT+08:00``."""


@put("/v2/{project_id}/event-subs/{event_sub_id}")
class UpdateEventSub(Operation[EventSubscription]):
    """
    Change a subscription to events. What is not told stays (assumed). Reference 5.4.5.
    """

    event_sub_id: str
    name: str = Field(min_length=1)
    source_type: Literal["", "cluster", "backup", "disaster-recovery"] | None = None
    source_id: str | None = None
    category: Categories | None = None
    severity: Severities | None = None
    tag: str | None = None
    enable: Literal[0, 1] | None = None
    notification_target: str = Field(min_length=1)
    notification_target_name: str = Field(min_length=1)
    notification_target_type: Literal["SMN"] = "SMN"


@delete("/v2/{project_id}/event-subs/{event_sub_id}")
class DeleteEventSub(Operation[EventSubscription]):
    """Delete a subscription to events; answers what it was. Reference 5.4.6."""

    event_sub_id: str
