"""What `flows.dr_failover_drill` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dws.client import Client
from dws.errors import RequestFailed
from dws.lookup import find_disaster_recovery, snapshots_of
from dws.operations.disaster_recovery import DisasterRecovery, ShowDisasterProgress
from dws.shapes import Snapshot
from dws.sql.acceptance import Acceptance, statements_in
from flows.declared.drill_evidence import Marks
from flows.declared.restoring import can_be_restored, fits_the_quota, scratch_changes
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.pairs import Roles, bear_failover, cluster_of_pair, in_state, pair_targets, roles_with
from tasks.preconditions import is_well, is_writable
from tasks.protection import not_protected

Mode = Literal["switchover", "failover", "restore"]
Verdict = Literal["passed", "passed with findings", "failed"]


class Inputs(BaseModel):
    """What is rehearsed, how it is measured, and what would be good enough."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pair: str = Field(min_length=1, title="Name or id of the disaster recovery")
    mode: Mode = Field(title="Planned switchover, unplanned failover, or isolated restore")
    primary: str | None = Field(
        default=None, title="Name or id of the cluster to take over; not for mode=restore"
    )
    rto: timedelta | None = Field(default=None, title="Objective: longest time without service")
    rpo: timedelta | None = Field(default=None, title="Objective: longest time whose data is lost")
    acceptance: tuple[str, ...] = Field(
        default=(), title="Statements that must each answer one row whose first column is true"
    )
    acceptance_file: str | None = Field(
        default=None, title="File of such statements, each ended by a semicolon at a line's end"
    )
    failback: bool = Field(default=True, title="Give the former primary its role back at the end")
    max_lag: timedelta | None = Field(
        default=None, title="Do not begin if the last synchronisation is older"
    )
    warm_up: timedelta = Field(
        default=timedelta(seconds=30), title="How long canary rows are written before the switch"
    )
    canary_every: timedelta = Field(
        default=timedelta(seconds=1), gt=timedelta(0), title="How often a canary row is written"
    )
    outage_within: timedelta = Field(
        default=timedelta(minutes=30), title="How long to wait for production to be broken"
    )
    force: bool = Field(
        default=False, title="Ask for the failover though production works; it may be refused"
    )
    keep_canary: bool = Field(default=False, title="Leave the canary rows in the cluster")
    must_pass: bool = Field(default=False, title="End as failed if the verdict is failed")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.mode == "restore" and self.primary is not None:
            raise ValueError(f"primary={self.primary!r}: mode=restore switches nothing; leave it")
        if self.mode != "restore" and self.primary is None:
            raise ValueError(f"mode={self.mode} needs primary: the cluster that is to take over")
        return self

    def statements(self) -> tuple[str, ...]:
        """
        The acceptance statements, those of the file included.

        Raises:
            OSError, UnicodeDecodeError: The file cannot be read.
        """
        if self.acceptance_file is None:
            return self.acceptance
        text = Path(self.acceptance_file).read_text(encoding="utf-8")
        return (*self.acceptance, *statements_in(text))


class Outputs(BaseModel):
    """What the rehearsal showed."""

    model_config = ConfigDict(frozen=True)

    pair_id: str
    pair_name: str
    mode: Mode
    production: str
    """Name of the cluster that was to be replaced."""
    replacement: str
    """Name of the one that took over, or of the scratch cluster."""
    marks: Marks
    rto_s: float | None
    """From the disruption to the validated service; None if it was never validated."""
    rto_from_decision_s: float | None
    rpo_s: float | None
    rows_acknowledged: int | None
    """Canary rows that production acknowledged; None of a restore."""
    rows_lost: int | None
    """Those of them which the replacement has not, counted by SQL."""
    service_rpo_s: float | None
    """What the service reckoned just before; None if it did not tell."""
    service_rto_s: float | None
    rto_met: bool | None
    """None without an objective."""
    rpo_met: bool | None
    acceptance: tuple[Acceptance, ...]
    deviations: tuple[str, ...]
    """Where the service's figures and ours differ, and what was not as planned."""
    findings: tuple[str, ...]
    """What a person should see to."""
    verdict: Verdict


