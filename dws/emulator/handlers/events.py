"""Answers on events and on the subscriptions to them."""

from __future__ import annotations

from dws.emulator import chronicle, subscribing
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.world import World, id_from
from dws.operations import events as ops

KIND = "event"
PAGE = 1000
"""How many are told at once unless the caller says (SDK)."""
OCCURRED = 2
"""``status`` in the sample of reference 5.4.1; what else there is, nobody says."""
_KEYS = (
    "name",
    "source_type",
    "source_id",
    "category",
    "severity",
    "tag",
    "notification_target",
    "notification_target_name",
    "notification_target_type",
    "time_zone",
)


@handles(ops.ListEvents)
def list_events(world: World, op: ops.ListEvents, caller: Caller) -> Json:
    found = chronicle.entries(world, caller.project_id)
    shown = subscribing.page(world, found, op, PAGE)
    return {"events": [_event(entry) for entry in shown], "count": len(found)}


@handles(ops.ListEventSpecs)
def list_event_specs(world: World, op: ops.ListEventSpecs, caller: Caller) -> Json:
    del caller
    # A kind of event has no tag that is told: asked by one, none is found (assumed).
    found = [
        spec
        for spec in chronicle.SPECS.values()
        if not op.tag
        and op.spec_name in {None, "", spec.name}
        and op.category in {None, "", spec.category}
        and op.severity in {None, "", spec.severity}
        and op.source_type in {None, "", spec.source_type}
    ]
    shown = subscribing.page(world, found, op, PAGE)
    told = [{"id": id_from(f"event:{spec.name}"), **_kind(spec)} for spec in shown]
    return {"event_specs": told, "count": len(found)}


@handles(ops.ListEventSubs)
def list_event_subs(world: World, op: ops.ListEventSubs, caller: Caller) -> Json:
    found = subscribing.subscriptions(world, caller.project_id, KIND)
    shown = subscribing.page(world, found, op, PAGE)
    told = [subscribing.rendered(subscription, _KEYS) for subscription in shown]
    return {"event_subscriptions": told, "count": len(found)}


@handles(ops.CreateEventSub)
def create_event_sub(world: World, op: ops.CreateEventSub, caller: Caller) -> Json:
    made = subscribing.subscribe(world, caller.project_id, KIND, op.model_dump())
    return subscribing.rendered(made, _KEYS)


@handles(ops.UpdateEventSub)
def update_event_sub(world: World, op: ops.UpdateEventSub, caller: Caller) -> Json:
    found = subscribing.subscription(world, caller.project_id, KIND, op.event_sub_id)
    subscribing.change(world, found, op.model_dump(exclude={"event_sub_id"}))
    return subscribing.rendered(found, _KEYS)


@handles(ops.DeleteEventSub)
def delete_event_sub(world: World, op: ops.DeleteEventSub, caller: Caller) -> Json:
    found = subscribing.subscription(world, caller.project_id, KIND, op.event_sub_id)
    world.forget(found)
    return subscribing.rendered(found, _KEYS)


def _event(entry: chronicle.Entry) -> Json:
    spec = chronicle.SPECS[entry.spec]
    return {
        **_kind(spec),
        "event_id": entry.id,
        "context": spec.says % entry.source_name,
        "source_id": entry.source_id,
        "source_name": entry.source_name,
        "occur_time": int(entry.at * 1000),
        "project_id": entry.project_id,
        "status": OCCURRED,
    }


def _kind(spec: chronicle.Spec) -> Json:
    return {
        "name": spec.name,
        "display_name": spec.says.replace(" of %s", ""),
        "description": spec.says,
        "subject": chronicle.SUBJECT,
        "category": spec.category,
        "severity": spec.severity,
        "source_type": spec.source_type,
        "name_space": "dws",
    }
