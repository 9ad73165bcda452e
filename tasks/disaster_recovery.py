"""Tasks on disaster recovery."""

from dws import lookup
from dws.operations import disaster_recovery as ops
from tasks.factory import lookup_task, operation_task

list_disaster_recover = operation_task(ops.ListDisasterRecover)

disaster_recoveries_of = lookup_task(lookup.disaster_recoveries_of)
