from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dws.operations.workload import (
    CreateClusterWorkload,
    CreateWorkloadPlan,
    ListWorkloadPlans,
    ShowWorkloadPlan,
    ShowWorkloadQueue,
    StartWorkloadPlan,
)
from dws.sent.workload import Switch
from dws.told import workload as shapes
from flows.apply_workload_plan import apply_workload_plan
from tasks.run import Refused, Stopped
from tasks.workload_wanted import Pool, Stage, StagePool, values_of
from tests.cloud import Cloud
from tests.flows.service import each_fault, id_of, told

pytestmark = pytest.mark.usefixtures("clock")

ETL = Pool(name="etl", cpu_share=20, memory=10)


def stage(name: str, start: str, end: str, share: int = 30) -> Stage:
    pools = (StagePool(pool="etl", cpu_share=share),)
    return Stage(name=name, start=start, end=end, pools=pools)


DAY = stage("day", "08:00:00", "20:00:00", 30)
NIGHT = stage("night", "20:00:00", "08:00:00", 60)
MADE = ["AddWorkloadQueue", "CreateWorkloadPlan", "AddWorkloadPlanStage", "AddWorkloadPlanStage"]


async def apply(account: str, *stages: Stage, run_id: str = "r1", **more: Any) -> Any:
    told_ = {"pools": (ETL,), **more}
    return await apply_workload_plan(account, "demo", "daily", stages, run_id=run_id, **told_)


async def plan(name: str = "daily") -> shapes.Plan:
    cluster_id = await id_of("demo")
    listed = (await told(ListWorkloadPlans(cluster_id=cluster_id))).plan_list
    found = next(one for one in listed if one.plan_name == name)
    shown = await told(ShowWorkloadPlan(cluster_id=cluster_id, plan_id=found.plan_id))
    return shown.workload_plan


async def windows() -> dict[str, tuple[str | None, str | None]]:
    return {s.stage_name: (s.start_time, s.end_time) for s in (await plan()).stage_list}


async def pool() -> dict[str, int]:
    look = ShowWorkloadQueue(cluster_id=await id_of("demo"), queue_name="etl")
    return values_of((await told(look)).workload_queue)


async def test_a_plan_is_made_with_its_pool_and_started_once(cloud: Cloud, account: str) -> None:
    lefts = [await apply(account, DAY, NIGHT, run_id=run_id) for run_id in ("r1", "r1", "r2")]

    assert cloud.changes() == [*MADE, "StartWorkloadPlan"]
    assert (await plan()).status == 1
    assert {left.current_stage for left in lefts} <= {"day", "night"}
    assert [left.changed for left in lefts] == [True, True, False]
    assert (await pool())["cpu_share"] in {30, 60}


async def test_a_started_plan_is_stopped_while_its_stages_change(
    cloud: Cloud, account: str
) -> None:
    await apply(account, DAY, NIGHT, run_id="r1")
    other = NIGHT.model_copy(update={"pools": (StagePool(pool="etl", cpu_share=50),)})

    for run_id in ("r2", "r2", "r3"):
        await apply(account, DAY, other, run_id=run_id)

    assert cloud.changes()[5:] == [
        "StopWorkloadPlan",
        "UpdateWorkloadPlanStage",
        "StartWorkloadPlan",
    ]
    assert (await plan()).status == 1


async def test_stages_that_swap_their_times_are_made_anew(cloud: Cloud, account: str) -> None:
    await apply(account, DAY, NIGHT, run_id="r1")

    await apply(
        account,
        stage("day", "20:00:00", "08:00:00"),
        stage("night", "08:00:00", "20:00:00"),
        run_id="r2",
    )

    assert await windows() == {
        "day": ("20:00:00", "08:00:00"),
        "night": ("08:00:00", "20:00:00"),
    }


async def test_stages_that_are_not_told_go(cloud: Cloud, account: str) -> None:
    await apply(account, DAY, NIGHT, run_id="r1")

    await apply(account, DAY, started=False, run_id="r2")

    assert list(await windows()) == ["day"]
    assert (await plan()).status == 0


async def test_a_plan_is_stopped_and_its_pools_stay(cloud: Cloud, account: str) -> None:
    await apply(account, DAY, NIGHT, run_id="r1")

    for run_id in ("r2", "r2", "r3"):
        await apply(account, DAY, NIGHT, started=False, run_id=run_id)

    assert cloud.changes()[5:] == ["StopWorkloadPlan"]


