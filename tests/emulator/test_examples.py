"""
The sample requests of the API reference (8.1.3.333, issue 01, 2024-08-09), typed from it.

Each is accepted, or refused for a reason that the reference itself gives. Ids are those of our
world; the samples' own are put in their places.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.service import Service

ACCEPTED = ""
NETWORK = {
    "subnet_id": "374eca02-cfc4-4de7-8ab5-dbebf7d9a720",
    "security_group_id": "dc3ec145-9029-4b39-b5a3-ace5a01f772b",
    "vpc_id": "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574",
    "public_ip": {"public_bind_type": "auto_assign", "eip_id": ""},
    "enterprise_project_id": "aca4e50a-266f-4786-827c-f8d6cc3fbada",
}
CREATE = {
    **NETWORK,
    "name": "dws-1",
    "node_type": "dws.m1.xlarge.ultrahigh",
    "number_of_node": 3,
    "availability_zone": "az1.dc1",
    "port": 8000,
    "user_name": "dbadmin",
    "user_pwd": "Passw0rd!",
}
CREATE_V2 = {
    **NETWORK,
    "name": "dws-1",
    "flavor": "dws.m1.xlarge.ultrahigh",
    "num_node": 3,
    "num_cn": 3,
    "db_name": "dbadmin",
    "db_password": "Passw0rd!",
    "db_port": 8000,
    "datastore_version": "8.2.1",
    "availability_zones": ["az1", "az2", "az3"],
    "volume": {"volume": "SSD", "capacity": 100},
}
SCHEMA_BACKUP = {
    "type": 0,
    "backup_level": "schema",
    "database": "gaussdb",
    "description": "Create a schema snapshot",
    "name": "backup-test-schema",
    "schema_list": ["public"],
}
INCREMENT = {
    "type": 1,
    "description": "Create an incremental snapshot",
    "name": "increment-backup-test",
    "backup_key": 20230801054547,
}
SAMPLES: list[tuple[str, str, str, Any, str]] = [
    # Passwords of samples are shorter than the 12 characters that the tables want.
    ("5.2.1", "POST", "v1.0/clusters", {"cluster": CREATE}, "DWS.5144"),
    ("5.2.3", "POST", "v2/clusters", {"cluster": CREATE_V2}, "DWS.5144"),
    ("5.2.15", "DELETE", "v1.0/clusters/{c}", {"keep_last_manual_snapshot": 0}, ACCEPTED),
    ("5.2.25", "POST", "v1.0/clusters/{c}/restart", {"restart": {}}, ACCEPTED),
    (
        "5.2.27",
        "POST",
        "v1.0/clusters/{c}/resize",
        {"scale_out": {"count": 3, "subnet_id": "08a71407-6379-42c2-893b-09408f88ee8e"}},
        ACCEPTED,
    ),
    (
        "5.2.27 nodes only",
        "POST",
        "v1.0/clusters/{c}/resize",
        {"scale_out": {"count": 3}, "create_node_only": True},
        ACCEPTED,
    ),
    (
        "5.2.28",
        "POST",
        "v1.0/clusters/{c}/reset-password",
        {"new_password": "NewPassw0rd!"},
        ACCEPTED,
    ),
    (
        "5.3.1",
        "POST",
        "v1.0/snapshots",
        {
            "snapshot": {
                "name": "snapshot-3",
                "cluster_id": "{c}",
                "description": "Snapshot-3 description",
            }
        },
        ACCEPTED,
    ),
    ("5.3.2", "POST", "v2/clusters/{c}/snapshots", {"snapshot": SCHEMA_BACKUP}, ACCEPTED),
    # The full backup that it builds on is not there.
    ("5.3.2 more", "POST", "v2/clusters/{c}/snapshots", {"snapshot": INCREMENT}, "DWS.5111"),
    ("5.3.5", "POST", "v1/snapshots/check", {"snapshot_name": "cluster_backup_test"}, ACCEPTED),
    ("5.3.7", "POST", "v2/snapshots/{s}/actions", {"action": 1}, ACCEPTED),
    (
        "5.3.7 other",
        "POST",
        "v2/snapshots/{s}/actions",
        {"action": 2, "restore": {"cluster_id": "{c}"}},
        ACCEPTED,
    ),
    (
        "5.3.22",
        "POST",
        "v1.0/snapshots/{s}/linked-copy",
        {"backup_name": "test1", "description": ""},
        ACCEPTED,
    ),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample[0] for sample in SAMPLES])
def test_a_sample_of_the_reference_is_taken(
    service: Service, sales: str, sample: tuple[str, str, str, Any, str]
) -> None:
    _, method, path, body, code = sample
    nightly = next(s["id"] for s in service.state()["snapshots"] if s["name"] == "nightly")

    answered = service.send(
        method, path.format(c=sales, s=nightly), _placed(body, c=sales, s=nightly)
    )

    assert (answered.status_code < 300) is (code == ACCEPTED), answered.text
    assert answered.json().get("error_code", "") == code


def _placed(body: Any, **ids: str) -> Any:
    if isinstance(body, dict):
        return {key: _placed(value, **ids) for key, value in body.items()}
    return body.format(**ids) if isinstance(body, str) else body
