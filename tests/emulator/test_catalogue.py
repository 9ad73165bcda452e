"""Rules over the whole catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from dws.emulator.handlers import HANDLERS
from dws.emulator.routes import Routes
from dws.operation import Operation
from dws.operations import area_of, catalogue
from tests.emulator.service import Service, new_cluster

OPERATIONS = sorted(catalogue().values(), key=lambda cls: cls.__name__)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda cls: cls.__name__)
def test_every_operation_has_a_handler(operation: type[Operation[Any]]) -> None:
    file = f"dws/emulator/handlers/{area_of(operation)}.py"

    assert operation in HANDLERS, f"{file}: add a function @handles({operation.__name__})"
    assert HANDLERS[operation].answer.__module__.endswith(f"handlers.{area_of(operation)}"), file


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda cls: cls.__name__)
def test_every_route_leads_to_its_operation(operation: type[Operation[Any]]) -> None:
    path = operation.route.path.replace("{", "some-").replace("}", "")

    found = Routes(catalogue().values()).find(operation.route.method, path)

    assert found
    assert found.operation is operation


def test_literal_segments_come_before_arguments(service: Service) -> None:
    answered = service.send("POST", "v1/snapshots/check", {"snapshot_name": "free-1"})

    assert answered.status_code == 200


ASKED = {
    "ListAvailabilityZones": "v1.0/availability-zones",
    "ListNodeTypes": "v2/node-types",
    "ListNodeTypesV1": "v1.0/node_types",
    "ListQuotas": "v1.0/quotas",
    "ListStatistics": "v1.0/statistics",
    "ListClusters": "v1.0/clusters",
    "ListClusterDetails": "v1.0/clusters/{cluster}",
    "ListClusterTags": "v1.0/clusters/{cluster}/tags",
    "ListClusterSnapshots": "v1.0/clusters/{cluster}/snapshots",
    "ListSnapshots": "v1.0/snapshots",
    "ListSnapshotDetails": "v1.0/snapshots/{snapshot}",
    "ListTags": "v1.0/tags",
    "ListDisasterRecover": "v2/disaster-recoveries",
    "ListJobDetails": "v1.0/job/{job}",
}
UNMODELLED = {"public_ip", "datastore_type", "flavor_detail", "private_ip", "subnet_ids"}


def test_every_reading_operation_is_asked_below() -> None:
    reading = {cls.__name__ for cls in OPERATIONS if cls.route.method == "GET"}

    assert set(ASKED) == reading


@pytest.mark.parametrize("name", ASKED)
def test_answers_are_what_the_operation_promises(service: Service, sales: str, name: str) -> None:
    """Top-level keys are all modelled; of those within, the models keep what they do not know."""
    service.post("v1.0/clusters", new_cluster())
    taken = service.post(
        f"v2/clusters/{sales}/snapshots", {"snapshot": {"type": 0, "name": "backup-1"}}
    )
    service.advance(100)
    path = ASKED[name].format(
        cluster=sales, snapshot=taken["backup"]["id"], job=taken["extendparam"]["jobs"][0]
    )

    reply = catalogue()[name].reply_type().model_validate(service.get(path))

    assert isinstance(reply, BaseModel)
    assert set(reply.model_extra or {}) <= {"project_id", "cluster_id"}


def test_the_sdks_way_of_reading_finds_no_empty_number(service: Service, sales: str) -> None:
    """Facts/real_clients 8, 9, 21: objects, lists and numbers are never empty text."""
    cluster = service.cluster(sales)

    assert isinstance(cluster["action_progress"], dict)
    assert isinstance(cluster["endpoints"], list)
    assert isinstance(cluster["public_endpoints"], list)
    assert all(value != "" for key, value in cluster.items() if key != "public_ip")


def test_tags_are_set_replaced_listed_and_removed(service: Service, sales: str) -> None:
    path = f"v1.0/clusters/{sales}/tags"
    wanted = [{"key": "team", "value": "green"}, {"key": "stage", "value": "prod"}]

    service.post(f"{path}/batch-create", {"tags": wanted})
    both = service.get(path)["tags"]
    service.post(f"{path}/batch-delete", {"tags": [{"key": "team", "value": ""}]})

    assert both == wanted
    assert service.get("v1.0/tags")["tags"] == [{"key": "stage", "values": ["prod"]}]


def test_more_than_twenty_tags_are_refused(service: Service, sales: str) -> None:
    told = {"tags": [{"key": f"key-{n}", "value": "x"} for n in range(20)]}

    answered = service.send("POST", f"v1.0/clusters/{sales}/tags/batch-create", told)

    assert (answered.status_code, answered.json()["error_code"]) == (400, "DWS.5194")


def test_statistics_are_counted(service: Service) -> None:
    service.post("v1.0/clusters", new_cluster())

    told = {s["name"]: s["value"] for s in service.get("v1.0/statistics")["statistics"]}

    assert told["cluster.total"] == 5
    assert told["cluster.normal"] == 4
    assert (told["instance.total"], told["instance.normal"]) == (15, 12)
