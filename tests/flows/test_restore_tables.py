from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dws.lookup import NoSuchThing
from dws.settings import Account
from flows.declared.restore_tables import Inputs, preview
from flows.restore_tables import restore_tables
from tasks.run import Refused, Stopped
from tests.cloud import Cloud

pytestmark = pytest.mark.usefixtures("clock")

TABLES = {"sales": {"public": ["orders", "items", "Old Orders"], "archive": []}}


def world(snapshot: dict[str, Any] | None = None, **cluster: Any) -> dict[str, Any]:
    return {
        "clusters": [{"name": "demo", "databases": TABLES, **cluster}, {"name": "other"}],
        "snapshots": [{"name": "weekly", "cluster": "demo", **(snapshot or {})}],
    }


@pytest.fixture
def cloud(request: pytest.FixtureRequest, serve: Any) -> Cloud:
    return serve(getattr(request, "param", world()))  # type: ignore[no-any-return]


BESIDE = ("public.orders=archive.orders", 'public."Old Orders"=public.old_orders')


async def test_tables_are_restored_under_new_names(cloud: Cloud, account: str) -> None:
    left = await restore_tables(account, "weekly", "sales", BESIDE, run_id="r1")

    assert left.restored == ("archive.orders", "public.old_orders")
    assert left.asked
    assert cloud.changes() == ["CheckTableRestore", "RestoreTable", "CheckTableRestore"]


async def test_a_second_run_of_the_same_id_changes_nothing(cloud: Cloud, account: str) -> None:
    await restore_tables(account, "weekly", "sales", BESIDE, run_id="r1")

    await restore_tables(account, "weekly", "sales", BESIDE, run_id="r1")

    assert cloud.changes().count("RestoreTable") == 1


async def test_a_table_that_is_there_is_not_replaced_unasked(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match=r"public\.orders is there; tell another name, or replace"):
        await restore_tables(account, "weekly", "sales", ("public.orders",), run_id="r1")

    assert "RestoreTable" not in cloud.changes()


async def test_it_is_replaced_if_told(cloud: Cloud, account: str) -> None:
    left = await restore_tables(
        account, "weekly", "sales", ("public.orders",), replace=True, run_id="r1"
    )

    assert left.restored == ("public.orders",)


PROTECTED = world(tags={"runbook-protected": ""})


@pytest.mark.parametrize("cloud", [PROTECTED], indirect=True)
async def test_a_protected_cluster_is_restored_beside_but_not_over(
    cloud: Cloud, account: str
) -> None:
    with pytest.raises(Refused, match="runbook-protected"):
        await restore_tables(
            account, "weekly", "sales", ("public.orders",), replace=True, run_id="r1"
        )
    assert "RestoreTable" not in cloud.changes()

    await restore_tables(account, "weekly", "sales", BESIDE, run_id="r2")


PAIR = {
    **world(),
    "disaster_recoveries": [{"name": "dr-1", "primary": "demo", "standby": "other"}],
}


@pytest.mark.parametrize(
    ("cloud", "told", "why"),
    [
        (world(), {"tables": ("public.nothing=public.some",)}, r"weekly has no public\.nothing"),
        (world(), {"tables": ("public.Orders=nowhere.orders",)}, "has no schema nowhere; create"),
        (world(), {"database": "shop"}, "database='shop': cluster demo has .*sales"),
        (world({"status": "UNAVAILABLE"}), {}, "snapshot='weekly' is UNAVAILABLE"),
        (world(status="FROZEN"), {}, "its status is FROZEN"),
        (world(sub_status="READONLY"), {}, "READONLY; free disk space"),
        (PAIR, {}, r"dr-1 \(running\); pause that first"),
    ],
    indirect=["cloud"],
)
async def test_what_cannot_be_is_refused_before_any_change(
    cloud: Cloud, account: str, told: dict[str, Any], why: str
) -> None:
    given = {"snapshot": "weekly", "database": "sales", "tables": BESIDE, **told}

    with pytest.raises(Refused, match=why):
        await restore_tables(account, **given, run_id="r1")

    assert "RestoreTable" not in cloud.changes()


async def test_an_unknown_snapshot_is_told(cloud: Cloud, account: str) -> None:
    with pytest.raises(NoSuchThing, match="snapshot='monthly'"):
        await restore_tables(account, "monthly", "sales", BESIDE, run_id="r1")


async def test_a_failed_restore_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "RestoreTable", task_status="FINE_GRAINED_RESTORING_FAILED")

    with pytest.raises(Stopped, match="FAIL"):
        await restore_tables(account, "weekly", "sales", BESIDE, run_id="r1")


@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated", "http"])
@pytest.mark.parametrize("replace", [False, True])
async def test_a_lost_answer_restores_once(
    cloud: Cloud, account: str, kind: str, replace: bool
) -> None:
    tables = ("public.orders",) if replace else BESIDE
    cloud.fault(kind, "RestoreTable", **({"status": 503} if kind == "http" else {}))

    await restore_tables(account, "weekly", "sales", tables, replace=replace, run_id="r1")

    jobs = [job for job in cloud.state()["jobs"] if job["operation"] == "RestoreTable"]
    assert len(jobs) == 1


async def test_the_plan_tells_each_table(cloud: Cloud, account: str) -> None:
    inputs = Inputs(snapshot="weekly", database="sales", tables=BESIDE)
    async with Account.from_environment().client() as client:
        told = await preview(client, account, inputs, "r1")

    assert [change.partition(" of 20")[0] for change in told.changes] == [
        *("restore table public.orders", 'restore table public."Old Orders"')
    ]
    assert told.changes[0].endswith("as archive.orders in database sales")


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ((), "tables"),
        (("orders",), "'orders' is no table; write it as schema.table=schema.new_name"),
        (("public.a=public.b=public.c",), "is no table"),
        (("public.a", "PUBLIC.A"), "public.a: would be restored to twice"),
        (('public."a',), "is no table"),
    ],
)
def test_bad_names_are_told(tables: tuple[str, ...], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Inputs(snapshot="weekly", database="sales", tables=tables)
