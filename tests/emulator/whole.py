"""What holds in every world, whatever was asked of it: each function raises what does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from dws.errors import NotFound
from dws.operation import Operation, Repeat
from dws.operations import catalogue
from dws.refusals import code_in, is_refusal, message_in, refusal
from dws.shapes import File
from tests.emulator.inputs import Request
from tests.emulator.inside import Answered, Inside

BUG = "DWS.0005"
"""What the emulator answers when its own code fails."""
AMOUNT = re.compile(r"(^|_)(size|capacity|count|number|num|total|used|free)(_|$)")
CLUSTERS, SNAPSHOTS = "/v1.0/{project_id}/clusters", "/v1.0/{project_id}/snapshots"
QUOTAS, STATISTICS = "/v1.0/{project_id}/quotas", "/v1.0/{project_id}/statistics"
DETAILS = {
    "clusters": "ListClusterDetails",
    "snapshots": "ListSnapshotDetails",
    "disaster_recoveries": "ShowDisasterDetail",
}
"""What shows one of the things that the control interface tells of."""


def is_the_services_own(request: Request, answered: Answered) -> None:
    """A reply is what the operation promises; a refusal has a code and words of the service."""
    if answered.is_file:
        assert issubclass(request.cls.reply_type(), File), request
        return
    told = answered.told
    if is_refusal(answered.status, told):
        assert code_in(told), told
        assert message_in(told), told
        assert (answered.status, code_in(told)) != (500, BUG), f"{request!r} fails: see log"
        return
    try:
        request.cls.reply_type().model_validate(told)
    except ValidationError as error:
        raise AssertionError(f"{request!r} answers what its reply is not: {error}") from error


def reads_change_nothing(request: Request, before: bytes, after: bytes) -> None:
    """Only requests that change and events of the clock do."""
    if request.cls.route.repeat is Repeat.READS:
        assert before == after, f"{request!r} reads, and changed the world"


def world_is_whole(inside: Inside) -> None:
    """All that follows, in one go."""
    clusters = _got(inside, CLUSTERS)["clusters"]
    snapshots = _got(inside, SNAPSHOTS)["snapshots"]
    state = inside.control("GET", "state")
    details_tell_what_lists_show(inside, clusters, snapshots)
    gone_is_gone(inside, state, clusters, snapshots)
    names_are_unique(clusters, snapshots)
    quotas_are_what_is_there(inside, clusters)
    counts_agree(inside, clusters)
    amounts_are_not_negative([clusters, snapshots])


def details_tell_what_lists_show(inside: Inside, clusters: Any, snapshots: Any) -> None:
    """Also that a cluster is busy with one thing at a time."""
    for listed in clusters:
        shown = _got(inside, f"{CLUSTERS}/{listed['id']}")["cluster"]
        same = {name for name in listed.keys() & shown.keys() if name != "nodes"}
        assert {n: listed[n] for n in same} == {n: shown[n] for n in same}
        assert len(shown["action_progress"]) <= 1
        assert shown["number_of_node"] == len(shown["nodes"])
    for listed in snapshots:
        shown = _got(inside, f"{SNAPSHOTS}/{listed['id']}")["snapshot"]
        assert listed.items() <= shown.items()


def gone_is_gone(inside: Inside, state: Any, clusters: Any, snapshots: Any) -> None:
    """Deleted things are in no list, and the service says itself that they are not there."""
    for kind, listed in (("clusters", clusters), ("snapshots", snapshots)):
        present = {told["id"] for told in state[kind] if not told["deleted"]}
        assert {told["id"] for told in listed} == present
    for kind, name in DETAILS.items():
        cls = catalogue()[name]
        for told in state[kind]:
            if told["deleted"]:
                request = Request(cls, {cls.travels("path")[0]: told["id"]})
                answered = inside.below("GET", request.path)
                op = cls.model_validate(request.fields)
                assert isinstance(refusal(op, answered.status, answered.told, ""), NotFound)


def names_are_unique(clusters: Any, snapshots: Any) -> None:
    """No two clusters have one name, nor two snapshots, whatever the case of its letters."""
    for kind in (clusters, snapshots):
        names = Counter(told["name"].lower() for told in kind)
        assert not [name for name, times in names.items() if times > 1]


def quotas_are_what_is_there(inside: Inside, clusters: Any) -> None:
    """Nodes under way count already."""
    quotas = {told["type"]: told for told in _got(inside, QUOTAS)["quotas"]["resources"]}
    nodes = sum(told["number_of_node"] for told in clusters)
    under_way = [told for told in clusters if told["task_status"] or told["action_progress"]]
    used = int(quotas["instances"]["used"])
    # A task shows up a little after its request, and a stuck one may never: then it is more.
    assert used >= nodes
    assert used == nodes or under_way or any(told["status"] == "AVAILABLE" for told in clusters)
    assert all(int(told["used"]) >= 0 for told in quotas.values())


def counts_agree(inside: Inside, clusters: Any) -> None:
    """The statistics count what the list shows."""
    told = {one["name"]: one["value"] for one in _got(inside, STATISTICS)["statistics"]}
    assert told["cluster.total"] == len(clusters)
    # Nodes under way count already, as in the quotas.
    assert told["instance.total"] >= sum(cluster["number_of_node"] for cluster in clusters)
    assert 0 <= told["cluster.normal"] <= told["cluster.total"]


def amounts_are_not_negative(told: Any) -> None:
    """Sizes and counts."""
    for name, value in _leaves(told, ""):
        if AMOUNT.search(name) and isinstance(value, int | float):
            assert value >= 0, f"{name} is {value}"


def reload_changes_nothing(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    """A world that was kept by a state file answers as it did."""
    for asked, told in before.items():
        assert after[asked] == told, asked


def items_have_details(inside: Inside, listing: Request, told: Any) -> None:
    """What a list shows can be shown alone, wherever there is an operation for it."""
    for detail, argument in details_of(listing.cls):
        for item in _items(told)[:3]:
            key = next((k for k in (argument, "id", "name") if item.get(k) is not None), None)
            if key is None:
                continue
            asked = Request(detail, {**listing.fields, argument: item[key]})
            answered = inside.below("GET", asked.path)
            assert answered.is_fine, f"{listing!r} shows {item[key]}; {asked!r}: {answered.body!r}"


def details_of(cls: type[Operation[Any]]) -> Iterator[tuple[type[Operation[Any]], str]]:
    """Operations that show one of what another lists: at its path, with one argument more."""
    for other in catalogue().values():
        found = re.fullmatch(re.escape(cls.route.path) + r"/{(\w+)}", other.route.path)
        if found and other.route.method == "GET" and not other.travels("query"):
            yield other, found[1]


def _items(told: Any) -> list[dict[str, Any]]:
    lists = [told] if isinstance(told, list) else [v for v in told.values() if isinstance(v, list)]
    return [item for item in (lists[0] if lists else []) if isinstance(item, dict)]


def _leaves(told: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(told, dict):
        for key, value in told.items():
            yield from _leaves(value, key)
    elif isinstance(told, list):
        for value in told:
            yield from _leaves(value, name)
    else:
        yield name, told


def _got(inside: Inside, path: str) -> Any:
    answered = inside.below("GET", path)
    assert answered.is_fine, (path, answered.body)
    return answered.told