async def test_what_no_stage_sets_of_a_pool_is_set(cloud: Cloud, account: str) -> None:
    await apply(account, DAY, NIGHT, run_id="r1")

    more = ETL.model_copy(update={"memory": 25, "cpu_share": 10})
    await apply(account, DAY, NIGHT, pools=(more,), run_id="r2")

    assert cloud.changes()[5:] == ["UpdateQueueResources"]
    assert (await pool())["memory"] == 25
    assert (await pool())["cpu_share"] in {30, 60}


async def test_another_plan_that_runs_is_named_before_any_change(
    cloud: Cloud, account: str
) -> None:
    await apply(account, DAY, NIGHT, run_id="r1")

    with pytest.raises(Refused, match="plan daily is started, and only one may be; stop that"):
        await apply_workload_plan(account, "demo", "other", (DAY, NIGHT), run_id="r2")

    assert len(cloud.changes()) == 5


async def test_missing_pools_are_named_before_any_change(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="stages set etl, and there is no such pool"):
        await apply(account, DAY, NIGHT, pools=())

    assert cloud.changes() == []


async def test_too_much_of_the_cpu_is_told_before_any_change(cloud: Cloud, account: str) -> None:
    more = Pool(name="adhoc", cpu_share=45)

    with pytest.raises(Refused, match="in stage night the cpu_share of all pools is 105 percent"):
        await apply(account, DAY, NIGHT, pools=(ETL, more))

    assert cloud.changes() == []


async def test_resources_that_are_not_managed_are_told(cloud: Cloud, account: str) -> None:
    off = Switch(workload_switch="off")
    await told(CreateClusterWorkload(cluster_id=await id_of("demo"), workload_status=off))

    with pytest.raises(Refused, match="switch resource management on first"):
        await apply(account, DAY, NIGHT)


OLD = {"clusters": [{"name": "demo", "version": "8.1.1"}]}


@pytest.mark.parametrize("cloud", [OLD], indirect=True)
async def test_limits_need_a_newer_version(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match=r"version 8\.1\.1; cpu_limit needs 8\.1\.3"):
        await apply(account, DAY, NIGHT, pools=(ETL.model_copy(update={"cpu_limit": 50}),))

    assert cloud.changes() == []


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ((DAY,), "a plan needs 2 before it can be started"),
        ((DAY, DAY), "day is told twice"),
        ((DAY, stage("late", "19:00:00", "21:00:00")), "day and late would both rule"),
    ],
)
async def test_bad_stages_are_told_before_anything_is_asked(
    cloud: Cloud, account: str, stages: tuple[Stage, ...], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        await apply(account, *stages)

    assert cloud.requests() == []


async def test_a_stage_that_takes_no_effect_is_told_and_not_called_done(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("task_fails", "StartWorkloadPlan", task_status="no such pool")

    with pytest.raises(Stopped, match=r"its stage took no effect: .*no such pool"):
        await apply(account, DAY, NIGHT)


async def test_one_that_another_has_started_meanwhile_is_well(cloud: Cloud, account: str) -> None:
    """The service refuses the second start with code 113, in an answer with status 200."""
    await apply(account, DAY, NIGHT, started=False, run_id="r1")
    started = await plan()
    cloud.fault("lost_reply", "StartWorkloadPlan")

    await apply(account, DAY, NIGHT, run_id="r2")

    assert (await plan()).status == 1
    assert started.status == 0
    asked = cloud.requests("StartWorkloadPlan")
    assert len(asked) == 2


async def test_a_plan_without_stages_of_another_is_made_whole(cloud: Cloud, account: str) -> None:
    await told(CreateWorkloadPlan(cluster_id=await id_of("demo"), plan_name="daily"))

    await apply(account, DAY, NIGHT)

    assert sorted(await windows()) == ["day", "night"]
    with pytest.raises(Exception, match="113"):
        await told(
            StartWorkloadPlan(cluster_id=await id_of("demo"), plan_id=(await plan()).plan_id)
        )


@pytest.mark.parametrize("kind", ["lost_reply", "reset"])
@pytest.mark.parametrize(
    "operation", ["AddWorkloadQueue", "CreateWorkloadPlan", "AddWorkloadPlanStage"]
)
async def test_a_lost_answer_makes_it_once(
    cloud: Cloud, account: str, operation: str, kind: str
) -> None:
    cloud.fault(kind, operation)

    await apply(account, DAY, NIGHT)

    assert sorted(await windows()) == ["day", "night"]
    assert (await plan()).status == 1


@each_fault
async def test_a_fault_of_the_start_starts_it_once(
    cloud: Cloud, account: str, fault: dict[str, Any]
) -> None:
    cloud.fault(operation="StartWorkloadPlan", **fault)

    await apply(account, DAY, NIGHT)

    assert (await plan()).status == 1
