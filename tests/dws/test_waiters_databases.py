from __future__ import annotations

from typing import Any

import pytest

from dws.client import Client
from dws.errors import NotFound, WaitFailed
from dws.operation import Operation
from dws.operations.clusters import ListClusters
from dws.operations.databases import (
    CreateDatabaseUser,
    CreateLdapConf,
    ExecuteIdentitySync,
    ExportDatabaseUsers,
    ExportUserAuthority,
    ListDatabaseUsers,
    ListSyncRecords,
    ShowLdapConf,
)
from dws.settings import Account
from dws.shapes import FormFile
from dws.told.databases import SyncRecords
from dws.waiter import Busy, Done, Failed
from dws.waiters.databases import identity_synced, judge_synchronization
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock

OLD = {"id": "1", "start_time": 1000, "status": "FAILED"}


@pytest.mark.parametrize(
    ("records", "verdict"),
    [
        ([], Busy("not shown yet")),
        ([OLD, {"id": "2", "start_time": 2000, "status": "SUCCESS"}], Done()),
        ([{"id": "2", "start_time": 2000, "status": "RUNNING"}, OLD], Busy("RUNNING")),
        ([{"id": "2", "start_time": 2000, "status": ""}], Busy("running")),
        ([OLD], Failed("it ended in FAILED")),
        ([{**OLD, "status": "FAIL", "fail_reason": "full"}], Failed("it ended in FAIL full")),
    ],
)
def test_the_latest_synchronization_is_judged(records: list[dict[str, Any]], verdict: Any) -> None:
    assert judge_synchronization(SyncRecords.model_validate({"sync_records": records})) == verdict


@pytest.fixture
async def cluster_id(client: Client) -> str:
    return (await client.call(ListClusters())).clusters[0].id


def ldap(cluster_id: str, **told: Any) -> Operation[Any]:
    return CreateLdapConf.model_validate(
        {
            "cluster_id": cluster_id,
            "admin_name": "CN=Administrator,DC=gx",
            "host": "ldap.example",
            "port": 636,
            "admin_password": "s3cret-Umläut",
            "base_dn": "OU=all",
            "filter": "(&(objectClass=user))",
            "user_attribute": "cn",
            **told,
        }
    )


async def test_the_wait_ends_with_the_users_of_the_source(
    client: Client, clock: VirtualClock, cluster_id: str
) -> None:
    await client.call(ldap(cluster_id))
    await client.call(ExecuteIdentitySync(cluster_id=cluster_id))

    await identity_synced.wait(client, ListSyncRecords(cluster_id=cluster_id))

    users = (await client.call(ListDatabaseUsers(cluster_id=cluster_id))).users
    assert {"zhangsan", "lisi"} <= {user.name for user in users}


async def test_the_wait_says_why_a_synchronization_failed(
    client: Client, clock: VirtualClock, cloud: Cloud, cluster_id: str
) -> None:
    cloud.fault("task_fails", "ExecuteIdentitySync", task_status="no connection")
    await client.call(ldap(cluster_id))
    await client.call(ExecuteIdentitySync(cluster_id=cluster_id))

    with pytest.raises(WaitFailed, match="no connection"):
        await identity_synced.wait(client, ListSyncRecords(cluster_id=cluster_id))


async def test_form_data_carry_texts_booleans_and_files(client: Client, cluster_id: str) -> None:
    certificate = FormFile(name="ca.pem", content="-----BEGIN\r\nCERTIFICATE-----\r\n")

    await client.call(ldap(cluster_id, use_ssl=True, ssl_cert=certificate, auto_sync=False))

    told = await client.call(ShowLdapConf(cluster_id=cluster_id))
    assert (told.host, told.port, told.admin_name) == (
        "ldap.example",
        636,
        "CN=Administrator,DC=gx",
    )
    assert (told.use_ssl, told.auto_sync, told.ssl_cert) == (True, False, "ca.pem")


async def test_signed_form_data_are_accepted(
    client: Client, cluster_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DWS_ACCESS_KEY", "emulator-ak")
    monkeypatch.setenv("DWS_SECRET_KEY", "emulator-sk")

    async with Account.from_environment().client() as signing:
        await signing.call(ldap(cluster_id))
        told = await signing.call(ShowLdapConf(cluster_id=cluster_id))

    assert told.host == "ldap.example"


async def test_a_spreadsheet_is_told_as_a_file(client: Client, cluster_id: str) -> None:
    await client.call(CreateDatabaseUser(cluster_id=cluster_id, name="readers"))

    told = await client.call(ExportDatabaseUsers(cluster_id=cluster_id))

    assert "spreadsheet" in told.content_type
    assert told.content.startswith(b"PK")


async def test_a_refused_export_is_an_error_and_no_file(client: Client, cluster_id: str) -> None:
    with pytest.raises(NotFound):
        await client.call(ExportUserAuthority(cluster_id=cluster_id, name="nobody"))


async def test_an_export_refused_with_status_200_is_an_error_too(
    client: Client, cloud: Cloud, cluster_id: str
) -> None:
    body = '{"error_code": "DWS.0047", "error_msg": "gone"}'
    cloud.fault("http", "ExportDatabaseUsers", status=200, body=body)

    with pytest.raises(NotFound):
        await client.call(ExportDatabaseUsers(cluster_id=cluster_id))