ACTION = Action(
    name="dr_failover_drill",
    title="Rehearse a disaster, and measure what it costs",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.DESTRUCTIVE,
    entry="flows.dr_failover_drill:dr_failover_drill",
    usual=(timedelta(minutes=10), timedelta(hours=1)),
    preview="flows.declared.dr_failover_drill:preview",
    briefing=Briefing(
        changes="Writes canary rows into schema dws_runbook of production and deletes them. "
        "switchover: swaps the roles, and back. failover: what was not synchronised is lost, the "
        "former primary is wiped and gets its role back. restore: makes a scratch cluster of the "
        "newest snapshot and deletes it; production is not touched.",
        interrupts="switchover and failover: production is away for some minutes, twice with "
        "failback; clients must follow. restore: no.",
        waits=(
            "clusters.cluster_settled",
            "clusters.cluster_repaired",
            "clusters.cluster_task_finished",
            "clusters.cluster_gone",
            "disaster_recovery.disaster_recovery_running",
            "disaster_recovery.disaster_recovery_switched",
            "disaster_recovery.disaster_recovery_promoted",
            "disaster_recovery.disaster_recovery_synchronised",
        ),
        by_hand="Go on with the same run: it ends the drill and gives the roles back. Else look "
        "who is the primary, and run dr-recover or dr-switch-over.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a drill would do now.

    Raises:
        NoSuchThing: There is no such pair, or no such cluster in it.
        DwsError: The service refused or did not answer.
    """
    del run_id
    pair = await find_disaster_recovery(client, inputs.pair)
    if inputs.primary is None:
        return await _of_restore(client, inputs, pair)
    roles = roles_with(pair, inputs.primary)
    production = await cluster_of_pair(client, roles.standby_id)
    replacement = await cluster_of_pair(client, roles.primary_id)
    findings = [
        acceptance_can_be_read(inputs),
        in_state(pair, frozenset({"running"}), "a drill needs one that runs: run dr-set-up"),
        _is_standby(pair, roles),
        is_well(production),
        is_well(replacement),
        is_writable(production),
        await _is_fresh(client, pair, inputs),
    ]
    if inputs.mode == "failover":
        findings += [not_protected(production), not_protected(replacement)]
        findings += bear_failover(production, replacement)
    return Preview(pair_targets(account, pair), _changes(inputs, roles), tuple(findings))


def newest(present: tuple[Snapshot, ...]) -> Snapshot | None:
    """The snapshot of a whole cluster that was begun last, of those which can be restored."""
    fit = [one for one in present if one.is_usable and one.started and one.backup_level != "schema"]
    return max(fit, key=lambda one: (one.started, one.id), default=None)


def acceptance_can_be_read(inputs: Inputs) -> Finding:
    """Whether the file of acceptance statements is there."""
    check = "acceptance statements"
    try:
        told = inputs.statements()
    except (OSError, UnicodeDecodeError) as error:
        wrong = f"acceptance_file={inputs.acceptance_file!r}: {error}; name a file of SQL"
        return Finding(check, Level.BLOCK, wrong)
    level = Level.PASS if told else Level.WARN
    return Finding(check, level, f"{len(told)} statements beside the count of canary rows")


async def _of_restore(client: Client, inputs: Inputs, pair: DisasterRecovery) -> Preview:
    roles = Roles.of(pair)
    found = newest(await snapshots_of(client, roles.primary_id))
    production = await cluster_of_pair(client, roles.primary_id)
    findings = (
        acceptance_can_be_read(inputs),
        can_be_restored("latest", found),
        await fits_the_quota(client, production),
    )
    changes = scratch_changes(found.name if found else "?")
    return Preview((), changes, findings)


def _is_standby(pair: DisasterRecovery, roles: Roles) -> Finding:
    check = "who takes over"
    if pair.primary_cluster_id != roles.primary_id:
        return Finding(check, Level.PASS, f"{roles.primary_name}, the standby")
    told = f"primary={roles.primary_name!r} is the primary already; name {roles.standby_name}"
    return Finding(check, Level.BLOCK, told)


async def _is_fresh(client: Client, pair: DisasterRecovery, inputs: Inputs) -> Finding:
    """How old the last synchronisation is, by the service's own figure."""
    check = "age of the last synchronisation"
    try:
        reply = await client.call(ShowDisasterProgress(disaster_recovery_id=pair.id))
    except RequestFailed as error:
        return Finding(check, Level.WARN, f"the service does not tell: {error}")
    lag_s = reply.disaster_recovery_progress.recovery_point_object
    if lag_s is None:
        return Finding(check, Level.WARN, "the service does not tell")
    told = f"the standby is {lag_s:g} s behind"
    if inputs.max_lag is not None and lag_s > inputs.max_lag.total_seconds():
        cure = f"wait for the next synchronisation, or allow more than max_lag={inputs.max_lag}"
        return Finding(check, Level.BLOCK, f"{told}; {cure}")
    is_risky = inputs.mode == "failover" and inputs.rpo and lag_s > inputs.rpo.total_seconds()
    return Finding(check, Level.WARN if is_risky else Level.PASS, told)


def _changes(inputs: Inputs, roles: Roles) -> tuple[str, ...]:
    production, replacement = roles.standby_name, roles.primary_name
    canary = f"write canary rows into cluster {production}, and delete them at the end"
    back = f"switch over: {production} becomes the primary again"
    if inputs.mode == "switchover":
        turned = f"switch over: {replacement} becomes the primary"
        return (canary, turned, *([back] if inputs.failback else []))
    turned = f"FAIL OVER to {replacement}: what {production} has not synchronised IS LOST"
    wiped = f"WIPE cluster {production}, and let it follow {replacement}"
    return (canary, turned, *([wiped, back] if inputs.failback else []))
