"""When a plan of resource management takes effect."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dws import clock as door
from dws.client import Client
from dws.errors import WaitFailed
from dws.lookup import find_cluster
from dws.operations.workload import (
    AddWorkloadPlanStage,
    AddWorkloadQueue,
    CreateWorkloadPlan,
    ListWorkloadPlans,
    ShowWorkloadPlan,
    StartWorkloadPlan,
)
from dws.told.workload import Plan
from dws.waiter import Busy, Done, Failed, Verdict
from dws.waiters.workload import judge_plan, plan_effective
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock

POOL = [("memory", 0), ("tablespace", -1), ("activestatements", -1), ("cpu_share", 20)]


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"status": 1, "current_stage": "stage1"}, Done()),
        ({"status": "1", "current_stage": "stage1"}, Done()),
        ({"status": 1, "current_stage": None}, Busy("waiting for its next stage")),
        ({"status": 1, "current_stage": ""}, Busy("waiting for its next stage")),
        ({"status": 0, "current_stage": None}, Failed("the plan is not started")),
    ],
)
def test_a_plan_takes_effect_when_a_stage_rules(told: dict[str, Any], verdict: Verdict) -> None:
    assert judge_plan(Plan.model_validate({"plan_id": "p1", **told})) == verdict


async def planned(client: Client, cluster_id: str, begins: datetime) -> str:
    """Make a plan whose stages begin then and an hour later; answers its id."""
    resources = [{"resource_name": name, "resource_value": value} for name, value in POOL]
    pool = {"workload_queue_name": "pool1", "workload_resource_item_list": resources}
    await client.call(
        AddWorkloadQueue.model_validate({"cluster_id": cluster_id, "workload_queue": pool})
    )
    await client.call(CreateWorkloadPlan(cluster_id=cluster_id, plan_name="plan1"))
    (plan,) = (await client.call(ListWorkloadPlans(cluster_id=cluster_id))).plan_list
    for hours in (0, 1):
        start, end = (begins + timedelta(hours=hours + more) for more in (0, 1))
        queue = {
            "queue_name": "pool1",
            "queue_resources": [{"resource_name": "cpu", "resource_value": 30}],
        }
        stage = {
            "stage_name": f"stage{hours}",
            "start_time": f"{start:%H:%M:00}",
            "end_time": f"{end:%H:%M:00}",
            "queue_list": [queue],
        }
        told = {
            "cluster_id": cluster_id,
            "plan_id": plan.plan_id,
            "workload_plan_stage": stage,
        }
        await client.call(AddWorkloadPlanStage.model_validate(told))
    return plan.plan_id


async def test_a_started_plan_is_waited_for_until_its_stage_begins(
    cloud: Cloud, client: Client
) -> None:
    cluster_id = (await find_cluster(client, next(iter(cloud.clusters())))).id
    now = datetime.fromisoformat(str(cloud.state()["now"]))
    plan_id = await planned(client, cluster_id, now + timedelta(hours=2))
    look = ShowWorkloadPlan(cluster_id=cluster_id, plan_id=plan_id)

    with pytest.raises(WaitFailed, match="not started"):
        await plan_effective.wait(client, look)
    await client.call(StartWorkloadPlan(cluster_id=cluster_id, plan_id=plan_id))
    with door.using(VirtualClock(cloud.url)):
        plan = await plan_effective.wait(client, look)

    assert plan is not None
    assert plan.current_stage == "stage0"
