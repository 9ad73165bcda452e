"""Clusters that are found by their tags, and tags that the service gives."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.conftest import Serve
from tests.emulator.service import Service

CLUSTERS = [
    {"name": "dws-1", "tags": {"team": "blue", "stage": "prod"}, "enterprise_project": "ep-1"},
    {"name": "dws-2", "tags": {"team": "red", "stage": "prod"}},
    {"name": "dws-3", "tags": {"team": "blue"}},
    {"name": "dws-4"},
]
PATH = "v1/clusters/resource-instances/tag-filter"


@pytest.fixture
def tagged(serve: Serve) -> Service:
    return serve(clusters=CLUSTERS, snapshots=[], disaster_recoveries=[])


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        (None, ["dws-1", "dws-2", "dws-3", "dws-4"]),
        ([{"key": "team"}], ["dws-1", "dws-2", "dws-3"]),
        ([{"key": "team", "values": ["blue"]}], ["dws-1", "dws-3"]),
        ([{"key": "team", "values": ["blue", "red"]}, {"key": "stage"}], ["dws-1", "dws-2"]),
        ([{"key": "team", "values": ["green"]}], []),
    ],
)
def test_clusters_are_found_by_their_tags(tagged: Service, tags: Any, names: list[str]) -> None:
    told = tagged.post(PATH, {"tags": tags} if tags else None)

    assert [found["resource_name"] for found in told["resources"]] == names
    assert told["count"] == len(names)


def test_found_clusters_come_in_pages_with_all_their_tags(tagged: Service) -> None:
    told = tagged.post(f"{PATH}?offset=1&limit=1", {"tags": [{"key": "team"}]})

    assert told["count"] == 3
    assert [found["tags"] for found in told["resources"]] == [
        [{"key": "team", "value": "red"}, {"key": "stage", "value": "prod"}]
    ]


def test_a_deleted_cluster_is_not_found(tagged: Service) -> None:
    tagged.delete_cluster(tagged.id_of("dws-3"))
    tagged.advance(400)

    assert tagged.post(PATH, {"tags": [{"key": "team", "values": ["blue"]}]})["count"] == 1


def test_the_service_tags_a_cluster_with_its_enterprise_project(tagged: Service) -> None:
    told = tagged.get(f"v1/clusters/{tagged.id_of('dws-1')}/enterprise-projects")

    assert told == {
        "sys_tags": [{"key": "_sys_enterprise_project_id", "value": "ep-1"}],
        "count": 1,
    }
