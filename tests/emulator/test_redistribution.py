from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.conftest import Serve
from tests.emulator.service import BUSY, Service, refused
from tests.emulator.test_command import Start, start

__all__ = ["start"]

DURATIONS = {"snapshot": 100, "gap": 40, "grow": 100, "lag": 0, "redistribute": 1000}
BYTES = 240 * 2**30
WORLD: dict[str, Any] = {
    "clusters": [
        {"name": "waits", "data_gb": 240.0, "task": "WAITING_REDISTRIBUTION"},
        {"name": "old", "version": "8.1.1.100"},
        {"name": "older-figures", "version": "8.2.0", "task": "WAITING_REDISTRIBUTION"},
        {"name": "idle", "data_gb": 240.0},
    ],
    "snapshots": [],
    "disaster_recoveries": [],
    "durations": DURATIONS,
}


@pytest.fixture
def cloud(serve: Serve) -> Service:
    return serve(**WORLD)


@pytest.fixture
def waits(cloud: Service) -> str:
    return cloud.id_of("waits")


def path(cluster_id: str, what: str = "") -> str:
    return f"v2/clusters/{cluster_id}/redistribution{what}"


def begin(service: Service, cluster_id: str, jobs: int = 4, mode: str = "offline") -> None:
    service.post(path(cluster_id), {"redis_mode": mode, "parallel_jobs": jobs})


def state(service: Service, cluster_id: str) -> tuple[str, str, int]:
    """The task of the cluster, the status of its redistribution, and its percentage."""
    info = service.get(path(cluster_id))["redis_info"]
    task = service.cluster(cluster_id)["task_status"]
    return task, info["status"], info["redis_process"]["total_progress"]


def tables(service: Service, cluster_id: str, **query: Any) -> dict[str, str]:
    told = service.get(path(cluster_id), **query)["redis_info"]["redis_table_detail"]["data"]
    return {f"{t['schema_name']}.{t['table_name']}": t["status"] for t in told or []}


def test_growth_may_end_in_waiting_for_redistribution(cloud: Service) -> None:
    cluster_id = cloud.id_of("idle")
    told = {
        "scale_out": {"count": 3},
        "auto_redistribute": False,
        "redis_conf": {"redis_mode": "onLine", "parallel_jobs": 8},
    }
    cloud.post(f"v1.0/clusters/{cluster_id}/resize", told)
    cloud.advance(300)

    waiting = cloud.get(path(cluster_id))
    restarted = cloud.send("POST", f"v1.0/clusters/{cluster_id}/restart")

    assert cloud.cluster(cluster_id)["number_of_node"] == 6
    assert state(cloud, cluster_id) == ("WAITING_REDISTRIBUTION", "WAITING", 0)
    assert waiting["redis_info"]["redis_conf"]["parallel_jobs"] == 8
    assert waiting["redis_info"]["redis_conf"]["redis_mode"] == "online"
    assert refused(restarted) == BUSY


def test_a_started_redistribution_moves_all_bytes_and_frees_the_cluster(
    cloud: Service, waits: str
) -> None:
    begin(cloud, waits)
    cloud.advance(500)
    halfway = cloud.get(path(waits))
    running = state(cloud, waits)
    flags = cloud.cluster(waits)["sub_status"]
    cloud.advance(510)
    done = cloud.get(path(waits))["redis_info"]

    assert running == ("REDISTRIBUTING", "RUNNING", 49)  # the figures are five seconds old
    assert flags == "REDISTRIBUTING"
    progress = halfway["redis_info"]["redis_process"]
    assert abs(progress["bytes_done"] + progress["byte_left"] - BYTES) < 2**30
    assert progress["estimated_time"].startswith("00:08:")
    assert 0 < progress["tables_done"] < progress["tables_done"] + progress["tables_left"]
    assert (halfway["pause_enable"], halfway["recover_enable"]) == (True, False)
    assert (done["status"], done["redis_process"]["completed"]) == ("SUCCESS", True)
    assert done["redis_table_detail"]["data"] is None
    cluster = cloud.cluster(waits)
    assert (cluster["task_status"], cluster["sub_status"]) == (None, "NORMAL")


def test_the_figures_of_the_database_lag_behind_the_status(cloud: Service, waits: str) -> None:
    begin(cloud, waits)
    cloud.advance(1002)

    info = cloud.get(path(waits))["redis_info"]

    assert (info["status"], info["redis_process"]["status"]) == ("SUCCESS", "RUNNING")


