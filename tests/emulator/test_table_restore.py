"""Single tables out of a snapshot, and what else is told of snapshots and databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec
from dws.operations import snapshots as ops
from dws.told import snapshots as told_shapes
from tests.emulator.conftest import Serve
from tests.emulator.service import BUSY, Service, refused

TABLES = {"gaussdb": {"public": ["Orders"], "archive": ["old"]}, "postgres": {"public": []}}


@pytest.fixture
def stocked(serve: Serve) -> Service:
    """A world whose cluster has tables, and a snapshot of them."""
    clusters = [
        {"name": "sales", "databases": TABLES},
        {"name": "busy-pair"},
        {"name": "standby"},
    ]
    return serve(
        clusters=clusters,
        snapshots=[{"name": "nightly", "cluster": "sales", "type": "AUTOMATED"}],
        disaster_recoveries=[{"name": "pair", "primary": "busy-pair", "standby": "standby"}],
    )


def nightly(service: Service) -> str:
    return next(str(s["id"]) for s in service.state()["snapshots"] if s["name"] == "nightly")


def tables(source: str, target: str, **told: Any) -> dict[str, Any]:
    def split(path: str) -> list[dict[str, str]]:
        schema, name = path.split(".")
        return [{"schema_name": schema, "table_name": name}]

    return {
        "case_sensitive": True,
        "database": "gaussdb",
        "restore_table_list": split(source),
        "target_table_list": split(target),
        **told,
    }


def checked(service: Service, told: dict[str, Any]) -> told_shapes.CheckedTables:
    reply = service.post(f"v1/snapshots/{nightly(service)}/table-restore-check", told)
    return ops.CheckTableRestore.reply_type().model_validate(reply).check_table_name_result


def test_a_check_tells_the_names_that_stand_in_the_way(stocked: Service) -> None:
    free = checked(stocked, tables("public.Orders", "public.orders_copy"))
    blind = checked(stocked, tables("public.ORDERS", "Archive.OLD", case_sensitive=False))
    wrong = checked(stocked, tables("public.nothing", "archive.old"))

    assert (free.restore_table_list, free.target_table_list) == ([], [])
    assert (blind.restore_table_list, blind.target_table_list) == ([], ["Archive.OLD"])
    assert (wrong.restore_table_list, wrong.target_table_list) == (
        ["public.nothing"],
        ["archive.old"],
    )


def test_a_restored_table_is_there_when_its_job_ended(stocked: Service) -> None:
    sales, told = stocked.id_of("sales"), tables("public.Orders", "rescued.orders_copy")

    job_id = stocked.post(f"v1/snapshots/{nightly(stocked)}/table-restore", told)["job_id"]
    stocked.advance(60)
    busy, running = stocked.cluster(sales), stocked.get(f"v1.0/job/{job_id}")
    before = checked(stocked, told)
    stocked.advance(620)

    assert (busy["task_status"], running["status"]) == ("FINE_GRAINED_RESTORING", "RUNNING")
    assert before.target_table_list == []
    assert stocked.get(f"v1.0/job/{job_id}")["status"] == "SUCCESS"
    assert checked(stocked, told).target_table_list == ["rescued.orders_copy"]
    path = f"v1/clusters/{sales}/databases/gaussdb/schemas"
    assert "rescued" in stocked.get(path)["schemas"]


def test_a_failed_restore_leaves_no_table(stocked: Service) -> None:
    told = tables("public.Orders", "public.orders_copy")
    stocked.fault("task_fails", "RestoreTable", task_status="FINE_GRAINED_RESTORING_FAILED")

    job_id = stocked.post(f"v1/snapshots/{nightly(stocked)}/table-restore", told)["job_id"]
    stocked.advance(620)

    assert stocked.get(f"v1.0/job/{job_id}")["status"] == "FAIL"
    assert stocked.cluster(stocked.id_of("sales"))["task_status"].endswith("_FAILED")
    assert checked(stocked, told).target_table_list == []


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (tables("public.nothing", "public.copy"), (400, "DWS.5174")),
        (tables("public.orders", "public.copy"), (400, "DWS.5174")),
        (tables("public.Orders", "public.copy", database="nothing"), (400, "DWS.5172")),
        (tables("public.Orders", "public.copy", target_table_list=[]), (400, "DWS.0001")),
    ],
)
def test_what_is_not_in_the_snapshot_is_not_restored(
    stocked: Service, told: dict[str, Any], code: tuple[int, str]
) -> None:
    answered = stocked.send("POST", f"v1/snapshots/{nightly(stocked)}/table-restore", told)

    assert refused(answered) == code


def test_a_busy_cluster_gets_no_table_restored(stocked: Service) -> None:
    stocked.take(stocked.id_of("sales"), "backup-1", wait=False)
    told = tables("public.Orders", "public.copy")

    answered = stocked.send("POST", f"v1/snapshots/{nightly(stocked)}/table-restore", told)

    assert refused(answered) == BUSY


def test_a_cluster_in_disaster_recovery_gets_no_table_restored(stocked: Service) -> None:
    primary = stocked.id_of("busy-pair")
    snapshot_id = stocked.take(primary, "backup-1")
    path = f"v1/snapshots/{snapshot_id}/table-restore"

    answered = stocked.send("POST", path, tables("sales.orders", "sales.orders_copy"))

    assert refused(answered) == BUSY


def test_a_restored_cluster_has_the_databases_of_its_source(stocked: Service) -> None:
    told = {"restore": {"name": "twin"}}
    twin = stocked.post(f"v1.0/snapshots/{nightly(stocked)}/actions", told)["cluster"]["id"]
    stocked.advance(910)

    assert stocked.get(f"v1/clusters/{twin}/databases")["databases"] == ["gaussdb", "postgres"]
    assert "archive" in stocked.get(f"v1/clusters/{twin}/databases/gaussdb/schemas")["schemas"]


def test_databases_and_their_schemas_come_in_pages(stocked: Service) -> None:
    sales = stocked.id_of("sales")
    path = f"v1/clusters/{sales}/databases"

    named = stocked.get(path, database="gauss")
    second = stocked.get(path, offset=1, limit=1)
    schemas = stocked.get(f"{path}/gaussdb/schemas", order="desc")
    unknown = stocked.send("GET", f"{path}/nothing/schemas")

    assert named == {"databases": ["gaussdb"], "count": 1}
    assert second == {"databases": ["postgres"], "count": 2}
    assert schemas["schemas"] == sorted(schemas["schemas"], reverse=True)
    assert {"public", "archive"} <= set(schemas["schemas"])
    assert refused(unknown) == (400, "DWS.5172")


def test_statistics_tell_what_snapshots_take(service: Service, sales: str) -> None:
    def used() -> dict[str, float | None]:
        told = service.get(f"v1.0/clusters/{sales}/snapshots/statistics")
        found = ops.ListSnapshotStatistics.reply_type().model_validate(told).statistics
        return {figure.name: figure.value for figure in found}

    before = used()
    service.take(sales, "backup-1")

    assert before["storage.used"] == 480.0
    assert used()["storage.used"] == 720.0
    assert (before["storage.free"], before["storage.paid"]) == (3 * 1675.0, 0.0)


def test_a_snapshot_tells_the_flavor_it_had_and_those_it_fits(service: Service, sales: str) -> None:
    snapshot_id = service.take(sales, "backup-1")
    flavor = service.get(f"v2/snapshots/{snapshot_id}/flavor")
    flavors = service.get(f"v2/snapshots/{snapshot_id}/flavors")
    elsewhere = service.get(f"v2/snapshots/{snapshot_id}/flavors", az_code="mars")

    had = ops.ListSnapshotFlavor.reply_type().model_validate(flavor).flavor
    fits = ops.ListSnapshotFlavorInfo.reply_type().model_validate(flavors).flavors

    assert (had.code, had.ori_node, had.capacity) == ("dws.d2.xlarge", 3, 1675.0)
    assert had.code in {one.code for one in fits}
    assert "dwsx2.h.xlarge.4.c6" not in {one.code for one in fits}
    assert elsewhere == {"flavors": [], "count": 0}


def abroad(service: Service, cluster_id: str) -> list[told_shapes.CrossRegionPolicy]:
    told = service.get("v1/snapshots/cross-region-policies", cluster_id=cluster_id)
    reply = ops.ListSnapshotCrossRegionPolicies.reply_type().model_validate(told)
    return list(reply.cross_region_configs)


def test_snapshots_are_copied_abroad_for_their_days(service: Service, sales: str) -> None:
    regions = service.get("v1/snapshots/cross-regions", limit=1)
    told = {
        "cluster_id": sales,
        "destination_project_id": "p2",
        "destination_region": regions["regions"][0]["region_id"],
        "status": True,
        "back_keep_day": 2,
    }
    service.post("v1/snapshots/cross-region-policies", told)
    service.take(sales, "backup-1")
    service.advance(910)
    (copied,) = abroad(service, sales)
    service.advance(2 * 86400)
    service.login()
    (expired,) = abroad(service, sales)

    assert (regions["count"], len(regions["regions"])) == (2, 1)
    assert (copied.cluster_name, copied.status, copied.total_size) == ("sales", True, 240.0)
    assert (copied.source_region, copied.destination_region) == ("eu-de", "eu-nl")
    assert expired.total_size == 0


def test_copies_abroad_can_be_switched_off(service: Service, sales: str) -> None:
    told = {
        "cluster_id": sales,
        "destination_project_id": "p2",
        "destination_region": "eu-nl",
        "back_keep_day": 2,
    }
    nowhere = told | {"status": True, "destination_region": "mars"}
    refusal = refused(service.send("POST", "v1/snapshots/cross-region-policies", nowhere))
    service.post("v1/snapshots/cross-region-policies", told | {"status": False})
    service.take(sales, "backup-1")
    service.advance(910)
    (off,) = abroad(service, sales)
    path = "v1/snapshots/cross-region-policies"
    # As in the sample of reference 5.3.21, whose query has another name than its table.
    deleted = service.send("DELETE", path, params={"cluster": sales})

    assert refusal == (400, "DWS.5010")
    assert (off.status, off.total_size) == (False, 0)
    assert deleted.status_code == 200
    assert abroad(service, sales) == []


def test_parameters_of_the_backup_tool_are_set(service: Service, sales: str) -> None:
    path = f"v1/clusters/{sales}/snapshots/roach-configs"
    before = service.get(path)
    wanted = [
        {"key": "parallel-process", "value": 30, "type": "backup"},
        {"key": "compression", "value": "lz4", "type": "backup"},
    ]

    answered = service.send("PUT", path, {"roach_config": wanted})
    after = service.get(path, offset=1)

    assert before["roach_configs"] == [{"key": "parallel-process", "value": 20, "type": "backup"}]
    assert answered.status_code == 200
    assert service.get(path)["roach_configs"] == wanted
    assert after == {"roach_configs": wanted[1:], "count": 2}


def test_tables_copies_and_parameters_survive_a_restart(tmp_path: Path) -> None:
    clusters = [{"name": "sales", "databases": TABLES}]
    snapshots = [{"name": "nightly", "cluster": "sales"}]
    world = WorldSpec.model_validate({"clusters": clusters, "snapshots": snapshots})
    state = tmp_path / "world.db"
    with Emulator.serving(speed=0.0, world=world, state=state) as server:
        service = Service(server.url)
        sales = service.id_of("sales")
        told = {
            "cluster_id": sales,
            "destination_project_id": "p2",
            "destination_region": "eu-nl",
            "status": True,
            "back_keep_day": 2,
        }
        service.post("v1/snapshots/cross-region-policies", told)
        service.take(sales, "backup-1")
        roach = [{"key": "parallel-process", "value": 30, "type": "backup"}]
        path = f"v1/clusters/{sales}/snapshots/roach-configs"
        service.send("PUT", path, {"roach_config": roach})
        service.advance(910)
        wanted = tables("public.Orders", "public.orders_copy")
        service.post(f"v1/snapshots/{nightly(service)}/table-restore", wanted)
        service.http.close()

    with Emulator.serving(speed=0.0, world=world, state=state) as server:
        service = Service(server.url)
        service.advance(620)
        found = checked(service, wanted)
        (copied,) = abroad(service, sales)
        configs = service.get(path)["roach_configs"]
        service.http.close()

    assert found.target_table_list == ["public.orders_copy"]
    assert (copied.total_size, copied.destination_region) == (120.0, "eu-nl")
    assert configs == roach
