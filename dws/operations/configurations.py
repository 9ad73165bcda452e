"""Parameters of clusters."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dws.operation import Operation, Paging, Part, get, put
from dws.shapes import Nothing
from dws.told.configurations import (
    ConfigurationRecords,
    Configurations,
    Parameters,
    SecurityParameters,
)


@get("/v1.0/{project_id}/clusters/{cluster_id}/configurations")
class ListClusterConfigurations(Operation[Configurations]):
    """List the groups of parameters of a cluster, and whether each is applied. Reference 5.2.42."""

    cluster_id: str


@get("/v1.0/{project_id}/clusters/{cluster_id}/configurations/{configuration_id}")
class ListClusterConfigurationsParameter(Operation[Parameters]):
    """List the parameters of a group with their values and limits. Reference 5.2.43."""

    cluster_id: str
    configuration_id: str
    """Of `ListClusterConfigurations`."""


class NewValue(Part):
    """A value of a parameter to be."""

    type: Annotated[str, Field(pattern="^(CN|DN|cn|dn)$")]
    """The role of the nodes that it is for; small letters in the sample."""
    name: Annotated[str, Field(min_length=1)]
    value: str


@put("/v2/{project_id}/clusters/{cluster_id}/configurations/{configuration_id}")
class UpdateConfiguration(Operation[Nothing]):
    """
    Set parameters of a cluster. Reference 5.2.44.

    Takes a minute or two, and queries go on; `dws.waiters.configurations.parameters_applied`
    tells the end. The group is then ``In-Sync``, or ``Pending-Reboot`` if one of them counts
    only after `RestartCluster`. Refused while the cluster is busy (assumed).
    """

    cluster_id: str
    configuration_id: str
    configurations: list[NewValue] = Field(min_length=1)


@get("/v1/{project_id}/clusters/{cluster_id}/configurations/audit-records", paging=Paging.RECORDS)
class ListConfigurationsAuditRecords(Operation[ConfigurationRecords]):
    """List who changed parameters, newest first (assumed). Reference 5.2.53."""

    cluster_id: str
    action_time: int | None = None
    """Only those from then on, in milliseconds since 1970 (assumed)."""
    filter_by: str | None = None
    """A field of the records: ``status, operator`` (assumed)."""
    filter: str | None = None
    """What that field must be."""
    limit: Annotated[int | None, Field(ge=1)] = None
    offset: Annotated[int | None, Field(ge=0)] = None
    """Records to skip (assumed)."""


@get(
    "/v1/{project_id}/clusters/{cluster_id}/security-configurations/{configuration_id}",
    paging=Paging.RECORDS,
)
class ListClusterSecurityConfigurations(Operation[SecurityParameters]):
    """List the parameters of security of a cluster with their values. SDK only."""

    cluster_id: str
    configuration_id: str
    """That of the group of type ``securityParameterGroup``."""
    limit: Annotated[int | None, Field(ge=1)] = None
    offset: Annotated[int | None, Field(ge=0)] = None
    """Records to skip (assumed)."""
