"""Beginning something whose answer may get lost, as an attempt after a killed one does."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from dws.errors import RequestFailed
from dws.lookup import find_cluster
from dws.operations.snapshots import CreateSnapshot, ListSnapshots, NewSnapshot
from dws.shapes import Snapshot
from tasks.beginning import begin, was_asked
from tasks.credentials import connect
from tasks.run import Run, running
from tests.cloud import Cloud

NAME = "backup"
WHAT = f"snapshot {NAME}"
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
async def run(account: str) -> AsyncIterator[Run]:
    async with running(Run("r1")) as run:
        yield run


async def create() -> None:
    async with connect("default") as client:
        cluster = await find_cluster(client, "demo")
        wanted = NewSnapshot(name=NAME, cluster_id=cluster.id)
        await client.call(CreateSnapshot(snapshot=wanted))


async def look() -> Snapshot | None:
    async with connect("default") as client:
        listed = (await client.call(ListSnapshots())).snapshots
    return next((item for item in listed if item.name == NAME), None)


async def at_once() -> None:
    """Nothing is to be waited for."""


class Late:
    """Shows what a killed attempt had asked for at a later look only, as lists that lag do."""

    def __init__(self, hidden: int) -> None:
        self.hidden = hidden

    async def look(self) -> Snapshot | None:
        self.hidden -= 1
        return None if self.hidden >= 0 else await look()


async def begun(run: Run, late: Late) -> Snapshot:
    return await begin(run, WHAT, before=at_once, act=create, look=late.look)


async def test_what_a_killed_attempt_asked_for_is_looked_for_before_it_is_asked_for(
    cloud: Cloud, run: Run
) -> None:
    run.remember(f"asked for {WHAT}", 1)
    await create()

    found = await begun(run, Late(hidden=5))

    assert found.name == NAME
    assert len(cloud.requests("CreateSnapshot")) == 1


async def test_what_a_killed_attempt_could_not_ask_for_is_asked_for_once(
    cloud: Cloud, run: Run
) -> None:
    run.remember(f"asked for {WHAT}", 1)

    await begun(run, Late(hidden=0))

    assert cloud.changes() == ["CreateSnapshot"]


async def test_what_shows_up_while_the_way_is_cleared_is_adopted(cloud: Cloud, run: Run) -> None:
    run.remember(f"asked for {WHAT}", 1)

    await begin(run, WHAT, before=create, act=create, look=look)

    assert len(cloud.requests("CreateSnapshot")) == 1


async def test_what_was_refused_counts_as_not_asked_for_until_it_is_asked_for_anew(
    cloud: Cloud, run: Run
) -> None:
    cloud.fault("http", "CreateSnapshot", status=400, code="DWS.5149")
    with pytest.raises(RequestFailed):
        await begun(run, Late(hidden=0))
    assert not was_asked(run, WHAT)

    await begun(run, Late(hidden=0))

    assert was_asked(run, WHAT)
