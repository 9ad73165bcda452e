from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.conftest import Serve
from tests.emulator.service import Service, refused
from tests.emulator.test_load import HOUR_MS, now_ms

FIELDS = ("field", "operator", "value")


def queries(service: Service, cluster_id: str, *conditions: Any, **more: Any) -> Any:
    told = {
        "cluster_id": cluster_id,
        "offset": 0,
        "limit": 100,
        "conditions": [
            dict(zip(("field", "operator", "value"), c, strict=True)) for c in conditions
        ],
        "target": "db_queries",
        **more,
    }
    return service.send("POST", f"v2/clusters/{cluster_id}/dms/queries", told)


def test_every_node_of_the_project_or_of_a_cluster_is_listed(service: Service, sales: str) -> None:
    everywhere = service.get("v1.0/dms/host-overview", limit=100, offset=0)
    of_sales = service.get("v1.0/dms/host-overview", limit=100, offset=0, cluster_id=sales)
    page = service.get("v1.0/dms/host-overview", limit=2, offset=2, cluster_id=sales)

    nodes = [node["name"] for node in service.cluster(sales)["nodes"]]
    assert (len(everywhere), [host["instance_name"] for host in of_sales]) == (12, nodes)
    assert page == of_sales[2:]
    assert {host["host_stat"] for host in of_sales} == {"ONLINE"}
    assert all(
        abs(h["cpu_usage_sys"] + h["cpu_usage_usr"] - h["cpu_usage"]) < 0.02 for h in of_sales
    )


def test_a_restarting_cluster_is_offline(service: Service, sales: str) -> None:
    service.post(f"v1.0/clusters/{sales}/restart")
    service.advance(60)

    hosts = service.get("v1.0/dms/host-overview", limit=100, offset=0, cluster_id=sales)
    (told,) = service.get("v1/dms/cluster/status", cluster_id=sales)["clusters"]
    running = service.get(f"v1/dms/clusters/{sales}/query")["queries"]

    assert {host["host_stat"] for host in hosts} == {"OFFLINE"}
    assert told["status"] == "Unavailable"
    assert running == []
    service.advance(400)
    (told,) = service.get("v1/dms/cluster/status", cluster_id=sales)["clusters"]
    assert told["status"] == "Normal"


def test_disks_and_networks_of_a_node_are_told_by_its_name(service: Service, sales: str) -> None:
    name = service.cluster(sales)["nodes"][1]["name"]

    disks = service.get("v1.0/dms/disk", limit=100, offset=0, cluster_id=sales, instance_name=name)
    nets = service.get("v1.0/dms/net", limit=100, offset=0, cluster_id=sales, instance_name=name)

    assert [disk["disk_name"] for disk in disks] == ["vda", "vdb", "vdc", "vdd"]
    assert {disk["disk_type"] for disk in disks} == {"system", "data", "log"}
    assert [net["interface_name"] for net in nets] == ["eth0", "eth1", "eth2", "eth3"]
    assert {row["instance_name"] for row in [*disks, *nets]} == {name}


def test_each_indicator_has_a_series(service: Service, sales: str) -> None:
    end = now_ms(service)
    for told in service.get("v1.0/dms/metric-data/indicators"):
        (trend,) = service.get(
            "v1.0/dms/metric-data",
            indicator_name=told["indicator_name"],
            dim0=f"cluster_id,{sales}",
            **{"from": end - 120_000, "to": end},
        )
        assert len(trend["data_points"]) in {4, 5}, told


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"indicator_name": "cluster.none"}, (400, "DWS.5037")),
        ({"dim0": "sales"}, (400, "DWS.5065")),
        ({"dim0": "cluster_id,none"}, (404, "DWS.0047")),
        ({"dim1": "instance_id,none"}, (404, "DWS.0047")),
        ({"to": "0"}, (400, "DWS.5060")),
        ({"from": "soon"}, (400, "DWS.5065")),
        ({"period": "long"}, (400, "DWS.5065")),
        ({"period": "60", "function": "guess"}, (400, "DWS.5037")),
    ],
)
def test_a_series_that_there_is_not_is_refused(
    service: Service, sales: str, query: dict[str, str], code: tuple[int, str]
) -> None:
    usual = {
        "from": "1000",
        "to": "2000",
        "indicator_name": "cluster.cpu_usage",
        "dim0": f"cluster_id,{sales}",
    }

    answered = service.send("GET", "v1.0/dms/metric-data", params={**usual, **query})

    assert refused(answered) == code


