from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec
from dws.operations import catalogue
from tests.emulator.conftest import WORLD, Serve
from tests.emulator.service import Service, refused

PASSWORD = "Pass_123456789"
CLUSTERS = [
    {
        "name": "sales",
        "data_gb": 240.0,
        "databases": {"gaussdb": {"public": ["table1", "table2"]}, "postgres": {"public": []}},
    },
    {"name": "empty", "data_gb": 0.1},
]
WITH_TABLES = {"clusters": CLUSTERS, "snapshots": [], "disaster_recoveries": []}


@pytest.fixture
def service(serve: Serve) -> Service:
    return serve(**WITH_TABLES)


@pytest.fixture
def sales(service: Service) -> str:
    return service.id_of("sales")


class Manager:
    """The databases of one cluster."""

    def __init__(self, service: Service, cluster_id: str) -> None:
        self.service = service
        self.path = f"v1/clusters/{cluster_id}/db-manager"

    def create(self, name: str, **told: Any) -> None:
        body = {"type": "user", "name": name, "password": PASSWORD, **told}
        self.service.post(f"{self.path}/users", body)

    def refusal(self, **told: Any) -> tuple[int, str]:
        return refused(self.service.send("POST", f"{self.path}/users", told))

    def names(self, **query: Any) -> list[str]:
        told = self.service.get(f"{self.path}/users", **query)["users"]
        return [user["name"] for user in told]

    def user(self, name: str) -> dict[str, Any]:
        told: dict[str, Any] = self.service.get(f"{self.path}/users/{name}")
        return told

    def change(self, name: str, **told: Any) -> None:
        self.service.post(f"{self.path}/users/{name}", told)

    def delete(self, name: str, **query: Any) -> Any:
        return self.service.send("DELETE", f"{self.path}/users/{name}", params=query or None)

    def authority(self, **told: Any) -> list[str]:
        body = {
            "type": "table",
            "is_grant": True,
            "grant_list": [{"permission": "SELECT", "grant_with": False}],
            "role_list": ["user1"],
            "object_list": ["table1"],
            "database": "gaussdb",
            "schema": "public",
        }
        answered = self.service.post(f"{self.path}/authority", {**body, **told})
        statements: list[str] = answered["view_sql"]
        return statements

    def may(self, name: str) -> dict[str, dict[str, bool]]:
        told = self.service.get(f"{self.path}/users/{name}/authority")["authority_list"]
        return {
            one["obj_name"]: {p["permission"]: p["grant_with"] for p in one["privileges"]}
            for one in told
        }

    def roles(self, name: str, **query: Any) -> dict[str, tuple[bool, bool]]:
        told = self.service.get(f"{self.path}/users/{name}/roles", **query)["roles"]
        return {role["name"]: (role["permission"], role["grant_with"]) for role in told}

    def objects(self, kind: str, **query: Any) -> list[str]:
        told = self.service.get(f"{self.path}/objects", type=kind, **query)
        return [one["obj_name"] for one in told["object_list"]]


@pytest.fixture
def manager(service: Service, sales: str) -> Manager:
    return Manager(service, sales)


def test_the_administrator_is_there_from_the_beginning(manager: Manager) -> None:
    admin = manager.user("dbadmin")

    assert manager.names() == ["dbadmin"]
    assert (admin["systemadmin"], admin["login"], admin["conn_limit"]) == (True, True, -1)


def test_a_user_is_created_listed_changed_and_deleted(manager: Manager) -> None:
    manager.create("user1", createdb=True, conn_limit=5, valid_until="2030-04-18T12:23:01")
    created = manager.user("user1")
    listed = manager.names()
    manager.change("user1", lock=True, createdb=False, valid_until="2031-01-01T00:00:00Z")
    changed = manager.user("user1")
    answered = manager.delete("user1")

    assert (created["login"], created["createdb"], created["conn_limit"]) == (True, True, 5)
    assert created["valid_until"] == 1902745381000
    assert listed == ["dbadmin", "user1"]
    assert (changed["lock"], changed["createdb"], changed["conn_limit"]) == (True, False, 5)
    assert changed["valid_until"] == 1924992000000
    assert (answered.status_code, manager.names()) == (200, ["dbadmin"])


def test_the_administrator_can_be_changed_and_not_deleted(manager: Manager) -> None:
    manager.change("dbadmin", conn_limit=100)

    assert manager.user("dbadmin")["conn_limit"] == 100
    assert manager.names() == ["dbadmin"]
    assert refused(manager.delete("dbadmin")) == (400, "DWS.5045")


