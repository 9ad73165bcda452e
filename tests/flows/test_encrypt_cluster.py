from __future__ import annotations

from typing import Any

import pytest

from dws.operations.security import Encryption, ShowClusterEncryptInfo
from flows.encrypt_cluster import encrypt_cluster
from tasks.run import Refused, Stopped
from tests.cloud import Cloud
from tests.flows.service import each_fault, id_of, told

pytestmark = pytest.mark.usefixtures("clock")

KEY = ("k1", "mine")


async def encryption() -> Encryption:
    return await told(ShowClusterEncryptInfo(cluster_id=await id_of("demo")))


async def test_a_cluster_is_encrypted_once(cloud: Cloud, account: str) -> None:
    lefts = [
        await encrypt_cluster(account, "demo", *KEY, run_id=run_id) for run_id in ("r1", "r1", "r2")
    ]

    assert cloud.changes() == ["EncryptCluster"]
    shown = await encryption()
    assert (shown.master_key_id, shown.crypt_algorithm) == ("k1", "generalCipher")
    assert [left.asked for left in lefts] == [True, True, False]
    assert cloud.clusters() == {"demo": "AVAILABLE"}


async def test_another_key_is_refused(cloud: Cloud, account: str) -> None:
    await encrypt_cluster(account, "demo", *KEY, algorithm="SMcompatible", run_id="r1")

    with pytest.raises(Refused, match="demo is encrypted with another key, mine; that cannot"):
        await encrypt_cluster(account, "demo", "k2", "other", run_id="r2")

    assert cloud.changes() == ["EncryptCluster"]


OLD = {"clusters": [{"name": "demo", "version": "1.7.2"}]}
PAIR = {
    "clusters": [{"name": "demo"}, {"name": "other"}],
    "disaster_recoveries": [
        {"name": "dr-1", "primary": "demo", "standby": "other", "status": "stopped"}
    ],
}
FROZEN = {"clusters": [{"name": "demo", "status": "FROZEN"}]}


@pytest.mark.parametrize(
    ("cloud", "said"),
    [
        (OLD, r"version 1\.7\.2; encryption needs 8\.0\.0"),
        (PAIR, r"disaster recovery dr-1 \(stopped\); delete that first"),
        (FROZEN, "its status is FROZEN"),
    ],
    indirect=["cloud"],
)
async def test_what_forbids_it_is_told_before_any_change(
    cloud: Cloud, account: str, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        await encrypt_cluster(account, "demo", *KEY, run_id="r1")

    assert cloud.changes() == []


async def test_a_failed_job_is_told_and_not_called_done(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "EncryptCluster", task_status="no such key")

    with pytest.raises(Stopped, match=r"encryption of cluster demo: .*DWS\.0005:no such key"):
        await encrypt_cluster(account, "demo", *KEY, run_id="r1")

    assert not (await encryption()).is_encrypted


@each_fault
async def test_a_fault_of_one_request_encrypts_it_once(
    cloud: Cloud, account: str, fault: dict[str, Any]
) -> None:
    cloud.fault(operation="EncryptCluster", **fault)

    await encrypt_cluster(account, "demo", *KEY, run_id="r1")

    assert (await encryption()).is_encrypted
    assert [job["operation"] for job in cloud.state()["jobs"]] == ["EncryptCluster"]
