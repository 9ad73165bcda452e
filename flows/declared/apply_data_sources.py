"""What `flows.apply_data_sources` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dws.client import Client
from dws.lookup import find_cluster
from dws.operations.data_sources import (
    DataSource,
    ListDataSource,
    SourceDescription,
    SourceName,
    SourceUser,
)
from dws.operations.snapshots import ListDatabases
from dws.shapes import Cluster
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import cluster_target, is_well
from tasks.source_passwords import PREFIX, password_of, setting

CREATING, AVAILABLE, NOT_CREATED, NOT_DELETED, DELETING = "100", "200", "303", "302", "304"
CONFIGURING, CONFIGURED, NOT_CONFIGURED, UPDATING, NEEDS_RESTART = "100", "200", "300", "500", "600"
"""States of a data source, and of its configuration (facts/service_and_peers A1)."""


class Source(BaseModel):
    """A data source that a cluster is to have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: SourceName
    type: Literal["OBS", "MRS"]
    user: SourceUser
    """The agency for OBS, or the user of MRS, whose password is a setting."""
    database: str | None = Field(default=None, min_length=1)
    """The database that reads it; mandatory for OBS."""
    mrs_cluster: str | None = Field(default=None, min_length=1)
    """Id of the cluster of MRS; mandatory for MRS."""
    description: SourceDescription | None = None
    """Told to the service when it is made; it cannot be changed later."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.type == "OBS" and self.database is None:
            raise ValueError(f"source {self.name}: one of type OBS needs database")
        if self.type == "MRS" and self.mrs_cluster is None:
            raise ValueError(f"source {self.name}: one of type MRS needs mrs_cluster")
        return self


class Inputs(OnCluster):
    """The external data sources that a cluster is to have."""

    sources: tuple[Source, ...] = Field(default=(), title="The data sources")
    replace: bool = Field(
        default=False, title="Whether one that cannot be changed is deleted and made anew"
    )
    remove_others: bool = Field(default=False, title="Whether all others are deleted")

    @model_validator(mode="after")
    def _are_sound(self) -> Self:
        names = [source.name for source in self.sources]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"sources: {', '.join(twice)} is told twice")
        if not (self.sources or self.remove_others):
            raise ValueError("tell sources or remove_others: there is nothing to be done")
        return self


class Outputs(OfCluster):
    """What the cluster has now."""

    changed: tuple[str, ...]
    """Names of those that this run made, changed or deleted."""
    waits_for_restart: tuple[str, ...]
    """Names of those that are used once the cluster was restarted."""


ACTION = Action(
    name="apply_data_sources",
    title="See to it that a cluster has the external data sources that it should",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.apply_data_sources:apply_data_sources",
    usual=(timedelta(minutes=1), timedelta(minutes=10)),
    preview="flows.declared.apply_data_sources:preview",
    briefing=Briefing(
        changes="Which OBS and MRS sources the cluster reads; what is stored there stays.",
        interrupts="Foreign tables on a source that is deleted or made anew cannot be read.",
        waits=("clusters.cluster_settled", "clusters.cluster_task_finished"),
        by_hand="Run it again; one that failed is made anew with replace=true. "
        "To take over one of MRS that waits for it, run restart-cluster.",
    ),
)


class Todo(enum.Enum):
    """What is to be done with one data source."""

    KEEP = "keep"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"


def todo(wanted: Source, present: DataSource | None) -> Todo:
    """What brings a data source to what is wanted. Only the agency of OBS can be changed."""
    if present is None:
        return Todo.CREATE
    if present.status in {NOT_CREATED, NOT_DELETED, DELETING} or not is_same(wanted, present):
        return Todo.REPLACE
    if present.user_name != wanted.user or present.configure_status == NOT_CONFIGURED:
        return Todo.UPDATE
    return Todo.KEEP


def is_same(wanted: Source, present: DataSource) -> bool:
    """Whether all is as wanted that cannot be changed; what is not told counts as wanted."""
    pairs: list[tuple[str | None, str | None]] = [(wanted.type, present.type)]
    if wanted.type == "OBS":
        pairs.append((wanted.database, present.connect_info))
    else:
        pairs += [(wanted.mrs_cluster, present.data_source_id), (wanted.user, present.user_name)]
    return all(told in {None, "", want} for want, told in pairs)


def named(sources: Sequence[DataSource], name: str) -> DataSource | None:
    """The data source of a name."""
    return next((source for source in sources if source.name == name), None)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to the data sources now.

    Raises:
        NoSuchThing, Ambiguous: The name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    cluster = await find_cluster(client, inputs.cluster)
    present = (await client.call(ListDataSource(cluster_id=cluster.id))).data_sources
    told = [(source, todo(source, named(present, source.name))) for source in inputs.sources]
    changes = tuple(_lines(cluster, inputs, told, present))
    target = cluster_target(account, cluster)
    if not changes:
        all_so = Finding("data sources are there", Level.PASS, f"{cluster.name} has them already")
        return Preview((target,), findings=(all_so,))
    return Preview(
        targets=(target,),
        changes=changes,
        findings=(
            is_well(cluster),
            _may_be_replaced(cluster, inputs, told),
            _passwords_are_set(told),
            await _databases_are_there(client, cluster, told),
        ),
    )


Told = list[tuple[Source, Todo]]


def others(inputs: Inputs, present: Sequence[DataSource]) -> list[DataSource]:
    """Those that are to be deleted because nobody told them."""
    names = {source.name for source in inputs.sources}
    return [one for one in present if inputs.remove_others and one.name not in names]


def _lines(
    cluster: Cluster, inputs: Inputs, told: Told, present: Sequence[DataSource]
) -> list[str]:
    words = {
        Todo.CREATE: "create",
        Todo.UPDATE: "update",
        Todo.REPLACE: "delete and create anew",
    }
    made = [
        f"{words[what]} data source {source.name} ({source.type}) of cluster {cluster.name}"
        for source, what in told
        if what is not Todo.KEEP
    ]
    gone = [
        f"delete data source {one.name} of cluster {cluster.name}: its foreign tables stay, unread"
        for one in others(inputs, present)
    ]
    return made + gone


def _may_be_replaced(cluster: Cluster, inputs: Inputs, told: Told) -> Finding:
    check = "no data source must be made anew"
    names = ", ".join(source.name for source, what in told if what is Todo.REPLACE)
    if not names:
        return Finding(check, Level.PASS, "all can stay as they are, or be changed")
    why = f"cluster {cluster.name} has {names} in another way, or failed"
    if inputs.replace:
        return Finding(check, Level.WARN, f"{why}; deleted and made anew")
    cure = "it cannot be changed: tell replace=true to have it deleted and made anew"
    return Finding(check, Level.BLOCK, f"{why}; {cure}")


def _passwords_are_set(told: Told) -> Finding:
    check = "passwords are set"
    made = [s.name for s, what in told if s.type == "MRS" and what in {Todo.CREATE, Todo.REPLACE}]
    missing = [setting(name) for name in made if password_of(name) is None]
    if missing:
        cure = f"set {', '.join(missing)} in the environment, or {PREFIX} for all"
        return Finding(check, Level.BLOCK, f"the password of a user of MRS is missing: {cure}")
    return Finding(check, Level.PASS, f"{len(made)} are needed")


async def _databases_are_there(client: Client, cluster: Cluster, told: Told) -> Finding:
    """Whether those of OBS name databases that there are; else DWS.5172 would refuse them."""
    check = "databases are there"
    wanted = {s.name: s.database for s, what in told if s.type == "OBS" and what is not Todo.KEEP}
    if not wanted:
        return Finding(check, Level.PASS, "none is asked for")
    known = (await client.call(ListDatabases(cluster_id=cluster.id))).databases
    missing = [f"{name}: {database}" for name, database in wanted.items() if database not in known]
    if missing:
        cure = f"cluster {cluster.name} has {', '.join(known)}"
        return Finding(check, Level.BLOCK, f"no such database of {'; '.join(missing)}; {cure}")
    return Finding(check, Level.PASS, ", ".join(sorted({str(one) for one in wanted.values()})))