def test_a_role_needs_no_password_and_cannot_log_in(manager: Manager) -> None:
    manager.service.post(f"{manager.path}/users", {"name": "readers"})

    assert manager.user("readers")["login"] is False
    assert manager.names(type="ROLE") == ["readers"]
    assert manager.names(type="USER") == ["dbadmin"]


def test_users_come_in_pages(manager: Manager) -> None:
    for n in range(4):
        manager.create(f"user{n}")

    assert manager.names(offset=1, limit=2) == ["user1", "user2"]
    assert manager.names(offset=2, limit=2) == ["user3"]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"type": "user", "name": "user1"}, (400, "DWS.0001")),
        ({"type": "role", "name": "user1", "password_disable": False}, (400, "DWS.0001")),
        ({"type": "user", "name": "user1", "password": "weak"}, (400, "DWS.5199")),
        ({"type": "user", "name": "user1", "password": "Xuser1_1234567"}, (400, "DWS.5145")),
        ({"type": "user", "name": "1user", "password": PASSWORD}, (400, "DWS.5198")),
        ({"type": "user", "name": "dbadmin", "password": PASSWORD}, (409, "DWS.5198")),
        ({"name": "user1", "grant_members": [{"name": "nobody"}]}, (404, "DWS.5198")),
        ({"name": "user1", "valid_until": "tomorrow"}, (400, "DWS.5065")),
        ({"name": "user1", "valid_until": "2023-02-30T00:00:00"}, (400, "DWS.5065")),
    ],
)
def test_users_that_do_not_fit_are_refused(
    manager: Manager, told: dict[str, Any], code: tuple[int, str]
) -> None:
    assert manager.refusal(**told) == code
    assert manager.names() == ["dbadmin"]


def test_an_unknown_user_is_not_found(manager: Manager) -> None:
    assert refused(manager.delete("nobody")) == (404, "DWS.5198")
    shown = manager.service.send("GET", f"{manager.path}/users/nobody")
    assert refused(shown) == (404, "DWS.5198")


def test_the_sample_of_the_reference_makes_a_role_with_privileges(serve: Serve) -> None:
    """Reference 5.15.4, with the slip of its key."""
    told = {"gaussdb": {"public": ["t1"]}}
    service = serve(**{**WITH_TABLES, "clusters": [{"name": "sales", "databases": told}]})
    manager = Manager(service, service.id_of("sales"))
    manager.create("q10")
    body = {
        "type": "role",
        "name": "g3201",
        "grant_members": [{"name": "q10", "grant_with": True}],
        "grant_list": [
            {
                "database": "gaussdb",
                "type": "TABLE",
                "schema": "public",
                "obj_name": "t1",
                "privleges": [{"grant_with": True, "permission": "SELECT"}],
            }
        ],
        "valid_until": "2023-06-28T12:23:06",
        "conn_limit": 11,
        "password": PASSWORD,
        "login": False,
        "createrole": True,
        "desc": "",
    }

    service.post(f"{manager.path}/users", body)

    assert manager.may("g3201") == {"t1": {"SELECT": True}}
    assert manager.roles("g3201") == {"q10": (True, True)}
    assert manager.user("g3201")["createrole"] is True


def test_a_user_with_an_unknown_object_is_not_made(manager: Manager) -> None:
    grant = {"type": "TABLE", "database": "gaussdb", "schema": "public", "obj_name": "nothing"}
    privileges = [{"permission": "SELECT", "grant_with": False}]

    refusal = manager.refusal(name="user1", grant_list=[{**grant, "privileges": privileges}])

    assert refusal == (400, "DWS.5174")
    assert manager.names() == ["dbadmin"]


