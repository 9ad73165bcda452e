from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from dws import clock as door
from dws.client import Client
from dws.emulator import Emulator, WorldSpec
from dws.errors import WaitFailed
from dws.identity import Password, Project
from dws.operations.operational_tasks import ListOperationalTaskDetail
from dws.waiters.operational_tasks import operational_task_finished
from tests.emulator.conftest import WORLD
from tests.emulator.service import Service, refused
from tests.emulator.test_load import now_ms, pass_days
from tests.virtual_clock import VirtualClock


def at(service: Service, seconds: float) -> str:
    moment = datetime.fromtimestamp(now_ms(service) / 1000 + seconds, UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def once(service: Service, begins: float = 60, lasting: float = 7200, **told: Any) -> Any:
    return {
        "task_info": {
            "task_name": "nightly",
            "type": "Date",
            "start_time": at(service, begins),
            "end_time": at(service, begins + lasting),
            **told,
        }
    }


def path(cluster_id: str) -> str:
    return f"v1/clusters/{cluster_id}/operational-tasks"


def add(service: Service, cluster_id: str, told: Any) -> str:
    service.post(path(cluster_id), told)
    name = told["task_info"]["task_name"]
    listed = service.get(path(cluster_id))["data"]
    return next(str(task["task_id"]) for task in listed if task["task_name"] == name)


def run(service: Service, cluster_id: str, **query: Any) -> Any:
    (found, *_) = service.get(f"{path(cluster_id)}/detail", **query)["data"]
    return found


def dirt(service: Service, cluster_id: str) -> dict[str, float]:
    told = service.get(
        f"v1/clusters/{cluster_id}/dms/tables/statistic", rate_type="dirtyPage", offset=0, limit=99
    )
    return {row["table_name"]: row["dirty_page_rate"] for row in told["data"]}


def test_a_task_waits_for_its_window_runs_and_ends(service: Service, sales: str) -> None:
    add(service, sales, once(service, vacuum_threshold="1"))
    waiting = run(service, sales)
    before = dirt(service, sales)
    service.advance(200)
    running = run(service, sales)
    service.advance(3600)
    finished = run(service, sales)

    assert [r["status"] for r in (waiting, running, finished)] == ["waiting", "running", "finished"]
    assert 0 < float(running["finished_percentage"]) < 100
    numbers = finished["table_vacuum_num_info"]
    assert numbers["finished_num"] == numbers["total_num"] == 8
    assert running["table_vacuum_num_info"]["running_num"] == 3
    assert float(finished["vacuumed_space"].split()[0]) > 0
    assert finished["finished_percentage"] == "100.00"
    assert before["orders"] > 1 > dirt(service, sales)["orders"]


def test_what_the_window_leaves_no_time_for_is_canceled(service: Service, sales: str) -> None:
    add(service, sales, once(service, lasting=120, vacuum_threshold="1"))
    service.advance(600)

    told = run(service, sales)

    assert told["status"] == "canceled"
    assert told["table_vacuum_num_info"]["canceled_num"] > 0
    assert told["table_vacuum_num_info"]["running_num"] == 0


def test_a_periodic_task_runs_in_each_of_its_windows(service: Service, sales: str) -> None:
    window = {"date_type": "everyday", "date_start": "04:00:00", "date_end": "08:00:00"}
    told = once(service, 0, 10 * 86400, type="Window", white_list=[window], vacuum_threshold="1")
    add(service, sales, told)
    pass_days(service, 3)

    runs = service.get(f"{path(sales)}/detail")["data"]

    newest, *others = [r["status"] for r in runs]
    assert (newest, set(others)) == ("waiting", {"finished"})
    assert len(runs) in {4, 5}
    # The first one may have begun within its window.
    assert {r["start_time"][11:] for r in runs[:-1]} == {"04:00:00"}
    assert len({r["start_time"][:10] for r in runs}) == len(runs)
    pass_days(service, 20)
    assert service.get(f"{path(sales)}/detail", status="waiting")["count"] == 0


def test_windows_are_in_the_zone_of_the_task(service: Service, sales: str) -> None:
    window = {"date_type": "everyday", "date_start": "23:00", "date_end": "01:00"}
    told = once(service, 0, 10 * 86400, type="Window", white_list=[window], time_zone="+0800")
    told["task_info"]["start_time"] = at(service, 9 * 3600)
    add(service, sales, told)

    waiting = run(service, sales)

    assert waiting["task_dead_line"][11:] == "17:00:00"


def test_a_day_of_the_month_opens_a_window(service: Service, sales: str) -> None:
    window = {"date_type": "1th", "date_start": "04:00:00", "date_end": "08:00:00"}
    add(service, sales, once(service, 0, 90 * 86400, type="Window", white_list=[window]))

    opens = run(service, sales)["start_time"]

    assert opens[8:] == "01 04:00:00" or datetime.now(UTC).day == 1


def test_a_paused_task_begins_no_table_until_it_goes_on(service: Service, sales: str) -> None:
    task_id = add(service, sales, once(service, vacuum_threshold="1"))
    service.post(f"{path(sales)}/batch-pause", {"task_ids": [task_id]})
    service.advance(900)
    paused = run(service, sales)["table_vacuum_num_info"]
    (listed,) = service.get(path(sales))["data"]
    service.post(f"{path(sales)}/batch-resume", {"task_ids": [task_id]})
    service.advance(3600)

    assert (listed["is_paused"], paused["waiting_num"], paused["running_num"]) == (1, 8, 0)
    assert run(service, sales)["status"] == "finished"


def test_a_manual_task_vacuums_the_tables_that_are_told(service: Service, sales: str) -> None:
    table = {"database_name": "gaussdb", "schema_name": "sales", "table_name": "orders"}
    add(service, sales, once(service, vacuum_mode="manual", priority=[table]))
    service.advance(900)

    told = run(service, sales)

    assert told["table_vacuum_info"]["vacuum_finished_info"] == [table]
    assert service.get(path(sales))["data"][0]["vacuum_priority"] == [table]


def test_a_deleted_task_is_gone_with_its_runs(service: Service, sales: str) -> None:
    task_id = add(service, sales, once(service, vacuum_threshold="1"))
    service.advance(100)
    service.post(f"{path(sales)}/batch-delete", {"task_ids": [task_id]})
    service.advance(7200)

    assert service.get(path(sales)) == {"data": [], "count": 0}
    assert service.get(f"{path(sales)}/detail")["count"] == 0
    again = service.send("POST", f"{path(sales)}/batch-delete", {"task_ids": [task_id]})
    assert refused(again) == (404, "DWS.0047")


def test_a_changed_task_has_another_window(service: Service, sales: str) -> None:
    task_id = add(service, sales, once(service))
    one = f"v1/cluster/{sales}/operational-tasks/{task_id}"
    service.post(one, {"start_time": at(service, 3600), "task_name": "later"})

    assert run(service, sales)["start_time"] == at(service, 3600)
    assert service.get(path(sales))["data"][0]["task_name"] == "later"
    assert service.send("POST", one, {"vacuum_mode": "manual"}).status_code == 400


def test_the_parallel_limit_says_how_many_tables_run_at_once(service: Service, sales: str) -> None:
    service.send("PUT", f"{path(sales)}/configuration", {"parallel_max": 5})
    add(service, sales, once(service, vacuum_threshold="1"))
    service.advance(70)

    told = service.get(f"{path(sales)}/configuration")["configuration"]

    assert (told["parallel_min"], told["parallel_max"]) == (1, 5)
    assert run(service, sales)["table_vacuum_num_info"]["running_num"] == 5
    wrong = service.send("PUT", f"{path(sales)}/configuration", {"parallel_min": 6})
    assert refused(wrong) == (400, "DWS.5060")


def test_a_refresh_looks_anew_which_tables_are_due(service: Service, sales: str) -> None:
    add(service, sales, once(service, begins=20 * 86400, vacuum_threshold="60"))
    before = run(service, sales)["table_vacuum_num_info"]["total_num"]
    pass_days(service, 19)
    stale = run(service, sales)["table_vacuum_num_info"]["total_num"]
    service.post(f"{path(sales)}/sync")

    assert stale == before
    assert run(service, sales)["table_vacuum_num_info"]["total_num"] > before


def test_a_restarting_cluster_misses_its_window(service: Service, sales: str) -> None:
    add(service, sales, once(service, vacuum_threshold="1"))
    service.post(f"v1.0/clusters/{sales}/restart")
    service.advance(100)

    assert run(service, sales)["status"] == "canceled"


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "Window"},
        {"type": "Weekly"},
        {"start_time": None},
        {"end_time": "soon"},
        {"vacuum_mode": "manual"},
        {"vacuum_threshold": "most"},
        {"time_zone": "Berlin"},
        {"white_list": [{"date_type": "45th", "date_start": "04:00", "date_end": "05:00"}]},
    ],
)
def test_a_task_that_does_not_fit_is_refused(
    service: Service, sales: str, wrong: dict[str, Any]
) -> None:
    assert service.send("POST", path(sales), once(service, **wrong)).status_code == 400


