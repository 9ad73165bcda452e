"""Tags of clusters."""

from __future__ import annotations

from pydantic import Field

from dws.operation import Operation, Part, Repeat, Shape, get, post
from dws.shapes import Nothing, Tag, ToldTag
from dws.values import Several


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
