"""Tasks on operational tasks."""

from dws.operations import operational_tasks as ops
from dws.waiters import operational_tasks as waiters
from tasks.factory import operation_task, waiter_task

add_operational_task = operation_task(ops.AddOperationalTask)
delete_operational_task = operation_task(ops.DeleteOperationalTask)
list_operational_task = operation_task(ops.ListOperationalTask)
list_operational_task_detail = operation_task(ops.ListOperationalTaskDetail)
pause_operational_task = operation_task(ops.PauseOperationalTask)
refresh_operational_task = operation_task(ops.RefreshOperationalTask)
resume_operational_task = operation_task(ops.ResumeOperationalTask)
show_operational_task_config = operation_task(ops.ShowOperationalTaskConfig)
update_operational_task = operation_task(ops.UpdateOperationalTask)
update_operational_task_config = operation_task(ops.UpdateOperationalTaskConfig)

wait_until_operational_task_finished = waiter_task(
    "operational_task_finished", waiters.operational_task_finished
)
