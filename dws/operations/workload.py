"""Resource management: its switch, resource pools, their users and rules, plans in stages."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dws.errors import NotFound
from dws.operation import At, Operation, Paging, Repeat, delete, get, post, put
from dws.sent.workload import (
    NewQueue,
    NewStage,
    PlanName,
    PoolUsers,
    QueueChange,
    RuleItems,
    ShortQueries,
    StageChange,
    Switch,
)
from dws.told.workload import (
    ClusterWorkload,
    PlanLogs,
    PlanReply,
    Plans,
    QueueNames,
    QueueReply,
    QueueUsers,
    Result,
    Rules,
    StageReply,
)

WORKLOAD = "/v2/{project_id}/clusters/{cluster_id}/workload"
QUEUE = f"{WORKLOAD}/queues/{{queue_name}}"
PLAN = f"{WORKLOAD}/plans/{{plan_id}}"
STAGE = f"{PLAN}/stages/{{stage_id}}"
RULES = "/v1/{project_id}/clusters/{cluster_id}/workload/rules"

# Result codes of answers with status 200 (facts/service_and_peers B4.7).
_NO_PLAN = {"103": NotFound}
_NO_STAGE = {"103": NotFound, "110": NotFound}
# Of a pool that is not there; comes with 500 (seen: Terraform provider).
_NO_QUEUE = {"DWS.9999": NotFound}

Limit = Annotated[int | None, Field(ge=1)]
Offset = Annotated[int | None, Field(ge=0)]


@post(WORKLOAD, repeat=Repeat.REPEATABLE)
class CreateClusterWorkload(Operation[Result]):
    """
    Switch resource management on or off. Queries go on.

    While it is off, pools, rules and plans are kept but rule nothing (assumed).
    Reference 5.7.1.
    """

    cluster_id: str
    workload_status: Switch


@get(WORKLOAD)
class ListClusterWorkload(Operation[ClusterWorkload]):
    """Show whether resources are managed. Reference 5.7.2."""

    cluster_id: str


@put(f"{WORKLOAD}/queues", repeat=Repeat.ONCE)
class AddWorkloadQueue(Operation[Result]):
    """
    Create a resource pool. Queries go on.

    The CPU shares of all pools may sum up to 99 percent, their limits to 100, and there may be
    63 pools. A limit counts before a share; a share not told is 20. Reference 5.7.4.
    """

    cluster_id: str
    workload_queue: NewQueue


@delete(f"{WORKLOAD}/queues")
class DeleteWorkloadQueue(Operation[Result]):
    """
    Delete a resource pool; its users fall back to the default one. Queries go on.

    Refused while a started plan sets it (assumed). Reference 5.7.5.
    """

    cluster_id: str
    logical_cluster_name: str | None = None
    workload_queue_name: str = Field(min_length=1)


@get(f"{WORKLOAD}/queues")
class ListWorkloadQueue(Operation[QueueNames]):
    """List the names of the resource pools. Reference 5.7.6."""

    cluster_id: str
    logical_cluster_name: str | None = None
    """Mandatory where the cluster is made of logical ones."""


@get(QUEUE)
class ShowWorkloadQueue(Operation[QueueReply]):
    """Show a resource pool. Reference 5.7.7."""

    cluster_id: str
    queue_name: str
    logical_cluster_name: str | None = None
    """Mandatory where the cluster is made of logical ones."""


@put(QUEUE)
class UpdateQueueBaseInfo(Operation[Result]):
    """Set how a resource pool treats short queries. Queries go on. SDK only."""

    cluster_id: str
    queue_name: str
    workload_queue: ShortQueries


@put(f"{QUEUE}/resources")
class UpdateQueueResources(Operation[Result]):
    """
    Change how much a resource pool has. Queries go on; new ones meet the new limits.

    The same sums are kept as by `AddWorkloadQueue`. Reference 5.7.8.
    """

    cluster_id: str
    queue_name: str
    workload_queue: QueueChange


@get(f"{QUEUE}/plans")
class ListQueuePlans(Operation[Plans]):
    """List the plans with a stage that sets a resource pool. Reference 5.7.9."""

    cluster_id: str
    queue_name: str


@post(RULES)
class AddWorkloadRule(Operation[Result]):
    """
    Create an exception rule; it rules once it is bound to a resource pool. Queries go on.

    From version 8.2.0, ``bandwidth`` from 8.2.1. Reference 5.7.10.
    """

    cluster_id: str
    rule_name: str = Field(min_length=1)
    except_rules: RuleItems


@put(f"{RULES}/{{rule_name}}")
class UpdateWorkloadRule(Operation[Result]):
    """
    Replace the thresholds of an exception rule; it keeps its name. Queries go on.

    From version 8.2.0, ``bandwidth`` from 8.2.1. Reference 5.7.11.
    """

    cluster_id: str
    rule_name: Annotated[str, At("path", "body")]
    except_rules: RuleItems


@delete(f"{RULES}/{{rule_name}}")
class DeleteWorkloadRule(Operation[Result]):
    """
    Delete an exception rule. Queries go on.

    Refused while it is bound to a resource pool (assumed). From version 8.2.0. Reference 5.7.12.
    """

    cluster_id: str
    rule_name: str


@get(RULES, paging=Paging.RECORDS)
class ListWorkloadRules(Operation[Rules]):
    """List the exception rules. From version 8.2.0. Reference 5.7.13."""

    cluster_id: str
    queue_name: str | None = None
    rule_name: str | None = None
    """A part of the name is enough (seen: Terraform provider)."""
    limit: Limit = None
    offset: Offset = None


@post(
    "/v1/{project_id}/clusters/{cluster_id}/workload/queue/{queue_name}/rules",
    repeat=Repeat.REPEATABLE,
)
class BindQueueRules(Operation[Result]):
    """
    Bind exception rules to a resource pool, and unbind others. Queries go on.

    From version 8.2.0. Reference 5.7.14.
    """

    cluster_id: str
    queue_name: Annotated[str, At("path", "body")]
    add_rules: list[str] | None = None
    del_rules: list[str] | None = None


@post(f"{QUEUE}/users/batch-create", repeat=Repeat.REPEATABLE)
class AddQueueUserList(Operation[Result]):
    """
    Put database users into a resource pool: what they start from now on counts there.

    A user is in one pool at most: refused if one is in another (assumed). Reference 5.7.15.
    """

    cluster_id: str
    queue_name: Annotated[str, At("path", "body")]
    user_list: PoolUsers


@get(f"{QUEUE}/users", paging=Paging.RECORDS, tells=_NO_QUEUE)
class ListWorkloadQueueUsers(Operation[QueueUsers]):
    """List the database users of a resource pool, and what they take. Reference 5.7.16."""

    cluster_id: str
    queue_name: str
    limit: Limit = None
    offset: Offset = None


@post(f"{QUEUE}/users/batch-delete", repeat=Repeat.REPEATABLE)
class DeleteQueueUserList(Operation[Result]):
    """
    Take database users out of a resource pool; they fall back to the default one.

    One that is not in it is passed over, but not one that is deleted (seen: Terraform provider).
    Reference 5.7.17.
    """

    cluster_id: str
    queue_name: Annotated[str, At("path", "body")]
    user_list: PoolUsers


@post(f"{WORKLOAD}/plans")
class CreateWorkloadPlan(Operation[Result]):
    """
    Create a resource management plan, without stages and not started. At most 10 of a cluster.

    Its id is not told: `ListWorkloadPlans` has it. Reference 5.7.18.
    """

    cluster_id: str
    plan_name: PlanName
    logical_cluster_name: str | None = None


@get(f"{WORKLOAD}/plans", paging=Paging.RECORDS)
class ListWorkloadPlans(Operation[Plans]):
    """List the resource management plans, without their stages. Reference 5.7.19."""

    cluster_id: str
    logical_cluster_name: str | None = None
    """Mandatory where the cluster is made of logical ones."""
    limit: Limit = None
    offset: Offset = None


@post(f"{PLAN}/start", repeat=Repeat.REPEATABLE, tells=_NO_PLAN)
class StartWorkloadPlan(Operation[Result]):
    """
    Start a resource management plan: from now on its stages change the pools. Queries go on.

    It needs two stages, and no other plan of the cluster may be started (seen: Terraform
    provider). One that is started already is refused with code 113.
    `dws.waiters.workload.plan_effective` tells when a stage rules. Reference 5.7.20.
    """

    cluster_id: str
    plan_id: str


@get(f"{PLAN}/logs", paging=Paging.RECORDS, tells=_NO_PLAN)
class ListPlanExecLogs(Operation[PlanLogs]):
    """List what a plan did. Reference 5.7.21."""

    cluster_id: str
    plan_id: str
    limit: Limit = None
    offset: Offset = None


@get(PLAN, tells=_NO_PLAN)
class ShowWorkloadPlan(Operation[PlanReply]):
    """Show a resource management plan with its stages. Reference 5.7.22."""

    cluster_id: str
    plan_id: str


@post(f"{PLAN}/stop", repeat=Repeat.REPEATABLE, tells=_NO_PLAN)
class StopWorkloadPlan(Operation[Result]):
    """
    Stop a resource management plan; the pools stay as its last stage set them (assumed).

    One that is stopped already is refused with code 116. Reference 5.7.23.
    """

    cluster_id: str
    plan_id: str


@delete(PLAN, tells=_NO_PLAN)
class DeleteWorkloadPlan(Operation[Result]):
    """Delete a resource management plan with its stages. It must be stopped. Reference 5.7.24."""

    cluster_id: str
    plan_id: str


@post(f"{PLAN}/stages", tells=_NO_PLAN)
class AddWorkloadPlanStage(Operation[Result]):
    """
    Add a stage to a plan that is stopped. At most 48; no two may rule at the same time.

    Its id is not told: `ShowWorkloadPlan` has it. Reference 5.7.25.
    """

    cluster_id: str
    plan_id: str
    workload_plan_stage: NewStage


@get(STAGE, tells=_NO_STAGE)
class ShowWorkloadPlanStage(Operation[StageReply]):
    """Show a stage of a plan. Reference 5.7.26."""

    cluster_id: str
    plan_id: str
    stage_id: str


@delete(STAGE, tells=_NO_STAGE)
class DeleteWorkloadPlanStage(Operation[Result]):
    """Delete a stage of a plan that is stopped. Reference 5.7.27."""

    cluster_id: str
    plan_id: str
    stage_id: str


@put(STAGE, tells=_NO_STAGE)
class UpdateWorkloadPlanStage(Operation[Result]):
    """Replace a stage of a plan that is stopped. Reference 5.7.28."""

    cluster_id: str
    plan_id: str
    stage_id: str
    workload_plan_stage: StageChange


@post(f"{PLAN}/stage-switch", repeat=Repeat.REPEATABLE, tells=_NO_STAGE)
class SwitchPlanStage(Operation[Result]):
    """
    Let a stage of a started plan rule at once, until the next one begins. Queries go on.

    `dws.waiters.workload.plan_effective` tells that one rules. Reference 5.7.29.
    """

    cluster_id: str
    plan_id: str
    stage_id: str