def test_tables_are_sorted_by_rate_and_filtered(service: Service, sales: str) -> None:
    path = f"v1/clusters/{sales}/dms/tables/statistic"
    usual = {"rate_type": "dirtyPage", "offset": 0, "limit": 100}

    told = service.get(path, **usual)
    rising = service.get(path, **usual, sort_by="ASC")
    orders = service.get(path, **usual, filter="table_name", value="orders")

    rates = [row["dirty_page_rate"] for row in told["data"]]
    assert rates == sorted(rates, reverse=True)
    assert [row["dirty_page_rate"] for row in rising["data"]] == sorted(rates)
    assert (orders["count"], orders["data"][0]["schema_name"]) == (1, "sales")
    assert refused(service.send("GET", path, params={**usual, "rate_type": "age"}))[0] == 400


def test_running_statements_keep_their_ids_and_grow_older(service: Service, sales: str) -> None:
    before = queries(service, sales).json()["data"]["queries"]
    service.advance(20)
    after = {q["query_id"]: q for q in queries(service, sales).json()["data"]["queries"]}

    kept = [(q, after[q["query_id"]]) for q in before if q["query_id"] in after]
    assert len(kept) > len(before) / 2
    assert all(new["query_start"] == old["query_start"] for old, new in kept)
    assert all(
        new["duration"] - old["duration"] in range(19_990, 20_010)
        for old, new in kept
        if not old["system_query"]
    )


def test_statements_are_found_by_conditions(service: Service, sales: str) -> None:
    everything = queries(service, sales).json()
    system = queries(service, sales, ("systemQuery", "=", "true")).json()
    users = queries(service, sales, ("userName", "<>", "Ruby"), ("duration", ">", "0")).json()
    like = queries(service, sales, ("query", "like", "WLM%")).json()

    assert system["count"] + users["count"] == everything["count"]
    assert everything["data"]["status"]["queries_count"] == everything["count"]
    assert {q["user_name"] for q in system["data"]["queries"]} == {"Ruby"}
    assert like["count"] == 4


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (("colour", "=", "red"), "DWS.5037"),
        (("duration", "like", "1"), "DWS.5065"),
        (("duration", "=", "long"), "DWS.5065"),
        (("userName", ">", "a"), "DWS.5065"),
        (("waiting", ">", "a"), "DWS.5065"),
        (("userName", "~", "a"), "DWS.5065"),
    ],
)
def test_a_condition_that_does_not_fit_is_refused(
    service: Service, sales: str, condition: Any, code: str
) -> None:
    assert refused(queries(service, sales, condition)) == (400, code)


def test_statements_come_in_order_and_in_pages(service: Service, sales: str) -> None:
    found = queries(service, sales, order_by="duration desc").json()["data"]["queries"]
    page = queries(service, sales, order_by="duration desc", offset=2, limit=3).json()

    durations = [query["duration"] for query in found]
    assert durations == sorted(durations, reverse=True)
    assert page["data"]["queries"] == found[2:5]


def test_one_statement_is_shown_also_as_it_was(service: Service, sales: str) -> None:
    while not (
        found := queries(service, sales, ("userName", "!=", "Ruby")).json()["data"]["queries"]
    ):
        service.advance(600)  # at some times of the day nothing runs
    old = found[0]
    path = f"v1/clusters/{sales}/dms/queries/{old['query_id']}"
    service.advance(60)

    now = service.get(path)["data"]
    then = service.get(path, ctime=old["ctime"])["data"]

    assert then == old
    assert now["duration"] >= old["duration"]
    missing = service.send("GET", f"v1/clusters/{sales}/dms/queries/1")
    assert refused(missing) == (404, "DWS.0047")


def test_statements_of_both_calls_and_sessions_are_the_same(service: Service, sales: str) -> None:
    by_post = queries(service, sales).json()["data"]["queries"]
    by_get = service.get(f"v1/dms/clusters/{sales}/query")["queries"]
    sessions = service.get(f"v1/dms/clusters/{sales}/session")["sessions"]

    assert [q["query_id"] for q in by_post] == [q["query_id"] for q in by_get]
    assert {q["pid"] for q in by_post} == {s["pid"] for s in sessions}