def test_privileges_are_granted_told_and_revoked(manager: Manager) -> None:
    manager.create("user1")
    both = [
        {"permission": "SELECT", "grant_with": True},
        {"permission": "UPDATE", "grant_with": False},
    ]
    granted = manager.authority(grant_list=both, object_list=["table1", "table2"])
    may = manager.may("user1")
    query = {"type": "table", "name": "table1", "database": "gaussdb", "schema": "public"}
    shown = manager.service.get(f"{manager.path}/authority", **query)["authorities"]
    option = {"permission": "SELECT", "revoke_with": True}
    revoked = manager.authority(
        is_grant=False, grant_list=None, revoke_list=[option], object_list=["table2"]
    )
    whole = [{"permission": "ALL PRIVILEGES", "revoke_with": False}]
    manager.authority(is_grant=False, grant_list=None, revoke_list=whole, cascade=False)

    assert granted == [
        "GRANT SELECT ON TABLE public.table1 TO user1 WITH GRANT OPTION;",
        "GRANT SELECT ON TABLE public.table2 TO user1 WITH GRANT OPTION;",
        "GRANT UPDATE ON TABLE public.table1 TO user1;",
        "GRANT UPDATE ON TABLE public.table2 TO user1;",
    ]
    assert may == {name: {"SELECT": True, "UPDATE": False} for name in ("table1", "table2")}
    assert shown == [
        {
            "name": "table1",
            "role_authority": [{"role": "user1", "right_list": ["SELECT", "UPDATE"]}],
        }
    ]
    assert revoked == ["REVOKE GRANT OPTION FOR SELECT ON TABLE public.table2 FROM user1 CASCADE;"]
    assert manager.may("user1") == {"table2": {"SELECT": False, "UPDATE": False}}


def test_all_objects_of_a_schema_and_columns_are_granted_on(manager: Manager) -> None:
    manager.create("user1")

    manager.authority(object_list=[], all_object=True)
    column = manager.authority(type="COLUMN", table="table1", object_list=["amount"])

    told = manager.service.get(f"{manager.path}/users/user1/authority")["authority_list"]
    tables = {one["obj_name"] for one in told if one["all_object"]}
    assert {"table1", "table2", "calendar"} <= tables
    assert column == ["GRANT SELECT (amount) ON TABLE public.table1 TO user1;"]
    assert [one["column_name"] for one in told if one["type"] == "COLUMN"] == ["amount"]


def test_roles_are_granted_and_revoked(manager: Manager) -> None:
    manager.create("user1")
    manager.service.post(f"{manager.path}/users", {"name": "readers"})
    role = {"type": "ROLE", "object_list": [], "schema": None}

    granted = manager.authority(**role, grant_list=[{"permission": "readers", "grant_with": True}])
    have, every = manager.roles("user1"), manager.roles("user1", query_all="true")
    revoked = manager.authority(
        **role,
        is_grant=False,
        grant_list=None,
        revoke_list=[{"permission": "readers", "revoke_with": False}],
    )

    assert granted == ["GRANT readers TO user1 WITH ADMIN OPTION;"]
    assert have == {"readers": (True, True)}
    assert every == {"dbadmin": (False, False), "readers": (True, True)}
    assert revoked == ["REVOKE readers FROM user1;"]
    assert manager.roles("user1") == {}


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"grant_list": None}, (400, "DWS.0001")),
        ({"schema": None}, (400, "DWS.0001")),
        ({"type": "COLUMN"}, (400, "DWS.0001")),
        ({"grant_list": [{"permission": "EXECUTE", "grant_with": True}]}, (400, "DWS.0001")),
        ({"role_list": ["nobody"]}, (404, "DWS.5198")),
        ({"database": "nowhere"}, (400, "DWS.5172")),
        ({"schema": "nowhere"}, (400, "DWS.5173")),
        ({"object_list": ["nothing"]}, (400, "DWS.5174")),
    ],
)
def test_grants_that_do_not_fit_are_refused(
    manager: Manager, told: dict[str, Any], code: tuple[int, str]
) -> None:
    manager.create("user1")
    body = {
        "type": "table",
        "is_grant": True,
        "grant_list": [{"permission": "SELECT", "grant_with": True}],
        "role_list": ["user1"],
        "object_list": ["table1"],
        "database": "gaussdb",
        "schema": "public",
    }

    answered = manager.service.send("POST", f"{manager.path}/authority", {**body, **told})

    assert refused(answered) == code


def test_a_user_with_privileges_is_deleted_with_them_or_not_at_all(manager: Manager) -> None:
    manager.create("user1")
    manager.authority()

    kept = manager.delete("user1")
    gone = manager.delete("user1", cascade="true")
    manager.create("user1")

    assert refused(kept) == (400, "DWS.5045")
    assert gone.status_code == 200
    assert manager.may("user1") == {}


