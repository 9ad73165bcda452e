from __future__ import annotations

import pytest
from pydantic import ValidationError

from dws.lookup import NoSuchThing
from dws.shapes import Cluster
from tasks.selection import Selection, selected


def cluster(name: str, status: str = "AVAILABLE", **tags: str) -> Cluster:
    told = [{"key": key, "value": value} for key, value in tags.items()]
    return Cluster.model_validate(
        {"id": f"id-{name}", "name": name, "status": status, "tags": told}
    )


LISTED = [
    cluster("web", env="prod"),
    cluster("app", env="prod", tier=""),
    cluster("lab", env="test"),
    cluster("old", "DELETING", env="prod"),
]


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (Selection(tag="env=prod"), ["app", "web"]),
        (Selection(tag="env"), ["app", "lab", "web"]),
        (Selection(tag="tier="), ["app"]),
        (Selection(clusters=("lab", "id-web", "web")), ["lab", "web"]),
    ],
)
def test_clusters_are_selected_once_and_by_name(selection: Selection, names: list[str]) -> None:
    assert [one.name for one in selected(LISTED, selection)] == names


def test_an_empty_selection_is_a_mistake() -> None:
    with pytest.raises(NoSuchThing, match=r"tag='env=stage': none of 4 clusters has it"):
        selected(LISTED, Selection(tag="env=stage"))
    with pytest.raises(NoSuchThing, match="neither is told"):
        selected(LISTED, Selection())


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(NoSuchThing, match="close to it: web"):
        selected(LISTED, Selection(clusters=("app", "webb")))


def test_names_and_a_tag_at_once_are_refused() -> None:
    with pytest.raises(ValidationError, match="tell one of them"):
        Selection(clusters=("app",), tag="env")
