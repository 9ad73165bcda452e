"""The run around a task: its id, what it remembers, its clients."""

from __future__ import annotations

import asyncio

import pytest

from dws.errors import BadSetting
from dws.operations.clusters import ListClusters
from tasks.credentials import connect
from tasks.run import Run, current, running
from tests.cloud import Cloud


@pytest.mark.parametrize("run_id", ["r", "r1", "2026-11-21T04.48", "A_b-c.d", "0", "x" * 64])
def test_an_id_of_letters_digits_and_marks_is_one(run_id: str) -> None:
    assert Run(run_id).id == run_id


@pytest.mark.parametrize(
    "run_id", ["", ".r", "-r", "_r", "a b", "a/b", "ä", "x" * 65, "r1\n", "../r", "a:b"]
)
def test_what_is_no_id_is_refused(run_id: str) -> None:
    with pytest.raises(ValueError, match="use 1 to 64 letters"):
        Run(run_id)


async def test_there_is_no_run_outside_of_any() -> None:
    async with running(Run("r1")):
        pass

    assert current() is None


async def test_the_run_around_is_told_and_inner_ones_hide_it() -> None:
    async with running(Run("outer")) as outer:
        async with running(Run("inner")) as inner:
            seen = current()
        after = current()

    assert (seen, after) == (inner, outer)


async def test_runs_at_once_do_not_see_each_other() -> None:
    seen: dict[str, str] = {}

    async def work(run_id: str) -> None:
        async with running(Run(run_id)):
            await asyncio.sleep(0)
            run = current()
            seen[run_id] = run.id if run else "none"

    await asyncio.gather(work("r1"), work("r2"))

    assert seen == {"r1": "r1", "r2": "r2"}


async def test_tasks_inside_a_run_see_it() -> None:
    async def inside() -> str:
        run = current()
        return run.id if run else "none"

    async with running(Run("r1")):
        told = await asyncio.gather(inside(), asyncio.create_task(inside()))

    assert told == ["r1", "r1"]


async def test_a_run_shares_one_client_and_one_token(cloud: Cloud, account: str) -> None:
    async def call() -> object:
        async with connect(account) as client:
            await client.call(ListClusters())
            return client

    async with running(Run("r1")):
        clients = await asyncio.gather(*(call() for _ in range(5)))

    assert len(set(map(id, clients))) == 1
    tokens = [sent for sent in cloud.requests() if sent["path"] == "/v3/auth/tokens"]
    assert len(tokens) == 1


@pytest.mark.parametrize("error", [None, RuntimeError("broken")])
async def test_clients_are_closed_at_the_end_of_a_run(
    account: str, error: RuntimeError | None
) -> None:
    async def work() -> object:
        async with running(Run("r1")):
            async with connect(account) as client:
                kept.append(client)
            if error:
                raise error

    kept: list = []
    await asyncio.gather(work(), return_exceptions=True)

    with pytest.raises(RuntimeError, match="closed"):
        await kept[0].call(ListClusters())


async def test_a_client_outside_of_a_run_is_closed_with_its_block(account: str) -> None:
    async with connect(account) as client:
        await client.call(ListClusters())

    with pytest.raises(RuntimeError, match="closed"):
        await client.call(ListClusters())


async def test_settings_that_are_missing_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DWS_ENDPOINT", raising=False)

    with pytest.raises(BadSetting, match="DWS_ENDPOINT is not set"):
        async with connect("default"):
            pytest.fail("connected to nothing")


async def test_an_account_that_nobody_saved_is_told() -> None:
    with pytest.raises(BadSetting, match="account='nobody': Prefect has no block"):
        async with connect("nobody"):
            pytest.fail("connected to nothing")


def test_what_a_run_remembers_its_next_attempt_knows() -> None:
    Run("r1", scope="step").remember("snapshot", "s1")

    assert Run("r1", scope="step").recall("snapshot") == "s1"
    assert Run("r1", scope="other").recall("snapshot") is None


def test_a_run_tells_its_listener() -> None:
    told: list[tuple[str, dict[str, object]]] = []

    class Listener:
        def progressed(self, progress: object) -> None: ...

        def noted(self, what: str, details: dict[str, object]) -> None:
            told.append((what, details))

    Run("r1", listener=Listener()).note("cluster gone", name="demo")

    assert told == [("cluster gone", {"name": "demo"})]


@pytest.mark.usefixtures("state")
def test_the_latest_of_what_changes_is_recalled_by_the_next_attempt() -> None:
    for seen in (["a", "b"], ["b"]):
        Run("r1").remember_latest("seen", seen)

    assert Run("r1").recall_latest("seen") == ["b"]
    assert Run("r2").recall_latest("seen") is None