@pytest.mark.parametrize(
    ("jobs", "mode", "percent"), [(4, "offline", 40), (8, "offline", 80), (8, "online", 40)]
)
def test_parallel_jobs_make_it_faster_and_queries_slower(
    cloud: Service, waits: str, jobs: int, mode: str, percent: int
) -> None:
    begin(cloud, waits, jobs, mode)
    cloud.advance(405)

    assert state(cloud, waits)[2] == percent


def test_a_suspended_redistribution_rests_until_it_is_resumed(cloud: Service, waits: str) -> None:
    begin(cloud, waits)
    cloud.advance(300)
    cloud.post(path(waits, "/suspend"))
    pausing = state(cloud, waits)
    twice = cloud.send("POST", path(waits, "/suspend"))
    cloud.advance(5000)
    paused = cloud.get(path(waits))
    rests = state(cloud, waits)
    refused_meanwhile = cloud.send("POST", f"v1.0/clusters/{waits}/restart")
    cloud.post(path(waits, "/recovery"))
    cloud.advance(100)
    resumed = state(cloud, waits)
    cloud.advance(600)

    assert pausing[:2] == ("REDISTRIBUTING", "PAUSING")
    assert refused(twice) == refused(refused_meanwhile) == BUSY
    assert rests == ("REDISTRIBUTION_PAUSED", "PAUSE", 31)
    assert paused["redis_info"]["redis_process"]["pause_by_user"]
    assert (paused["pause_enable"], paused["recover_enable"]) == (False, True)
    assert resumed == ("REDISTRIBUTING", "RUNNING", 40)
    assert state(cloud, waits) == (None, "SUCCESS", 100)


def test_while_paused_speed_and_order_may_be_changed(cloud: Service, waits: str) -> None:
    begin(cloud, waits)
    cloud.advance(100)
    config = path(waits, "/configurations")
    early = cloud.send("PUT", config, {"parallel_jobs": 40})
    cloud.post(path(waits, "/suspend"))
    cloud.advance(20)

    changed = cloud.send("PUT", config, {"parallel_jobs": 40, "priority_policy": "small"})
    cloud.post(path(waits, "/recovery"))
    cloud.advance(100)

    assert refused(early) == BUSY
    assert changed.json() == {}
    assert state(cloud, waits) == (None, "SUCCESS", 100)


def test_tables_are_moved_in_the_order_they_were_given(cloud: Service, waits: str) -> None:
    wanted = [
        {"schema_name": "sales", "table_name": "visits", "redis_order": 1},
        {"schema_name": "staging", "redis_order": 2},
    ]
    told = {"db_name": "gaussdb", "priority": wanted}
    cloud.send("PUT", path(waits, "/priority"), told).raise_for_status()

    schemas = cloud.get(path(waits, "/schemas"), db_name="gaussdb")
    begin(cloud, waits, jobs=1)
    cloud.advance(1300)

    assert [s["schema_name"] for s in schemas["schemas"]] == ["sales", "staging", "public"]
    assert [s["redis_order"] for s in schemas["schemas"]] == sorted(
        s["redis_order"] for s in schemas["schemas"]
    )
    assert tables(cloud, waits, type="y") == {"sales.visits": "y", "staging.orders_in": "y"}
    assert set(tables(cloud, waits, type="i")) == {"public.calendar"}
    left = cloud.get(path(waits, "/schemas"), db_name="gaussdb")
    assert [s["schema_name"] for s in left["schemas"]] == ["public", "sales"]


def test_what_is_done_stays_done_when_the_order_changes(cloud: Service, waits: str) -> None:
    begin(cloud, waits)
    cloud.advance(500)
    cloud.post(path(waits, "/suspend"))
    cloud.advance(20)
    before = tables(cloud, waits, type="y")

    cloud.send("PUT", path(waits, "/configurations"), {"priority_policy": "large"})

    assert before
    assert before.items() <= tables(cloud, waits).items()


def test_tables_are_told_in_pages_and_by_name(cloud: Service, waits: str) -> None:
    whole = tables(cloud, waits, limit=100)
    begin(cloud, waits)
    cloud.advance(10)

    first, second = (set(tables(cloud, waits, limit=4, offset=n)) for n in (0, 1))

    assert whole == {}, "a redistribution that waits tells no tables"
    assert (len(first), first & second) == (4, set())
    assert set(tables(cloud, waits, table_name="visits")) == {"sales.visits"}
    assert tables(cloud, waits, db_name="nothing") == {}


