"""The fingerprint of a database: what it must find, and what it must not mind."""

from __future__ import annotations

import asyncio
import re

import pytest
from pydantic import SecretStr

from dws.errors import DatabaseRefused
from dws.sql.comparison import Difference, Fingerprint, Kind, compare
from dws.sql.connection import connected
from dws.sql.fingerprint import Bounds, fingerprint
from dws.sql.login import Login

SEED = """
CREATE SCHEMA sales;
CREATE TABLE sales.orders (id int PRIMARY KEY, who text, amount numeric(10,2), at timestamptz);
INSERT INTO sales.orders
SELECT n, 'customer ' || n, n * 1.1, timestamptz '2026-01-01 00:00+00' + n * interval '1 hour'
FROM generate_series(1, 500) n;
CREATE TABLE public.plain (a int, b text);
INSERT INTO public.plain SELECT n % 5, NULL FROM generate_series(1, 50) n;
CREATE TABLE "Odd "" % name" ("a b" float8, bin bytea);
INSERT INTO "Odd "" % name" VALUES (0.1, '\\x00ff'), ('NaN', NULL)
"""
WHOLE = Bounds()
READER = "Reader-0815"


async def seeded(login: Login) -> None:
    async with connected(login) as database:
        await database.rows(SEED)


async def taken(
    login: Login, bounds: Bounds = WHOLE, like: Fingerprint | None = None
) -> Fingerprint:
    return await fingerprint(login, bounds, databases=[login.database], like=like)


async def after(login: Login, statement: str, bounds: Bounds = WHOLE) -> tuple[Difference, ...]:
    """What is found different after a statement."""
    await seeded(login)
    before = await taken(login, bounds)
    async with connected(login) as database:
        await database.rows(statement)
    return compare(before, await taken(login, bounds, before))


async def test_every_table_of_every_schema_is_in_it(login: Login) -> None:
    await seeded(login)

    told = await taken(login)

    rows = {table.path.removeprefix(f"{login.database}."): table.rows for table in told.tables}
    assert rows == {"sales.orders": 500, "public.plain": 50, 'public.Odd " % name': 2}
    assert [str(column) for column in told.table(f"{login.database}.sales.orders").columns] == [
        "id integer not null",
        "who text",
        "amount numeric(10,2)",
        "at timestamp with time zone",
    ]


async def test_it_survives_a_journal(login: Login) -> None:
    await seeded(login)

    told = await taken(login)

    assert Fingerprint.model_validate(told.model_dump(mode="json")) == told


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        (
            "CREATE TABLE n AS SELECT * FROM public.plain ORDER BY random();"
            "TRUNCATE public.plain; INSERT INTO public.plain SELECT * FROM n; DROP TABLE n"
        ),
        "UPDATE sales.orders SET who = who; VACUUM",
        "CREATE INDEX ON sales.orders (who); CREATE VIEW v AS SELECT 1",
        "ALTER TABLE sales.orders ADD extra int; ALTER TABLE sales.orders DROP extra",
    ],
)
async def test_neither_order_nor_place_of_rows_matters(login: Login, statement: str) -> None:
    async with connected(login) as database:
        await database.rows(SEED)
        before = await taken(login)
        for one in statement.split(";"):
            await database.rows(one)

    assert compare(before, await taken(login)) == ()


async def test_the_settings_of_the_user_do_not_matter(login: Login) -> None:
    told = await after(
        login,
        f"ALTER DATABASE {login.database} SET datestyle = 'German';"
        f"ALTER DATABASE {login.database} SET timezone = 'Asia/Tokyo';"
        f"ALTER DATABASE {login.database} SET extra_float_digits = 0;"
        f"ALTER DATABASE {login.database} SET bytea_output = 'escape'",
    )

    assert told == ()


@pytest.mark.parametrize(
    ("statement", "kind", "table", "count", "words"),
    [
        ("DROP TABLE sales.orders", Kind.MISSING, "sales.orders", None, "the table is missing"),
        ("CREATE TABLE late (a int)", Kind.EXTRA, "public.late", None, "was not there before"),
        ("DELETE FROM sales.orders WHERE id = 7", Kind.LOST, "sales.orders", 1, "1 rows lost"),
        ("INSERT INTO plain VALUES (1, '')", Kind.ADDED, "public.plain", 1, "50 before, 51 after"),
        ("UPDATE plain SET b = '' WHERE a = 1", Kind.CONTENT, "public.plain", None, "content"),
        (
            "UPDATE sales.orders SET amount = amount + 0.01 WHERE id = 499",
            Kind.CONTENT,
            "sales.orders",
            None,
            "500 rows as before",
        ),
        (
            "ALTER TABLE sales.orders ALTER who TYPE varchar(99)",
            Kind.COLUMNS,
            "sales.orders",
            None,
            r"-\(who text\), \+\(who character varying\(99\)\)",
        ),
    ],
)
async def test_each_difference_is_found_and_named_by_table(
    login: Login, statement: str, kind: Kind, table: str, count: int | None, words: str
) -> None:
    (told,) = await after(login, statement)

    assert (told.path, told.kind, told.count) == (f"{login.database}.{table}", kind, count)
    assert re.search(words, str(told))


