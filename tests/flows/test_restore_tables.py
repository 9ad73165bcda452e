from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pydantic import ValidationError

from dws import clock as door
from dws.errors import RequestFailed
from dws.lookup import NoSuchThing
from dws.operations.snapshots import ListSnapshots, RestoreTable
from dws.operations.tags import BatchCreateResourceTag
from dws.settings import Account
from dws.shapes import Tag
from flows.declared.restore_tables import Inputs, preview
from flows.restore_tables import restore_tables
from tasks.run import Refused, Stopped
from tests.cloud import Cloud
from tests.flows.service import told
from tests.virtual_clock import VirtualClock

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


class Meanwhile(VirtualClock):
    """Something happens when somebody first waits."""

    def __init__(self, url: str, happens: Callable[[], Awaitable[object]]) -> None:
        super().__init__(url)
        self._happens: Callable[[], Awaitable[object]] | None = happens

    async def sleep(self, seconds: float) -> None:
        happens, self._happens = self._happens, None
        if happens:
            await happens()
        await super().sleep(seconds)


BESIDE = ("public.orders=archive.orders", 'public."Old Orders"=public.old_orders')


async def test_tables_are_restored_under_new_names(cloud: Cloud, account: str) -> None:
    left = await restore_tables(account, "weekly", "sales", BESIDE, run_id="r1")

    assert left.restored == ("archive.orders", "public.old_orders")
    assert left.asked
    assert cloud.changes() == [
        *("CheckTableRestore", "CheckTableRestore", "RestoreTable", "CheckTableRestore")
    ]


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


async def restored_by_another(source: str, target: str) -> None:
    """Somebody else begins to restore a table."""
    moves = Inputs(snapshot="weekly", database="sales", tables=(f"{source}={target}",))
    snapshot_id = next(one.id for one in (await told(ListSnapshots())).snapshots)
    await told(
        RestoreTable(
            snapshot_id=snapshot_id,
            case_sensitive=True,
            database="sales",
            restore_table_list=moves.sources,
            target_table_list=moves.targets,
        )
    )


def restores(cloud: Cloud) -> int:
    """How many restores of tables the service has taken."""
    return sum(job["operation"] == "RestoreTable" for job in cloud.state()["jobs"])


@pytest.mark.parametrize(
    ("tables", "replace"), [(("public.orders",), True), (BESIDE, False)], ids=["over", "beside"]
)
async def test_the_restore_of_another_is_waited_for_and_not_called_our_own(
    cloud: Cloud, account: str, tables: tuple[str, ...], replace: bool
) -> None:
    await restored_by_another("public.items", "archive.items")

    left = await restore_tables(account, "weekly", "sales", tables, replace=replace, run_id="r1")

    assert left.asked
    assert restores(cloud) == 2


@pytest.mark.parametrize(
    ("tables", "replace"), [(("public.orders",), True), (BESIDE, False)], ids=["over", "beside"]
)
async def test_a_restore_that_was_refused_is_not_seen_in_that_of_another(
    cloud: Cloud, account: str, tables: tuple[str, ...], replace: bool
) -> None:
    """It is begun while the run looks what became of its own."""
    cloud.fault("http", "RestoreTable", status=403, code="DWS.7023")

    async def meanwhile() -> None:
        await restored_by_another("public.items", "archive.items")

    with door.using(Meanwhile(cloud.url, meanwhile)):
        left = await restore_tables(
            account, "weekly", "sales", tables, replace=replace, run_id="r1"
        )

    assert left.asked
    assert restores(cloud) == 2


async def dies_after_asking(cloud: Cloud, account: str, **inputs: Any) -> None:
    """A run whose answer to RestoreTable is lost, and who is gone before it looks again."""
    with door.using(VirtualClock(cloud.url)):
        await restore_tables(account, "weekly", "sales", **inputs, run_id="r0")
    sent = [request["operation"] for request in cloud.requests()]
    looks = sent[: sent.index("RestoreTable")].count("ListClusterDetails")
    cloud.reset()
    cloud.fault("lost_reply", "RestoreTable")
    cloud.fault("http", "ListClusterDetails", status=403, after=looks, times=100)
    with pytest.raises(RequestFailed):
        await restore_tables(account, "weekly", "sales", **inputs, run_id="r1")
    cloud.forget_faults()


async def test_a_replaced_table_is_not_replaced_twice(cloud: Cloud, account: str) -> None:
    over: dict[str, Any] = {"tables": ("public.orders",), "replace": True}
    await dies_after_asking(cloud, account, **over)
    cloud.advance(3600)

    with pytest.raises(Stopped, match="may have been restored already"):
        await restore_tables(account, "weekly", "sales", **over, run_id="r1")

    assert restores(cloud) == 1


@pytest.mark.parametrize("replace", [True, False], ids=["over", "beside"])
async def test_a_restore_under_way_is_adopted_by_the_next_attempt(
    cloud: Cloud, account: str, replace: bool
) -> None:
    tables = ("public.orders",) if replace else BESIDE
    await dies_after_asking(cloud, account, tables=tables, replace=replace)

    left = await restore_tables(account, "weekly", "sales", tables, replace=replace, run_id="r1")

    assert left.asked
    assert restores(cloud) == 1


async def test_without_a_record_of_tasks_nothing_is_replaced_after_a_lost_answer(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("http", "ListClusterActions", status=404, code="APIGW.0101", times=100)
    cloud.fault("reset", "RestoreTable")

    with pytest.raises(Stopped, match="may have been restored already"):
        await restore_tables(
            account, "weekly", "sales", ("public.orders",), replace=True, run_id="r1"
        )

    assert restores(cloud) == 0


async def test_a_name_that_is_taken_while_it_waits_is_not_replaced_unasked(
    cloud: Cloud, account: str
) -> None:
    await restored_by_another("public.items", "archive.orders")
    cloud.advance(60)  # a task shows a little after it was asked for

    with pytest.raises(Refused, match=r"archive\.orders is there since the run began"):
        await restore_tables(account, "weekly", "sales", BESIDE, run_id="r1")

    assert restores(cloud) == 1


async def test_a_protection_that_is_set_while_it_waits_is_kept(cloud: Cloud, account: str) -> None:
    await restored_by_another("public.items", "archive.items")
    cluster_id = cloud.state()["clusters"][0]["id"]

    async def meanwhile() -> None:
        tag = Tag(key="runbook-protected", value="")
        await told(BatchCreateResourceTag(cluster_id=cluster_id, tags=[tag]))

    with (
        door.using(Meanwhile(cloud.url, meanwhile)),
        pytest.raises(Refused, match="has the tag runbook-protected"),
    ):
        await restore_tables(
            account, "weekly", "sales", ("public.orders",), replace=True, run_id="r1"
        )

    assert restores(cloud) == 1


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
