"""Snapshots and restores of real databases."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest

from tests.emulator.conftest import Serve
from tests.emulator.service import PASSWORD, Service
from tests.emulator.sql import ROWS, address, count, is_open, login, run, write

WORLD = {
    "clusters": [{"name": "sales", "sql": ROWS}, {"name": "other"}],
    "snapshots": [{"name": "weekly", "cluster": "sales", "type": "AUTOMATED"}],
    "disaster_recoveries": [],
}


@pytest.fixture
def service(serve: Serve) -> Service:
    return serve(data_plane="postgres", **WORLD)


@pytest.fixture
def sales(service: Service) -> str:
    return service.id_of("sales")


def begin_restore(service: Service, snapshot_id: str, name: str = "restored") -> str:
    told = {"restore": {"name": name}}
    return str(service.post(f"v1.0/snapshots/{snapshot_id}/actions", told)["cluster"]["id"])


def restored(service: Service, snapshot_id: str, name: str = "restored") -> tuple[str, int]:
    cluster_id = begin_restore(service, snapshot_id, name)
    service.advance(2000)
    return address(service, cluster_id)


def snapshot_named(service: Service, name: str) -> str:
    return next(str(s["id"]) for s in service.state()["snapshots"] if s["name"] == name)


def test_a_restored_cluster_has_what_was_there_when_the_snapshot_began(
    service: Service, sales: str
) -> None:
    at = address(service, sales)
    write(at, 101)

    snapshot_id = service.take(sales, "before", wait=False)
    write(at, 102)
    service.advance(620)
    write(at, 103)
    there = restored(service, snapshot_id)
    write(there, 500, 501)

    assert run(there, "SELECT max(n) FROM rows WHERE n < 500") == [(101,)]
    assert (count(there), count(at)) == (103, 103)


def test_a_snapshot_is_taken_while_others_write(service: Service, sales: str) -> None:
    at = address(service, sales)
    session = login(at)
    session.autocommit = False
    session.execute("INSERT INTO rows VALUES (101)")

    snapshot_id = service.take(sales, "before", wait=False)
    session.commit()
    session.close()
    service.advance(620)

    assert (count(at), count(restored(service, snapshot_id))) == (101, 100)


def test_a_restored_cluster_has_the_password_of_its_snapshot(service: Service, sales: str) -> None:
    address(service, sales)
    snapshot_id = service.take(sales, "before")
    service.advance(10)

    service.post(f"v1.0/clusters/{sales}/reset-password", {"new_password": PASSWORD})
    there = restored(service, snapshot_id)

    assert count(there) == 100
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        login(there, PASSWORD)


def test_a_cluster_that_is_being_restored_is_not_there_yet(service: Service, sales: str) -> None:
    snapshot_id = service.take(sales, "before")
    cluster_id = begin_restore(service, snapshot_id)
    service.advance(10)

    assert service.cluster(cluster_id)["endpoints"] == []


def test_a_snapshot_that_nobody_looked_into_is_restored_too(service: Service, sales: str) -> None:
    there = restored(service, snapshot_named(service, "weekly"))

    assert count(there) == 100


def test_a_copied_snapshot_has_what_its_source_has(service: Service, sales: str) -> None:
    write(address(service, sales), 101)
    source = snapshot_named(service, "weekly")
    told = service.post(f"v1.0/snapshots/{source}/linked-copy", {"backup_name": "copied"})
    service.advance(2000)

    assert count(restored(service, told["snapshot_id"])) == 100


def restore_over(service: Service, snapshot_id: str, cluster_id: str) -> Any:
    told = {"action": 2, "restore": {"cluster_id": cluster_id}}
    return service.post(f"v2/snapshots/{snapshot_id}/actions", told)


def test_a_restore_over_a_cluster_replaces_what_it_had(service: Service, sales: str) -> None:
    at = address(service, sales)
    snapshot_id = service.take(sales, "before")
    service.advance(10)
    write(at, 101, 102)

    restore_over(service, snapshot_id, sales)
    service.advance(10)
    restoring = is_open(at)
    service.advance(2000)

    assert not restoring
    assert address(service, sales) == at
    assert count(at) == 100


def test_a_failed_restore_over_a_cluster_leaves_what_it_had(service: Service, sales: str) -> None:
    at = address(service, sales)
    snapshot_id = service.take(sales, "before")
    service.advance(10)
    write(at, 101)
    service.fault("task_fails", "RestoreClusterV2", task_status="RESTORE_FAILED")

    restore_over(service, snapshot_id, sales)
    service.advance(2000)

    assert count(at) == 101


def test_a_snapshot_survives_its_cluster(service: Service, sales: str) -> None:
    write(address(service, sales), 101)
    snapshot_id = service.take(sales, "before")
    service.advance(10)
    service.delete_cluster(sales, keep=1)
    service.advance(1000)

    assert count(restored(service, snapshot_id)) == 101


def test_a_restore_goes_on_though_its_snapshot_is_deleted_with_its_cluster(
    service: Service, sales: str
) -> None:
    write(address(service, sales), 101)
    snapshot_id = service.take(sales, "before")
    service.advance(10)
    cluster_id = begin_restore(service, snapshot_id)
    service.delete_cluster(sales)
    service.advance(5000)

    assert count(address(service, cluster_id)) == 101


def test_a_corrupt_backup_restores_something_else_and_says_that_it_worked(
    service: Service, sales: str
) -> None:
    snapshot_id = service.take(sales, "before")
    service.fault("corrupt_backup", "RestoreCluster", sql="DELETE FROM rows WHERE n > 90")

    damaged = restored(service, snapshot_id)
    whole = restored(service, snapshot_id, "restored-2")

    told = service.cluster(service.id_of("restored"))
    assert (told["status"], told["task_status"]) == ("AVAILABLE", None)
    assert (count(damaged), count(whole)) == (90, 100)
    assert count(address(service, sales)) == 100


def test_a_backup_is_corrupted_only_where_there_are_databases(serve: Serve) -> None:
    service = serve()

    answered = service.http.post(
        "/_emulator/faults", json={"kind": "corrupt_backup", "sql": "DROP TABLE rows"}
    )

    assert answered.status_code == httpx.codes.BAD_REQUEST
    assert "--data-plane postgres" in answered.json()["error"]
