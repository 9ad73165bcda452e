"""Alarms: what is wrong with clusters, and who is told of it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dws.operation import Operation, Paging, Shape, delete, get, post, put
from dws.values import Count, Moment, Text

Page = Annotated[int, Field(ge=0, le=10_000)]
"""From 1 by the reference; from 0 by the SDK, so 0 is borne."""
PageSize = Annotated[int, Field(ge=1, le=1000)]
_LEVEL = "(urgent|important|minor|prompt)"
Levels = Annotated[str, Field(pattern=f"^({_LEVEL}(,{_LEVEL})*)?$")]
"""Several are joined by commas."""


class AlarmConfig(Shape):
    """A kind of alarm."""

    id: str
    alarm_id: Text = ""
    """E.g. ``DWS_2000000021_1``."""
    alarm_name: Text = ""
    name_space: str | None = None
    alarm_level: Text = ""
    """``urgent, important, minor, prompt``; a sample has a digit instead."""
    is_user_visible: Text = ""
    """``0`` or ``1``, as all flags here."""
    is_converge: Text = ""
    converge_time: Count = None
    is_maintain_visible: Text = ""


class AlarmConfigs(Shape):
    """Kinds of alarms."""

    alarm_configs: list[AlarmConfig]
    count: Count = None


@get("/v2/{project_id}/alarm-configs", paging=Paging.PAGES_FROM_1)
class ListAlarmConfigs(Operation[AlarmConfigs]):
    """List the kinds of alarms that there are. Reference 5.8.1."""

    offset: Page | None = None
    limit: PageSize | None = None


class Alarm(Shape):
    """Something that is, or was, wrong with a cluster."""

    alarm_id: str
    """Of the kind."""
    alarm_name: Text = ""
    alarm_level: Text = ""
    """``1`` in the sample, by which urgent is meant (assumed), words in the table."""
    alarm_source: str | None = None
    alarm_message: Text = ""
    alarm_location: Text = ""
    resource_id: str | None = None
    """The cluster."""
    resource_id_name: str | None = None
    alarm_generate_date: Moment = None
    """In the time zone that was asked for, though it is read as UTC: ask for ``GMT``."""
    alarm_status: Text = ""
    """``0`` in the sample: not handled; ``1`` is over (assumed)."""


class Alarms(Shape):
    """What is or was wrong."""

    alarm_details: list[Alarm]
    count: Count = None


@get("/v2/{project_id}/alarms", paging=Paging.PAGES_FROM_1)
class ListAlarmDetail(Operation[Alarms]):
    """
    List what is, or was, wrong with the clusters of the project, the newest first (assumed).

    Those of the last seven days unless told otherwise (assumed, as on the console).
    Reference 5.8.2; the times are of the SDK.
    """

    time_zone: str = Field(min_length=1)
    """E.g. ``GMT`` or ``GMT+08:00``."""
    offset: Page | None = None
    limit: PageSize | None = None
    from_: Annotated[int | None, Field(ge=0, alias="from")] = None
    """Milliseconds since 1970, as ``to``."""
    to: Annotated[int | None, Field(ge=0)] = None
    recent_day: Annotated[int | None, Field(ge=1)] = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            raise ValueError("from must not exceed to")
        return self


class AlarmStatistic(Shape):
    """How many alarms a day brought, by level."""

    date: Text
    """``YYYY-MM-DD``"""
    urgent: Count = None
    important: Count = None
    minor: Count = None
    prompt: Count = None


class AlarmStatistics(Shape):
    """How many alarms the last seven days brought."""

    alarm_statistics: list[AlarmStatistic]


@get("/v2/{project_id}/alarm-statistic")
class ListAlarmStatistic(Operation[AlarmStatistics]):
    """Count the alarms of each of the last seven days by level. Reference 5.8.3."""

    time_zone: str = Field(min_length=1)


class AlarmSubscription(Shape):
    """Who is told of alarms of which levels."""

    id: str
    name: Text = ""
    enable: Count = None
    """1 on, 0 off"""
    alarm_level: Text = ""
    project_id: str | None = None
    name_space: str | None = None
    notification_target: str | None = None
    """URN of the topic."""
    notification_target_name: str | None = None
    notification_target_type: str | None = None
    language: str | None = None
    time_zone: str | None = None


class AlarmSubscriptions(Shape):
    """Who is told of alarms."""

    alarm_subscriptions: list[AlarmSubscription]
    count: Count = None


@get("/v2/{project_id}/alarm-subs", paging=Paging.PAGES_FROM_1)
class ListAlarmSubs(Operation[AlarmSubscriptions]):
    """List the subscriptions to alarms. Reference 5.8.4."""

    offset: Page | None = None
    limit: PageSize | None = None


@post("/v2/{project_id}/alarm-subs")
class CreateAlarmSub(Operation[AlarmSubscription]):
    """Let a topic of the notification service be told of alarms. Reference 5.8.5."""

    name: str = Field(min_length=1)
    enable: Literal[0, 1] | None = None
    alarm_level: Levels | None = None
    notification_target: str = Field(min_length=1)
    """URN of the topic."""
    notification_target_name: str = Field(min_length=1)
    notification_target_type: Literal["SMN"] = "SMN"
    time_zone: str = Field(min_length=1)
    """E.g. ``GMT+08:00``."""


@put("/v2/{project_id}/alarm-subs/{alarm_sub_id}")
class UpdateAlarmSub(Operation[AlarmSubscription]):
    """Change a subscription to alarms. What is not told stays (assumed). Reference 5.8.6."""

    alarm_sub_id: str
    name: str = Field(min_length=1)
    enable: Literal[0, 1] | None = None
    alarm_level: Levels | None = None
    notification_target: str = Field(min_length=1)
    notification_target_name: str = Field(min_length=1)
    notification_target_type: Literal["SMN"] = "SMN"


@delete("/v2/{project_id}/alarm-subs/{alarm_sub_id}")
class DeleteAlarmSub(Operation[AlarmSubscription]):
    """Delete a subscription to alarms; answers what it was. Reference 5.8.7."""

    alarm_sub_id: str
