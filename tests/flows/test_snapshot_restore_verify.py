"""A snapshot is what comes out of it: restored, compared row by row, the copy deleted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from dws import clock as door
from dws.emulator.data_plane import DEFAULT_PASSWORD
from dws.errors import RequestFailed, WaitTimedOut
from dws.operations.snapshots import NewSnapshot
from dws.shapes import Tag
from dws.sql.canary import TABLE
from flows.declared.snapshot_restore_verify import Inputs
from flows.snapshot_restore_verify import snapshot_restore_verify
from flows.steps.scratch import scratch_lock, scratch_name
from runbooks.command import main
from tasks import clusters, network, snapshots, sql, tags
from tasks.fingerprints import found_bad
from tasks.locks import holding
from tasks.run import Refused, Run, Stopped
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock

pytestmark = pytest.mark.usefixtures("clock", "database")

SEED = """
CREATE SCHEMA sales;
CREATE TABLE sales.orders (id int PRIMARY KEY, who text, amount numeric(10,2));
INSERT INTO sales.orders SELECT n, 'customer ' || n, n * 1.1 FROM generate_series(1, 300) n;
CREATE TABLE sales.items (a int);
INSERT INTO sales.items SELECT n % 7 FROM generate_series(1, 70) n;
"""
WORLD = {"clusters": [{"name": "demo", "nodes": 3, "data_gb": 120, "sql": SEED}]}
EXTRA = """
INSERT INTO sales.items VALUES (1);
CREATE TABLE sales.late (a int);
ALTER TABLE sales.late OWNER TO dbadmin
"""
CHANGES = ["CreateSnapshot", "RestoreCluster", "DeleteCluster"]


@pytest.fixture
def cloud(serve: Callable[..., Cloud]) -> Cloud:
    """An emulator with a real database behind each cluster."""
    return serve(WORLD, data_plane="postgres")


@pytest.fixture
def database(account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account has the password of the databases."""
    monkeypatch.setenv("DWS_DATABASE_PASSWORD", DEFAULT_PASSWORD)


async def ask(cloud: Cloud, statement: str, name: str = "demo") -> list[tuple[object, ...]]:
    """Carry out a statement in a cluster, beside the flow."""
    found = next(
        one for one in cloud.state()["clusters"] if one["name"] == name and not one["deleted"]
    )
    async with sql.database_of("default", found["id"]) as database:
        return await database.rows(statement)


def scratch(cloud: Cloud) -> list[str]:
    return [name for name in cloud.clusters() if name.startswith("rb-scratch-")]


class Meddling(VirtualClock):
    """A clock in whose first wait somebody works on the source."""

    def __init__(self, cloud: Cloud, statement: str) -> None:
        super().__init__(cloud.url)
        self._cloud, self._statement = cloud, statement

    async def sleep(self, seconds: float) -> None:
        statement, self._statement = self._statement, ""
        if statement:
            await ask(self._cloud, statement)
        await super().sleep(seconds)


async def test_a_sound_snapshot_is_told_with_its_proof(cloud: Cloud, account: str) -> None:
    told = await snapshot_restore_verify(account, "demo", run_id="r1")

    assert cloud.changes() == CHANGES
    assert told.verdict == "good"
    assert told.canary_rows == 1
    assert (told.tables, told.rows) == (3, 300 + 70 + 1)
    assert 600 <= told.restore_s <= 1200
    assert told.scratch_name == scratch_name("r1", told.snapshot_id)
    assert cloud.clusters() == {"demo": "AVAILABLE"}
    assert cloud.snapshots() == {told.snapshot_name: "AVAILABLE"}


async def test_the_source_is_as_it_was_but_for_an_empty_table_of_ours(
    cloud: Cloud, account: str
) -> None:
    await snapshot_restore_verify(account, "demo", run_id="r1")

    assert await ask(cloud, "SELECT count(*), sum(amount)::text FROM sales.orders") == [
        (300, "49665.00")
    ]
    assert await ask(cloud, f"SELECT count(*) FROM {TABLE}") == [(0,)]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (
            "DELETE FROM sales.orders WHERE id = 7",
            r"gaussdb\.sales\.orders: 1 rows lost: 300 before, 299 after",
        ),
        (
            "UPDATE sales.orders SET amount = amount + 0.01 WHERE id = 300",
            r"gaussdb\.sales\.orders: content changed; 300 rows as before",
        ),
        ("DROP TABLE sales.items", r"gaussdb\.sales\.items: the table is missing"),
        (
            EXTRA,
            r"sales\.items: 1 rows added.*sales\.late: the table was not there before",
        ),
        (f"DELETE FROM {TABLE}", r"canary row written before the snapshot is missing"),
    ],
    ids=["lost-row", "changed-value", "missing-table", "extra", "canary"],
)
async def test_a_damaged_restore_is_found_and_its_copy_deleted(
    cloud: Cloud, account: str, damage: str, told: str
) -> None:
    cloud.fault("corrupt_backup", "RestoreCluster", sql=damage)

    with pytest.raises(Stopped, match=rf"(?s)is bad.*{told}.*rb-scratch-\w+ was deleted"):
        await snapshot_restore_verify(account, "demo", run_id="r1")

    assert cloud.changes() == CHANGES
    assert cloud.clusters() == {"demo": "AVAILABLE"}
    assert await ask(cloud, "SELECT count(*) FROM sales.orders") == [(300,)]
    assert list(found_bad(Run("r1").engine).values()) == ["r1"]


