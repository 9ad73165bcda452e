"""Into a database and no further: who is let in, where to, and what an error tells."""

from __future__ import annotations

import asyncio
import pickle
import struct
import traceback
from datetime import timedelta

import pytest
from pydantic import SecretStr

from dws.errors import (
    BadSetting,
    DatabaseReadOnly,
    DatabaseRefused,
    NoAnswer,
    NotSent,
    StatementTimedOut,
    UnsupportedLogin,
    WrongPassword,
)
from dws.settings import Account
from dws.shapes import Cluster, Endpoint, PublicEndpoint
from dws.sql.connection import connected, connected_by_either
from dws.sql.login import Address, Login, addresses_of
from tests import postgres
from tests.free import closed_port

WRONG = "Wrong-hidden-0815"


def with_password(login: Login, password: str) -> Login:
    return login.model_copy(update={"password": SecretStr(password)})


async def test_the_right_password_lets_one_in(login: Login) -> None:
    async with connected(login) as database:
        told = await database.row("SELECT current_user, current_database(), %s::int", 7)

    assert told == (postgres.ADMIN, login.database, 7)


async def test_a_wrong_password_is_told_without_it(login: Login) -> None:
    with pytest.raises(WrongPassword, match="DWS_DATABASE_PASSWORD") as caught:
        async with connected(with_password(login, WRONG)):
            pass

    chain = "".join(traceback.format_exception(caught.value))
    forms = str(caught.value) + repr(caught.value) + repr(pickle.dumps(caught.value)) + chain
    assert "hidden" not in forms
    assert caught.value.__context__ is None


async def test_an_unknown_database_is_no_matter_of_the_password(login: Login) -> None:
    with pytest.raises(DatabaseRefused, match='"nowhere" does not exist') as caught:
        async with connected(login.to("nowhere")):
            pass

    assert not isinstance(caught.value, WrongPassword)


async def test_a_scheme_that_no_client_speaks_is_no_wrong_password(login: Login) -> None:
    """A number of a scheme that libpq does not know."""

    async def asks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1024)
        writer.write(b"R" + struct.pack("!ii", 8, 13))
        await writer.drain()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(asks, "127.0.0.1", 0) as server:
        address = Address("127.0.0.1", server.sockets[0].getsockname()[1])
        with pytest.raises(UnsupportedLogin, match="password_encryption_type") as caught:
            async with connected(login.model_copy(update={"addresses": (address,)})):
                pass

    assert not isinstance(caught.value, WrongPassword)


async def test_nobody_there_is_told_as_not_sent(login: Login) -> None:
    closed = login.model_copy(update={"addresses": (Address("127.0.0.1", closed_port()),)})

    with pytest.raises(NotSent, match="Connection refused"):
        async with connected(closed):
            pass


async def test_a_second_coordinator_serves_where_the_first_is_down(login: Login) -> None:
    both = (Address("127.0.0.1", closed_port()), *login.addresses)

    async with connected(login.model_copy(update={"addresses": both})) as database:
        assert await database.row("SELECT 1") == (1,)


@pytest.mark.parametrize("new_holds", [True, False])
async def test_a_password_that_is_being_changed_lets_in_by_either(
    login: Login, new_holds: bool
) -> None:
    right, wrong = login, with_password(login, WRONG)
    logins = (wrong, right) if new_holds else (right, wrong)

    async with connected_by_either(*logins) as database:
        accepted = database.login

    assert accepted is right


async def test_neither_password_is_a_wrong_password(login: Login) -> None:
    wrong = with_password(login, WRONG)

    with pytest.raises(WrongPassword):
        async with connected_by_either(wrong, wrong):
            pass