def test_a_metric_collects_rows_at_its_rate(service: Service, sales: str) -> None:
    (metric, _) = service.get(f"v1/clusters/{sales}/dms/metrics", limit=10, offset=0)["data"]
    end = now_ms(service)
    path = f"v1/clusters/{sales}/dms/metrics/{metric['metric_name']}"

    told = service.get(path, limit=1000, offset=0, **{"from": end - 4 * HOUR_MS, "to": end})

    times = sorted({row["ctime"] for row in told["data"]}, reverse=True)
    assert told["data"][0]["ctime"] == times[0]
    assert times[0] - times[1] == metric["collect_rate"] * 1000
    columns = {column["column_name"] for column in metric["fields"]}
    assert columns <= set(told["data"][0])


def test_a_metric_is_asked_for_a_day_at_most(service: Service, sales: str) -> None:
    path = f"v1/clusters/{sales}/dms/metrics/TableDirtyPageRate"
    usual = {"limit": "1", "offset": "0", "from": "0", "to": str(25 * HOUR_MS)}

    assert refused(service.send("GET", path, params=usual)) == (400, "DWS.5060")
    unknown = service.send(
        "GET", f"v1/clusters/{sales}/dms/metrics/None", params={**usual, "to": "1"}
    )
    assert refused(unknown) == (404, "DWS.5037")


def test_the_processes_of_a_cluster_are_named_by_their_role(service: Service, sales: str) -> None:
    (told,) = service.get("v1/dms/cluster/status", cluster_id=sales)["clusters"]

    roles = [(p["role"], p["ha_status"]) for p in told["dws_db_instances"]]
    assert roles[:4] == [
        ("CM", "Primary"),
        ("CM", "Standby"),
        ("GTM", "Primary"),
        ("GTM", "Standby"),
    ]
    assert roles.count(("DN", "Primary")) == roles.count(("DN", "Standby")) == 6
    assert len({p["dws_db_instance_name"] for p in told["dws_db_instances"]}) == len(roles)


def test_databases_take_what_the_cluster_holds(service: Service, sales: str) -> None:
    told = service.get(f"v1/dms/clusters/{sales}/database")["databases"]

    assert {row["db_name"]: row["used_spaces"] for row in told} == {
        "postgres": 0.63,
        "gaussdb": 240.0,
    }


def test_utilization_is_told_per_cluster_and_per_node(service: Service, sales: str) -> None:
    path = "v1/dms/resource/utilization"
    usual = {"metric_name": "mem_usage", "cluster_id": sales}

    (whole,) = service.get(path, dim="cluster", **usual)["clusters"][0]["data"]
    nodes = service.get(path, dim="node", **usual)["clusters"][0]["data"]

    assert (whole["total"], [node["total"] for node in nodes]) == (96, [32, 32, 32])
    assert abs(sum(node["usage"] for node in nodes) / 3 - whole["usage"]) < 0.02
    assert len(service.get(path, dim="node", metric_name="mem_usage")["clusters"]) == 4
    assert refused(service.send("GET", path, params={"dim": "rack"}))[0] == 400


def test_disk_io_and_traffic_are_told_per_node(service: Service, sales: str) -> None:
    end = now_ms(service)
    io = service.get(f"v1/dms/clusters/{sales}/disk-io")
    window = {"from": end - HOUR_MS, "to": end}
    spread = service.get(f"v1/dms/clusters/{sales}/disk-io/aggregate", **window)
    traffic = service.get(f"v1/dms/clusters/{sales}/nic/traffic")

    ids = [node["id"] for node in service.cluster(sales)["nodes"]]
    for told in (io, spread, traffic):
        assert [node["dws_instance_id"] for node in told["dws_instances"]] == ids
    busy = {disk["disk"]: disk for disk in spread["dws_instances"][0]["disks"]}
    assert busy["vdb"]["min"] <= io["dws_instances"][0]["disks"][1]["io_busy"] <= busy["vdb"]["max"]
    nics = {nic["nic"]: nic for nic in traffic["dws_instances"][0]["nics"]}
    assert (nics["eth1"]["read"], nics["eth0"]["read"] > 0) == (0, True)


def test_an_unknown_cluster_is_told_as_everywhere(serve: Serve) -> None:
    service = serve(profile={"missing_cluster": "403 DWS.0015"})

    answered = service.send("GET", "v1/dms/clusters/none/database")

    assert refused(answered) == (403, "DWS.0015")