async def test_a_row_doubled_for_a_row_lost_is_found(login: Login) -> None:
    """An exclusive or would let equal rows cancel each other out; a sum does not."""
    told = await after(
        login,
        "DELETE FROM plain WHERE ctid IN (SELECT ctid FROM plain WHERE a = 1 LIMIT 2);"
        "INSERT INTO plain VALUES (2, NULL), (2, NULL)",
    )

    assert [item.kind for item in told] == [Kind.CONTENT]


@pytest.mark.parametrize("table", ["sales.orders", "public.plain"])
async def test_a_large_table_is_sampled_and_says_so(login: Login, table: str) -> None:
    await seeded(login)

    told = (await taken(login, Bounds(rows=25))).table(f"{login.database}.{table}")

    by = ("id",) if table == "sales.orders" else ("a", "b")
    assert told.sample is not None
    assert told.sample.by == by
    assert told.sample.one_of == told.rows // 25


async def test_a_sample_is_of_the_same_rows_on_both_sides(login: Login) -> None:
    told = await after(login, "UPDATE sales.orders SET who = who", Bounds(rows=25))

    assert told == ()


async def test_a_sampled_table_still_counts_all_rows(login: Login) -> None:
    (told,) = await after(login, "DELETE FROM sales.orders WHERE id = 7", Bounds(rows=25))

    assert (told.kind, told.count) == (Kind.LOST, 1)


async def test_a_sample_sees_changes_of_its_rows(login: Login) -> None:
    told = await after(login, "UPDATE sales.orders SET amount = 0", Bounds(rows=25))

    assert [item.kind for item in told] == [Kind.CONTENT]


async def test_a_table_by_its_size_is_sampled_as_well(login: Login) -> None:
    await seeded(login)

    told = await taken(login, Bounds(size_gb=2e-5))

    assert told.table(f"{login.database}.sales.orders").sample is not None


async def test_partitions_are_counted_once_and_as_their_table(login: Login) -> None:
    async with connected(login) as database:
        await database.rows(
            "CREATE TABLE p (a int) PARTITION BY RANGE (a);"
            "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);"
            "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);"
            "INSERT INTO p SELECT generate_series(0, 19)"
        )

    told = await taken(login)

    assert [(table.name, table.rows) for table in told.tables] == [("p", 20)]


async def test_what_no_backup_holds_is_left_out_and_named(login: Login) -> None:
    async with connected(login) as database:
        await database.rows("CREATE UNLOGGED TABLE scrap (a int); CREATE TEMP TABLE own (a int)")
        told = await taken(login)

    assert told.tables == ()
    assert told.left_out == (f"{login.database}.public.scrap",)


async def test_all_databases_are_looked_at_unless_some_are_named(login: Login) -> None:
    told = await fingerprint(login, WHOLE)

    assert {"postgres", login.database} <= set(told.databases)
    assert "template1" not in told.databases


async def test_a_missing_database_is_a_difference(login: Login) -> None:
    whole = await taken(login)

    assert [str(item) for item in compare(whole, Fingerprint(databases=(), tables=()))] == [
        f"{login.database}: the database is missing"
    ]


async def test_a_table_that_may_not_be_read_is_an_error_and_no_omission(login: Login) -> None:
    async with connected(login) as database:
        await database.rows(f"{SEED}; CREATE ROLE r_{login.database} LOGIN PASSWORD '{READER}'")
    reader = login.model_copy(update={"user": f"r_{login.database}", "password": SecretStr(READER)})

    with pytest.raises(DatabaseRefused, match=r"permission denied"):
        await taken(reader)

    async with connected(login) as database:
        await database.rows(f"DROP ROLE r_{login.database}")


async def waits_for_a_lock(login: Login) -> None:
    """Come back when another session waits for a lock."""
    async with connected(login) as database:
        for _ in range(1000):
            (waiting,) = await database.row("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if waiting:
                return
            await database.row("SELECT pg_sleep(0.01)::text")
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("anew", ["", "; CREATE TABLE plain (a int)"], ids=["dropped", "anew"])
async def test_a_table_that_is_dropped_meanwhile_is_left_out(login: Login, anew: str) -> None:
    await seeded(login)
    async with connected(login) as other:
        await other.rows("BEGIN")
        await other.rows(f"DROP TABLE plain{anew}")
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(taken(login))
            await waits_for_a_lock(login)
            await other.rows("COMMIT")

    names = [table.name for table in reading.result().tables]
    assert names == ['Odd " % name', "orders"]