def test_a_bad_verdict_ends_the_command_with_5_and_all_differences(cloud: Cloud) -> None:
    damage = "DELETE FROM sales.orders WHERE id < 4; UPDATE sales.items SET a = 1 WHERE a = 2"
    cloud.fault("corrupt_backup", "RestoreCluster", sql=damage)
    arguments = ["run", "snapshot-restore-verify", "-p", "cluster=demo", "--run-id", "r1"]

    ended = CliRunner().invoke(main, arguments, catch_exceptions=False)

    assert ended.exit_code == 5
    assert "sales.orders: 3 rows lost" in ended.output
    assert "sales.items: content changed" in ended.output
    assert cloud.clusters() == {"demo": "AVAILABLE"}


async def test_a_bad_verdict_holds_for_the_second_attempt(cloud: Cloud, account: str) -> None:
    cloud.fault("corrupt_backup", "RestoreCluster", sql="DELETE FROM sales.orders WHERE id = 7")
    with pytest.raises(Stopped):
        await snapshot_restore_verify(account, "demo", run_id="r1")

    with pytest.raises(Stopped, match="1 rows lost"):
        await snapshot_restore_verify(account, "demo", run_id="r1")

    assert cloud.changes() == CHANGES


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sales.items SET a = a + 1",
        "CREATE TABLE sales.fresh AS SELECT 1 AS a",
    ],
)
async def test_a_table_written_to_meanwhile_is_named_and_no_loss(
    cloud: Cloud, account: str, statement: str
) -> None:
    with door.using(Meddling(cloud, statement)):
        told = await snapshot_restore_verify(account, "demo", run_id="r1")

    table = "fresh" if "fresh" in statement else "items"
    assert [line.partition(":")[0] for line in told.written_meanwhile] == [f"gaussdb.sales.{table}"]


