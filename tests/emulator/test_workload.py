"""Resource pools, their users and rules, as an HTTP client sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec
from dws.operations import catalogue
from tests.emulator.conftest import WORLD, Serve
from tests.emulator.service import BUSY, PASSWORD, Service, refused

USUAL = {"memory": 0, "tablespace": -1, "activestatements": 10, "cpu_limit": 0, "cpu_share": 12}
RULES = [
    {"rule_key": "elapsedtime", "rule_value": "1200"},
    {"rule_key": "action", "rule_value": "penalty"},
]


def items(**told: int) -> list[dict[str, Any]]:
    return [{"resource_name": name, "resource_value": value} for name, value in told.items()]


def put(service: Service, path: str, body: Any) -> Any:
    answered = service.send("PUT", path, body)
    assert answered.status_code == 200, answered.text
    assert answered.json()["workload_res_code"] == 0
    return answered.json()


def new_pool(name: str, logical: str = "", /, **told: int) -> dict[str, Any]:
    return {
        "workload_queue": {
            "workload_queue_name": name,
            "logical_cluster_name": logical,
            "workload_resource_item_list": items(**(USUAL | told)),
        }
    }


class Pools:
    """The resource management of one cluster."""

    def __init__(self, service: Service, cluster_id: str) -> None:
        self.service = service
        self.v1 = f"v1/clusters/{cluster_id}/workload"
        self.v2 = f"v2/clusters/{cluster_id}/workload"

    def add(self, name: str, logical: str = "", /, **told: int) -> None:
        put(self.service, f"{self.v2}/queues", new_pool(name, logical, **told))

    def try_to_add(self, name: str, **told: int) -> tuple[int, str]:
        return refused(self.service.send("PUT", f"{self.v2}/queues", new_pool(name, **told)))

    def names(self, **query: str) -> list[str]:
        told: list[str] = self.read("ListWorkloadQueue", "v2/queues", **query)[
            "workload_queue_name_list"
        ]
        return told

    def show(self, name: str) -> dict[str, Any]:
        told: dict[str, Any] = self.read("ShowWorkloadQueue", f"v2/queues/{name}")["workload_queue"]
        return told

    def resources(self, name: str) -> dict[str, int]:
        listed = self.show(name)["resource_item_list"]
        return {item["resource_name"]: item["resource_value"] for item in listed}

    def make_users(self, *names: str) -> None:
        path = f"{self.v1.removesuffix('workload')}db-manager/users"
        for name in names:
            told = {"name": name, "type": "user", "password": PASSWORD}
            assert self.service.send("POST", path, told).status_code == 200

    def users(self, name: str) -> list[str]:
        told = self.read("ListWorkloadQueueUsers", f"v2/queues/{name}/users")
        return [user["user_name"] for user in told["user_list"]]

    def bind(self, name: str, *users: str, do: str = "batch-create") -> Any:
        body = {"queue_name": name, "user_list": [{"user_name": user} for user in users]}
        return self.service.send("POST", f"{self.v2}/queues/{name}/users/{do}", body)

    def rules(self, **query: Any) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = self.read("ListWorkloadRules", "v1/rules", **query)["items"]
        return told

    def add_rule(self, name: str, rules: Any = RULES) -> Any:
        return self.service.send(
            "POST", f"{self.v1}/rules", {"rule_name": name, "except_rules": rules}
        )

    def read(self, operation: str, path: str, **query: Any) -> Any:
        """Read, and see that the reply is what the operation promises, with nothing beside it."""
        version, _, rest = path.partition("/")
        told = self.service.get(f"{getattr(self, version)}/{rest}".rstrip("/"), **query)
        reply = catalogue()[operation].reply_type().model_validate(told)
        assert not reply.model_extra
        return told


@pytest.fixture
def pools(service: Service, sales: str) -> Pools:
    return Pools(service, sales)


def test_resource_management_is_on_until_it_is_switched_off(pools: Pools) -> None:
    before = pools.read("ListClusterWorkload", "v2/")
    told = {"workload_status": {"workload_switch": "off", "max_concurrency_num": "5"}}
    pools.service.post(pools.v2, told)

    after = pools.read("ListClusterWorkload", "v2/")

    assert before["workload_status"] == {"workload_switch": "on", "max_concurrency_num": 60}
    assert after["workload_status"] == {"workload_switch": "off", "max_concurrency_num": 5}


@pytest.mark.parametrize("switch", [{"workload_switch": "maybe"}, {"max_concurrency_num": "-2"}])
def test_a_switch_that_is_none_is_refused(pools: Pools, switch: Any) -> None:
    told = {"workload_status": {"workload_switch": "on", **switch}}

    assert pools.service.send("POST", pools.v2, told).status_code == 400


def test_a_pool_is_made_listed_shown_changed_and_deleted(pools: Pools) -> None:
    pools.add("test11")
    shown = pools.resources("test11")
    change = {"workload_queue_name": "test11", "resource_item_list": items(cpu=30, memory=40)}
    put(pools.service, f"{pools.v2}/queues/test11/resources", {"workload_queue": change})
    changed = pools.resources("test11")
    listed = pools.names()
    gone = {"workload_queue_name": "test11"}
    pools.service.send("DELETE", f"{pools.v2}/queues", params=gone)

    assert shown == {
        "cpu": 12,
        "cpu_limit": 0,
        "memory": 0,
        "tablespace": -1,
        "activestatements": 10,
    }
    assert changed == shown | {"cpu": 30, "memory": 40}
    assert (listed, pools.names()) == (["test11"], [])


def test_how_a_pool_treats_short_queries_is_set(pools: Pools) -> None:
    pools.add("test11")
    before = pools.show("test11")
    told = {"short_query_optimize": "off", "short_query_concurrency_num": "7"}
    put(pools.service, f"{pools.v2}/queues/test11", {"workload_queue": told})

    after = pools.show("test11")

    assert (before["short_query_optimize"], before["short_query_concurrency_num"]) == ("t", -1)
    assert (after["short_query_optimize"], after["short_query_concurrency_num"]) == ("f", 7)


def test_a_share_not_told_is_twenty_percent(pools: Pools) -> None:
    body = new_pool("test11")
    told = body["workload_queue"]["workload_resource_item_list"]
    body["workload_queue"]["workload_resource_item_list"] = told[:3]

    put(pools.service, f"{pools.v2}/queues", body)

    assert pools.resources("test11")["cpu"] == 20


@pytest.mark.parametrize(
    ("told", "second"),
    [
        ({"cpu_share": 60}, {"cpu_share": 40}),
        ({"cpu_limit": 60}, {"cpu_limit": 41}),
        ({"memory": 60}, {"memory": 41}),
    ],
)
def test_the_pools_of_a_cluster_sum_up_to_all_there_is(
    pools: Pools, told: dict[str, int], second: dict[str, int]
) -> None:
    pools.add("one_pool", **told)

    assert pools.try_to_add("two_pool", **second) == (400, "DWS.5038")
    assert pools.names() == ["one_pool"]


def test_a_share_does_not_count_beside_a_limit(pools: Pools) -> None:
    pools.add("one_pool", cpu_share=90, cpu_limit=10)
    pools.add("two_pool", cpu_share=90)

    assert pools.names() == ["one_pool", "two_pool"]


def test_a_change_must_fit_beside_the_other_pools(pools: Pools) -> None:
    pools.add("one_pool", memory=60)
    pools.add("two_pool", memory=40)
    change = {"workload_queue_name": "two_pool", "resource_item_list": items(memory=41)}

    answered = pools.service.send(
        "PUT", f"{pools.v2}/queues/two_pool/resources", {"workload_queue": change}
    )

    assert refused(answered) == (400, "DWS.5038")
    assert pools.resources("two_pool")["memory"] == 40


def test_pools_of_logical_clusters_are_summed_up_and_listed_apart(serve: Serve) -> None:
    service = serve(clusters=[{"name": "parts"}], snapshots=[], disaster_recoveries=[])
    pools = Pools(service, service.id_of("parts"))
    pools.add("whole_pool", memory=80)
    service.post(pools.v2.replace("workload", "convert-to-logical-cluster/lc1"))
    service.advance(2000)

    pools.add("one_pool", "lc1", memory=80)

    assert pools.names(logical_cluster_name="lc1") == ["one_pool"]
    assert pools.names() == ["whole_pool", "one_pool"]
    assert pools.show("one_pool")["logical_cluster_name"] == "lc1"
    assert pools.try_to_add("two_pool") == (400, "DWS.5037")


def test_a_pool_of_a_logical_cluster_that_is_not_there_is_refused(pools: Pools) -> None:
    answered = pools.service.send("PUT", f"{pools.v2}/queues", new_pool("one_pool", "lc1"))

    assert refused(answered) == (404, "DWS.0047")


def test_there_may_be_sixty_three_pools(pools: Pools) -> None:
    for n in range(63):
        pools.add(f"pool_{n}", cpu_share=1)

    assert pools.try_to_add("pool_63", cpu_share=1) == (400, "DWS.5038")


def test_a_second_pool_of_a_name_is_refused(pools: Pools) -> None:
    pools.add("test11")

    assert pools.try_to_add("test11") == (409, "DWS.5050")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Test11", {}),
        ("te", {}),
        ("test11", {"memory": 101}),
        ("test11", {"cpu_limit": 100}),
        ("test11", {"cpu_share": 0}),
        ("test11", {"tablespace": -2}),
        ("test11", {"disk": 1}),
    ],
)
def test_a_pool_that_breaks_the_rules_is_refused(
    pools: Pools, name: str, told: dict[str, int]
) -> None:
    assert pools.try_to_add(name, **told)[0] == 400


def test_a_pool_that_is_not_there_is_told_in_three_ways(pools: Pools) -> None:
    shown = pools.service.send("GET", f"{pools.v2}/queues/none")
    listed = pools.service.send("GET", f"{pools.v2}/queues/none/users")
    unbound = pools.bind("none", "anna_1", do="batch-delete")

    assert refused(shown) == (404, "DWS.0047")
    assert refused(listed) == (500, "DWS.9999")
    assert (unbound.status_code, unbound.json()["workload_res_code"]) == (200, 0)


def test_users_are_put_into_one_pool_and_taken_out_again(pools: Pools) -> None:
    pools.make_users("anna_1", "bert_1", "carl_1")
    pools.add("one_pool")
    pools.add("two_pool")
    pools.bind("one_pool", "anna_1", "bert_1")
    pools.bind("one_pool", "anna_1")
    elsewhere = pools.bind("two_pool", "carl_1", "bert_1")
    both = pools.users("one_pool")
    pools.bind("one_pool", "anna_1", "carl_1", do="batch-delete")

    assert both == ["anna_1", "bert_1"]
    assert refused(elsewhere) == (400, "DWS.5039")
    assert pools.users("two_pool") == []
    assert pools.users("one_pool") == ["bert_1"]


def test_users_are_listed_in_pages(pools: Pools) -> None:
    pools.add("one_pool")
    names = [f"user_{n}" for n in range(5)]
    pools.make_users(*names)
    pools.bind("one_pool", *names)

    told = pools.read("ListWorkloadQueueUsers", "v2/queues/one_pool/users", offset=3, limit=3)

    assert [user["user_name"] for user in told["user_list"]] == ["user_3", "user_4"]
    assert told["count"] == 5


def test_a_deleted_user_leaves_its_pool_and_can_be_neither_bound_nor_unbound(pools: Pools) -> None:
    pools.make_users("anna_1")
    pools.add("one_pool")
    pools.bind("one_pool", "anna_1")
    path = f"{pools.v1.removesuffix('workload')}db-manager/users/anna_1"
    pools.service.send("DELETE", path)

    assert pools.users("one_pool") == []
    assert refused(pools.bind("one_pool", "anna_1")) == (404, "DWS.5198")
    assert refused(pools.bind("one_pool", "anna_1", do="batch-delete")) == (500, "DWS.9999")


def test_a_deleted_pool_lets_its_users_go(pools: Pools) -> None:
    pools.make_users("anna_1")
    pools.add("one_pool")
    pools.bind("one_pool", "anna_1")
    pools.service.send("DELETE", f"{pools.v2}/queues", params={"workload_queue_name": "one_pool"})
    pools.add("two_pool")

    assert pools.bind("two_pool", "anna_1").status_code == 200


def test_a_rule_is_made_changed_bound_and_deleted(pools: Pools) -> None:
    pools.add("one_pool")
    pools.add_rule("rule_01")
    bind = {"queue_name": "one_pool", "add_rules": ["rule_01"]}
    pools.service.post(f"{pools.v1}/queue/one_pool/rules", bind)
    bound = pools.rules()
    held = pools.service.send("DELETE", f"{pools.v1}/rules/rule_01")
    limits = [{"rule_key": "blocktime", "rule_value": "60"}]
    put(
        pools.service,
        f"{pools.v1}/rules/rule_01",
        {"rule_name": "rule_01", "except_rules": limits},
    )
    unbind = {"queue_name": "one_pool", "del_rules": ["rule_01"]}
    pools.service.post(f"{pools.v1}/queue/one_pool/rules", unbind)
    unbound = pools.rules()
    pools.service.send("DELETE", f"{pools.v1}/rules/rule_01")

    assert bound == [
        {
            "name": "rule_01",
            "action": "penalty",
            "queues": ["one_pool"],
            "except_rules": {"elapsedtime": "1200"},
        }
    ]
    assert refused(held) == (400, "DWS.5045")
    assert unbound == [
        {"name": "rule_01", "action": "abort", "queues": [], "except_rules": {"blocktime": "60"}}
    ]
    assert pools.rules() == []


def test_rules_are_filtered_by_part_of_their_name_and_by_pool_and_paged(pools: Pools) -> None:
    pools.add("one_pool")
    for name in ("slow_1", "slow_2", "large"):
        pools.add_rule(name)
    bind = {"queue_name": "one_pool", "add_rules": ["large"]}
    pools.service.post(f"{pools.v1}/queue/one_pool/rules", bind)

    assert [rule["name"] for rule in pools.rules(rule_name="slow")] == ["slow_1", "slow_2"]
    assert [rule["name"] for rule in pools.rules(queue_name="one_pool")] == ["large"]
    assert [rule["name"] for rule in pools.rules(offset=1, limit=1)] == ["slow_2"]


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [{"rule_key": "colour", "rule_value": "1"}],
        [{"rule_key": "action", "rule_value": "shout"}],
        [{"rule_key": "blocktime", "rule_value": "soon"}],
        [{"rule_key": "cpuavgpercent", "rule_value": "101"}],
        [{"rule_key": "blocktime", "rule_value": "1"}] * 2,
    ],
)
def test_a_rule_that_is_none_is_refused(pools: Pools, rules: Any) -> None:
    assert pools.add_rule("rule_01", rules).status_code == 400
    assert pools.rules() == []


def test_unknown_rules_and_taken_names_are_refused(pools: Pools) -> None:
    pools.add("one_pool")
    pools.add_rule("rule_01")
    bind = {"queue_name": "one_pool", "add_rules": ["none"]}

    assert refused(pools.add_rule("rule_01")) == (409, "DWS.5050")
    assert refused(pools.service.send("DELETE", f"{pools.v1}/rules/none")) == (404, "DWS.0047")
    answered = pools.service.send("POST", f"{pools.v1}/queue/one_pool/rules", bind)
    assert refused(answered) == (404, "DWS.0047")


def test_old_databases_know_neither_rules_nor_limits(serve: Serve) -> None:
    clusters = [{"name": "older", "version": "8.1.1"}, {"name": "old", "version": "8.2.0"}]
    service = serve(clusters=clusters, snapshots=[], disaster_recoveries=[])
    older, old = (Pools(service, service.id_of(name)) for name in ("older", "old"))
    bandwidth = [{"rule_key": "bandwidth", "rule_value": "100"}]

    assert older.try_to_add("one_pool", cpu_limit=10) == (400, "DWS.5206")
    assert refused(older.add_rule("rule_01")) == (400, "DWS.5206")
    assert refused(service.send("GET", f"{older.v1}/rules")) == (400, "DWS.5206")
    assert old.add_rule("rule_01").status_code == 200
    assert refused(old.add_rule("rule_02", bandwidth)) == (400, "DWS.5206")


def test_a_busy_cluster_refuses_changes_and_answers_questions(pools: Pools) -> None:
    pools.service.post(pools.v2.replace("v2", "v1.0").replace("workload", "restart"), {})

    assert pools.try_to_add("one_pool") == BUSY
    assert pools.names() == []


def test_an_unknown_cluster_is_refused(service: Service) -> None:
    assert service.send("GET", "v2/clusters/none/workload").status_code == 404


def test_pools_and_rules_go_with_their_cluster(pools: Pools) -> None:
    pools.add("one_pool")
    pools.add_rule("rule_01")
    cluster_id = pools.v2.split("/")[2]
    pools.service.delete_cluster(cluster_id)
    pools.service.advance(400)

    assert pools.service.send("GET", f"{pools.v2}/queues").status_code == 404


def test_pools_users_and_rules_survive_a_restart(tmp_path: Path) -> None:
    state, world = tmp_path / "world.db", WorldSpec.model_validate(WORLD)
    with Emulator.serving(speed=0.0, world=world, state=state) as server:
        service = Service(server.url)
        pools = Pools(service, service.id_of("sales"))
        pools.make_users("anna_1")
        pools.add("one_pool", memory=33)
        pools.bind("one_pool", "anna_1")
        pools.add_rule("rule_01")
        pools.service.post(pools.v2, {"workload_status": {"workload_switch": "off"}})
        service.http.close()

    with Emulator.serving(speed=0.0, state=state) as server:
        service = Service(server.url)
        pools = Pools(service, service.id_of("sales"))

        assert pools.resources("one_pool")["memory"] == 33
        assert pools.users("one_pool") == ["anna_1"]
        assert [rule["name"] for rule in pools.rules()] == ["rule_01"]
        told = pools.read("ListClusterWorkload", "v2/")
        assert told["workload_status"]["workload_switch"] == "off"
        service.http.close()
