"""Operations, waiters and look-ups as Prefect tasks."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from prefect import State, flow
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterType
from prefect.exceptions import ObjectNotFound
from pydantic import SecretStr, ValidationError

from dws import waiters
from dws.errors import NotFound, WaitFailed
from dws.lookup import NoSuchThing
from dws.operations.clusters import ListClusterDetails, ResetPassword, RestartCluster
from dws.waiter import Progress
from tasks import clusters, snapshots
from tasks.naming import kind_of
from tasks.run import Run, running
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock

ALL = [
    clusters.list_clusters,
    clusters.restart_cluster,
    clusters.wait_until_cluster_gone,
    clusters.find_cluster,
]


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.name)
def test_a_task_is_never_cached_nor_retried(made: Any) -> None:
    assert made.cache_policy is NO_CACHE
    assert made.retries == 0
    assert made.persist_result is False


def test_a_task_bears_the_fields_and_the_words_of_its_operation() -> None:
    made = clusters.restart_cluster

    assert str(inspect.signature(made.fn)).startswith("(account: str, /, *, cluster_id: str, ")
    assert made.fn.__doc__ == RestartCluster.__doc__
    assert made.name == made.fn.__name__ == "restart_cluster"


def test_a_waiting_task_bears_the_words_of_its_judge() -> None:
    made = snapshots.wait_until_snapshot_ready

    assert made.name == "wait_until_snapshot_ready"
    assert list(inspect.signature(made.fn).parameters) == ["account", "snapshot_id"]
    assert made.fn.__doc__ == waiters.judge_snapshot.__doc__


def test_a_looking_task_takes_the_account_for_the_client() -> None:
    assert list(inspect.signature(clusters.find_cluster.fn).parameters) == [
        "account",
        "name_or_id",
    ]


@pytest.mark.parametrize("name", sorted(waiters.waiters()))
def test_every_wait_that_a_runbook_may_use_has_its_task(name: str) -> None:
    area, _, waiter = name.partition(".")
    task = f"wait_until_{waiter}"

    made = getattr(import_module(f"tasks.{area}"), task, None)

    assert made is not None, f"tasks/{area}.py: add {task}"
    assert made.name == task


@pytest.mark.parametrize(
    ("waiter", "kind"),
    [
        ("cluster_task_finished", "cluster"),
        ("disaster_recovery_running", "disaster recovery"),
        ("logical_cluster_action_completed", "logical cluster"),
    ],
)
def test_what_is_waited_for_is_called_as_people_say_it(waiter: str, kind: str) -> None:
    assert kind_of(waiter) == kind


async def test_two_equal_calls_reach_the_service_twice(cloud: Cloud, account: str) -> None:
    first = await clusters.list_clusters(account)
    second = await clusters.list_clusters(account)

    assert first == second
    assert len(cloud.requests("ListClusters")) == 2


async def test_two_equal_calls_in_one_flow_reach_the_service_twice(
    cloud: Cloud, account: str
) -> None:
    @flow(retries=0)
    async def twice() -> list[int]:
        return [len((await clusters.list_clusters(account)).clusters) for _ in range(2)]

    assert await twice() == [1, 1]
    assert len(cloud.requests("ListClusters")) == 2


async def test_an_error_of_the_client_comes_out_as_it_is(cloud: Cloud, account: str) -> None:
    with pytest.raises(NotFound) as caught:
        await clusters.list_cluster_details(account, cluster_id="0000")

    assert caught.value.operation == "ListClusterDetails"
    assert len(cloud.requests("ListClusterDetails")) == 1


async def test_an_argument_that_is_wrong_is_told_before_anything_is_sent(
    cloud: Cloud, account: str
) -> None:
    with pytest.raises(ValidationError, match="password"):
        await clusters.reset_password(account, cluster_id="c1", new_password=SecretStr("short"))

    assert cloud.requests() == []


async def test_a_look_that_finds_nothing_says_what_comes_close(cloud: Cloud, account: str) -> None:
    with pytest.raises(NoSuchThing, match="close to it: demo"):
        await clusters.find_cluster(account, "dema")


async def test_prefect_keeps_no_password(cloud: Cloud, account: str) -> None:
    password = "Very-Secret-0815"
    cluster = cloud.state()["clusters"][0]["id"]

    @flow(retries=0)
    async def reset() -> str:
        state = await clusters.reset_password(
            account, cluster_id=cluster, new_password=SecretStr(password), return_state=True
        )
        return str(state.state_details.task_run_id)

    task_run_id = await reset()

    told = await recorded(task_run_id)
    assert cloud.changes() == ["ResetPassword"]
    assert password not in told
    assert ResetPassword.route.method == "POST"


async def recorded(task_run_id: str) -> str:
    """What Prefect keeps of a task run; its server writes it down within a second or two."""
    async with get_client() as client:
        for _ in range(1000):
            try:
                return (await client.read_task_run(UUID(task_run_id))).model_dump_json()
            except ObjectNotFound:
                continue
    raise AssertionError("Prefect keeps no record of the task run")


async def progress_of(task_run_id: UUID | None) -> list[float]:
    """What the progress bars of a task run show."""
    kind = ArtifactFilter(type=ArtifactFilterType(any_=["progress"]))
    async with get_client() as client:
        found = await client.read_artifacts(artifact_filter=kind)
    return [artifact.data for artifact in found if artifact.task_run_id == task_run_id]  # type: ignore[misc]


@flow(retries=0)
async def restarted(account: str, cluster: str) -> State[Any]:
    await clusters.restart_cluster(account, cluster_id=cluster)
    return await clusters.wait_until_cluster_task_finished(
        account, cluster_id=cluster, return_state=True
    )


async def test_a_wait_is_seen_in_prefect_and_ends_at_a_hundred(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    cluster = cloud.state()["clusters"][0]["id"]

    state = await restarted(account, cluster, return_state=True)

    waited = await state.result()
    assert await progress_of(waited.state_details.task_run_id) == [100.0]


async def test_a_wait_that_fails_does_not_end_at_a_hundred(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    cluster = cloud.state()["clusters"][0]["id"]
    cloud.fault("task_fails", "RestartCluster", task_status="REBOOT_FAILURE")

    await clusters.restart_cluster(account, cluster_id=cluster)
    state = await clusters.wait_until_cluster_task_finished(
        account, cluster_id=cluster, return_state=True
    )

    with pytest.raises(WaitFailed, match="REBOOT_FAILURE"):
        await state.result()
    shown = await progress_of(state.state_details.task_run_id)
    assert all(percent < 100.0 for percent in shown)


async def test_a_wait_that_is_over_at_once_draws_no_bar(cloud: Cloud, account: str) -> None:
    cluster = cloud.state()["clusters"][0]["id"]

    state = await clusters.wait_until_cluster_settled(
        account, cluster_id=cluster, return_state=True
    )

    assert (await state.result()).id == cluster
    assert await progress_of(state.state_details.task_run_id) == []


async def test_a_wait_tells_the_run_around_it(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    cluster = cloud.state()["clusters"][0]["id"]
    seen: list[Progress] = []

    class Listener:
        def progressed(self, progress: Progress) -> None:
            seen.append(progress)

        def noted(self, what: str, details: object) -> None: ...

    async with running(Run("r1", listener=Listener())):
        await clusters.restart_cluster(account, cluster_id=cluster)
        await clusters.wait_until_cluster_task_finished(account, cluster_id=cluster)

    assert "REBOOTING" in {progress.phase for progress in seen}
    assert {progress.what for progress in seen} == {"cluster demo"}


async def test_a_wait_outside_of_prefect_tells_the_run_alone(
    cloud: Cloud, account: str, clock: VirtualClock
) -> None:
    cluster = cloud.state()["clusters"][0]["id"]

    found = await clusters.wait_until_cluster_settled.fn(account, cluster_id=cluster)

    assert found is not None
    assert ListClusterDetails.route.path.endswith("{cluster_id}")
