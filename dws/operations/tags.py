"""Tags of clusters."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dws.operation import At, Operation, Paging, Part, Repeat, Shape, get, post
from dws.shapes import Nothing, Tag, ToldTag
from dws.values import Count, Several, Text


class ProjectTag(Shape):
    """A key and all the values it has in the project."""

    key: str
    values: list[str] = []


class ProjectTags(Shape):
    """Tags of all clusters."""

    tags: Several[ProjectTag]


@get("/v1.0/{project_id}/tags")
class ListTags(Operation[ProjectTags]):
    """List the tags of all clusters of the project. Reference 5.10.1."""


class ClusterTags(Shape):
    """Tags of one cluster."""

    tags: Several[ToldTag]


@get("/v1.0/{project_id}/clusters/{cluster_id}/tags")
class ListClusterTags(Operation[ClusterTags]):
    """List the tags of one cluster. Reference 5.10.2."""

    cluster_id: str


@post("/v1.0/{project_id}/clusters/{cluster_id}/tags/batch-create", repeat=Repeat.REPEATABLE)
class BatchCreateResourceTag(Operation[Nothing]):
    """
    Set tags of a cluster. One that is there gets the new value (assumed). Reference 5.10.3.
    """

    cluster_id: str
    tags: list[Tag] = Field(min_length=1, max_length=20)


class TagToDelete(Part):
    """A tag to be removed: the reference wants its value too."""

    key: str = Field(min_length=1)
    value: str = ""


@post("/v1.0/{project_id}/clusters/{cluster_id}/tags/batch-delete", repeat=Repeat.REPEATABLE)
class BatchDeleteResourceTag(Operation[Nothing]):
    """Remove tags of a cluster; one that is not there is passed over. Reference 5.10.4."""

    cluster_id: str
    tags: list[TagToDelete] = Field(min_length=1, max_length=20)


class SystemTags(Shape):
    """The tags that the service gives a cluster."""

    sys_tags: Several[ToldTag]
    count: Count = None


@get("/v1/{project_id}/clusters/{cluster_id}/enterprise-projects", paging=Paging.RECORDS)
class ListTagsForResource(Operation[SystemTags]):
    """List the tags that the service gives a cluster: its enterprise project. Reference 5.2.33."""

    cluster_id: str
    limit: Annotated[int | None, Field(ge=1)] = None
    offset: Annotated[int | None, Field(ge=0)] = None
    """Records to skip (assumed)."""


class TagFilter(Part):
    """A key that clusters must have, with one of these values; with any if none are told."""

    key: str = Field(min_length=1, max_length=128)
    values: list[str] | None = None


class TaggedResource(Shape):
    """A cluster that was found by its tags."""

    resource_id: str
    resource_name: Text = ""
    resource_detail: str | None = None
    tags: Several[ToldTag] = []


class TaggedResources(Shape):
    """The clusters that were found."""

    resources: list[TaggedResource]
    count: Count = None


@post(
    "/v1/{project_id}/clusters/resource-instances/tag-filter",
    repeat=Repeat.READS,
    paging=Paging.RECORDS,
)
class ListResourceByTag(Operation[TaggedResources]):
    """Find the clusters that have all of some tags; changes nothing. Reference 5.2.34."""

    limit: Annotated[int | None, At("query"), Field(ge=1)] = None
    offset: Annotated[int | None, At("query"), Field(ge=0)] = None
    """Records to skip (assumed)."""
    tags: list[TagFilter] | None = Field(default=None, max_length=20)
    """All of them must match; without any all clusters do (both assumed)."""