def test_objects_are_those_of_the_cluster(manager: Manager) -> None:
    public = {"database": "gaussdb", "schema": "public"}

    assert manager.objects("DATABASE") == ["gaussdb", "postgres"]
    assert manager.objects("DATABASE", name="post") == ["postgres"]
    assert {"pg_catalog", "public"} <= set(manager.objects("SCHEMA", database="gaussdb"))
    assert {"table1", "table2"} <= set(manager.objects("TABLE", **public))
    assert "id" in manager.objects("COLUMN", **public, table="table1")
    assert manager.objects("SEQUENCE", **public, name="table1") == ["table1_id_seq"]
    assert manager.objects("FUNCTION", **public) == []
    assert len(manager.objects("NODEGROUP")) == 1
    assert manager.objects("TABLE", **public, limit=1, offset=1) == ["table1"]


def test_an_empty_cluster_has_no_tables(service: Service) -> None:
    empty = Manager(service, service.id_of("empty"))

    assert empty.objects("TABLE", database="gaussdb", schema="public") == []


def test_objects_of_no_place_are_refused(manager: Manager) -> None:
    def refusal(**query: Any) -> tuple[int, str]:
        return refused(manager.service.send("GET", f"{manager.path}/objects", params=query))

    public = {"database": "gaussdb", "schema": "public"}
    assert refusal(type="SCHEMA") == (400, "DWS.5172")
    assert refusal(type="TABLE", database="gaussdb") == (400, "DWS.5173")
    assert refusal(type="COLUMN", **public, table="nothing") == (400, "DWS.5174")
    assert refusal(type="INDEX")[0] == 400


def test_iam_users_are_made_once(manager: Manager) -> None:
    first = manager.service.post(f"{manager.path}/sync-iam-user")
    second = manager.service.post(f"{manager.path}/sync-iam-user")

    assert (first, second) == ({"sync_user": ["testname"]}, {"sync_user": []})
    assert manager.names(user_type="IAM") == ["testname"]


def test_operators_are_let_in_for_eight_hours_at_a_time(manager: Manager) -> None:
    def act(operation: str) -> Any:
        path = f"{manager.path}/om-user/action"
        return manager.service.send("POST", path, {"operation": operation})

    def status() -> dict[str, Any]:
        told = manager.service.get(f"{manager.path}/om-user/status")
        assert told["error_code"] == 0
        info: dict[str, Any] = told["om_user_info"]
        return info

    before = status()
    too_early = act("increaseOmUserPeriod")
    added = act("addOmUser").json()["om_user_info"]
    again = act("addOmUser")
    longer = act("increaseOmUserPeriod").json()["om_user_info"]
    manager.service.advance(15 * 3600)
    within = status()
    manager.service.advance(2 * 3600)
    after = status()
    act("addOmUser")
    act("deleteOmUser")

    assert before == {"om_user_status": "off", "om_user_expires_time": None}
    assert refused(too_early) == refused(again) == (400, "DWS.5045")
    assert longer["om_user_expires_time"] - added["om_user_expires_time"] == 8 * 3600 * 1000
    assert (within["om_user_status"], after["om_user_status"]) == ("on", "off")
    assert status()["om_user_status"] == "off"


