"""External data sources of a cluster: OBS and MRS, as its databases read them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dws.errors import NotFound
from dws.operation import Operation, Part, Secret, Shape, delete, get, post, put
from dws.shapes import JobAccepted
from dws.values import Count, Moment, Several, Text

SOURCES = "/v1.0/{project_id}/clusters/{cluster_id}/ext-data-sources"
SOURCE = f"{SOURCES}/{{ext_data_source_id}}"


SourceName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,64}$")]
SourceUser = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{3,20}$")]
SourceDescription = Annotated[str, Field(max_length=256, pattern=r"^[^<>'=&]*$")]


class DataSource(Shape):
    """One external data source."""

    id: str
    name: Text = ""
    type: Text = ""
    """``OBS, MRS``"""
    status: Text = ""
    """A number: 100 creating, 200 available, 303 not created, 304 deleting, 302 not deleted."""
    configure_status: Text = ""
    """A number: 100 creating, 200 active, 300 failed, 500 updating, 600 waits for a restart."""
    connect_info: str | None = None
    """The database of the cluster that reads it."""
    user_name: str | None = None
    """The user of MRS, or the agency for OBS."""
    version: str | None = None
    data_source_id: str | None = None
    """The cluster of MRS."""
    created: Moment = None
    updated: Moment = None
    data_source_updated: Moment = None
    description: str | None = None
    fail_reason: str | None = None


class DataSources(Shape):
    """The data sources of a cluster."""

    data_sources: Several[DataSource]
    count: Count = None
    project_id: str | None = None
    cluster_id: str | None = None
    type: str | None = None


@get(SOURCES)
class ListDataSource(Operation[DataSources]):
    """List the external data sources of a cluster, in one page. Reference 5.5.1."""

    cluster_id: str


class DataSourceAccepted(JobAccepted):
    """The data source to be, and the job that makes it."""

    id: str


@post(SOURCES)
class CreateDataSource(Operation[DataSourceAccepted]):
    """
    Connect a cluster to OBS or MRS. Queries go on, unless ``reboot`` restarts the cluster.

    Shows as the task CONFIGURING_EXT_DATASOURCE; `dws.waiters.job_finished` tells the end.
    Refused while the cluster is busy. Reference 5.5.2.
    """

    cluster_id: str
    type: Literal["OBS", "MRS"]
    data_source_name: SourceName
    user_name: SourceUser
    """The user of MRS, or the agency for OBS."""
    user_pwd: Secret | None = None
    """Mandatory for MRS."""
    data_source_id: str | None = Field(default=None, min_length=1)
    """The cluster of MRS, which must be in the same VPC. Mandatory for MRS."""
    connect_info: str | None = Field(default=None, min_length=1)
    """The database that is to read it. Mandatory for OBS."""
    description: SourceDescription | None = None
    reboot: bool | None = None
    """Whether to restart the cluster at the end. Not, unless told (assumed)."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.type == "MRS" and (self.data_source_id is None or self.user_pwd is None):
            raise ValueError("a data source of type MRS needs data_source_id and user_pwd")
        if self.type == "OBS" and self.connect_info is None:
            raise ValueError("a data source of type OBS needs connect_info")
        return self


class Reconfigured(Part):
    """What changes of a data source."""

    reboot: bool | None = None
    agency: str | None = Field(default=None, min_length=1)
    """The new agency, of OBS only."""


@put(SOURCE, tells={"DWS.0001": NotFound})
class UpdateDataSource(Operation[JobAccepted]):
    """
    Take over what changed at a data source, or set another agency.

    Queries go on, unless ``reboot`` restarts the cluster. Shows as CONFIGURING_EXT_DATASOURCE;
    `dws.waiters.job_finished` tells the end. Reference 5.5.3.
    """

    cluster_id: str
    ext_data_source_id: str
    reconfigure: Reconfigured


@delete(SOURCE, tells={"DWS.0001": NotFound})
class DeleteDataSource(Operation[JobAccepted]):
    """
    Disconnect a data source; foreign tables on it can be read no more.

    Shows as DELETING_EXT_DATASOURCE; `dws.waiters.job_finished` tells the end. Reference 5.5.4.
    """

    cluster_id: str
    ext_data_source_id: str
