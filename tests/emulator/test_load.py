"""The load of clusters: it follows from the emulated time, and from what is done to them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dws.emulator import Emulator, WorldSpec
from tests.emulator.conftest import WORLD, Serve
from tests.emulator.service import Service

HOUR_MS = 3_600_000


def now_ms(service: Service) -> int:
    told = service.advance(0)
    return int(datetime.fromisoformat(told).timestamp() * 1000)


def pass_days(service: Service, days: float) -> None:
    """Let days pass; tokens live for one."""
    service.advance(days * 86400)
    service.login()


def series(service: Service, cluster_id: str, start: int, end: int, **more: Any) -> Any:
    query = {
        "from": start,
        "to": end,
        "indicator_name": "cluster.cpu_usage",
        "dim0": f"cluster_id,{cluster_id}",
    }
    return service.get("v1.0/dms/metric-data", **{**query, **more})[0]["data_points"]


def results(points: Any) -> list[float]:
    return [float(point["result"]) for point in points]


def test_the_same_time_asked_twice_has_the_same_load(service: Service, sales: str) -> None:
    end = now_ms(service)
    before = series(service, sales, end - HOUR_MS, end)
    service.take(sales, "backup-1")
    service.post(f"v1.0/clusters/{sales}/resize", {"scale_out": {"count": 3}})
    service.advance(7200)

    after = series(service, sales, end - HOUR_MS, end, dim1="")

    assert len(before) in {120, 121}
    assert [p["timestamp"] for p in after] == [p["timestamp"] for p in before]


def test_the_past_does_not_change_by_what_is_done_later(service: Service, sales: str) -> None:
    end = now_ms(service)
    before = series(service, sales, end - HOUR_MS, end)
    service.take(sales, "backup-1")

    assert series(service, sales, end - HOUR_MS, end) == before


def test_there_is_no_load_of_times_to_come(service: Service, sales: str) -> None:
    start = now_ms(service)

    assert series(service, sales, start + 1, start + HOUR_MS) == []


def test_load_rises_by_day_and_falls_by_night(service: Service, sales: str) -> None:
    day_ms = 24 * HOUR_MS
    monday = (now_ms(service) // day_ms - 7) * day_ms
    monday -= (datetime.fromtimestamp(monday / 1000, UTC).weekday()) * day_ms
    night = results(series(service, sales, monday + 2 * HOUR_MS, monday + 4 * HOUR_MS))
    noon = results(series(service, sales, monday + 14 * HOUR_MS, monday + 16 * HOUR_MS))
    sunday = monday + 6 * day_ms
    rest = results(series(service, sales, sunday + 14 * HOUR_MS, sunday + 16 * HOUR_MS))

    assert max(night) < min(noon)
    assert max(rest) < min(noon)


def test_a_snapshot_makes_load_and_a_restart_a_gap(serve: Serve) -> None:
    service = serve(durations={"snapshot": 600, "restart": 600, "lag": 0})
    sales, idle = service.id_of("sales"), service.id_of("dr-idle")
    start = now_ms(service)
    calm = results(series(service, idle, start - 600_000, start))
    service.take(sales, "backup-1")
    service.post(f"v1.0/clusters/{idle}/restart")
    service.advance(1200)
    end = now_ms(service)

    taken = series(service, sales, start + 60_000, start + 540_000)
    before = results(series(service, sales, start - 600_000, start))
    restarted = series(service, idle, start + 700_000, end - 660_000)

    assert sum(results(taken)) / len(taken) > sum(before) / len(before) + 5
    assert calm
    assert restarted == []
    assert series(service, idle, end - 400_000, end)


def test_aggregates_agree_with_the_series(service: Service, sales: str) -> None:
    end = now_ms(service)
    window = {"from": end - HOUR_MS, "to": end}

    told = service.get(
        "v1/dms/resource/utilization/aggregate",
        cluster_id=sales,
        metric_name="cpu_usage",
        dim="cluster",
        **window,
    )["clusters"][0]["data"][0]

    values = results(series(service, sales, end - HOUR_MS, end))
    assert (told["max"], told["min"]) == (max(values), min(values))
    assert abs(told["avg"] - sum(values) / len(values)) < 0.01
    assert abs(told["skew"] - (1 - told["avg"] / told["max"]) * 100) < 0.05
    assert told["min"] <= told["median"] <= told["p95"] <= told["max"]


def test_points_of_a_period_are_put_together(service: Service, sales: str) -> None:
    end = now_ms(service) // HOUR_MS * HOUR_MS
    raw = results(series(service, sales, end - HOUR_MS, end - 1))

    for function, join in {"max": max, "min": min}.items():
        (told,) = results(
            series(service, sales, end - HOUR_MS, end - 1, period="3600", function=function)
        )
        assert told == join(raw)


def test_disks_are_as_full_as_the_data(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales", "data_gb": 3000}, {"name": "dr-idle"}], **NO_PAIRS)
    full, empty = service.id_of("sales"), service.id_of("dr-idle")

    usage = {}
    for name in (full, empty):
        told = service.get(f"v1/dms/clusters/{name}/file-system")["dws_instances"][0]
        usage[name] = {fs["fs_name"]: fs["usage"] for fs in told["file_system"]}

    assert 55 < usage[full]["/dev/vdb"] < 68
    assert usage[empty]["/dev/vdb"] < 10


def test_more_nodes_leave_emptier_disks_and_the_past_as_it_was(serve: Serve) -> None:
    service = serve(clusters=[{"name": "sales", "data_gb": 3000}], **NO_PAIRS)
    sales = service.id_of("sales")
    start = now_ms(service)
    path = f"v1/dms/clusters/{sales}/file-system/aggregate"
    before = service.get(path, **{"from": start - HOUR_MS, "to": start})
    service.post(f"v1.0/clusters/{sales}/resize", {"scale_out": {"count": 3}})
    service.advance(7200)

    after = service.get(path, **{"from": start - HOUR_MS, "to": start})

    now = service.get(f"v1/dms/clusters/{sales}/file-system")["dws_instances"][0]["file_system"]
    assert after["dws_instances"][:3] == before["dws_instances"]
    assert next(fs["usage"] for fs in now if fs["fs_name"] == "/dev/vdb") < 40


def test_load_survives_a_restart_of_the_emulator(tmp_path: Path) -> None:
    spec, state = WorldSpec.model_validate(WORLD), tmp_path / "state.db"
    with Emulator.serving(speed=0.0, world=spec, state=state) as server:
        service = Service(server.url)
        sales = service.id_of("sales")
        service.take(sales, "backup-1")
        end = now_ms(service)
        before = series(service, sales, end - HOUR_MS, end)
        service.http.close()
    with Emulator.serving(speed=0.0, world=spec, state=state) as server:
        service = Service(server.url)
        after = series(service, sales, end - HOUR_MS, end)
        service.http.close()

    assert after == before


NO_PAIRS: dict[str, Any] = {"snapshots": [], "disaster_recoveries": []}
