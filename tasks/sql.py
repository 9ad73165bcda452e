"""
Tasks on what is in the databases of clusters, by SQL.

The password is the account's and goes from there to the database alone: no task takes one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from dws import clock
from dws.errors import BadSetting, NotSent, WaitTimedOut
from dws.lookup import NoSuchThing, cluster_with_id
from dws.operations.clusters import ResetPassword
from dws.sql.acceptance import Acceptance, accept
from dws.sql.canary import Canary
from dws.sql.comparison import Fingerprint
from dws.sql.connection import Database, connected
from dws.sql.fingerprint import Bounds, fingerprint
from dws.sql.login import Login
from dws.sql.tables import quoted
from tasks.credentials import account_named, connect

ANSWERS_WITHIN = timedelta(hours=1)
ASK_EVERY_S = 10.0


async def login_to(
    account: str, cluster_id: str, *, database: str | None = None, new: bool = False
) -> Login:
    """
    The way into a database of a cluster, by its endpoints of now; opens nothing.

    Raises:
        NoSuchThing: There is no such cluster.
        BadSetting: The account has no password for databases, or the cluster no endpoint.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    async with connect(account) as client:
        cluster = await cluster_with_id(client, cluster_id)
    if cluster is None:
        raise NoSuchThing(f"cluster {cluster_id}: it has gone")
    return (await account_named(account)).login(cluster, database=database, new=new)


@asynccontextmanager
async def database_of(
    account: str, cluster_id: str, *, database: str | None = None
) -> AsyncIterator[Database]:
    """
    A session in a database of a cluster, for who asks much.

    Raises:
        WrongPassword, DatabaseRefused, NotSent: As of a login.
        NoSuchThing, BadSetting, RequestFailed, Unreachable: As `login_to`.
    """
    async with connected(await login_to(account, cluster_id, database=database)) as opened:
        yield opened


async def is_reached_from_outside(account: str) -> bool:
    """Whether the account reaches its clusters by their public endpoints."""
    return (await account_named(account)).database_endpoint == "public"


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def wait_until_database_answers(account: str, cluster_id: str) -> None:
    """
    Wait until the database lets the account in: a cluster may be available a little before.

    Raises:
        WaitTimedOut: It has not within an hour of the clock in use.
        WrongPassword, DatabaseRefused: It answers, and refuses.
        NoSuchThing, BadSetting, RequestFailed, Unreachable: As `login_to`.
    """
    login = await login_to(account, cluster_id)
    until = clock.now() + ANSWERS_WITHIN.total_seconds()
    while True:
        try:
            async with connected(login):
                return
        except NotSent as error:
            if clock.now() >= until:
                raise WaitTimedOut(f"{error}; still so after {ANSWERS_WITHIN}") from error
        await clock.sleep(ASK_EVERY_S)


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def give_own_password(account: str, cluster_id: str) -> None:
    """
    Set the password of a cluster's administrator to that of the account.

    For a cluster that a run made from an older snapshot: it has the password of then.

    Raises:
        BadSetting: The account logs in as somebody else, whose password the service cannot set.
        RequestFailed, Unreachable: The service refused, or did not answer.
        NoSuchThing: As `login_to`.
    """
    login = await login_to(account, cluster_id)
    async with connect(account) as client:
        cluster = await cluster_with_id(client, cluster_id)
        if cluster is None or cluster.user_name != login.user:
            told = (
                f"DWS_DATABASE_USER={login.user!r}: cluster {login.cluster_name} has another "
                "password of this user, and the service sets the administrator's alone: set "
                "DWS_DATABASE_PASSWORD to the one of then"
            )
            raise BadSetting([told])
        await client.call(ResetPassword(cluster_id=cluster_id, new_password=login.password))


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def fingerprint_cluster(
    account: str,
    cluster_id: str,
    bounds: Bounds,
    databases: Sequence[str] = (),
    like: Fingerprint | None = None,
) -> Fingerprint:
    """
    What is in the databases of a cluster now, as `dws.sql.fingerprint.fingerprint`.

    Raises:
        WrongPassword, DatabaseRefused, Unreachable: As of that.
    """
    login = await login_to(account, cluster_id)
    return await fingerprint(login, bounds, databases=databases, like=like)


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def count_rows(
    account: str, cluster_id: str, database: str, tables: Sequence[tuple[str, str]]
) -> tuple[int, ...]:
    """
    Count the rows of tables, each told by its schema and its own name; of none: only log in.

    Raises:
        WrongPassword, DatabaseRefused, Unreachable: They cannot be read.
        NoSuchThing, BadSetting, RequestFailed: As `login_to`.
    """
    async with database_of(account, cluster_id, database=database) as opened:
        names = [f"{quoted(schema)}.{quoted(name)}" for schema, name in tables]
        counts = [await opened.row(f"SELECT count(*) FROM {name}") for name in names]  # noqa: S608
        return tuple(int(count) for (count,) in counts)


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def write_canary(account: str, cluster_id: str, run_id: str, number: int = 1) -> None:
    """
    Write a canary row of a run, unless it is there.

    Raises:
        DatabaseReadOnly, DatabaseRefused, Unreachable: As of `dws.sql.canary`.
    """
    async with database_of(account, cluster_id) as database:
        canary = Canary(database, run_id)
        await canary.prepare()
        await canary.write(number)


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def count_canary(account: str, cluster_id: str, run_id: str) -> int:
    """
    Count the canary rows of a run.

    Raises:
        DatabaseRefused, Unreachable: They cannot be read.
    """
    async with database_of(account, cluster_id) as database:
        return await Canary(database, run_id).count()


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def clear_canary(account: str, cluster_id: str, run_id: str) -> int:
    """
    Delete the canary rows of a run, and no others.

    Raises:
        DatabaseReadOnly, DatabaseRefused, Unreachable: They cannot be deleted.
    """
    async with database_of(account, cluster_id) as database:
        return await Canary(database, run_id).clear()


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def accept_database(
    account: str, cluster_id: str, statements: Sequence[str]
) -> tuple[Acceptance, ...]:
    """
    Carry out acceptance statements one after the other, all of them.

    Raises:
        WrongPassword, DatabaseRefused, Unreachable: As of a login and a connection.
    """
    async with database_of(account, cluster_id) as database:
        return tuple([await accept(database, statement) for statement in statements])
