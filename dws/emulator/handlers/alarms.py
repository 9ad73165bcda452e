"""Answers on alarms and on the subscriptions to them."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from dws.emulator import alarming, subscribing
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.world import World, id_from
from dws.operations import alarms as ops

KIND = "alarm"
PAGE = 1000
FEW = 10
"""How many alarms are told at once unless the caller says (SDK)."""
DAYS = 7
"""How far back alarms are told and counted (user guide, dws_01_1241)."""
DAY_S = 86400.0
_KEYS = (
    "name",
    "alarm_level",
    "notification_target",
    "notification_target_name",
    "notification_target_type",
    "time_zone",
)


@handles(ops.ListAlarmConfigs)
def list_alarm_configs(world: World, op: ops.ListAlarmConfigs, caller: Caller) -> Json:
    del caller
    found = list(alarming.KINDS)
    told = [
        {
            "id": id_from(f"alarm:{kind.id}"),
            "alarm_id": kind.id,
            "alarm_name": kind.name,
            "name_space": "dws",
            "alarm_level": kind.level,
            "is_user_visible": "1",
            "is_converge": "0",
            "converge_time": 0,
            "is_maintain_visible": "0",
        }
        for kind in subscribing.page(world, found, op, PAGE)
    ]
    return {"alarm_configs": told, "count": len(found)}


@handles(ops.ListAlarmDetail)
def list_alarm_detail(world: World, op: ops.ListAlarmDetail, caller: Caller) -> Json:
    zone = subscribing.zone(op.time_zone)
    end = world.now if op.to is None else op.to / 1000
    start = world.now - (op.recent_day or DAYS) * DAY_S if op.from_ is None else op.from_ / 1000
    # What goes on counts, however long it has: an operator must not miss it (assumed).
    found = [
        alarm
        for alarm in alarming.alarms(world, caller.project_id)
        if alarm.since <= end and (alarm.until is None or alarm.until >= start)
    ]
    shown = subscribing.page(world, found, op, FEW)
    return {"alarm_details": [_alarm(alarm, zone) for alarm in shown], "count": len(found)}


@handles(ops.ListAlarmStatistic)
def list_alarm_statistic(world: World, op: ops.ListAlarmStatistic, caller: Caller) -> Json:
    zone = subscribing.zone(op.time_zone)
    today = datetime.fromtimestamp(world.now, zone).date()
    days = [str(today - timedelta(days=DAYS - 1 - n)) for n in range(DAYS)]
    counted = {day: dict.fromkeys(alarming.LEVELS, 0) for day in days}
    for alarm in alarming.alarms(world, caller.project_id):
        day = str(datetime.fromtimestamp(alarm.since, zone).date())
        if day in counted:
            counted[day][alarm.kind.level] += 1
    return {"alarm_statistics": [{"date": day, **counts} for day, counts in counted.items()]}


@handles(ops.ListAlarmSubs)
def list_alarm_subs(world: World, op: ops.ListAlarmSubs, caller: Caller) -> Json:
    found = subscribing.subscriptions(world, caller.project_id, KIND)
    shown = subscribing.page(world, found, op, PAGE)
    told = [subscribing.rendered(subscription, _KEYS) for subscription in shown]
    return {"alarm_subscriptions": told, "count": len(found)}


@handles(ops.CreateAlarmSub)
def create_alarm_sub(world: World, op: ops.CreateAlarmSub, caller: Caller) -> Json:
    subscribing.zone(op.time_zone)
    made = subscribing.subscribe(world, caller.project_id, KIND, op.model_dump())
    return subscribing.rendered(made, _KEYS)


@handles(ops.UpdateAlarmSub)
def update_alarm_sub(world: World, op: ops.UpdateAlarmSub, caller: Caller) -> Json:
    found = subscribing.subscription(world, caller.project_id, KIND, op.alarm_sub_id)
    subscribing.change(world, found, op.model_dump(exclude={"alarm_sub_id"}))
    return subscribing.rendered(found, _KEYS)


@handles(ops.DeleteAlarmSub)
def delete_alarm_sub(world: World, op: ops.DeleteAlarmSub, caller: Caller) -> Json:
    found = subscribing.subscription(world, caller.project_id, KIND, op.alarm_sub_id)
    world.forget(found)
    return subscribing.rendered(found, _KEYS)


def _alarm(alarm: alarming.Alarm, zone: tzinfo) -> Json:
    named = f"resourceId: {alarm.cluster_id}, resourceIdName: {alarm.cluster_name}"
    place = f"cluster_id: {alarm.cluster_id}, cluster_name: {alarm.cluster_name}"
    return {
        "alarm_id": alarm.kind.id,
        "alarm_name": alarm.kind.name,
        # A digit, as in the sample: 1 is the most urgent (assumed).
        "alarm_level": str(alarming.LEVELS.index(alarm.kind.level) + 1),
        "alarm_source": "DWS",
        "alarm_message": f"CloudService=DWS, {named}, {alarm.says}",
        "alarm_location": f"{place}, cluster_type: dws",
        "resource_id": alarm.cluster_id,
        "resource_id_name": alarm.cluster_name,
        "alarm_generate_date": f"{datetime.fromtimestamp(alarm.since, zone):%Y-%m-%d %H:%M:%S}",
        "alarm_status": "0" if alarm.until is None else "1",
    }
