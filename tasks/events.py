"""Tasks on events and the subscriptions to them."""

from dws.operations import events as ops
from tasks.factory import operation_task

create_event_sub = operation_task(ops.CreateEventSub)
delete_event_sub = operation_task(ops.DeleteEventSub)
list_event_specs = operation_task(ops.ListEventSpecs)
list_event_subs = operation_task(ops.ListEventSubs)
list_events = operation_task(ops.ListEvents)
update_event_sub = operation_task(ops.UpdateEventSub)