def cells(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        return package.read("xl/worksheets/sheet1.xml").decode()


def test_users_and_privileges_are_exported_as_spreadsheets(manager: Manager) -> None:
    manager.create("user1", desc="a <b> & c")
    manager.authority()

    users = manager.service.send("GET", f"{manager.path}/users/export")
    roles = manager.service.send("GET", f"{manager.path}/users/export", params={"type": "ROLE"})
    may = manager.service.send("GET", f"{manager.path}/users/user1/authority/export")

    assert "spreadsheetml" in users.headers["content-type"]
    assert "user1" in cells(users.content)
    assert "a &lt;b&gt; &amp; c" in cells(users.content)
    assert "user1" not in cells(roles.content)
    assert "SELECT" in cells(may.content)


def test_schemas_tell_what_they_hold_and_may(manager: Manager, sales: str) -> None:
    service, path = manager.service, f"v2/clusters/{sales}/databases/gaussdb/schemas"
    service.send("PUT", path, {"schema_name": "sales", "perm_space": "10240"})

    told = {one["schema_name"]: one for one in service.get(path)["schemas"]}
    by_size = service.get(path, sort_key="total_value", sort_dir="DESC", limit=1)
    found = service.get(path, keywords="pub")

    held = told["sales"]
    assert held["perm_space"] == 10240
    assert held["min_value"] <= held["total_value"] / 3 <= held["max_value"]
    assert (held["dn_num"], held["max_dn"]) == (3, "dn_6001_6002")
    assert (told["public"]["perm_space"], told["pg_catalog"]["total_value"]) == (-1, 0)
    assert (by_size["schemas"][0]["schema_name"], by_size["count"]) == ("sales", len(told))
    assert [one["schema_name"] for one in found["schemas"]] == ["public"]
    total_gb = sum(one["total_value"] for one in told.values()) / 1024
    assert total_gb == pytest.approx(240, rel=0.01)


def test_schemas_that_are_not_there_are_refused(manager: Manager, sales: str) -> None:
    path = f"v2/clusters/{sales}/databases"
    limit = {"schema_name": "nowhere", "perm_space": 1}
    service = manager.service

    assert refused(service.send("GET", f"{path}/nowhere/schemas")) == (400, "DWS.5172")
    assert refused(service.send("PUT", f"{path}/gaussdb/schemas", limit)) == (400, "DWS.5173")
    unsorted = service.send("GET", f"{path}/gaussdb/schemas", params={"sort_key": "colour"})
    assert refused(unsorted) == (400, "DWS.5038")


def test_validation_tells_which_schemas_and_tables_are_there(service: Service, sales: str) -> None:
    path = f"v1/clusters/{sales}/gaussdb/validate"

    schemas = service.post(path, {"type": "schema", "data": ["public", "demo"]})
    tables = service.post(path, {"type": "table", "data": ["sales.orders", "table1", "orders"]})
    nowhere = service.send(
        "POST", f"v1/clusters/{sales}/nowhere/validate", {"type": "schema", "data": ["public"]}
    )

    assert schemas == {
        "total": 2,
        "success": 1,
        "failure": 1,
        "type": "schema",
        "data": ["public"],
    }
    assert tables["data"] == ["sales.orders", "table1"]
    assert refused(nowhere) == (400, "DWS.5172")


def test_replies_are_what_the_operations_promise(manager: Manager, sales: str) -> None:
    manager.create("user1")
    table = {"type": "TABLE", "database": "gaussdb", "schema": "public"}
    asked = {
        "ListDatabaseUsers": (f"{manager.path}/users", {}),
        "ShowDatabaseUser": (f"{manager.path}/users/user1", {}),
        "ListDatabaseUserRoles": (f"{manager.path}/users/user1/roles", {"query_all": "true"}),
        "ListDatabaseUserAuthorities": (f"{manager.path}/users/user1/authority", {}),
        "ShowDatabaseAuthority": (f"{manager.path}/authority", {**table, "name": "table1"}),
        "ListDatabaseObjects": (f"{manager.path}/objects", table),
        "ShowDatabaseOmUserStatus": (f"{manager.path}/om-user/status", {}),
        "ListSyncRecords": (f"{manager.path}/sync-records", {}),
        "ShowLdapConf": (f"{manager.path}/ldap-conf", {}),
        "ListSchemas": (f"v2/clusters/{sales}/databases/gaussdb/schemas", {}),
    }
    manager.authority()

    for name, (path, query) in asked.items():
        reply = catalogue()[name].reply_type().model_validate(manager.service.get(path, **query))
        assert not reply.model_extra, name


def test_users_and_privileges_go_with_their_cluster(manager: Manager, sales: str) -> None:
    manager.create("user1")
    manager.authority()
    manager.service.delete_cluster(sales)
    manager.service.advance(400)

    assert manager.service.send("GET", f"{manager.path}/users").status_code == 404


def test_users_privileges_and_limits_survive_a_restart_of_the_emulator(tmp_path: Path) -> None:
    spec = WorldSpec.model_validate({**WORLD, **WITH_TABLES})
    with Emulator.serving(speed=0.0, world=spec, state=tmp_path / "world.db") as server:
        service = Service(server.url)
        sales = service.id_of("sales")
        manager = Manager(service, sales)
        manager.create("user1", valid_until="2030-04-18T12:23:01")
        manager.authority()
        path = f"v2/clusters/{sales}/databases/gaussdb/schemas"
        manager.service.send("PUT", path, {"schema_name": "sales", "perm_space": 10240})
        before = manager.user("user1"), manager.may("user1"), manager.service.get(path)
        manager.service.http.close()

    with Emulator.serving(speed=0.0, world=spec, state=tmp_path / "world.db") as server:
        manager = Manager(Service(server.url), sales)
        after = manager.user("user1"), manager.may("user1"), manager.service.get(path)
        manager.service.http.close()

    assert after == before
