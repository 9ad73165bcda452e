"""What procedures on one cluster take and give alike."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class OnCluster(BaseModel):
    """Inputs of a procedure on one cluster."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cluster: str = Field(min_length=1, title="Name or id of the cluster")


class OfCluster(BaseModel):
    """Outputs of a procedure on one cluster."""

    model_config = ConfigDict(frozen=True)

    cluster_id: str
    cluster_name: str
