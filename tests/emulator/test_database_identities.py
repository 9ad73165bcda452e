from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec
from dws.told.databases import SyncDetails, SyncRecord
from tests.emulator.conftest import WORLD, Serve
from tests.emulator.service import BUSY, Service, refused

LDAP = {
    "host": "192.168.1.1",
    "port": "636",
    "admin_password": "secret",
    "base_dn": "OU=Domain Controllers,DC=gx,DC=com",
    "filter": "(&(objectClass=user))",
    "user_attribute": "sAMAccountName",
}
ADMIN = "CN=Administrator,CN=Users,DC=gx,DC=com"
ONEACCESS = {
    "host": "192.168.1.1",
    "client_id": "TdRpThO9qwWl75y0b2t718dpKAzN0bvN",
    "client_secret": "testsecret",
    "org_id": "20230714170842176-A4AD-58FDD9AEA",
}


class Identities:
    """The identity source of one cluster."""

    def __init__(self, service: Service, cluster_id: str) -> None:
        self.service = service
        self.path = f"v1/clusters/{cluster_id}/db-manager"

    def set_ldap(self, files: dict[str, Any] | None = None, **told: str) -> Any:
        fields = {name: (None, value) for name, value in {**LDAP, **told}.items()}
        return self.service.send(
            "POST",
            f"{self.path}/ldap-conf",
            params={"admin_name": ADMIN},
            files={**fields, **(files or {})},
        )

    def set_oneaccess(self, **told: Any) -> None:
        self.service.post(f"{self.path}/oneaccess-conf", {**ONEACCESS, **told})

    def sync(self) -> Any:
        return self.service.send("POST", f"{self.path}/sync-execute")

    def synced(self) -> dict[str, Any]:
        assert self.sync().status_code == 200
        self.service.advance(60)
        return self.records()[0]

    def records(self, **query: Any) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = self.service.get(f"{self.path}/sync-records", **query)[
            "sync_records"
        ]
        return told

    def details(self, record_id: str) -> list[tuple[str, str, str]]:
        told = self.service.get(f"{self.path}/sync-records/{record_id}")["sync_details"]
        return [(one["type"], one["user_name"], one["status"]) for one in told]

    def users(self) -> dict[str, str]:
        told = self.service.get(f"{self.path}/users")["users"]
        return {user["name"]: user["user_type"] for user in told}


@pytest.fixture
def identities(service: Service, sales: str) -> Identities:
    return Identities(service, sales)


def test_an_ldap_server_is_set_by_form_data_and_shown_without_its_password(
    identities: Identities,
) -> None:
    certificate = {"ssl_cert": ("ca.pem", "-----BEGIN CERTIFICATE-----")}
    before = identities.service.get(f"{identities.path}/ldap-conf")

    answered = identities.set_ldap(certificate, use_ssl="true")

    told = identities.service.get(f"{identities.path}/ldap-conf")
    assert (before["host"], answered.status_code) == ("", 200)
    assert (told["host"], told["port"], told["admin_name"]) == ("192.168.1.1", 636, ADMIN)
    assert (told["use_ssl"], told["ssl_cert"], told["auto_sync"]) == (True, "ca.pem", False)
    assert told["admin_password"] == "#######"
    assert told["filter"] == "(&(objectClass=user))"


def test_the_printed_sample_is_refused_for_its_empty_password_alone(
    identities: Identities,
) -> None:
    """Reference 5.15.12: JSON, a slip in a key, and the name in the body."""
    printed = {
        "host": "192.168.1.1",
        "port": 636,
        "admin_name": ADMIN,
        "admin_password": None,
        "base_dn": "OU=Domain Controllers,DC=gx,DC=com",
        "filter": "(&(objectClass=user))",
        "use_attribute": "sAMAccountName",
        "use_ssl": True,
        "ssl_cert": "(binary)",
        "auto_sync": True,
    }
    path = f"{identities.path}/ldap-conf"

    as_printed = identities.service.send("POST", path, printed)
    with_password = identities.service.send("POST", path, {**printed, "admin_password": "x"})

    assert refused(as_printed)[0] == 400
    assert "admin_password" in as_printed.json()["error_msg"]
    assert with_password.status_code == 200
    told = identities.service.get(path)
    assert (told["user_attribute"], told["ssl_cert"]) == ("sAMAccountName", "ssl_cert.pem")


def test_forms_that_do_not_fit_are_refused(identities: Identities) -> None:
    assert refused(identities.set_ldap(port="none"))[0] == 400
    assert refused(identities.set_ldap(use_ssl="true")) == (400, "DWS.5037")
    path = f"{identities.path}/ldap-conf"
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    nameless = b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"
    no_form = identities.service.send(
        "POST", path, content=b"nothing", headers={"Content-Type": "multipart/form-data"}
    )
    no_name = identities.service.send("POST", path, content=nameless, headers=kind)
    assert refused(no_form) == refused(no_name) == (400, "DWS.5065")
    assert identities.service.get(f"{identities.path}/ldap-conf")["host"] == ""


