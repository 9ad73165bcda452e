"""Tables of real databases, where the service tells of them or restores single ones."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.conftest import Serve
from tests.emulator.service import Service
from tests.emulator.sql import ROWS, address, count, run, write

SQL = f"""
{ROWS};
CREATE SCHEMA archive;
CREATE TABLE archive.big AS SELECT n, repeat('x', 1000) AS told FROM generate_series(1, 5000) n;
CREATE TABLE archive."Small" (n int NOT NULL, told varchar(10), price numeric(8, 2));
INSERT INTO archive."Small" VALUES (1, NULL, 2.50)
"""
WORLD = {
    "clusters": [{"name": "sales", "sql": SQL}],
    "snapshots": [{"name": "weekly", "cluster": "sales", "type": "AUTOMATED"}],
    "disaster_recoveries": [],
}


@pytest.fixture
def service(serve: Serve) -> Service:
    return serve(data_plane="postgres", **WORLD)


@pytest.fixture
def sales(service: Service) -> str:
    return service.id_of("sales")


def tables(source: str, target: str, **told: Any) -> dict[str, Any]:
    def split(path: str) -> list[dict[str, str]]:
        schema, name = path.split(".")
        return [{"schema_name": schema, "table_name": name}]

    names = {"restore_table_list": split(source), "target_table_list": split(target)}
    return {"case_sensitive": True, "database": "gaussdb", **names, **told}


def test_a_table_is_restored_under_another_name_beside_the_present_one(
    service: Service, sales: str
) -> None:
    at = address(service, sales)
    snapshot_id = service.take(sales, "before")
    service.advance(10)
    write(at, 101)

    told = tables("public.rows", "public.rows_before")
    service.post(f"v1/snapshots/{snapshot_id}/table-restore", told)
    service.advance(2000)

    assert run(at, "SELECT count(*) FROM rows_before") == [(100,)]
    assert count(at) == 101


def test_a_restored_table_has_columns_rows_and_owner_and_replaces_one_of_its_name(
    service: Service, sales: str
) -> None:
    at = address(service, sales)
    snapshot_id = service.take(sales, "before")
    service.advance(10)
    run(at, 'DELETE FROM archive."Small"')

    told = tables("ARCHIVE.SMALL", "archive.Small", case_sensitive=False)
    service.post(f"v1/snapshots/{snapshot_id}/table-restore", told)
    service.advance(2000)

    assert run(at, 'SELECT n, told, price::text FROM archive."Small"') == [(1, None, "2.50")]
    owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'Small'"
    assert run(at, owner) == [("dbadmin",)]


def test_a_table_that_cannot_be_restored_leaves_a_failed_task(
    service: Service, sales: str, caplog: pytest.LogCaptureFixture
) -> None:
    at = address(service, sales)
    snapshot_id = service.take(sales, "before")
    service.advance(10)
    run(at, "CREATE VIEW depends AS SELECT * FROM rows")

    told = tables("public.rows", "public.rows")
    service.post(f"v1/snapshots/{snapshot_id}/table-restore", told)
    service.advance(2000)

    assert service.cluster(sales)["task_status"] == "FINE_GRAINED_RESTORE_FAILED"
    assert "depends on table rows" in caplog.text
    assert count(at) == 100


def test_a_check_of_tables_looks_into_the_snapshot_and_the_cluster(
    service: Service, sales: str
) -> None:
    at = address(service, sales)
    snapshot_id = service.take(sales, "before")
    run(at, "CREATE TABLE later ()")

    told = tables("public.later", "public.rows")
    path = f"v1/snapshots/{snapshot_id}/table-restore-check"
    found = service.post(path, told)["check_table_name_result"]

    assert found["restore_table_list"] == ["public.later"]
    assert found["target_table_list"] == ["public.rows"]


def test_a_redistribution_moves_the_tables_that_there_are(service: Service, sales: str) -> None:
    address(service, sales)
    told = {"scale_out": {"count": 3}, "auto_redistribute": True, "mode": "insert"}
    service.post(f"v1.0/clusters/{sales}/resize", told)
    listed = None
    for _ in range(2000):
        service.advance(5)
        shown = service.get(f"v2/clusters/{sales}/redistribution")
        if listed := shown["redis_info"]["redis_table_detail"]["data"]:
            break

    assert listed
    sizes = {f"{t['schema_name']}.{t['table_name']}": t["size"] for t in listed}
    assert set(sizes) == {"public.rows", "archive.big", "archive.Small"}
    assert sizes["archive.big"] > 5_000_000
    assert sizes["public.rows"] < 100_000
