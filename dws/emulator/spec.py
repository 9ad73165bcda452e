"""
What a world is told to be: the content of a ``--world`` file, as values.

Everything has a default; the default world has no clusters.
"""

from __future__ import annotations

import enum
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from dws.values import ResourceName

PROJECT_ID = "9bc552e6-19af-4326-800d-281a92984636"
"""The default project, ``eu-de`` (contract)."""


class Told(BaseModel):
    """Part of a world file. An unknown field is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Missing(enum.Enum):
    """How a resource that is not there is told (facts/service_and_peers B5, C)."""

    NOT_FOUND = "404"
    FORBIDDEN = "403 DWS.0015"
    UNAUTHORIZED = "401 DWS.0047"
    INVALID_ID = "400 DWS.0001"
    INVALID_SNAPSHOT = "400 DWS.5149"


def _status_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) else value


class Profile(Told):
    """Where clouds differ, or nobody knows: what this one does (facts/service_and_peers G)."""

    missing_cluster: Annotated[Missing, BeforeValidator(_status_as_text)] = Missing.NOT_FOUND
    missing_snapshot: Annotated[Missing, BeforeValidator(_status_as_text)] = Missing.NOT_FOUND
    create_answers: Literal["order", "cluster", "both"] = "both"
    """The reference answers an order, all clients read the cluster's id."""
    deleted_clusters: Literal["dropped", "listed"] = "dropped"
    """``listed``: lists show a cluster as DELETED for ten minutes more."""
    times: Literal["zulu", "bare"] = "zulu"
    """``bare``: without the Z, as in the guides."""
    offset: Literal["pages", "records"] = "pages"
    """What ``offset`` counts in the list of a cluster's snapshots."""
    usable: Literal["AVAILABLE", "ACTIVE"] = "AVAILABLE"
    """What a cluster is called that can be used."""
    delete_while_creating: bool = False
    """Whether a cluster may be deleted before it is there."""
    token_life: timedelta = timedelta(hours=24)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.missing_cluster is Missing.INVALID_SNAPSHOT:
            known = "404, 403 DWS.0015, 401 DWS.0047, 400 DWS.0001"
            raise ValueError(f"missing_cluster: one of {known}")
        if self.missing_snapshot in {Missing.FORBIDDEN, Missing.UNAUTHORIZED}:
            raise ValueError("missing_snapshot: one of 404, 400 DWS.5149, 400 DWS.0001")
        return self


class Durations(Told):
    """How long things last; unless told, within the documented or assumed range."""

    create: timedelta | None = None
    snapshot: timedelta | None = None
    restore: timedelta | None = None
    delete: timedelta | None = None
    restart: timedelta | None = None
    grow: timedelta | None = None
    create_node: timedelta | None = None
    copy_snapshot: timedelta | None = None
    delete_snapshot: timedelta | None = None
    gap: timedelta | None = None
    """How idle a growing cluster looks between its snapshot and its growing."""
    lag: timedelta = timedelta(seconds=5)
    """How long an accepted task does not show."""
    settle: timedelta = timedelta(seconds=3)
    """How long a cluster still refuses changes after a task."""


class User(Told):
    """Who may call, and how they say who they are."""

    name: str = "testname"
    domain: str = "testname"
    password: str = "Passw0rd"  # noqa: S105 - the public default of an emulator
    access_key: str = "emulator-ak"
    secret_key: str = "emulator-sk"  # noqa: S105 - as above
    security_token: str | None = None
    """If set, the keys are temporary, and signed requests must carry it."""


class Project(Told):
    """What tokens are scoped to."""

    name: str = "eu-de"
    id: str = PROJECT_ID


class ToldCluster(Told):
    """A cluster that is there from the beginning; with ``count``, that many."""

    name: str
    """``{n}`` in it is the number of the cluster, from 1, where there are several."""
    id: str | None = None
    count: int = Field(default=1, ge=1, le=100_000)
    project: str | None = None
    """Name or id of its project; the first one by default."""
    nodes: int = Field(default=3, ge=1, le=256)
    node_type: str = "dws.d2.xlarge"
    status: str = "AVAILABLE"
    sub_status: str = "NORMAL"
    task: str | None = None
    """A failure or a parked task that it shows, e.g. ``RESIZE_FAILURE``."""
    tags: dict[str, str] = Field(default={}, max_length=20)
    data_gb: float = Field(default=120.0, ge=0)
    user_name: str = "dbadmin"
    port: int = 8000
    created: datetime | None = None
    """A month before the beginning unless told."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.count > 1 and "{n}" not in self.name:
            raise ValueError("count > 1 needs {n} in name, e.g. dws-{n}")
        if self.count > 1 and self.id:
            raise ValueError("count > 1 gives each cluster an id of its own: leave id out")
        return self


class ToldSnapshot(Told):
    """A snapshot that is there from the beginning."""

    name: ResourceName
    cluster: str
    """Name or id of its cluster."""
    id: str | None = None
    type: Literal["MANUAL", "AUTOMATED"] = "MANUAL"
    status: str = "AVAILABLE"
    size_gb: float | None = Field(default=None, ge=0)
    """That of the cluster's data unless told."""
    started: datetime | None = None
    description: str = ""


class ToldPair(Told):
    """A disaster recovery pair."""

    name: str
    primary: str
    """Name or id of a cluster."""
    standby: str
    id: str | None = None
    status: str = "running"
    dr_type: Literal["az", "region"] = "az"


class QuotaLimits(Told):
    """What the project may use. Ample by default, so that it does not get in the way."""

    instances: int = 100_000
    """Nodes, as in the sample of reference 5.11.1."""
    core: int = 10_000_000
    ram: int = 100_000_000
    """GB"""
    disk: int = 1_000_000
    disk_capacity: int = 1_000_000_000
    """GB"""


class WorldSpec(Told):
    """A whole world."""

    seed: int = 0
    """Ids and durations follow from it: two runs on equal worlds are alike."""
    users: list[User] = Field(default=[User()], min_length=1)
    projects: list[Project] = Field(default=[Project()], min_length=1)
    zones: list[str] = Field(
        default=["eu-de-01", "eu-de-02", "eu-de-03", "az1", "az2", "az3", "az1.dc1"], min_length=1
    )
    clusters: list[ToldCluster] = []
    snapshots: list[ToldSnapshot] = []
    disaster_recoveries: list[ToldPair] = []
    quotas: QuotaLimits = QuotaLimits()
    durations: Durations = Durations()
    profile: Profile = Profile()
