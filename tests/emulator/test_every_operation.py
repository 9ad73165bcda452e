"""
Whatever is asked, in whatever order, the answer is the service's own and the world stays whole.

Requests are made from the declarations, so an operation is tried as soon as it is declared.
``--hypothesis-profile=long`` tries fifty times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from dws import clock
from dws.emulator import WorldSpec
from dws.emulator.handlers import HANDLERS
from dws.operation import Operation, Repeat
from dws.operations import area_of, catalogue
from tests.emulator import whole
from tests.emulator.conftest import TRIED, WORLD
from tests.emulator.inputs import Known, Request, damaged, wanted
from tests.emulator.inside import Answered, Inside

SPEC = WorldSpec.model_validate(
    WORLD | {"profile": {"token_life": 100 * 365 * 86400}, "quotas": {"instances": 2000}}
)
OPERATIONS = sorted(HANDLERS, key=lambda cls: (area_of(cls), cls.__name__))
AREAS = sorted({area_of(cls) for cls in OPERATIONS})
BY_AREA = {area: [cls for cls in OPERATIONS if area_of(cls) == area] for area in AREAS}
LISTS = [
    cls
    for cls in OPERATIONS
    if cls.route.method == "GET"
    and set(cls.travels("path")) <= {"cluster_id"}
    and not any(f.is_required() for n, f in cls.model_fields.items() if n != "cluster_id")
]
FAULTS = [{"kind": "stuck"}, {"kind": "task_fails", "task_status": "REBOOT_FAILURE"}]
SECONDS = st.sampled_from([1, 5, 30, 300, 3600, 86400])
LONG_RUN = settings.get_profile(settings.get_current_profile_name()).max_examples // 100
EVERY = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda cls: cls.__name__)


@pytest.fixture(scope="module", autouse=True)
def _wall() -> Iterator[None]:
    """The wall's clock stands still, so that a failure can be had again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "wall", lambda: datetime(2026, 1, 5, 12, tzinfo=UTC))
        yield


@pytest.fixture(scope="module")
def inside() -> Inside:
    return Inside(SPEC)


class Asking:
    """Asks, checks what comes back, and learns names and ids from it."""

    def __init__(self, inside: Inside, trace: Callable[[str], None] = note) -> None:
        self.inside = inside
        self.known = Known()
        self.trace = trace

    def look_around(self, operations: list[type[Operation[Any]]]) -> None:
        """Ask what there is, in each cluster."""
        self.ask(Request(catalogue()["ListClusters"], {}))
        self.ask(Request(catalogue()["ListSnapshots"], {}))
        for cls in operations:
            if cls in LISTS:
                for fields in within(cls, self.known.of("cluster_id")[:2]):
                    self.ask(Request(cls, fields))

    def look_again(self, area: str, request: Request) -> None:
        """Learn of what a request made: few creations answer an id."""
        clusters = [request.fields.get("cluster_id"), *self.known.of("cluster_id")]
        for cls in BY_AREA[area]:
            if cls in LISTS:
                for fields in within(cls, [one for one in clusters if one][:1]):
                    self.ask(Request(cls, fields))

    def ask(self, request: Request) -> Answered:
        # What falls due at this very moment is no effect of the request.
        self.inside.world.catch_up()
        before = self.inside.content()
        answered = self.inside.below(
            request.cls.route.method, request.path, request.query, request.body
        )
        self.trace(f"{request!r} -> {answered.status} {answered.body[:200]!r}")
        whole.is_the_services_own(request, answered)
        whole.reads_change_nothing(request, before, self.inside.content())
        TRIED.count(request.cls, fine=answered.is_fine)
        if answered.is_fine and not answered.is_file:
            self.known.learn(answered.told)
        return answered


def requests(data: st.DataObject, cls: type[Operation[Any]], known: Known) -> Request:
    made = damaged if data.draw(st.integers(0, 3)) == 0 else wanted
    return data.draw(made(cls, known))


