from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dws.lookup import NoSuchThing
from dws.operations.tags import ListClusterTags
from flows.apply_tags import apply_tags
from tasks.run import Refused
from tests.cloud import Cloud
from tests.flows.service import each_fault, id_of, told

pytestmark = pytest.mark.usefixtures("clock")

WORLD = {
    "clusters": [
        {"name": "demo", "tags": {"env": "test", "old": "1", "runbook-protected": ""}},
        {"name": "other", "tags": {"env": "test"}},
        {"name": "prod", "tags": {"env": "prod"}},
    ]
}
with_tags = pytest.mark.parametrize("cloud", [WORLD], indirect=True)


async def tags(name: str) -> dict[str, str]:
    found = await told(ListClusterTags(cluster_id=await id_of(name)))
    return {tag.key: tag.value for tag in found.tags}


@with_tags
async def test_a_cluster_gets_the_tags_and_keeps_the_others(cloud: Cloud, account: str) -> None:
    left = await apply_tags(account, ("demo",), tags={"env": "prod", "owner": "me"}, run_id="r1")

    assert cloud.changes() == ["BatchCreateResourceTag"]
    assert await tags("demo") == {
        "env": "prod",
        "old": "1",
        "runbook-protected": "",
        "owner": "me",
    }
    assert left.changed == ("demo",)


@with_tags
async def test_a_second_run_changes_nothing_more(cloud: Cloud, account: str) -> None:
    for run_id in ("r1", "r1", "r2"):
        await apply_tags(account, ("demo",), tags={"owner": "me"}, absent=("old",), run_id=run_id)

    assert cloud.changes() == ["BatchDeleteResourceTag", "BatchCreateResourceTag"]


@with_tags
async def test_others_go_if_told_but_never_the_protection(cloud: Cloud, account: str) -> None:
    await apply_tags(account, ("demo",), tags={"owner": "me"}, remove_others=True, run_id="r1")

    assert await tags("demo") == {"owner": "me", "runbook-protected": ""}


@with_tags
async def test_the_protection_goes_if_it_is_named(cloud: Cloud, account: str) -> None:
    await apply_tags(account, ("demo",), absent=("runbook-protected",), run_id="r1")

    assert await tags("demo") == {"env": "test", "old": "1"}


@with_tags
async def test_clusters_are_chosen_by_their_tags(cloud: Cloud, account: str) -> None:
    left = await apply_tags(account, tag="env=test", tags={"owner": "qa"}, run_id="r1")

    assert left.clusters == left.changed == ("demo", "other")
    assert "owner" not in await tags("prod")


@with_tags
async def test_a_second_run_goes_on_with_the_clusters_of_the_first(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("http", "BatchCreateResourceTag", status=403, code="DWS.1", after=1)
    wanted = {"tag": "env=test", "tags": {"env": "qa"}, "run_id": "r1"}
    with pytest.raises(Exception, match=r"DWS\.1"):
        await apply_tags(account, **wanted)
    assert [(await tags(name))["env"] for name in ("demo", "other")] == ["qa", "test"]

    left = await apply_tags(account, **wanted)

    assert await tags("other") == {"env": "qa"}
    assert left.clusters == ("demo", "other")


@with_tags
async def test_tags_that_no_cluster_has_are_told(cloud: Cloud, account: str) -> None:
    with pytest.raises(NoSuchThing, match=r"tag='env=dev': none of"):
        await apply_tags(account, tag="env=dev", tags={"a": "b"}, run_id="r1")


FULL = {"clusters": [{"name": "demo", "tags": {f"k{n}": "" for n in range(20)}}]}


@pytest.mark.parametrize("cloud", [FULL], indirect=True)
async def test_a_tag_too_many_is_refused_before_any_change(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="demo would have 21: a cluster may have 20 tags"):
        await apply_tags(account, ("demo",), tags={"new": "1"}, run_id="r1")
    assert cloud.changes() == []

    await apply_tags(account, ("demo",), tags={"new": "1"}, absent=("k0",), run_id="r2")

    assert len(await tags("demo")) == 20


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"tags": {"a=b": "c"}}, "tags: 'a=b'='c': its key does not fit"),
        ({"tags": {"a": "c" * 256}}, "its value does not fit"),
        ({"tags": {"": "c"}}, "its key does not fit"),
        ({"tags": {"a": "b"}, "absent": ("a",)}, "a stands under tags too"),
        ({"tags": {"a": "b"}, "tag": "c"}, "clusters and tag: tell one of them"),
        ({}, "there is nothing to be done"),
    ],
)
async def test_bad_input_is_told_before_anything_is_asked(
    cloud: Cloud, account: str, wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        await apply_tags(account, ("demo",), run_id="r1", **wrong)

    assert cloud.requests() == []


@with_tags
@each_fault
async def test_a_fault_of_one_request_does_no_harm(
    cloud: Cloud, account: str, fault: dict[str, Any]
) -> None:
    cloud.fault(operation="BatchCreateResourceTag", **fault)
    cloud.fault(operation="BatchDeleteResourceTag", **fault)

    await apply_tags(account, ("other",), tags={"a": "1"}, remove_others=True, run_id="r1")

    assert await tags("other") == {"a": "1"}