def test_names_of_tasks_are_unique_in_a_cluster(service: Service, sales: str) -> None:
    add(service, sales, once(service))

    assert refused(service.send("POST", path(sales), once(service))) == (409, "DWS.5050")
    add(service, service.id_of("dr-idle"), once(service))


def test_a_stuck_run_never_ends(service: Service, sales: str) -> None:
    service.fault("stuck", "AddOperationalTask")
    add(service, sales, once(service, vacuum_threshold="1"))
    service.advance(20000)

    assert run(service, sales)["status"] == "running"


def test_the_tasks_of_a_deleted_cluster_are_gone(service: Service, sales: str) -> None:
    add(service, sales, once(service, vacuum_threshold="1"))
    service.delete_cluster(sales)
    service.advance(7200)

    assert service.send("GET", path(sales)).status_code == 404


def test_tasks_survive_a_restart_of_the_emulator(tmp_path: Path) -> None:
    spec, state = WorldSpec.model_validate(WORLD), tmp_path / "state.db"
    with Emulator.serving(speed=0.0, world=spec, state=state) as server:
        service = Service(server.url)
        sales = service.id_of("sales")
        add(service, sales, once(service, vacuum_threshold="1"))
        service.advance(200)
        before = run(service, sales)
        service.http.close()
    with Emulator.serving(speed=0.0, world=spec, state=state) as server:
        service = Service(server.url)
        after = run(service, sales)
        service.advance(3600)
        ended = run(service, sales)
        service.http.close()

    assert after == before
    assert (before["status"], ended["status"]) == ("running", "finished")


@pytest.mark.parametrize("fails", [False, True])
async def test_a_wait_ends_with_the_run(service: Service, sales: str, fails: bool) -> None:
    if fails:
        service.fault("task_fails", "AddOperationalTask", task_status="FAILED")
    task_id = add(service, sales, once(service, vacuum_threshold="1"))
    asked = ListOperationalTaskDetail(cluster_id=sales, task_id=task_id)

    with door.using(VirtualClock(service.url)):
        identity = Password(
            service.url,
            user="testname",
            domain="testname",
            password=SecretStr("Passw0rd"),
            project=Project(name="eu-de"),
        )
        async with Client(service.url, identity) as client:
            if fails:
                with pytest.raises(WaitFailed, match="8 tables are left"):
                    await operational_task_finished.wait(client, asked)
            else:
                told = await operational_task_finished.wait(client, asked)
                assert told is not None
                assert told.status == "finished"
