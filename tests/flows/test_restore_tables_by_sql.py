"""Restored tables as the database itself tells them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dws.emulator.data_plane import DEFAULT_PASSWORD
from dws.errors import BadSetting
from flows.fleet_backup import fleet_backup
from flows.restore_tables import restore_tables
from tasks import sql
from tests.cloud import Cloud

pytestmark = pytest.mark.usefixtures("clock")

SEED = """
CREATE SCHEMA sales;
CREATE TABLE sales.orders (id int PRIMARY KEY);
INSERT INTO sales.orders SELECT generate_series(1, 300);
"""
WORLD = {"clusters": [{"name": "demo", "nodes": 3, "data_gb": 120, "sql": SEED}]}
LOSS = "DELETE FROM sales.orders WHERE id > 10"


@pytest.fixture
def cloud(serve: Callable[..., Cloud]) -> Cloud:
    """An emulator with a real database behind the cluster."""
    return serve(WORLD, data_plane="postgres")


@pytest.fixture
def password(account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DWS_DATABASE_PASSWORD", DEFAULT_PASSWORD)


async def backed_up_and_lost(cloud: Cloud, account: str) -> tuple[str, str]:
    """The name of a snapshot, and the database in which rows were lost after it."""
    backups = (await fleet_backup(account, clusters=("demo",), run_id="b1")).backups
    async with sql.database_of(account, cloud.state()["clusters"][0]["id"]) as opened:
        await opened.change(LOSS)
        (database,) = await opened.row("SELECT current_database()")
    return backups[0].snapshot_name, database


@pytest.mark.usefixtures("password")
async def test_rows_of_the_snapshot_are_counted_beside_those_of_now(
    cloud: Cloud, account: str
) -> None:
    snapshot, database = await backed_up_and_lost(cloud, account)

    left = await restore_tables(
        account, snapshot, database, ("sales.orders=sales.before",), count=True, run_id="r1"
    )

    assert left.rows == {"sales.before": 300}
    ids = cloud.state()["clusters"][0]["id"]
    assert await sql.count_rows(account, ids, database, [("sales", "orders")]) == (10,)


@pytest.mark.usefixtures("password")
async def test_a_table_that_is_replaced_has_the_rows_of_the_snapshot(
    cloud: Cloud, account: str
) -> None:
    snapshot, database = await backed_up_and_lost(cloud, account)

    left = await restore_tables(
        account, snapshot, database, ("sales.orders",), replace=True, count=True, run_id="r1"
    )

    assert left.rows == {"sales.orders": 300}


async def test_without_a_way_in_nothing_is_restored(
    cloud: Cloud, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DWS_DATABASE_PASSWORD", DEFAULT_PASSWORD)
    snapshot, database = await backed_up_and_lost(cloud, account)
    monkeypatch.delenv("DWS_DATABASE_PASSWORD")

    with pytest.raises(BadSetting, match="DWS_DATABASE_PASSWORD"):
        await restore_tables(
            account, snapshot, database, ("sales.orders=sales.before",), count=True, run_id="r1"
        )

    assert "RestoreTable" not in cloud.changes()
