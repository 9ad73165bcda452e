"""Answers on resource management."""

from __future__ import annotations

from dws.emulator import exception_rules, lifecycle, pools
from dws.emulator import workload_plans as plans
from dws.emulator import workload_runs as runs
from dws.emulator.handlers.registry import Caller, Json
from dws.emulator.records import Cluster
from dws.emulator.refused import Refused, name_taken
from dws.emulator.workload_answers import answers, page
from dws.emulator.world import World
from dws.operations import workload as ops


@answers(ops.CreateClusterWorkload, "Success to modify the resource manager config.")
def create_cluster_workload(world: World, op: ops.CreateClusterWorkload, caller: Caller) -> Json:
    switch = pools.switch_of(world, _changing(world, op.cluster_id, caller))
    switch.is_on = op.workload_status.workload_switch == "on"
    if op.workload_status.max_concurrency_num is not None:
        switch.most_statements = int(op.workload_status.max_concurrency_num)
    world.keep(switch)
    return {}


@answers(ops.ListClusterWorkload, "Success get workload manager status")
def list_cluster_workload(world: World, op: ops.ListClusterWorkload, caller: Caller) -> Json:
    switch = pools.switch_of(world, world.cluster(op.cluster_id, caller.project_id))
    told = {"workload_switch": "on" if switch.is_on else "off"}
    return {"workload_status": {**told, "max_concurrency_num": switch.most_statements}}


@answers(ops.AddWorkloadQueue, "Success to create the resource pool.")
def add_workload_queue(world: World, op: ops.AddWorkloadQueue, caller: Caller) -> Json:
    cluster, told = _changing(world, op.cluster_id, caller), op.workload_queue
    resources = plans.values(told.workload_resource_item_list)
    owner = pools.logical_id(world, cluster, told.logical_cluster_name)
    pools.add_pool(world, cluster, told.workload_queue_name, owner, resources)
    return {}


@answers(ops.DeleteWorkloadQueue, "Resource pool deleted successfully.")
def delete_workload_queue(world: World, op: ops.DeleteWorkloadQueue, caller: Caller) -> Json:
    cluster = _changing(world, op.cluster_id, caller)
    pool = pools.pool_of(world, cluster, op.workload_queue_name)
    runs.drop_pool(world, cluster, pool.name)
    world.forget(pool)
    return {}