def test_a_synchronization_brings_in_the_users_of_the_source(identities: Identities) -> None:
    identities.set_ldap()
    identities.sync()
    running = identities.records()[0]
    identities.service.advance(60)
    ended = identities.records()[0]

    assert (running["status"], running["end_time"]) == ("RUNNING", None)
    assert (ended["status"], ended["add_count"], ended["identity_source_type"]) == (
        "SUCCESS",
        2,
        "ldap",
    )
    assert ended["end_time"] > ended["start_time"]
    assert identities.details(ended["id"]) == [
        ("ADD", "zhangsan", "SUCCESS"),
        ("ADD", "lisi", "SUCCESS"),
    ]
    assert identities.users() == {"dbadmin": "COMMON", "zhangsan": "LDAP", "lisi": "LDAP"}


def test_a_second_synchronization_has_nothing_to_add_but_what_was_deleted(
    identities: Identities,
) -> None:
    identities.set_oneaccess()
    first, second = identities.synced(), identities.synced()
    identities.service.send("DELETE", f"{identities.path}/users/lisi")
    third = identities.synced()

    assert [run["add_count"] for run in (first, second, third)] == [2, 0, 1]
    assert identities.users()["lisi"] == "OneAccess"
    assert len(identities.records()) == 3
    assert identities.records(limit=1, offset=2) == [first]


def test_a_name_that_is_taken_fails_for_that_user_alone(identities: Identities) -> None:
    identities.set_ldap()
    body = {"type": "user", "name": "lisi", "password": "Pass_123456789"}
    identities.service.post(f"{identities.path}/users", body)

    run = identities.synced()

    assert (run["status"], run["add_count"], run["failed_count"]) == ("SUCCESS", 1, 1)
    assert identities.details(run["id"])[1] == ("ADD", "lisi", "FAILED")
    assert identities.users()["lisi"] == "COMMON"


def test_without_a_source_or_during_a_run_none_begins(identities: Identities) -> None:
    without = identities.sync()
    identities.set_ldap()
    identities.sync()
    during = identities.sync()

    assert refused(without) == (400, "DWS.5037")
    assert refused(during) == BUSY


def test_a_failed_synchronization_says_why_and_brings_in_nobody(identities: Identities) -> None:
    identities.set_ldap()
    identities.service.fault("task_fails", "ExecuteIdentitySync", task_status="no connection")

    run = identities.synced()

    assert (run["status"], run["fail_reason"]) == ("FAILED", "no connection")
    assert identities.users() == {"dbadmin": "COMMON"}


def test_a_stuck_synchronization_keeps_running(identities: Identities) -> None:
    identities.set_ldap()
    identities.service.fault("stuck", "ExecuteIdentitySync")
    identities.sync()
    identities.service.advance(40_000)

    assert identities.records()[0]["status"] == "RUNNING"


def test_automatic_synchronization_runs_at_once_and_each_day(identities: Identities) -> None:
    identities.set_ldap(auto_sync="true")
    identities.service.advance(60)
    first = len(identities.records())
    for _ in range(4):
        identities.service.advance(43_200)
        identities.service.login()

    assert (first, len(identities.records())) == (1, 3)


def test_a_source_in_place_of_another_stops_its_automatic_synchronization(
    identities: Identities,
) -> None:
    identities.set_ldap(auto_sync="true")
    identities.service.advance(60)
    identities.set_oneaccess()
    for _ in range(3):
        identities.service.advance(43_200)
        identities.service.login()

    assert len(identities.records()) == 1
    assert identities.service.get(f"{identities.path}/ldap-conf")["host"] == ""


def test_details_are_what_the_operation_promises(identities: Identities) -> None:
    identities.set_ldap()
    run = identities.synced()

    told = identities.service.get(f"{identities.path}/sync-records/{run['id']}")

    details = SyncDetails.model_validate(told).sync_details
    assert [one.sync_record_id for one in details] == [run["id"]] * 2
    assert SyncRecord.model_validate(run).end_time is not None


def test_an_unknown_record_is_not_found(identities: Identities) -> None:
    unknown = f"{identities.path}/sync-records/8717999a-8b2e-4cb9-b215-265cc65201c5"

    assert refused(identities.service.send("GET", unknown)) == (404, "DWS.0001")


def test_users_that_the_source_knows_no_more_are_deleted(tmp_path: Path, serve: Serve) -> None:
    """Told by a second world over the state of the first: the directory is of the world."""
    first = WorldSpec.model_validate(WORLD)
    with Emulator.serving(speed=0.0, world=first, state=tmp_path / "world.db") as server:
        service = Service(server.url)
        sales = service.id_of("sales")
        Identities(service, sales).set_ldap()
        Identities(service, sales).synced()
        service.http.close()

    second = WorldSpec.model_validate({**WORLD, "directory": ["zhangsan"]})
    with Emulator.serving(speed=0.0, world=second, state=tmp_path / "world.db") as server:
        service = Service(server.url)
        identities = Identities(service, sales)
        before, run, after = identities.users(), identities.synced(), identities.users()
        service.http.close()

    assert set(before) == {"dbadmin", "zhangsan", "lisi"}
    assert run["delete_count"] == 1
    assert set(after) == {"dbadmin", "zhangsan"}
