"""Answers in pages: ``offset`` counts records, or pages from 0, or pages from 1."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pydantic import RootModel

from dws.errors import NoAnswer
from dws.operation import Operation, Paging, Shape, get, post
from dws.operations.clusters import ListClusters
from dws.operations.snapshots import ListClusterSnapshots
from dws.paging import PAGE, first_page, next_page
from dws.shapes import Clusters
from tests.dws.script import Script, Told, client_on, told


class Item(Shape):
    """One record."""

    n: int


class Items(Shape):
    """Some records, and how many there are in all."""

    count: int = 0
    items: list[Item]


class ItemList(RootModel[list[Item]]):
    """A bare list."""


@get("/v1/{project_id}/records", paging=Paging.RECORDS)
class ByRecords(Operation[Items]):
    """Counts records."""

    offset: int | None = None
    limit: int | None = None


@get("/v1/{project_id}/from-0", paging=Paging.PAGES_FROM_0)
class ByPagesFrom0(Operation[Items]):
    """Counts pages from 0."""

    offset: int | None = None
    limit: int | None = None


@post("/v1/{project_id}/from-1", paging=Paging.PAGES_FROM_1)
class ByPagesFrom1(Operation[ItemList]):
    """Counts pages from 1, in its body, and answers a bare list."""

    offset: int | None = None
    limit: int | None = None


FIRST: dict[type[Operation[Any]], int] = {ByRecords: 0, ByPagesFrom0: 0, ByPagesFrom1: 1}


class Library:
    """Answers pages of so many records, and notes what was asked."""

    def __init__(self, records: int, *, said: int | None = None) -> None:
        self.records = records
        self.said = records if said is None else said
        self.asked: list[tuple[int, int]] = []

    def __call__(self, request: httpx.Request) -> Told:
        given = dict(request.url.params) or httpx.Response(200, content=request.content).json()
        limit = int(given["limit"])
        kind = request.url.path.rpartition("/")[2]
        offset = int(given.get("offset", 1 if kind == "from-1" else 0))
        self.asked.append((offset, limit))
        start = {"records": offset, "from-0": offset * limit, "from-1": (offset - 1) * limit}[kind]
        found = [{"n": n} for n in range(start, min(start + limit, self.records))]
        body = found if kind == "from-1" else {"count": self.said, "items": found}
        return told(200, body)


def numbers(reply: Items | ItemList) -> list[int]:
    return [item.n for item in (reply.root if isinstance(reply, ItemList) else reply.items)]


async def all_of(operation: Operation[Any], library: Library) -> list[int]:
    async with client_on(Script(library)) as client:
        return [n async for reply in client.pages(operation) for n in numbers(reply)]


@pytest.mark.parametrize("cls", FIRST)
@pytest.mark.parametrize("records", [0, 1, 2, 3, 4, 5, 9, 10])
async def test_every_record_is_told_once_and_in_order(cls: Any, records: int) -> None:
    library = Library(records)

    found = await all_of(cls(limit=3), library)

    assert found == list(range(records))
    assert len(library.asked) == records // 3 + 1


@pytest.mark.parametrize("cls", FIRST)
async def test_the_size_of_a_page_is_told_even_if_the_caller_does_not(cls: Any) -> None:
    library = Library(PAGE + 1)

    found = await all_of(cls(), library)

    assert len(found) == PAGE + 1
    assert {limit for _, limit in library.asked} == {PAGE}


@pytest.mark.parametrize(
    ("cls", "offsets"),
    [(ByRecords, [0, 2, 4]), (ByPagesFrom0, [0, 1, 2]), (ByPagesFrom1, [1, 2, 3])],
)
async def test_the_offset_counts_what_the_operation_says(cls: Any, offsets: list[int]) -> None:
    library = Library(5)

    await all_of(cls(limit=2), library)

    assert [offset for offset, _ in library.asked] == offsets


async def test_who_begins_further_on_goes_on_from_there() -> None:
    found = await all_of(ByRecords(offset=4, limit=2), Library(7))

    assert found == [4, 5, 6]


@pytest.mark.parametrize("said", [0, 1, 99])
async def test_a_count_that_is_wrong_changes_nothing(said: int) -> None:
    """``count`` may exceed the list (api/README)."""
    library = Library(5, said=said)

    found = await all_of(ByRecords(limit=2), library)

    assert found == [0, 1, 2, 3, 4]
    assert len(library.asked) == 3


async def test_a_service_that_passes_over_the_offset_is_not_asked_for_ever() -> None:
    script = Script(told(200, {"items": [{"n": 1}, {"n": 2}]}))

    async with client_on(script) as client:
        with pytest.raises(NoAnswer, match="same page again"):
            [reply async for reply in client.pages(ByRecords(limit=2))]

    assert len(script.sent) == 2


async def test_an_operation_without_pages_is_asked_once() -> None:
    script = Script(told(200, {"clusters": [{"id": "c", "status": "AVAILABLE"}] * 200}))

    async with client_on(script) as client:
        replies = [reply async for reply in client.pages(ListClusters())]

    assert len(replies) == len(script.sent) == 1
    assert not script.sent[0].url.params


def test_an_operation_without_pages_has_no_next() -> None:
    assert next_page(ListClusters(), Clusters(clusters=[])) is None
    assert first_page(ListClusters()) == ListClusters()


def test_snapshots_of_a_cluster_come_in_pages_from_0() -> None:
    """Assumed, as the SDK says so and the reference the contrary."""
    assert ListClusterSnapshots.route.paging is Paging.PAGES_FROM_0