@pytest.mark.parametrize(
    ("statement", "error", "sqlstate"),
    [
        ("SELECT * FROM nothing", DatabaseRefused, "42P01"),
        ("SELECT pg_sleep(30)", StatementTimedOut, "57014"),
        ("CREATE TABLE t (a int)", DatabaseReadOnly, "25006"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", NoAnswer, None),
    ],
)
async def test_a_refusal_tells_its_consequence(
    login: Login, statement: str, error: type[Exception], sqlstate: str | None
) -> None:
    async with connected(login, statement_within=timedelta(milliseconds=100)) as database:
        await database.change("SET default_transaction_read_only = on")
        with pytest.raises(error) as caught:
            await database.rows(statement)

    assert type(caught.value) is error
    assert getattr(caught.value, "sqlstate", None) == sqlstate
    assert statement in str(caught.value)


async def test_a_refused_row_is_not_repeated_in_the_error(login: Login) -> None:
    async with connected(login) as database:
        await database.change("CREATE TABLE t (a text PRIMARY KEY)")
        await database.change("INSERT INTO t VALUES (%s)", "hidden-datum")
        with pytest.raises(DatabaseRefused) as caught:
            await database.change("INSERT INTO t VALUES (%s)", "hidden-datum")

    assert caught.value.sqlstate == "23505"
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER ROLE nobody_such PASSWORD 'hidden-1'",
        "ALTER USER nobody_such IDENTIFIED BY 'hidden-1' REPLACE 'hidden-2'",
        "CREATE ROLE r LOGIN PASSWORD 'hid''hidden-1",
        'ALTER ROLE nobody_such IDENTIFIED BY "hidden-1"',
    ],
)
async def test_a_refused_change_of_a_password_does_not_tell_it(
    login: Login, statement: str
) -> None:
    async with connected(login) as database:
        with pytest.raises(DatabaseRefused) as caught:
            await database.change(statement)

    assert "hidden" not in str(caught.value) + repr(pickle.dumps(caught.value))
    assert statement.partition(" ")[0] in str(caught.value)


@pytest.mark.parametrize(
    ("info", "address"),
    [
        ("192.168.0.10:8000", Address("192.168.0.10", 8000)),
        ("dws-1.example.com", Address("dws-1.example.com", 9000)),
        ("[::1]:5", Address("::1", 5)),
        ("[::1]", Address("::1", 9000)),
    ],
)
def test_an_endpoint_without_a_port_has_the_clusters(info: str, address: Address) -> None:
    cluster = Cluster(
        id="c", status="AVAILABLE", port=9000, endpoints=[Endpoint(connect_info=info)]
    )

    assert addresses_of(cluster, is_public=False) == (address,)


def test_an_endpoint_without_a_host_leads_nowhere() -> None:
    cluster = Cluster(
        id="c", status="AVAILABLE", endpoints=[Endpoint(connect_info=":8000"), Endpoint()]
    )

    assert addresses_of(cluster, is_public=False) == ()


DEMO = Cluster(
    id="c1",
    name="demo",
    status="AVAILABLE",
    user_name="dbadmin",
    endpoints=[Endpoint(connect_info="10.0.0.1:8000"), Endpoint(connect_info="10.0.0.2:8000")],
    public_endpoints=[PublicEndpoint(public_connect_info="80.0.0.1:8001")],
)


def test_an_account_knows_the_way_into_its_clusters() -> None:
    account = Account(database_password=SecretStr("hidden"))

    login = account.login(DEMO)

    assert login.addresses == (Address("10.0.0.1", 8000), Address("10.0.0.2", 8000))
    assert (login.user, login.database) == ("dbadmin", "gaussdb")
    assert "hidden" not in repr(login) + str(login) + login.model_dump_json()


def test_an_account_may_say_otherwise() -> None:
    account = Account(
        database="sales",
        database_user="reader",
        database_endpoint="public",
        database_new_password=SecretStr("new"),
    )

    login = account.login(DEMO, new=True)

    assert login.addresses == (Address("80.0.0.1", 8001),)
    assert (login.user, login.database) == ("reader", "sales")
    assert login.password.get_secret_value() == "new"


def test_all_that_keeps_one_out_is_told_at_once() -> None:
    bare = DEMO.model_copy(update={"user_name": None, "endpoints": []})

    with pytest.raises(BadSetting) as caught:
        Account().login(bare)

    assert [line.split()[0] for line in caught.value.problems] == [
        "DWS_DATABASE_PASSWORD",
        "DWS_DATABASE_USER",
        "cluster",
    ]


def test_wrong_settings_of_databases_are_told_with_the_others() -> None:
    account = Account(database_endpoint="inside", database_ca_bundle="/missing.pem")

    told = [line for line in account.problems() if line.startswith("DWS_DATABASE")]

    assert [line.split("=")[0] for line in told] == [
        "DWS_DATABASE_CA_BUNDLE",
        "DWS_DATABASE_ENDPOINT",
    ]
