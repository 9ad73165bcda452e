"""What resource management tells: pools, their users and rules, plans and their stages."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from dws.operation import Shape
from dws.values import Count, Moment, Several, Text


class Told(Shape):
    """A result code, which every answer of resource management carries, and its words."""

    workload_res_code: Count = None
    """0 is success; other codes end a call as refused, though they come with status 200."""
    workload_res_str: str | None = None


class Result(Told):
    """The result of a change. Never success for want of its code."""

    workload_res_code: Count


class ToldSwitch(Shape):
    """Whether resources are managed at all."""

    workload_switch: str
    """``on`` or ``off``"""
    max_concurrency_num: Count = None
    """How many statements run at once on each coordinator; -1 and 0: any number."""


class ClusterWorkload(Told):
    """The state of resource management."""

    workload_status: ToldSwitch


class QueueNames(Told):
    """Names of resource pools."""

    workload_queue_name_list: Several[str]


class ToldResource(Shape):
    """How much a pool has of one resource."""

    resource_name: str
    """``cpu``, also written ``cpu_share``; ``cpu_limit, memory, tablespace, activestatements``."""
    resource_value: Count = None
    value_unit: str | None = None
    resource_description: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _spelt(cls, told: Any) -> Any:
        # The reference's samples have it in two more spellings (5.7.28).
        for slip in ("resoruceDescription", "resoruce_description"):
            if isinstance(told, dict) and slip in told and "resource_description" not in told:
                return {**told, "resource_description": told[slip]}
        return told


class QueueItem(Shape):
    """A pool as a stage of a plan sets it."""

    queue_name: str
    queue_resources: Several[ToldResource] = []


class Queue(Shape):
    """A resource pool."""

    queue_name: str
    logical_cluster_name: str | None = None
    short_query_optimize: str | None = None
    """Whether short queries are sped up: ``t`` or ``f``, as the samples have it."""
    short_query_concurrency_num: Count = None
    """How many of them at once; -1: any number."""
    resource_item_list: Several[ToldResource] = []

    @model_validator(mode="before")
    @classmethod
    def _named(cls, told: Any) -> Any:
        # The sample of reference 5.7.28 has the other name.
        if isinstance(told, dict) and "queue_resources" in told:
            return {"resource_item_list": told["queue_resources"], **told}
        return told


class QueueReply(Told):
    """One resource pool."""

    workload_queue: Queue


class QueueUser(Shape):
    """A database user of a pool, and what it takes of it."""

    user_name: str
    occupy_resource_list: Several[ToldResource] = []
    exec_result: Count = None
    exec_log: str | None = None


class QueueUsers(Told):
    """The database users of a pool."""

    queue_name: Text = ""
    user_list: Several[QueueUser]
    count: Count = None


class ExceptRules(Shape):
    """Thresholds beyond which a statement is an exception, as text; those not set are absent."""

    blocktime: str | None = None
    """Seconds in queues."""
    elapsedtime: str | None = None
    """Seconds since its begin."""
    allcputime: str | None = None
    """Seconds of CPU on all data nodes."""
    cpuskewpercent: str | None = None
    cpuavgpercent: str | None = None
    spillsize: str | None = None
    """MB written to disk on one data node."""
    bandwidth: str | None = None
    """MB/s on one data node."""


class Rule(Shape):
    """An exception rule."""

    name: str
    action: str | None = None
    """What befalls the statement: ``abort`` or ``penalty``."""
    queues: Several[str] = []
    """The pools that it is bound to."""
    except_rules: ExceptRules | None = None


class Rules(Told):
    """Exception rules."""

    items: Several[Rule]
    count: Count = None


class Stage(Shape):
    """A stage of a plan. Its times are UTC."""

    stage_id: str
    stage_name: Text = ""
    plan_id: str | None = None
    month: str | None = None
    """Numbers joined by commas; a number in samples."""
    day: str | None = None
    start_time: str | None = None
    """``hh:mm:ss``"""
    end_time: str | None = None
    next_valid_time: Moment = None
    """When it begins next."""
    queue_list: Several[QueueItem] = []


class Plan(Shape):
    """A resource management plan."""

    plan_id: str
    plan_name: Text = ""
    project_id: str | None = None
    cluster_id: str | None = None
    status: Count = None
    """1 started, 0 not (seen: Terraform provider)."""
    current_stage: str | None = None
    """The name of the stage that rules now; None or ``""`` if none does."""
    logical_cluster_name: str | None = None
    stage_list: Several[Stage] = []
    """Told of a single plan alone."""


class Plans(Told):
    """Resource management plans."""

    plan_list: Several[Plan]
    count: Count = None


class PlanReply(Told):
    """One resource management plan."""

    workload_plan: Plan


class StageReply(Told):
    """One stage of a plan."""

    workload_plan_stage: Stage


class PlanLog(Shape):
    """What a plan did once."""

    exec_time: Moment = None
    stage_info: str | None = None
    """The name of the stage."""
    exec_result: Count = None
    """0 if it worked."""
    exec_log: str | None = None


class PlanLogs(Told):
    """What a plan did, newest first (assumed)."""

    plan_logs: Several[PlanLog]
    count: Count = None
