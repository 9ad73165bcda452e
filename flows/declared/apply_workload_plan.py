"""What `flows.apply_workload_plan` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from dws.client import Client
from dws.lookup import find_cluster
from dws.operations.workload import (
    ListClusterWorkload,
    ListWorkloadPlans,
    ListWorkloadQueue,
    ShowWorkloadPlan,
    ShowWorkloadQueue,
)
from dws.sent.workload import PlanName
from dws.shapes import Cluster
from dws.told import workload as told
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import cluster_target, is_no_older_than, is_well
from tasks.workload_difference import Difference, Present, difference, pool_difference
from tasks.workload_wanted import (
    MOST_LIMIT,
    MOST_SHARE,
    Pool,
    Stage,
    Values,
    require_apart,
    values_of,
)

MOST_PLANS, MOST_STAGES, MOST_POOLS, FEWEST_STAGES = 10, 48, 63, 2
"""Of one cluster, of one plan; a plan with fewer stages cannot be started (reference 5.7.18 to
5.7.25, seen: the service's user guide, Terraform's provider)."""
SINCE_LIMITS = "8.1.3"
DEFAULT_POOL = "default_pool"
"""Where users without a pool are; it has what the others leave (assumed)."""


class Inputs(OnCluster):
    """The resource management plan that a cluster is to have, and whether it runs."""

    plan: PlanName = Field(title="Name of the plan")
    stages: tuple[Stage, ...] = Field(
        default=(), max_length=MOST_STAGES, title="All stages of the plan; times are UTC"
    )
    pools: tuple[Pool, ...] = Field(
        default=(), max_length=MOST_POOLS, title="Resource pools that there are to be"
    )
    started: bool = Field(default=True, title="Whether the plan runs")
    logical_cluster: str | None = Field(
        default=None, min_length=1, title="Logical cluster that it is for, where there are some"
    )

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        for what in ("stages", "pools"):
            names = [one.name for one in getattr(self, what)]
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{what}: {', '.join(twice)} is told twice")
        if self.started and len(self.stages) < FEWEST_STAGES:
            raise ValueError(f"stages: a plan needs {FEWEST_STAGES} before it can be started")
        require_apart(self.stages)
        return self


class Outputs(OfCluster):
    """What rules now."""

    plan_id: str
    current_stage: str | None
    """None if none rules now."""
    changed: bool
    """Whether this run changed anything."""


ACTION = Action(
    name="apply_workload_plan",
    title="See to it that a cluster has a resource management plan, and that it runs or not",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.apply_workload_plan:apply_workload_plan",
    usual=(timedelta(seconds=2), timedelta(minutes=1)),
    preview="flows.declared.apply_workload_plan:preview",
    briefing=Briefing(
        changes="Pools that are told, never deleted, and the stages of the plan, all of them. "
        "What a stage sets of a pool is left to the plan.",
        interrupts="No; new queries meet the new limits. A plan that runs is stopped while its "
        "stages are changed: pools stay as they are meanwhile.",
        waits=("clusters.cluster_settled",),
        by_hand="Nothing: run it again. Until then the plan may stand still.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to pools and plan now.

    Raises:
        NoSuchThing, Ambiguous: The name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    cluster = await find_cluster(client, inputs.cluster)
    present = await _present(client, cluster.id, inputs)
    changes = tuple(_lines(inputs, present, difference(inputs.stages, inputs.pools, present)))
    target = cluster_target(account, cluster)
    if not changes:
        so = Finding("the plan is as wanted", Level.PASS, f"{inputs.plan} is so already")
        return Preview((target,), findings=(so,))
    switch = (await client.call(ListClusterWorkload(cluster_id=cluster.id))).workload_status
    return Preview(
        targets=(target,),
        changes=changes,
        findings=(
            is_well(cluster),
            _is_managed(cluster, switch),
            _can_run(inputs, present),
            _pools_are_there(inputs, present),
            _fits(inputs, present),
            *_bears_limits(cluster, inputs),
        ),
    )


async def _present(client: Client, cluster_id: str, inputs: Inputs) -> Present:
    owner = inputs.logical_cluster
    names = await client.call(ListWorkloadQueue(cluster_id=cluster_id, logical_cluster_name=owner))
    pools = {}
    for name in names.workload_queue_name_list:
        look = ShowWorkloadQueue(cluster_id=cluster_id, queue_name=name, logical_cluster_name=owner)
        pools[name] = values_of((await client.call(look)).workload_queue)
    listed = await client.call(ListWorkloadPlans(cluster_id=cluster_id, logical_cluster_name=owner))
    plan = next((one for one in listed.plan_list if one.plan_name == inputs.plan), None)
    if plan is not None:
        show = ShowWorkloadPlan(cluster_id=cluster_id, plan_id=plan.plan_id)
        plan = (await client.call(show)).workload_plan
    return Present(pools=pools, plans=listed.plan_list, plan=plan)


def _lines(inputs: Inputs, present: Present, left: Difference) -> Iterator[str]:
    for name, values in left.pools.items():
        word = "set" if name in present.pools else "create"
        told_values = ", ".join(f"{resource} {value}" for resource, value in values.items())
        yield f"{word} resource pool {name}: {told_values}"
    if present.plan is None:
        yield f"create plan {inputs.plan}"
    is_started = present.plan is not None and present.plan.status == 1
    if is_started and (left.stages or not inputs.started):
        yield f"stop plan {inputs.plan}"
    yield from (f"delete stage {name}" for name in left.unwanted)
    yield from (f"change stage {name}" for name in left.changed)
    yield from (f"add stage {name}" for name in left.missing)
    if inputs.started and (left.stages or not is_started):
        yield f"start plan {inputs.plan}"


def _is_managed(cluster: Cluster, switch: told.ToldSwitch) -> Finding:
    check = "resources are managed"
    if switch.workload_switch == "on":
        return Finding(check, Level.PASS, "the switch is on")
    cure = "switch resource management on first, by workload.create_cluster_workload"
    return Finding(check, Level.BLOCK, f"cluster {cluster.name} does not manage any: {cure}")


def _can_run(inputs: Inputs, present: Present) -> Finding:
    check = "the plan can be made, and run"
    if present.plan is None and len(present.plans) >= MOST_PLANS:
        told_so = f"plan={inputs.plan!r}: there are {MOST_PLANS} plans, the most; delete one first"
        return Finding(check, Level.BLOCK, told_so)
    others = [p.plan_name for p in present.plans if p.status == 1 and p.plan_name != inputs.plan]
    if inputs.started and others:
        told_so = f"plan {others[0]} is started, and only one may be; stop that first"
        return Finding(check, Level.BLOCK, told_so)
    return Finding(check, Level.PASS, f"{len(present.plans)} plans are there")


def _pools_are_there(inputs: Inputs, present: Present) -> Finding:
    check = "pools of stages are there"
    known = set(present.pools) | {pool.name for pool in inputs.pools}
    missing = sorted({p.pool for stage in inputs.stages for p in stage.pools} - known)
    if missing:
        told_so = f"stages set {', '.join(missing)}, and there is no such pool; tell it under pools"
        return Finding(check, Level.BLOCK, told_so)
    if len(known) > MOST_POOLS:
        return Finding(check, Level.BLOCK, f"{len(known)} pools; a cluster may have {MOST_POOLS}")
    return Finding(check, Level.PASS, f"{len(known)} pools")


def _fits(inputs: Inputs, present: Present) -> Finding:
    """Whether the CPU of all pools together is within its limits, now and in each stage."""
    check = "the CPU is enough"
    base = {name: dict(values) for name, values in present.pools.items() if name != DEFAULT_POOL}
    for pool in inputs.pools:
        left = pool_difference(pool, present.pools.get(pool.name), inputs.stages)
        base[pool.name] = base.get(pool.name, {}) | left
    moments = {"outside of all stages": base}
    for stage in inputs.stages:
        told_ = {pool.pool: pool.values for pool in stage.pools}
        moments[f"in stage {stage.name}"] = {
            name: values | told_.get(name, {}) for name, values in base.items()
        }
    over = [line for when, pools in moments.items() for line in _over(when, pools)]
    if over:
        return Finding(check, Level.BLOCK, f"{'; '.join(over)}: give some pools less")
    return Finding(check, Level.PASS, f"{len(moments)} moments were looked at")


def _over(when: str, pools: Mapping[str, Values]) -> Iterator[str]:
    for name, most in (("cpu_share", MOST_SHARE), ("cpu_limit", MOST_LIMIT)):
        total = sum(values.get(name, 0) for values in pools.values())
        if total > most:
            yield f"{when} the {name} of all pools is {total} percent, over {most}"


def _bears_limits(cluster: Cluster, inputs: Inputs) -> tuple[Finding, ...]:
    limits = [pool.cpu_limit for pool in inputs.pools]
    limits += [pool.cpu_limit for stage in inputs.stages for pool in stage.pools]
    if not any(limits):
        return ()
    return (is_no_older_than(cluster, SINCE_LIMITS, "cpu_limit"),)
