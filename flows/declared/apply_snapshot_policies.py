"""What `flows.apply_snapshot_policies` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from dws import clock
from dws.client import Client
from dws.lookup import find_cluster, snapshots_of
from dws.operations.snapshots import Cron, KeepDays, ListSnapshotPolicy
from dws.shapes import Cluster, Snapshot
from dws.told.snapshots import SnapshotPolicies, SnapshotPolicy
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.preconditions import cluster_target


def _quartz(told: str) -> str:
    _, _, _, day, _, weekday, *_ = told.split()
    if (day == "?") == (weekday == "?"):
        raise ValueError(
            f"{told!r}: Quartz wants ? in one of day (4th) and weekday (6th), as in '0 0 2 * * ?'"
        )
    return told


class Wanted(BaseModel):
    """A policy as it is to be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{3,91}$")
    """Unique in the project, whatever the case of its letters. Reference 5.3.9."""
    schedule: Annotated[Cron, AfterValidator(_quartz)]
    """As Quartz has it, in UTC, seconds first: ``0 0 2 * * ?`` is every day at two."""
    type: Literal["full", "increment"] = "full"

    @property
    def words(self) -> str:
        """For people."""
        return f"{self.name} ({self.type}, {self.schedule})"

    def is_told_by(self, policy: SnapshotPolicy) -> bool:
        """Whether a policy is as it is to be."""
        told = (policy.backup_strategy.upper().split(), policy.backup_type)
        return told == (self.schedule.upper().split(), self.type)


class Inputs(OnCluster):
    """The policies that a cluster is to have."""

    policies: tuple[Wanted, ...] = Field(
        default=(), title="The policies, each with name, schedule and type"
    )
    keep_days: KeepDays | None = Field(
        default=None, title="Days that automated snapshots are kept; as it is if not told"
    )
    remove_others: bool = Field(default=False, title="Remove policies that are not told")

    @field_validator("policies")
    @classmethod
    def _differ(cls, told: tuple[Wanted, ...]) -> tuple[Wanted, ...]:
        names = [one.name.lower() for one in told]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{', '.join(twice)}: told twice; a name is unique in any case")
        return told


class Outputs(OfCluster):
    """What was done, and what the service tells then."""

    keep_days: int | None
    created: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]
    policies: tuple[str, ...]
    """Names of all that are there now."""


ACTION = Action(
    name="apply_snapshot_policies",
    title="Let a cluster have certain snapshot policies",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.DESTRUCTIVE,
    entry="flows.apply_snapshot_policies:apply_snapshot_policies",
    usual=(timedelta(seconds=2), timedelta(minutes=1)),
    preview="flows.declared.apply_snapshot_policies:preview",
    briefing=Briefing(
        changes="Adds and changes policies of automated snapshots, removes others if told, sets "
        "for how many days automated snapshots are kept: fewer days let older ones go at once.",
        interrupts="Nothing.",
        waits=(),
        by_hand="Nothing: run it again; it does what is left.",
    ),
)


@dataclass(frozen=True)
class Difference:
    """What parts the policies that are there from those that are wanted."""

    missing: tuple[Wanted, ...]
    unlike: tuple[tuple[SnapshotPolicy, Wanted], ...]
    others: tuple[SnapshotPolicy, ...]
    """Those that nobody wants; they stay unless told otherwise."""
    has_other_days: bool


def difference(inputs: Inputs, present: SnapshotPolicies) -> Difference:
    """What would have to be changed for the policies to be as wanted."""
    there = {policy.policy_name.lower(): policy for policy in present.backup_strategies}
    found = [(there.get(wanted.name.lower()), wanted) for wanted in inputs.policies]
    names = {wanted.name.lower() for wanted in inputs.policies}
    return Difference(
        missing=tuple(wanted for policy, wanted in found if policy is None),
        unlike=tuple(
            (policy, wanted) for policy, wanted in found if policy and not wanted.is_told_by(policy)
        ),
        others=tuple(policy for name, policy in there.items() if name not in names),
        has_other_days=inputs.keep_days not in {None, present.keep_day},
    )


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would change now.

    Raises:
        NoSuchThing, Ambiguous: The name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    cluster = await find_cluster(client, inputs.cluster)
    present = await client.call(ListSnapshotPolicy(cluster_id=cluster.id))
    return Preview(
        targets=(cluster_target(account, cluster),),
        changes=_changes(inputs, present),
        findings=(
            is_there(cluster),
            has_full_ones(inputs, present),
            _let_go(inputs, present, await snapshots_of(client, cluster.id)),
        ),
    )


def _changes(inputs: Inputs, present: SnapshotPolicies) -> tuple[str, ...]:
    found = difference(inputs, present)
    days = f"keep automated snapshots {inputs.keep_days} days, not {present.keep_day}"
    return (
        *((days,) if found.has_other_days else ()),
        *(f"add policy {wanted.words}" for wanted in found.missing),
        *(
            f"change policy {policy.policy_name} ({policy.backup_type}, {policy.backup_strategy}) "
            f"to {wanted.words}"
            for policy, wanted in found.unlike
        ),
        *(f"REMOVE policy {one.policy_name}" for one in found.others if inputs.remove_others),
    )


def is_there(cluster: Cluster) -> Finding:
    """Whether the cluster is not on its way out."""
    check = "cluster is there to stay"
    if cluster.status == "DELETING":
        told = f"cluster {cluster.name} is being deleted; its policies go with it"
        return Finding(check, Level.BLOCK, told)
    return Finding(check, Level.PASS, f"its state is {cluster.status}")


def has_full_ones(inputs: Inputs, present: SnapshotPolicies) -> Finding:
    """Whether increments have full snapshots to build on."""
    check = "increments have a full snapshot to build on"
    stay = () if inputs.remove_others else difference(inputs, present).others
    kinds = {wanted.type for wanted in inputs.policies} | {one.backup_type for one in stay}
    if kinds == {"increment"}:
        told = "no policy takes full snapshots: the chain of increments grows for ever; add one"
        return Finding(check, Level.WARN, told)
    return Finding(check, Level.PASS, ", ".join(sorted(kinds)) or "there is no policy at all")


def _let_go(inputs: Inputs, present: SnapshotPolicies, snapshots: Sequence[Snapshot]) -> Finding:
    check = "automated snapshots stay"
    days = inputs.keep_days
    if days is None or present.keep_day is None or days >= present.keep_day:
        return Finding(check, Level.PASS, "they are kept no shorter than before")
    since = clock.time_of_day() - timedelta(days=days)
    old = [
        one.name for one in snapshots if not one.is_manual and one.started and one.started < since
    ]
    told = f"keep_days={days}, not {present.keep_day}: {len(old)} that are older go at once"
    return Finding(
        check, Level.WARN if old else Level.PASS, f"{told}: {', '.join(old)}".rstrip(": ")
    )