@answers(ops.ListWorkloadQueue, "Success get workload manager queue name list")
def list_workload_queue(world: World, op: ops.ListWorkloadQueue, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = pools.pools_of(world, cluster, op.logical_cluster_name)
    return {"workload_queue_name_list": [pool.name for pool in found]}


@answers(ops.ShowWorkloadQueue, "Resource pool information obtained successfully.")
def show_workload_queue(world: World, op: ops.ShowWorkloadQueue, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    pool = pools.pool_of(world, cluster, op.queue_name)
    return {"workload_queue": pools.pool_told(world, pool)}


@answers(ops.UpdateQueueBaseInfo, "Resource pool modified successfully.")
def update_queue_base_info(world: World, op: ops.UpdateQueueBaseInfo, caller: Caller) -> Json:
    cluster, told = _changing(world, op.cluster_id, caller), op.workload_queue
    pool = pools.pool_of(world, cluster, op.queue_name)
    if told.short_query_optimize is not None:
        pool.short_queries = told.short_query_optimize == "on"
    if told.short_query_concurrency_num is not None:
        pool.short_concurrency = int(told.short_query_concurrency_num)
    world.keep(pool)
    return {}


@answers(ops.UpdateQueueResources, "Resource pool modified successfully.")
def update_queue_resources(world: World, op: ops.UpdateQueueResources, caller: Caller) -> Json:
    cluster = _changing(world, op.cluster_id, caller)
    pool = pools.pool_of(world, cluster, op.queue_name)
    pools.set_resources(world, cluster, pool, plans.values(op.workload_queue.resource_item_list))
    return {}


@answers(ops.ListQueuePlans)
def list_queue_plans(world: World, op: ops.ListQueuePlans, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    pool = pools.pool_of(world, cluster, op.queue_name)
    found = [plan for plan in plans.plans_of(world, cluster) if plans.sets(plan, pool.name)]
    return {"plan_list": [plans.plan_told(world, plan) for plan in found], "count": len(found)}


@answers(ops.AddWorkloadRule)
def add_workload_rule(world: World, op: ops.AddWorkloadRule, caller: Caller) -> Json:
    cluster = _changing(world, op.cluster_id, caller)
    told = {item.rule_key: item.rule_value for item in op.except_rules}
    exception_rules.require_rules(cluster, told)
    if any(rule.name == op.rule_name for rule in exception_rules.rules_of(world, cluster)):
        raise name_taken("exception rule", op.rule_name)
    rule = exception_rules.ExceptionRule(world.new_id(), cluster.id, op.rule_name, "", {})
    exception_rules.keep_rule(world, rule, told)
    return {}


@answers(ops.UpdateWorkloadRule)
def update_workload_rule(world: World, op: ops.UpdateWorkloadRule, caller: Caller) -> Json:
    cluster = _changing(world, op.cluster_id, caller)
    told = {item.rule_key: item.rule_value for item in op.except_rules}
    exception_rules.require_rules(cluster, told)
    rule = exception_rules.rule_of(world, cluster, op.rule_name)
    exception_rules.keep_rule(world, rule, told)
    return {}


@answers(ops.DeleteWorkloadRule)
def delete_workload_rule(world: World, op: ops.DeleteWorkloadRule, caller: Caller) -> Json:
    cluster = _changing(world, op.cluster_id, caller)
    exception_rules.require_rules(cluster, {})
    rule = exception_rules.rule_of(world, cluster, op.rule_name)
    if bound := exception_rules.bound_to(world, cluster, rule):
        raise Refused(400, "DWS.5045", f"The rule is bound to {', '.join(bound)}.")
    world.forget(rule)
    return {}


@answers(ops.ListWorkloadRules)
def list_workload_rules(world: World, op: ops.ListWorkloadRules, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    exception_rules.require_rules(cluster, {})
    named = [
        rule
        for rule in exception_rules.rules_of(world, cluster)
        if (op.rule_name or "") in rule.name
    ]
    told = [exception_rules.rule_told(world, cluster, rule) for rule in named]
    found = [rule for rule in told if not op.queue_name or op.queue_name in rule["queues"]]
    return {"items": page(found, op.offset, op.limit), "count": len(found)}


@answers(ops.BindQueueRules)
def bind_queue_rules(world: World, op: ops.BindQueueRules, caller: Caller) -> Json:
    cluster = _changing(world, op.cluster_id, caller)
    exception_rules.require_rules(cluster, {})
    pool = pools.pool_of(world, cluster, op.queue_name)
    added = [exception_rules.rule_of(world, cluster, name).name for name in op.add_rules or []]
    kept = [name for name in pool.rules if name not in (op.del_rules or [])]
    pool.rules = list(dict.fromkeys([*kept, *added]))
    world.keep(pool)
    return {}


@answers(ops.AddQueueUserList, "Success to associate users.")
def add_queue_user_list(world: World, op: ops.AddQueueUserList, caller: Caller) -> Json:
    cluster = _changing(world, op.cluster_id, caller)
    pool = pools.pool_of(world, cluster, op.queue_name)
    pools.bind_users(world, cluster, pool, [user.user_name for user in op.user_list])
    return {}


@answers(ops.ListWorkloadQueueUsers)
def list_workload_queue_users(world: World, op: ops.ListWorkloadQueueUsers, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    pool = pools.find_pool(world, cluster, op.queue_name)
    if pool is None:
        # Seen: Terraform provider.
        raise Refused(500, "DWS.9999", f"The resource pool {op.queue_name} does not exist.")
    users = [pools.user_told(name) for name in pools.users_of(world, cluster, pool)]
    found = page(users, op.offset, op.limit)
    return {"queue_name": pool.name, "user_list": found, "count": len(users)}


@answers(ops.DeleteQueueUserList, "User disassociated successfully.")
def delete_queue_user_list(world: World, op: ops.DeleteQueueUserList, caller: Caller) -> Json:
    cluster = _changing(world, op.cluster_id, caller)
    pool = pools.find_pool(world, cluster, op.queue_name)
    if pool is not None:  # success without one, too (seen: Terraform provider)
        pools.unbind_users(world, cluster, pool, [user.user_name for user in op.user_list])
    return {}


@answers(ops.CreateWorkloadPlan, "success added workload plan")
def create_workload_plan(world: World, op: ops.CreateWorkloadPlan, caller: Caller) -> Json:
    cluster = _changing(world, op.cluster_id, caller)
    present = plans.plans_of(world, cluster)
    if any(plan.name == op.plan_name for plan in present):
        raise name_taken("workload plan", op.plan_name)
    if len(present) >= plans.MOST_PLANS:
        raise Refused(400, "DWS.5038", f"There may be {plans.MOST_PLANS} plans.")
    owner = pools.logical_id(world, cluster, op.logical_cluster_name)
    plan_id = world.new_id()
    world.keep(plans.WorkloadPlan(plan_id, caller.project_id, cluster.id, op.plan_name, owner))
    return {}


@answers(ops.ListWorkloadPlans)
def list_workload_plans(world: World, op: ops.ListWorkloadPlans, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    present = plans.plans_of(world, cluster, op.logical_cluster_name)
    found = [plans.plan_told(world, plan) for plan in present]
    return {"plan_list": page(found, op.offset, op.limit), "count": len(found)}


@answers(ops.ShowWorkloadPlan)
def show_workload_plan(world: World, op: ops.ShowWorkloadPlan, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    plan = plans.plan_of(world, cluster, op.plan_id)
    return {"workload_plan": plans.plan_told(world, plan, in_full=True)}


@answers(ops.DeleteWorkloadPlan, "success deleted workload plan")
def delete_workload_plan(world: World, op: ops.DeleteWorkloadPlan, caller: Caller) -> Json:
    world.forget(_stopped(world, op.cluster_id, op.plan_id, caller)[1])
    return {}


@answers(ops.StartWorkloadPlan, "success started workload plan")
def start_workload_plan(world: World, op: ops.StartWorkloadPlan, caller: Caller) -> Json:
    cluster = _changing(world, op.cluster_id, caller)
    runs.start(world, cluster, plans.plan_of(world, cluster, op.plan_id))
    return {}


@answers(ops.StopWorkloadPlan, "success stopped workload plan")
def stop_workload_plan(world: World, op: ops.StopWorkloadPlan, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    runs.stop(world, plans.plan_of(world, cluster, op.plan_id))
    return {}


@answers(ops.SwitchPlanStage, "")
def switch_plan_stage(world: World, op: ops.SwitchPlanStage, caller: Caller) -> Json:
    cluster = _changing(world, op.cluster_id, caller)
    plan = plans.plan_of(world, cluster, op.plan_id)
    runs.switch(world, cluster, plan, plans.stage_of(plan, op.stage_id))
    return {}


@answers(ops.ListPlanExecLogs)
def list_plan_exec_logs(world: World, op: ops.ListPlanExecLogs, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    plan = plans.plan_of(world, cluster, op.plan_id)
    found = [plans.entry_told(entry) for entry in reversed(plan.entries)]
    return {"plan_logs": page(found, op.offset, op.limit), "count": len(found)}


@answers(ops.AddWorkloadPlanStage, "")
def add_workload_plan_stage(world: World, op: ops.AddWorkloadPlanStage, caller: Caller) -> Json:
    cluster, plan = _stopped(world, op.cluster_id, op.plan_id, caller)
    stage = plans.stage_as_told(world.new_id(), op.workload_plan_stage)
    plans.put_stage(world, cluster, plan, stage)
    return {}


@answers(ops.ShowWorkloadPlanStage)
def show_workload_plan_stage(world: World, op: ops.ShowWorkloadPlanStage, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    plan = plans.plan_of(world, cluster, op.plan_id)
    stage = plans.stage_of(plan, op.stage_id)
    return {"workload_plan_stage": plans.stage_told(plan, stage, world.now)}


@answers(ops.DeleteWorkloadPlanStage, "success deleted workload plan stage")
def delete_workload_plan_stage(
    world: World, op: ops.DeleteWorkloadPlanStage, caller: Caller
) -> Json:
    _, plan = _stopped(world, op.cluster_id, op.plan_id, caller)
    plan.stages.remove(plans.stage_of(plan, op.stage_id))
    world.keep(plan)
    return {}


@answers(ops.UpdateWorkloadPlanStage, "")
def update_workload_plan_stage(
    world: World, op: ops.UpdateWorkloadPlanStage, caller: Caller
) -> Json:
    cluster, plan = _stopped(world, op.cluster_id, op.plan_id, caller)
    present = plans.stage_of(plan, op.stage_id)
    plans.put_stage(world, cluster, plan, plans.stage_as_told(present.id, op.workload_plan_stage))
    return {}


def _changing(world: World, cluster_id: str, caller: Caller) -> Cluster:
    # That resources are managed on an idle cluster alone is assumed.
    cluster = world.cluster(cluster_id, caller.project_id)
    lifecycle.require_idle(world, cluster)
    return cluster


def _stopped(
    world: World, cluster_id: str, plan_id: str, caller: Caller
) -> tuple[Cluster, plans.WorkloadPlan]:
    cluster = _changing(world, cluster_id, caller)
    plan = plans.plan_of(world, cluster, plan_id)
    plans.require_stopped(plan)
    return cluster, plan
