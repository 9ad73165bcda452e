from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dws.operations.clusters import RestartCluster
from dws.operations.data_sources import CreateDataSource, ListDataSource
from flows.apply_data_sources import apply_data_sources
from flows.declared.apply_data_sources import Source
from tasks.run import Refused, Stopped
from tests.cloud import Cloud
from tests.flows.service import each_fault, id_of, told

pytestmark = pytest.mark.usefixtures("clock")

LAKE = Source(name="lake", type="OBS", user="agency", database="gaussdb")
HIVE = Source(name="hive", type="MRS", user="hiveuser", mrs_cluster="m1")


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> str:
    secret = "Very-secret-1"
    monkeypatch.setenv("DWS_SOURCE_PASSWORD_HIVE", secret)
    return secret


async def sources() -> dict[str, tuple[str | None, str]]:
    """User and status of the configuration by name."""
    found = await told(ListDataSource(cluster_id=await id_of("demo")))
    return {s.name: (s.user_name, s.configure_status) for s in found.data_sources}


async def test_sources_are_made_once(cloud: Cloud, account: str) -> None:
    for run_id in ("r1", "r1", "r2"):
        left = await apply_data_sources(account, "demo", (LAKE, HIVE), run_id=run_id)

    assert cloud.changes() == ["CreateDataSource", "CreateDataSource"]
    assert await sources() == {"lake": ("agency", "200"), "hive": ("hiveuser", "600")}
    assert left.waits_for_restart == ("hive",)
    assert left.changed == ()


async def test_another_agency_is_set_in_place(cloud: Cloud, account: str) -> None:
    await apply_data_sources(account, "demo", (LAKE,), run_id="r1")

    changed = LAKE.model_copy(update={"user": "newagency"})
    for run_id in ("r2", "r2", "r3"):
        await apply_data_sources(account, "demo", (changed,), run_id=run_id)

    assert cloud.changes() == ["CreateDataSource", "UpdateDataSource"]
    assert await sources() == {"lake": ("newagency", "200")}


async def test_what_cannot_be_changed_is_made_anew_only_if_told(cloud: Cloud, account: str) -> None:
    await apply_data_sources(account, "demo", (LAKE,), run_id="r1")
    other = LAKE.model_copy(update={"database": "postgres"})
    with pytest.raises(Refused, match=r"lake in another way, or failed; .*tell replace=true"):
        await apply_data_sources(account, "demo", (other,), run_id="r2")

    for run_id in ("r3", "r3", "r4"):
        await apply_data_sources(account, "demo", (other,), replace=True, run_id=run_id)

    assert cloud.changes() == ["CreateDataSource", "DeleteDataSource", "CreateDataSource"]


async def test_others_are_deleted_if_told(cloud: Cloud, account: str) -> None:
    await apply_data_sources(account, "demo", (LAKE, HIVE), run_id="r1")

    for run_id in ("r2", "r2", "r3"):
        await apply_data_sources(account, "demo", (LAKE,), remove_others=True, run_id=run_id)

    assert list(await sources()) == ["lake"]
    assert cloud.changes()[2:] == ["DeleteDataSource"]


async def test_a_missing_password_is_told_before_any_change(
    cloud: Cloud, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DWS_SOURCE_PASSWORD_HIVE")

    with pytest.raises(Refused, match="set DWS_SOURCE_PASSWORD_HIVE in the environment"):
        await apply_data_sources(account, "demo", (LAKE, HIVE), run_id="r1")

    assert cloud.changes() == []


def contents(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_the_password_is_remembered_nowhere(
    cloud: Cloud, account: str, password: str, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await apply_data_sources(account, "demo", (HIVE,), run_id="r1")

    kept = contents(state)
    assert b"hiveuser" in kept
    assert password.encode() not in kept
    assert password not in caplog.text


async def test_a_database_that_is_not_there_is_told_before_any_change(
    cloud: Cloud, account: str
) -> None:
    wrong = LAKE.model_copy(update={"database": "nowhere"})

    with pytest.raises(Refused, match="lake: nowhere; cluster demo has gaussdb, postgres"):
        await apply_data_sources(account, "demo", (wrong,), run_id="r1")

    assert cloud.changes() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "lake", "type": "OBS", "user": "agency"}, "OBS needs database"),
        ({"name": "hive", "type": "MRS", "user": "agency"}, "MRS needs mrs_cluster"),
        ({"name": "a-b", "type": "MRS", "user": "agency", "mrs_cluster": "m"}, "name"),
    ],
)
def test_a_source_that_cannot_be_is_told(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Source.model_validate(wrong)


async def test_a_source_told_twice_is_refused(cloud: Cloud, account: str) -> None:
    with pytest.raises(ValidationError, match="lake is told twice"):
        await apply_data_sources(account, "demo", (LAKE, LAKE), run_id="r1")


async def test_a_failed_task_is_told_and_the_source_made_anew(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "CreateDataSource", task_status="EXT_DATASOURCE_FAILED")
    with pytest.raises(Stopped, match=r"data source lake: .*EXT_DATASOURCE_FAILED"):
        await apply_data_sources(account, "demo", (LAKE,), run_id="r1")
    with pytest.raises(Stopped, match="lake could not be made: EXT_DATASOURCE_FAILED"):
        await apply_data_sources(account, "demo", (LAKE,), run_id="r1")

    # A person has cleared what the cluster still told of the failure.
    await told(RestartCluster(cluster_id=await id_of("demo")))
    cloud.advance(3600)

    with pytest.raises(Refused, match="tell replace=true"):
        await apply_data_sources(account, "demo", (LAKE,), run_id="r2")
    await apply_data_sources(account, "demo", (LAKE,), replace=True, run_id="r3")

    assert await sources() == {"lake": ("agency", "200")}


async def test_one_that_another_is_making_is_waited_for(cloud: Cloud, account: str) -> None:
    made = CreateDataSource(
        cluster_id=await id_of("demo"),
        type="OBS",
        data_source_name="lake",
        user_name="agency",
        connect_info="gaussdb",
    )
    await told(made)

    left = await apply_data_sources(account, "demo", (LAKE,), run_id="r1")

    assert cloud.changes() == ["CreateDataSource"]
    assert left.changed == ()


@each_fault
async def test_a_fault_of_one_request_makes_it_once(
    cloud: Cloud, account: str, fault: dict[str, Any]
) -> None:
    cloud.fault(operation="CreateDataSource", **fault)

    await apply_data_sources(account, "demo", (LAKE,), run_id="r1")

    assert list(await sources()) == ["lake"]
    assert [job["operation"] for job in cloud.state()["jobs"]] == ["CreateDataSource"]