async def test_a_table_written_to_meanwhile_must_not_lose_more_than_it_had(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("corrupt_backup", "RestoreCluster", sql="DELETE FROM sales.items WHERE a = 0")

    with (
        door.using(Meddling(cloud, "INSERT INTO sales.items VALUES (8)")),
        pytest.raises(
            Stopped, match=r"sales\.items: 6[01] rows, where 70 were before .* and 71 after"
        ),
    ):
        await snapshot_restore_verify(account, "demo", run_id="r1")


async def test_a_quiet_table_is_held_to_equality_beside_one_that_is_written_to(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("corrupt_backup", "RestoreCluster", sql="DELETE FROM sales.orders WHERE id = 1")

    with (
        door.using(Meddling(cloud, "INSERT INTO sales.items VALUES (8)")),
        pytest.raises(Stopped, match=r"sales\.orders: 1 rows lost"),
    ):
        await snapshot_restore_verify(account, "demo", run_id="r1")


async def test_an_older_snapshot_of_ours_is_held_to_what_was_seen_then(
    cloud: Cloud, account: str
) -> None:
    first = await snapshot_restore_verify(account, "demo", run_id="r1")
    await ask(cloud, "DELETE FROM sales.orders; DROP TABLE sales.items")

    told = await snapshot_restore_verify(account, "demo", run_id="r2", pick="latest")

    assert told.snapshot_id == first.snapshot_id
    assert told.basis.endswith("taken by run r1")
    assert (told.drift, told.canary_rows, told.rows) == ((), 1, 371)


async def test_damage_to_an_older_snapshot_of_ours_is_found(cloud: Cloud, account: str) -> None:
    first = await snapshot_restore_verify(account, "demo", run_id="r1")
    cloud.fault("corrupt_backup", "RestoreCluster", sql="UPDATE sales.items SET a = 9 WHERE a = 1")

    with pytest.raises(Stopped, match=r"sales\.items: content changed"):
        await snapshot_restore_verify(
            account, "demo", run_id="r2", pick="named", snapshot=first.snapshot_name
        )


async def test_a_snapshot_from_before_a_change_of_password_can_be_verified(
    cloud: Cloud, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await snapshot_restore_verify(account, "demo", run_id="r1")
    monkeypatch.setenv("DWS_DATABASE_PASSWORD", "Later-0815-x")
    await sql.give_own_password(account, cloud.state()["clusters"][0]["id"])

    told = await snapshot_restore_verify(account, "demo", run_id="r2", pick="latest")

    assert told.rows == 371
    assert cloud.clusters() == {"demo": "AVAILABLE"}


async def test_a_user_whose_password_of_then_is_not_known_is_told_to_be_so(
    cloud: Cloud, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(
        cloud,
        "CREATE ROLE reader LOGIN PASSWORD 'Reader-0815'; GRANT USAGE ON SCHEMA sales TO reader;"
        "GRANT SELECT ON ALL TABLES IN SCHEMA sales TO reader",
    )
    await taken_by_hand(cloud, account)
    await ask(cloud, "ALTER ROLE reader PASSWORD 'Later-0815'")
    monkeypatch.setenv("DWS_DATABASE_USER", "reader")
    monkeypatch.setenv("DWS_DATABASE_PASSWORD", "Later-0815")

    with pytest.raises(Stopped, match=r"lets nobody in: DWS_DATABASE_USER='reader'.*one of then"):
        await snapshot_restore_verify(account, "demo", run_id="r1", pick="latest")

    assert cloud.clusters() == {"demo": "AVAILABLE"}


async def taken_by_hand(cloud: Cloud, account: str, name: str = "by-hand") -> None:
    cluster_id = cloud.state()["clusters"][0]["id"]
    asked = NewSnapshot(name=name, cluster_id=cluster_id)
    accepted = await snapshots.create_snapshot(account, snapshot=asked)
    await snapshots.wait_until_snapshot_ready(account, snapshot_id=accepted.snapshot.id)
    await clusters.wait_until_cluster_settled(account, cluster_id=cluster_id)


async def test_another_snapshot_is_compared_with_today_and_content_is_drift(
    cloud: Cloud, account: str
) -> None:
    await taken_by_hand(cloud, account)
    await ask(cloud, "DELETE FROM sales.orders WHERE id = 1")

    told = await snapshot_restore_verify(account, "demo", run_id="r1", pick="latest")

    assert told.snapshot_name == "by-hand"
    assert "of today" in told.basis
    assert [line.partition(":")[0] for line in told.drift] == ["gaussdb.sales.orders"]


async def test_the_structure_of_another_snapshot_counts(cloud: Cloud, account: str) -> None:
    await taken_by_hand(cloud, account)
    await ask(cloud, "ALTER TABLE sales.orders ADD note text")

    with pytest.raises(Stopped, match=r"of today.*sales\.orders: columns changed: -\(note text\)"):
        await snapshot_restore_verify(account, "demo", run_id="r1", pick="latest")


async def test_a_random_snapshot_is_of_the_window_and_the_same_for_the_run(
    cloud: Cloud, account: str
) -> None:
    for number in range(3):
        await taken_by_hand(cloud, account, f"hand-{number}")
        cloud.advance(86_400)
    listed = {
        one.name: one.started
        for one in await snapshots.snapshots_of(account, cloud.state()["clusters"][0]["id"])
    }

    told = await snapshot_restore_verify(
        account,
        "demo",
        run_id="r1",
        pick="random",
        begun_after=listed["hand-1"].isoformat(),
        begun_before=listed["hand-1"].isoformat(),
    )

    assert told.snapshot_name == "hand-1"


async def test_acceptance_statements_pass_or_are_told_with_what_they_answered(
    cloud: Cloud, account: str, tmp_path: Path
) -> None:
    file = tmp_path / "accept.sql"
    file.write_text(
        "-- the orders\nSELECT count(*) = 300\nFROM sales.orders; -- all\n"
        "SELECT 'a;b' = 'a;b';\nSELECT count(*) = 1 FROM sales.items;\nSELECT nothing;\n"
        "SELECT true FROM sales.items;\n"
    )

    with pytest.raises(Stopped) as caught:
        await snapshot_restore_verify(account, "demo", run_id="r1", acceptance_file=str(file))

    assert "sales.orders" not in str(caught.value)
    assert "SELECT count(*) = 1 FROM sales.items: its first column is False" in str(caught.value)
    assert "SELECT nothing: " in str(caught.value)
    assert "SELECT true FROM sales.items: it answered 70 rows, not one" in str(caught.value)
    assert cloud.clusters() == {"demo": "AVAILABLE"}


async def test_acceptance_that_passes_is_in_the_outputs(cloud: Cloud, account: str) -> None:
    told = await snapshot_restore_verify(
        account, "demo", run_id="r1", acceptance=("SELECT max(id) = 300 FROM sales.orders",)
    )

    assert [one.passed for one in told.acceptance] == [True]


async def test_a_missing_file_is_told_before_anything_is_done(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match=r"acceptance_file='/nowhere.sql'.*name a file of SQL"):
        await snapshot_restore_verify(account, "demo", run_id="r1", acceptance_file="/nowhere.sql")

    assert cloud.changes() == []


async def test_large_tables_are_sampled_and_told(cloud: Cloud, account: str) -> None:
    told = await snapshot_restore_verify(account, "demo", run_id="r1", sample_above_rows=100)

    assert told.sampled == ("gaussdb.sales.orders: 1 row of 3, by hash of id",)


@pytest.mark.parametrize(
    ("password", "told"),
    [("", "DWS_DATABASE_PASSWORD is not set"), ("Wrong-0815", "password authentication failed")],
)
async def test_without_a_way_in_nothing_is_done(
    cloud: Cloud, account: str, monkeypatch: pytest.MonkeyPatch, password: str, told: str
) -> None:
    monkeypatch.setenv("DWS_DATABASE_PASSWORD", password)

    with pytest.raises(Refused, match=told):
        await snapshot_restore_verify(account, "demo", run_id="r1")

    assert cloud.changes() == []


async def test_who_comes_from_outside_gets_a_copy_with_a_public_address(
    serve: Callable[..., Cloud], account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = serve({**WORLD, "eips": [{"id": EIP}]}, data_plane="postgres")
    for name, value in {"ENDPOINT": world.url, "IAM_ENDPOINT": world.url}.items():
        monkeypatch.setenv(f"DWS_{name}", value)
    monkeypatch.setenv("DWS_DATABASE_ENDPOINT", "public")
    cluster_id = world.state()["clusters"][0]["id"]

    with door.using(VirtualClock(world.url)):
        with pytest.raises(Refused, match="cluster demo has no public endpoint"):
            await snapshot_restore_verify(account, "demo", run_id="r1")
        await network.associate_eip(account, cluster_id=cluster_id, eip_id=EIP)
        await clusters.wait_until_cluster_task_finished(account, cluster_id=cluster_id)
        told = await snapshot_restore_verify(account, "demo", run_id="r2")

    assert told.verdict == "good"
    assert world.clusters() == {"demo": "AVAILABLE"}


async def test_a_quota_that_bears_no_second_cluster_is_told_before(
    serve: Callable[..., Cloud], account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = serve({**WORLD, "quotas": {"instances": 5}}, data_plane="postgres")
    monkeypatch.setenv("DWS_ENDPOINT", small.url)
    monkeypatch.setenv("DWS_IAM_ENDPOINT", small.url)

    with pytest.raises(Refused, match="needs 3 nodes, and 2 are free of quota 5"):
        await snapshot_restore_verify(account, "demo", run_id="r1")

    assert small.changes() == []


async def test_a_failed_restore_leaves_no_cluster(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "RestoreCluster", task_status="CREATE_FAILED")

    with pytest.raises(Stopped, match=r"restore to scratch cluster rb-scratch-\w+ .*CREATE_FAILED"):
        await snapshot_restore_verify(account, "demo", run_id="r1")

    assert cloud.clusters() == {"demo": "AVAILABLE"}


async def test_a_restore_that_takes_too_long_is_left_and_named(cloud: Cloud, account: str) -> None:
    cloud.fault("stuck", "RestoreCluster")
    with pytest.raises(WaitTimedOut, match=r"scratch cluster rb-scratch-\w+ \(.*\) is left"):
        await snapshot_restore_verify(account, "demo", run_id="r1")
    cloud.forget_faults()

    assert len(scratch(cloud)) == 1


@pytest.mark.parametrize("kind", ["lost_reply", "reset"])
@pytest.mark.parametrize("operation", ["RestoreCluster", "DeleteCluster"])
async def test_a_lost_answer_makes_one_scratch_cluster_and_deletes_it(
    cloud: Cloud, account: str, operation: str, kind: str
) -> None:
    cloud.fault(kind, operation)

    await snapshot_restore_verify(account, "demo", run_id="r1")

    assert cloud.clusters() == {"demo": "AVAILABLE"}
    assert len(cloud.state()["clusters"]) == 2


async def left_behind(cloud: Cloud, account: str) -> str:
    """A run that could not delete its scratch cluster; answers the name."""
    cloud.fault("http", "DeleteCluster", status=400, code="DWS.0001", times=20)
    with pytest.raises(RequestFailed):
        await snapshot_restore_verify(account, "demo", run_id="dead")
    cloud.forget_faults()
    (name,) = scratch(cloud)
    return name


async def test_the_next_run_deletes_what_a_dead_one_left_and_says_so(
    cloud: Cloud, account: str
) -> None:
    name = await left_behind(cloud, account)

    told = await snapshot_restore_verify(account, "demo", run_id="r2")

    (line,) = told.left_behind
    assert line.startswith(f"{name} (")
    assert line.endswith("left behind by run dead, and deleted")
    assert cloud.clusters() == {"demo": "AVAILABLE"}


async def test_the_same_run_deletes_what_it_left(cloud: Cloud, account: str) -> None:
    await left_behind(cloud, account)

    told = await snapshot_restore_verify(account, "demo", run_id="dead")

    assert told.left_behind == ()
    assert cloud.clusters() == {"demo": "AVAILABLE"}
    assert cloud.changes() == CHANGES


async def test_a_scratch_cluster_in_use_is_left_alone(cloud: Cloud, account: str) -> None:
    name = await left_behind(cloud, account)

    async with holding(Run("other"), scratch_lock(account, name)):
        told = await snapshot_restore_verify(account, "demo", run_id="r2")

    assert "in use by run dead" in told.left_behind[0]
    assert scratch(cloud) == [name]


async def test_a_protected_scratch_cluster_is_left_alone(cloud: Cloud, account: str) -> None:
    name = await left_behind(cloud, account)
    left_id = next(one["id"] for one in cloud.state()["clusters"] if one["name"] == name)
    await tags.batch_create_resource_tag(
        account, cluster_id=left_id, tags=[Tag(key="runbook-protected", value="true")]
    )

    told = await snapshot_restore_verify(account, "demo", run_id="r2")

    assert "runbook-protected" in told.left_behind[0]
    assert scratch(cloud) == [name]


EIP = "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574"
STRANGER = "rb-scratch-0123456789ab"


async def test_a_cluster_that_is_only_called_so_is_left_alone(
    serve: Callable[..., Cloud], account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = {"clusters": [*WORLD["clusters"], {"name": STRANGER}]}
    two = serve(world, data_plane="postgres")
    monkeypatch.setenv("DWS_ENDPOINT", two.url)
    monkeypatch.setenv("DWS_IAM_ENDPOINT", two.url)

    with door.using(VirtualClock(two.url)):
        told = await snapshot_restore_verify(account, "demo", run_id="r1")

    assert "no run of this journal made it" in told.left_behind[0]
    assert two.clusters() == {"demo": "AVAILABLE", STRANGER: "AVAILABLE"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"pick": "named"}, "needs snapshot"),
        ({"pick": "latest", "snapshot": "some-name"}, "use named"),
        ({"begun_after": "2026-01-01T00:00:00Z"}, "for pick=random"),
        ({"pick": "random", "begun_after": "yesterday"}, "begun_after"),
        ({"pick": "random", "begun_after": "2026-01-01T00:00:00"}, "timezone"),
    ],
)
def test_a_choice_that_makes_no_sense_is_told(given: dict[str, str], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Inputs.model_validate({"cluster": "demo", **given})


@pytest.mark.parametrize("pick", ["latest", "named", "random"])
async def test_a_snapshot_that_is_not_there_is_told(cloud: Cloud, account: str, pick: str) -> None:
    name = "nowhere" if pick == "named" else None

    with pytest.raises(Refused, match=f"pick={pick}: the cluster has no such snapshot"):
        await snapshot_restore_verify(account, "demo", run_id="r1", pick=pick, snapshot=name)

    assert cloud.changes() == []


async def test_a_database_that_is_not_there_is_refused(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match=r"cluster demo has no salse; it has .*gaussdb"):
        await snapshot_restore_verify(account, "demo", databases=("gaussdb", "salse"), run_id="r1")

    assert cloud.changes() == []


async def test_a_cluster_without_tables_proves_nothing_and_says_so(
    cloud: Cloud, account: str
) -> None:
    await ask(cloud, "DROP SCHEMA sales CASCADE")

    left = await snapshot_restore_verify(account, "demo", run_id="r1")

    assert left.remarks == ("no table was compared: the databases that were looked at hold none",)