@EVERY
@settings(max_examples=4 * LONG_RUN)
@given(data=st.data())
def test_any_input_gets_an_answer_of_the_service(
    inside: Inside, operation: type[Operation[Any]], data: st.DataObject
) -> None:
    inside.control("POST", "reset")
    asking = Asking(inside)
    asking.look_around(BY_AREA[area_of(operation)])

    for made in (wanted, wanted, damaged):
        asking.ask(data.draw(made(operation, asking.known)))

    whole.world_is_whole(inside)


@pytest.mark.parametrize("area", AREAS)
@settings(max_examples=6 * LONG_RUN)
@given(data=st.data())
def test_in_any_order_the_world_stays_whole(inside: Inside, area: str, data: st.DataObject) -> None:
    """Each area with its own operations, those on clusters and snapshots, and time passing."""
    inside.control("POST", "reset")
    asking = Asking(inside)
    asking.look_around(BY_AREA[area])
    lives(asking, area, data, steps=25)

    listings_agree(asking)


@settings(max_examples=10 * LONG_RUN)
@given(data=st.data())
def test_a_world_that_was_kept_answers_as_it_did(data: st.DataObject) -> None:
    area = data.draw(st.sampled_from(AREAS))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "state"
        asking = Asking(Inside(SPEC, file))
        asking.look_around(BY_AREA[area])
        lives(asking, area, data, steps=8)
        before = all_that_is_told(asking)
        asking.inside.world.close()

        asking.inside = Inside(SPEC, file)
        after = all_that_is_told(asking)
        asking.inside.control("POST", "clock", {"advance_s": 86400})
        whole.world_is_whole(asking.inside)
        asking.inside.world.close()

    whole.reload_changes_nothing(before, after)


def lives(asking: Asking, area: str, data: st.DataObject, *, steps: int) -> None:
    """Ask things of an area, let time pass, let tasks fail; the world is whole after each."""
    for _ in range(steps):
        match data.draw(st.integers(0, 9)):
            case 0 | 1 | 2:
                seconds = data.draw(SECONDS)
                note(f"{seconds} seconds pass")
                asking.inside.control("POST", "clock", {"advance_s": seconds})
            case 3:
                asking.ask(
                    requests(data, data.draw(st.sampled_from(BY_AREA["clusters"])), asking.known)
                )
            case 4 if data.draw(st.booleans()):
                fault = data.draw(st.sampled_from(FAULTS))
                note(f"the next task is to be {fault}")
                asking.inside.control("POST", "faults", {"operation": None, **fault})
            case _:
                request = requests(data, data.draw(st.sampled_from(BY_AREA[area])), asking.known)
                is_change = request.cls.route.repeat is not Repeat.READS
                if asking.ask(request).is_fine and is_change:
                    asking.look_again(area, request)
        whole.world_is_whole(asking.inside)


def listings_agree(asking: Asking) -> None:
    """What lists show has details."""
    for cls in LISTS:
        if any(whole.details_of(cls)):
            for fields in within(cls, asking.known.of("cluster_id")):
                listing = Request(cls, fields)
                answered = asking.ask(listing)
                if answered.is_fine:
                    whole.items_have_details(asking.inside, listing, answered.told)


def all_that_is_told(asking: Asking) -> dict[str, bytes]:
    """The answers to all that can be asked of what is known."""
    asked = [
        Request(cls, fields)
        for cls in LISTS
        for fields in within(cls, asking.known.of("cluster_id")[:4])
    ]
    return {repr(request): _kept(asking.ask(request)) for request in asked}


def within(cls: type[Operation[Any]], clusters: list[str]) -> list[dict[str, Any]]:
    """The fields of a listing: once for each cluster, if it is of one."""
    return [{"cluster_id": one} for one in clusters] if cls.travels("path") else [{}]


def _kept(answered: Answered) -> bytes:
    # A refusal has the id of its request in it.
    return answered.body if answered.is_fine else str(answered.status).encode()


def test_every_reading_operation_is_answered(inside: Inside) -> None:
    """Of those above, no operation that reads was refused each time for want of an id."""
    reading = {cls for cls in LISTS if cls.route.repeat is Repeat.READS}
    inside.control("POST", "reset")
    asking = Asking(inside, trace=print)

    asking.look_around(LISTS)

    assert sorted(cls.__name__ for cls in reading - TRIED.fine) == []
