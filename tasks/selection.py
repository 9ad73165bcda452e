"""Which clusters a procedure on several is about: those of some names, or of a tag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dws.lookup import NoSuchThing, the_cluster
from dws.shapes import Cluster

GOING = frozenset({"DELETING", "DELETED"})
"""States of clusters that a tag no longer selects."""


class Selection(BaseModel):
    """Clusters by their names or ids, or by a tag; inputs of a procedure on several."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    clusters: tuple[str, ...] = Field(default=(), title="Names or ids of the clusters")
    tag: str | None = Field(
        default=None,
        pattern=r"^[^=\s][^=]*(=.*)?$",
        title="Tag that the clusters have: key=value, or key alone for any value",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.clusters and self.tag:
            raise ValueError("clusters and tag: tell one of them, not both")
        return self

    @property
    def is_told(self) -> bool:
        """Whether any clusters are meant."""
        return bool(self.clusters or self.tag)

    @property
    def words(self) -> str:
        """What is meant, for people."""
        return f"tag {self.tag}" if self.tag else f"clusters {', '.join(self.clusters)}"


def selected(listed: Sequence[Cluster], selection: Selection) -> tuple[Cluster, ...]:
    """
    The clusters that are meant, each once, by name.

    Raises:
        NoSuchThing: A name or id tells none, or no cluster has the tag: an empty selection is a
            mistake, not a success.
        Ambiguous: Several clusters have a name.
    """
    if not selection.is_told:
        raise NoSuchThing("clusters, tag: neither is told; say which clusters are meant")
    if selection.tag:
        found = [cluster for cluster in listed if _has(cluster, selection.tag)]
    else:
        found = [the_cluster(listed, told) for told in selection.clusters]
    if not found:
        raise NoSuchThing(f"tag={selection.tag!r}: none of {len(listed)} clusters has it")
    once = {cluster.id: cluster for cluster in found}
    return tuple(sorted(once.values(), key=lambda cluster: (cluster.name, cluster.id)))


def _has(cluster: Cluster, tag: str) -> bool:
    key, equals, value = tag.partition("=")
    told = cluster.tag(key)
    return cluster.status not in GOING and told is not None and (not equals or told == value)
