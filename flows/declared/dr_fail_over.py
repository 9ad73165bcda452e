"""What `flows.dr_fail_over` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from dws.client import Client
from dws.lookup import cluster_with_id, find_disaster_recovery
from dws.operations.disaster_recovery import DisasterRecovery
from dws.shapes import Cluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.pairs import Roles, bear_failover, cluster_of_pair, in_state, pair_targets, roles_with
from tasks.preconditions import is_well
from tasks.protection import not_protected

TURNABLE = frozenset({"running", "abnormal", "switchovering"})


class Inputs(BaseModel):
    """Which cluster of which pair is to be the primary, at the price of what it has not got."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pair: str = Field(min_length=1, title="Name or id of the disaster recovery")
    primary: str = Field(min_length=1, title="Name or id of the cluster to be the primary")
    force: bool = Field(default=False, title="Ask for it though nothing seems to be wrong")


class Outputs(BaseModel):
    """Who is the primary now, and what that cost."""

    model_config = ConfigDict(frozen=True)

    pair_id: str
    pair_name: str
    primary_id: str
    primary_name: str
    former_primary_id: str
    former_primary_name: str
    lost_since: datetime | None
    """What was written after it is lost: the last synchronisation, by the service's clock."""
    service_rpo_s: float | None
    """What the service reckoned before the failover; None if it did not tell."""
    service_rto_s: float | None
    asked: bool
    """False if it was the primary already, or someone else had begun to make it so."""


ACTION = Action(
    name="dr_fail_over",
    title="Make the standby the primary, as production is broken",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.DESTRUCTIVE,
    entry="flows.dr_fail_over:dr_fail_over",
    usual=(timedelta(minutes=3), timedelta(minutes=10)),
    preview="flows.declared.dr_fail_over:preview",
    briefing=Briefing(
        changes="The standby becomes the primary; what was written since the last "
        "synchronisation is lost. The pair is abnormal until dr-recover has rebuilt it.",
        interrupts="Production is broken already; clients must connect to the other cluster.",
        waits=("clusters.cluster_settled", "disaster_recovery.disaster_recovery_promoted"),
        by_hand="Run it again, it names the wanted primary. Once the former primary is available "
        "run dr-recover, which wipes it.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to the pair now.

    Raises:
        NoSuchThing: There is no such pair, or no such cluster in it.
        DwsError: The service refused or did not answer.
    """
    del run_id
    pair = await find_disaster_recovery(client, inputs.pair)
    roles = roles_with(pair, inputs.primary)
    targets = pair_targets(account, pair)
    if pair.primary_cluster_id == roles.primary_id:
        told = f"{roles.primary_name} is the primary already"
        return Preview(targets, (), (Finding("wanted primary", Level.PASS, told),))
    wanted = await cluster_of_pair(client, roles.primary_id)
    former = await cluster_with_id(client, roles.standby_id)
    present = [wanted] if former is None else [wanted, former]
    return Preview(
        targets,
        (_change(pair, roles),),
        (
            in_state(pair, TURNABLE, "a failover needs one that runs or is abnormal"),
            is_broken(pair, former, force=inputs.force),
            is_well(wanted),
            *(not_protected(cluster) for cluster in present),
            *bear_failover(*present),
            _loss(pair),
        ),
    )


def is_broken(pair: DisasterRecovery, primary: Cluster | None, *, force: bool) -> Finding:
    """Whether there is a reason to fail over: else a switchover loses nothing."""
    check = "production is broken"
    if pair.status == "abnormal":
        return Finding(check, Level.PASS, f"disaster recovery {pair.name} is abnormal")
    if primary is None:
        return Finding(check, Level.PASS, "the service knows no such primary")
    if (found := is_well(primary)).level is Level.BLOCK:
        return Finding(check, Level.PASS, found.told.partition(";")[0])
    told = f"disaster recovery {pair.name} is {pair.status} and {primary.name} {primary.status}"
    if force:
        return Finding(check, Level.WARN, f"{told}; the service may refuse")
    return Finding(check, Level.BLOCK, f"{told}: run dr-switch-over, which loses nothing")


def _change(pair: DisasterRecovery, roles: Roles) -> str:
    told = f"FAIL OVER {pair.name}: {roles.primary_name} becomes the primary; "
    return f"{told}what {roles.standby_name} took since {_since(pair)} IS LOST"


def _loss(pair: DisasterRecovery) -> Finding:
    told = f"what was written since {_since(pair)} is lost"
    return Finding("last synchronisation", Level.WARN, told)


def _since(pair: DisasterRecovery) -> str:
    at = pair.last_disaster_time
    return "a time that the service does not tell" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"
