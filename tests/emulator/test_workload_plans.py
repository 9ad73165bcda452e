"""Resource management plans: stages that change the pools by the emulated clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec
from dws.operations import catalogue
from tests.emulator.conftest import WORLD, Serve
from tests.emulator.service import Service, refused
from tests.emulator.test_workload import items, new_pool

HOUR = 3600.0


class Plan:
    """A plan of one cluster with a pool."""

    def __init__(self, service: Service, name: str = "plan1", *, known: bool = False) -> None:
        self.service = service
        self.workload = f"v2/clusters/{service.id_of('sales')}/workload"
        if not known:
            service.send("PUT", f"{self.workload}/queues", new_pool("pool1"))
            service.post(f"{self.workload}/plans", {"plan_name": name})
        listed = self.read("ListWorkloadPlans", f"{self.workload}/plans")["plan_list"]
        self.id = next(plan["plan_id"] for plan in listed if plan["plan_name"] == name)
        self.path = f"{self.workload}/plans/{self.id}"

    def stage(self, name: str, starts: float, ends: float, **told: Any) -> Any:
        """Add a stage that begins and ends in so many hours from now."""
        return self.service.send(
            "POST", f"{self.path}/stages", self.wanted(name, starts, ends, **told)
        )

    def wanted(
        self, name: str, starts: float, ends: float, *, pool: str = "pool1", **told: Any
    ) -> dict[str, Any]:
        shares = {"cpu": 20, "concurrency": 5} | told.pop("resources", {})
        return {
            "workload_plan_stage": {
                "stage_name": name,
                "start_time": self._clock(starts),
                "end_time": self._clock(ends),
                "queue_list": [{"queue_name": pool, "queue_resources": items(**shares)}],
                **told,
            }
        }

    def with_two_stages(self) -> Plan:
        self.stage("early", 1, 2, resources={"cpu": 30})
        self.stage("late", 2, 4, resources={"cpu": 40})
        return self

    def start(self) -> Any:
        return self.service.send("POST", f"{self.path}/start").json()

    def stop(self) -> Any:
        return self.service.send("POST", f"{self.path}/stop").json()

    def switch(self, stage: str) -> Any:
        body = {"stage_id": self.stages()[stage]["stage_id"]}
        return self.service.send("POST", f"{self.path}/stage-switch", body).json()

    def show(self) -> dict[str, Any]:
        told: dict[str, Any] = self.read("ShowWorkloadPlan", self.path)["workload_plan"]
        return told

    def stages(self) -> dict[str, dict[str, Any]]:
        return {stage["stage_name"]: stage for stage in self.show()["stage_list"]}

    def logs(self, **query: Any) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = self.read("ListPlanExecLogs", f"{self.path}/logs", **query)[
            "plan_logs"
        ]
        return told

    def share(self) -> int:
        told = self.read("ShowWorkloadQueue", f"{self.workload}/queues/pool1")["workload_queue"]
        listed = {r["resource_name"]: r["resource_value"] for r in told["resource_item_list"]}
        return int(listed["cpu"])

    def read(self, operation: str, path: str, **query: Any) -> Any:
        told = self.service.get(path, **query)
        assert not catalogue()[operation].reply_type().model_validate(told).model_extra
        return told

    def _clock(self, hours: float) -> str:
        now = datetime.fromisoformat(self.service.state()["now"])
        return f"{now + timedelta(hours=hours):%H:%M:00}"


@pytest.fixture
def plan(service: Service) -> Plan:
    return Plan(service)


def code(told: Any) -> int:
    return int(told["workload_res_code"])


def test_a_plan_is_made_listed_shown_and_deleted(plan: Plan) -> None:
    shown = plan.show()
    deleted = plan.service.send("DELETE", plan.path).json()
    gone = plan.service.get(plan.path)

    assert (shown["plan_name"], shown["status"], shown["stage_list"]) == ("plan1", 0, [])
    assert code(deleted) == 0
    assert (code(gone), gone["error_code"]) == (103, "103")
    assert plan.service.get(f"{plan.workload}/plans")["plan_list"] == []


def test_a_stage_is_added_shown_changed_and_deleted(plan: Plan) -> None:
    plan.stage("early", 1, 2, month="1,2", day="5")
    stage = plan.stages()["early"]
    path = f"{plan.path}/stages/{stage['stage_id']}"
    alone = plan.read("ShowWorkloadPlanStage", path)["workload_plan_stage"]
    change = plan.wanted("earlier", 3, 4, month="3", day="6")
    queues = change["workload_plan_stage"]["queue_list"]
    queues[0]["resource_item_list"] = queues[0].pop("queue_resources")
    plan.service.send("PUT", path, change)
    changed = plan.stages()
    deleted = plan.service.send("DELETE", path).json()

    assert alone == stage
    assert (stage["month"], stage["day"]) == ("1,2", "5")
    assert stage["next_valid_time"][5:10] in {"01-05", "02-05"}
    assert [(s["stage_id"], s["month"]) for s in changed.values()] == [(stage["stage_id"], "3")]
    assert list(changed) == ["earlier"]
    assert code(deleted) == 0
    assert code(plan.service.get(path)) == 110


def test_a_plan_of_two_stages_is_started_and_stopped_once(plan: Plan) -> None:
    plan.with_two_stages()

    assert [code(plan.start()), code(plan.start())] == [0, 113]
    assert plan.show()["status"] == 1
    assert [code(plan.stop()), code(plan.stop())] == [0, 116]
    assert plan.show()["status"] == 0


def test_a_started_plan_changes_the_pools_when_its_stages_begin(plan: Plan) -> None:
    plan.with_two_stages().start()
    seen = [(plan.show()["current_stage"], plan.share())]
    for _ in range(4):
        plan.service.advance(HOUR)
        seen.append((plan.show()["current_stage"], plan.share()))

    assert seen == [(None, 12), ("early", 30), ("late", 40), ("late", 40), (None, 40)]
    assert [(log["stage_info"], log["exec_result"]) for log in plan.logs()] == [
        ("late", 0),
        ("early", 0),
    ]
    assert plan.logs(offset=1)[0]["exec_log"].endswith("UTC |INFO| start change stage.")


def test_the_stage_whose_time_it_is_rules_at_once(plan: Plan) -> None:
    plan.stage("present", -1, 1, resources={"cpu": 33})
    plan.stage("other", 2, 3)

    plan.start()

    assert (plan.show()["current_stage"], plan.share()) == ("present", 33)


def test_stages_come_again_day_after_day_until_the_plan_is_stopped(plan: Plan) -> None:
    plan.with_two_stages().start()
    plan.service.advance(50 * HOUR)
    plan.service.login()
    running = len(plan.logs())
    plan.stop()
    plan.service.advance(50 * HOUR)
    plan.service.login()

    assert running == 6
    assert len(plan.logs()) == 6
    assert (plan.show()["current_stage"], plan.share()) == (None, 40)


def test_a_stage_is_switched_to_by_hand_until_the_next_one_begins(plan: Plan) -> None:
    plan.with_two_stages()
    before = plan.switch("late")
    plan.start()
    switched = plan.switch("late")
    by_hand = (plan.show()["current_stage"], plan.share())
    plan.service.advance(HOUR)

    assert (code(before), code(switched)) == (116, 0)
    assert by_hand == ("late", 40)
    assert (plan.show()["current_stage"], plan.share()) == ("early", 30)


def test_a_stage_by_hand_outlives_the_end_of_another(plan: Plan) -> None:
    plan.stage("present", -1, 1)
    plan.stage("later", 3, 4)
    plan.start()
    plan.switch("later")

    plan.service.advance(2 * HOUR)

    assert plan.show()["current_stage"] == "later"


def test_a_switch_that_fails_is_logged_and_changes_nothing(plan: Plan) -> None:
    plan.with_two_stages().start()
    plan.service.fault("task_fails", "SwitchPlanStage", task_status="no memory left")
    plan.service.fault("stuck", "SwitchPlanStage", after=1)

    told = [code(plan.switch("late")), code(plan.switch("early"))]

    assert told == [0, 0]
    assert (plan.show()["current_stage"], plan.share()) == (None, 12)
    assert [log["exec_result"] for log in plan.logs()] == [1]
    assert "no memory left" in plan.logs()[0]["exec_log"]


def test_the_first_stage_of_a_started_plan_may_fail_and_the_next_one_rule(plan: Plan) -> None:
    plan.service.fault("task_fails", "StartWorkloadPlan", task_status="no memory left")
    plan.with_two_stages().start()
    plan.service.advance(HOUR)
    first = plan.show()["current_stage"]
    plan.service.advance(HOUR)

    assert (first, plan.show()["current_stage"]) == (None, "late")
    assert [log["exec_result"] for log in plan.logs()] == [0, 1]


def test_a_started_plan_may_do_nothing(plan: Plan) -> None:
    plan.service.fault("stuck", "StartWorkloadPlan")
    plan.with_two_stages().start()
    plan.service.advance(3 * HOUR)

    assert (plan.show()["status"], plan.logs()) == (1, [])


def test_a_stage_whose_pools_fit_no_more_fails(plan: Plan) -> None:
    plan.with_two_stages().start()
    plan.service.send("PUT", f"{plan.workload}/queues", new_pool("pool2", cpu_share=80))

    plan.service.advance(HOUR)

    assert (plan.show()["current_stage"], plan.share()) == (None, 12)
    assert "|ERROR| cpu_share" in plan.logs()[0]["exec_log"]


def test_a_stage_fails_while_resources_are_not_managed(plan: Plan) -> None:
    plan.with_two_stages().start()
    plan.service.post(plan.workload, {"workload_status": {"workload_switch": "off"}})

    plan.service.advance(HOUR)

    assert (plan.show()["current_stage"], plan.logs()[0]["exec_result"]) == (None, 1)


def test_a_started_plan_can_be_neither_changed_nor_deleted(plan: Plan) -> None:
    plan.with_two_stages().start()
    stage = plan.stages()["early"]["stage_id"]
    change = plan.wanted("early", 1, 2, month="1", day="1")
    queue = {"workload_queue_name": "pool1"}

    told = [
        plan.stage("third", 5, 6),
        plan.service.send("PUT", f"{plan.path}/stages/{stage}", change),
        plan.service.send("DELETE", f"{plan.path}/stages/{stage}"),
        plan.service.send("DELETE", plan.path),
    ]
    dropped = plan.service.send("DELETE", f"{plan.workload}/queues", params=queue)

    assert [(answered.status_code, code(answered.json())) for answered in told] == [(200, 113)] * 4
    assert refused(dropped) == (400, "DWS.5045")
    assert list(plan.stages()) == ["early", "late"]


def test_a_plan_with_one_stage_cannot_be_started(plan: Plan) -> None:
    plan.stage("early", 1, 2)

    assert refused(plan.service.send("POST", f"{plan.path}/start")) == (400, "DWS.5045")


def test_one_plan_of_a_cluster_is_started_at_a_time(plan: Plan) -> None:
    plan.with_two_stages().start()
    second = Plan(plan.service, "plan2").with_two_stages()

    assert refused(second.service.send("POST", f"{second.path}/start")) == (400, "DWS.5045")


def test_a_plan_cannot_be_started_while_resources_are_not_managed(plan: Plan) -> None:
    plan.with_two_stages()
    plan.service.post(plan.workload, {"workload_status": {"workload_switch": "off"}})

    assert refused(plan.service.send("POST", f"{plan.path}/start")) == (400, "DWS.5045")


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (("other", 1.5, 3, {}), (400, "DWS.5038")),
        (("early", 3, 4, {}), (400, "DWS.5039")),
        (("other", 3, 4, {"pool": "none"}), (404, "DWS.0047")),
        (("other", 3, 4, {"resources": {"memory": 101}}), (400, "DWS.5060")),
        (("other", 3, 4, {"month": "2", "day": "30"}), (400, "DWS.5038")),
        (("other", 3, 4, {"month": "13"}), (400, "DWS.5060")),
        (("other", 3, 4, {"start_time": "25:00:00"}), (400, "DWS.5065")),
        (("Other", 3, 4, {}), (400, "DWS.5065")),
    ],
)
def test_a_stage_that_does_not_fit_is_refused(
    plan: Plan, second: tuple[str, float, float, Any], expected: tuple[int, str]
) -> None:
    plan.stage("early", 1, 2)
    name, starts, ends, told = second

    assert refused(plan.stage(name, starts, ends, **told)) == expected
    assert list(plan.stages()) == ["early"]


def test_the_pools_of_a_stage_must_fit_beside_the_others(plan: Plan) -> None:
    plan.service.send("PUT", f"{plan.workload}/queues", new_pool("pool2", cpu_share=50))

    assert refused(plan.stage("early", 1, 2, resources={"cpu": 50})) == (400, "DWS.5038")


def test_equal_hours_of_different_days_do_not_overlap(plan: Plan) -> None:
    plan.stage("early", 1, 2, month="1", day="1")

    assert code(plan.stage("other", 1, 2, month="2", day="2").json()) == 0


def test_there_may_be_ten_plans_and_none_of_a_name_twice(plan: Plan) -> None:
    path = f"{plan.workload}/plans"
    twice = plan.service.send("POST", path, {"plan_name": "plan1"})
    for n in range(9):
        plan.service.post(path, {"plan_name": f"more_{n}"})

    assert refused(twice) == (409, "DWS.5050")
    assert refused(plan.service.send("POST", path, {"plan_name": "more_9"})) == (400, "DWS.5038")
    listed = plan.service.get(path, offset=9, limit=5)
    assert ([p["plan_name"] for p in listed["plan_list"]], listed["count"]) == (["more_8"], 10)


def test_there_may_be_forty_eight_stages(plan: Plan) -> None:
    for n in range(48):
        assert code(plan.stage(f"stage_{n}", n / 4, (n + 1) / 4).json()) == 0

    assert refused(plan.stage("stage_48", 12, 13)) == (400, "DWS.5038")


def test_the_plans_that_set_a_pool_are_listed(plan: Plan) -> None:
    plan.stage("early", 1, 2)
    plan.service.send("PUT", f"{plan.workload}/queues", new_pool("pool2"))
    path = f"{plan.workload}/queues"

    told = [plan.read("ListQueuePlans", f"{path}/{name}/plans") for name in ("pool1", "pool2")]

    assert [told[0]["plan_list"][0]["plan_id"], told[1]["plan_list"]] == [plan.id, []]
    assert [answered["count"] for answered in told] == [1, 0]


def test_a_deleted_pool_leaves_the_stages_of_a_stopped_plan(plan: Plan) -> None:
    plan.stage("early", 1, 2)
    query = {"workload_queue_name": "pool1"}
    plan.service.send("DELETE", f"{plan.workload}/queues", params=query)

    assert plan.stages()["early"]["queue_list"] == []


def test_a_plan_goes_with_its_cluster(plan: Plan) -> None:
    plan.with_two_stages().start()
    plan.service.delete_cluster(plan.workload.split("/")[2])

    plan.service.advance(50 * HOUR)
    plan.service.login()

    assert plan.service.send("GET", plan.path).status_code == 404


def test_a_started_plan_survives_a_restart_and_goes_on(tmp_path: Path) -> None:
    state, world = tmp_path / "world.db", WorldSpec.model_validate(WORLD)
    with Emulator.serving(speed=0.0, world=world, state=state) as server:
        plan = Plan(Service(server.url)).with_two_stages()
        plan.start()
        plan.service.advance(HOUR)
        before = (plan.show(), plan.logs())
        plan.service.http.close()

    with Emulator.serving(speed=0.0, state=state) as server:
        plan = Plan(Service(server.url), known=True)

        assert (plan.show(), plan.logs()) == before
        plan.service.advance(HOUR)
        assert (plan.show()["current_stage"], plan.share()) == ("late", 40)
        plan.service.http.close()


def test_plans_of_logical_clusters_are_listed_apart(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales"}], snapshots=[], disaster_recoveries=[])
    plan = Plan(service)
    service.post(plan.workload.replace("workload", "convert-to-logical-cluster/lc1"))
    service.advance(2000)
    told = {"plan_name": "plan2", "logical_cluster_name": "lc1"}
    service.post(f"{plan.workload}/plans", told)

    listed = service.get(f"{plan.workload}/plans", logical_cluster_name="lc1")["plan_list"]

    assert [(p["plan_name"], p["logical_cluster_name"]) for p in listed] == [("plan2", "lc1")]