def test_tables_that_are_not_there_are_given_no_order(cloud: Service, waits: str) -> None:
    wanted = {"schema_name": "sales", "table_name": "nothing", "redis_order": 1}
    told = {"db_name": "gaussdb", "priority": [wanted]}

    answered = cloud.send("PUT", path(waits, "/priority"), told)

    assert refused(answered) == (400, "DWS.5174")


def test_a_failed_redistribution_is_tried_again_from_where_it_was(
    cloud: Service, waits: str
) -> None:
    cloud.fault("task_fails", "ExecuteRedistributionCluster", task_status="REDISTRIBUTE_FAILURE")
    begin(cloud, waits)
    cloud.advance(600)
    failed = cloud.get(path(waits))
    broken = (state(cloud, waits), cloud.cluster(waits)["sub_status"])
    cloud.post(path(waits, "/recovery"))
    cloud.advance(10)
    again = state(cloud, waits)
    cloud.advance(510)

    assert broken == (("REDISTRIBUTE_FAILURE", "FAIL", 50), "REDISTRIBUTION-FAILURE")
    assert failed["retry_enable"]
    assert failed["redis_info"]["redis_process"]["fail_count"] == 1
    assert again == ("REDISTRIBUTING", "RUNNING", 50)
    assert cloud.cluster(waits)["sub_status"] == "NORMAL"


def test_growth_may_work_and_its_redistribution_fail(cloud: Service) -> None:
    cluster_id = cloud.id_of("idle")
    cloud.fault("task_fails", "ResizeCluster", task_status="REDISTRIBUTE_FAILURE")
    cloud.post(f"v1.0/clusters/{cluster_id}/resize", {"scale_out": {"count": 3}})
    cloud.advance(3600)

    assert cloud.cluster(cluster_id)["number_of_node"] == 6
    assert state(cloud, cluster_id) == ("REDISTRIBUTE_FAILURE", "FAIL", 50)


def test_a_stuck_redistribution_stays_where_it_is(cloud: Service, waits: str) -> None:
    cloud.fault("stuck", "ExecuteRedistributionCluster")
    begin(cloud, waits)
    cloud.advance(36_000)

    assert state(cloud, waits) == ("REDISTRIBUTING", "RUNNING", 0)


def test_only_a_cluster_that_waits_can_be_redistributed(cloud: Service) -> None:
    cluster_id = cloud.id_of("idle")

    answered = [
        cloud.send("POST", path(cluster_id), {"redis_mode": "offline", "parallel_jobs": 4}),
        cloud.send("POST", path(cluster_id, "/suspend")),
        cloud.send("POST", path(cluster_id, "/recovery")),
        cloud.send("PUT", path(cluster_id, "/configurations"), {"parallel_jobs": 4}),
    ]

    assert [refused(one) for one in answered] == [BUSY] * 4
    info = cloud.get(path(cluster_id))["redis_info"]
    assert (info["status"], info["redis_process"]["status"]) == ("", None)


def test_old_databases_do_not_know_redistribution(cloud: Service) -> None:
    old, older = cloud.id_of("old"), cloud.id_of("older-figures")
    begin(cloud, older)
    cloud.advance(500)

    assert refused(cloud.send("GET", path(old))) == (400, "DWS.5206")
    assert refused(cloud.send("POST", path(old, "/suspend"))) == (400, "DWS.5206")
    assert state(cloud, older) == ("REDISTRIBUTING", "RUNNING", 0)


def test_a_redistribution_survives_kill_9(start: Start, tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text(
        "clusters: [{name: waits, data_gb: 240, task: WAITING_REDISTRIBUTION}]\n"
        "durations: {redistribute: 1000, lag: 0}\n"
    )
    state_file = str(tmp_path / "world.db")
    arguments = ("--speed", "0", "--world", str(world), "--state", state_file)
    process, service = start(*arguments)
    cluster_id = service.id_of("waits")
    begin(service, cluster_id)
    service.advance(300)
    before = service.get(path(cluster_id))
    process.send_signal(signal.SIGKILL)
    process.wait()

    _, service = start(*arguments)

    assert service.get(path(cluster_id)) == before
    service.advance(710)
    assert state(service, cluster_id) == (None, "SUCCESS", 100)
