"""Real databases of clusters: who may log in, when, and what may be done there."""

from __future__ import annotations

import psycopg
import pytest

from tests.emulator.conftest import Serve
from tests.emulator.service import PASSWORD, Service, new_cluster
from tests.emulator.sql import ROWS, address, count, is_open, login, run, write

WORLD = {
    "clusters": [
        {"name": "sales", "sql": ROWS},
        {"name": "stock", "password": "An0ther-Passw0rd", "user_name": "keeper"},
    ],
    "snapshots": [],
    "disaster_recoveries": [],
}


@pytest.fixture
def service(serve: Serve) -> Service:
    return serve(data_plane="postgres", **WORLD)


@pytest.fixture
def sales(service: Service) -> str:
    return service.id_of("sales")


def test_the_endpoint_of_a_cluster_is_its_database_with_the_told_tables(
    service: Service, sales: str
) -> None:
    told = service.cluster(sales)
    at = address(service, sales)

    assert count(at) == 100
    assert (told["private_ip"], told["port"]) == (["127.0.0.1"], at[1])
    assert run(at, "SELECT current_user, current_database()") == [("dbadmin", "gaussdb")]
    assert run(at, "SELECT current_database()", database="postgres") == [("postgres",)]


def test_two_clusters_have_databases_and_administrators_of_their_own(
    service: Service, sales: str
) -> None:
    here, there = address(service, sales), address(service, service.id_of("stock"))

    write(here, 101)
    run(there, ROWS, user="keeper", password="An0ther-Passw0rd")

    assert here != there
    assert (count(here), count(there, user="keeper", password="An0ther-Passw0rd")) == (101, 100)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        login(there)


def test_only_the_administrator_with_the_right_password_gets_in(
    service: Service, sales: str
) -> None:
    at = address(service, sales)

    for user, password in (("dbadmin", "Wr0ng-Passw0rd"), ("Ruby", ""), ("nobody", PASSWORD)):
        with pytest.raises(psycopg.OperationalError):
            login(at, password, user=user)


def test_an_administrator_makes_databases_schemas_and_roles_but_is_no_superuser(
    service: Service, sales: str
) -> None:
    at = address(service, sales)

    run(at, "CREATE SCHEMA archive", "CREATE TABLE archive.old ()", "CREATE ROLE reader")
    run(at, "CREATE DATABASE more")

    assert run(at, "SELECT 1", database="more") == [(1,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(at, "ALTER SYSTEM SET default_transaction_read_only = off")


def test_the_second_database_is_usable_and_stays(service: Service, sales: str) -> None:
    at = address(service, sales)

    made = run(at, "CREATE TABLE notes (n int)", "SELECT count(*) FROM notes", database="postgres")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(at, "DROP DATABASE postgres")

    assert made == [(0,)]


def test_a_created_cluster_takes_the_password_it_was_created_with(service: Service) -> None:
    cluster_id = service.post("v1.0/clusters", new_cluster())["cluster"]["id"]
    creating = service.cluster(cluster_id)["endpoints"]
    service.advance(1000)

    assert creating == []
    assert run(address(service, cluster_id), "SELECT 1", password=PASSWORD) == [(1,)]


def test_a_reset_password_is_the_only_one_at_once(service: Service, sales: str) -> None:
    at = address(service, sales)

    service.post(f"v1.0/clusters/{sales}/reset-password", {"new_password": PASSWORD})

    assert count(at, password=PASSWORD) == 100
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        login(at)


def test_a_password_can_be_reset_before_anybody_logged_in(service: Service) -> None:
    stock = next(c["id"] for c in service.state()["clusters"] if c["name"] == "stock")

    service.post(f"v1.0/clusters/{stock}/reset-password", {"new_password": PASSWORD})

    at = address(service, stock)
    assert run(at, "SELECT 1", user="keeper", password=PASSWORD) == [(1,)]


def test_a_stopped_cluster_is_closed_and_a_started_one_has_its_rows_and_port(
    service: Service, sales: str
) -> None:
    at = address(service, sales)
    write(at, 101)
    session = login(at)

    service.post(f"v1/clusters/{sales}/stop")
    service.advance(10)
    while_stopping = is_open(at)
    service.advance(1000)
    stopped = is_open(at)
    service.post(f"v1/clusters/{sales}/start")
    service.advance(1000)

    assert (while_stopping, stopped) == (False, False)
    assert address(service, sales) == at
    assert count(at) == 101
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")


def test_a_restart_closes_a_cluster_for_a_while(service: Service, sales: str) -> None:
    at = address(service, sales)

    service.post(f"v1.0/clusters/{sales}/restart", {"restart": {}})
    accepted = is_open(at)
    service.advance(10)
    restarting = is_open(at)
    service.advance(1000)

    assert (accepted, restarting) == (True, False)
    assert count(at) == 100


def test_a_restart_cuts_sessions_though_time_leaps_over_it(service: Service, sales: str) -> None:
    session = login(address(service, sales))

    service.post(f"v1.0/clusters/{sales}/restart", {"restart": {}})
    service.advance(2000)

    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")


def test_a_read_only_cluster_takes_no_writes_until_that_is_cancelled(serve: Serve) -> None:
    told = [{"name": "full", "sub_status": "READONLY", "sql": ROWS}]
    service = serve(data_plane="postgres", **WORLD | {"clusters": told})
    full = service.id_of("full")
    at = address(service, full)

    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        write(at, 101)
    before = count(at)
    service.post(f"v1.0/clusters/{full}/cancel-readonly")
    write(at, 101)

    assert (before, count(at)) == (100, 101)


def test_a_cluster_that_fills_up_cuts_its_sessions_and_becomes_read_only(serve: Serve) -> None:
    told = [{"name": "full", "sub_status": "READONLY", "data_gb": 1e6, "sql": ROWS}]
    service = serve(data_plane="postgres", **WORLD | {"clusters": told})
    full = service.id_of("full")
    at = address(service, full)
    service.post(f"v1.0/clusters/{full}/cancel-readonly")
    session = login(at)

    # Its disks stay full, so that it is writable for a while only.
    service.advance(700)

    with pytest.raises(psycopg.OperationalError):
        session.execute("INSERT INTO rows VALUES (101)")
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        write(at, 101)


def test_a_deleted_cluster_is_closed(service: Service, sales: str) -> None:
    at = address(service, sales)

    service.delete_cluster(sales)
    service.advance(10)
    deleting = is_open(at)
    service.advance(1000)

    assert (deleting, is_open(at)) == (False, False)


def test_a_reset_world_begins_anew(service: Service, sales: str) -> None:
    at = address(service, sales)
    write(at, 101)

    service.control("POST", "reset")

    assert not is_open(at)
    assert count(address(service, sales)) == 100


def test_sql_that_fails_is_told_and_the_cluster_opens_all_the_same(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    told = [{"name": "sales", "sql": "CREATE TABLE here (); CREATE TABEL there ()"}]
    service = serve(data_plane="postgres", **WORLD | {"clusters": told})

    assert run(address(service, service.id_of("sales")), "SELECT 1") == [(1,)]
    assert "SQL told for cluster sales failed" in caplog.text
    assert 'syntax error at or near "TABEL"' in caplog.text
