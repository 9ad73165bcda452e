"""Tasks on alarms and the subscriptions to them."""

from dws.operations import alarms as ops
from tasks.factory import operation_task

create_alarm_sub = operation_task(ops.CreateAlarmSub)
delete_alarm_sub = operation_task(ops.DeleteAlarmSub)
list_alarm_configs = operation_task(ops.ListAlarmConfigs)
list_alarm_detail = operation_task(ops.ListAlarmDetail)
list_alarm_statistic = operation_task(ops.ListAlarmStatistic)
list_alarm_subs = operation_task(ops.ListAlarmSubs)
update_alarm_sub = operation_task(ops.UpdateAlarmSub)
