"""Tasks on resource management."""

from dws.operations import workload as ops
from dws.waiters import workload as waiters
from tasks.factory import operation_task, waiter_task

add_queue_user_list = operation_task(ops.AddQueueUserList)
add_workload_plan_stage = operation_task(ops.AddWorkloadPlanStage)
add_workload_queue = operation_task(ops.AddWorkloadQueue)
add_workload_rule = operation_task(ops.AddWorkloadRule)
bind_queue_rules = operation_task(ops.BindQueueRules)
create_cluster_workload = operation_task(ops.CreateClusterWorkload)
create_workload_plan = operation_task(ops.CreateWorkloadPlan)
delete_queue_user_list = operation_task(ops.DeleteQueueUserList)
delete_workload_plan = operation_task(ops.DeleteWorkloadPlan)
delete_workload_plan_stage = operation_task(ops.DeleteWorkloadPlanStage)
delete_workload_queue = operation_task(ops.DeleteWorkloadQueue)
delete_workload_rule = operation_task(ops.DeleteWorkloadRule)
list_cluster_workload = operation_task(ops.ListClusterWorkload)
list_plan_exec_logs = operation_task(ops.ListPlanExecLogs)
list_queue_plans = operation_task(ops.ListQueuePlans)
list_workload_plans = operation_task(ops.ListWorkloadPlans)
list_workload_queue = operation_task(ops.ListWorkloadQueue)
list_workload_queue_users = operation_task(ops.ListWorkloadQueueUsers)
list_workload_rules = operation_task(ops.ListWorkloadRules)
show_workload_plan = operation_task(ops.ShowWorkloadPlan)
show_workload_plan_stage = operation_task(ops.ShowWorkloadPlanStage)
show_workload_queue = operation_task(ops.ShowWorkloadQueue)
start_workload_plan = operation_task(ops.StartWorkloadPlan)
stop_workload_plan = operation_task(ops.StopWorkloadPlan)
switch_plan_stage = operation_task(ops.SwitchPlanStage)
update_queue_base_info = operation_task(ops.UpdateQueueBaseInfo)
update_queue_resources = operation_task(ops.UpdateQueueResources)
update_workload_plan_stage = operation_task(ops.UpdateWorkloadPlanStage)
update_workload_rule = operation_task(ops.UpdateWorkloadRule)

wait_until_plan_effective = waiter_task("plan_effective", waiters.plan_effective)
