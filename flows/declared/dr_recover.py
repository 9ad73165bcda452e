"""What `flows.dr_recover` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from dws.client import Client
from dws.lookup import find_disaster_recovery
from dws.operations.disaster_recovery import DisasterRecovery
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.pairs import Roles, bear_failover, cluster_of_pair, in_state, pair_targets
from tasks.preconditions import is_well
from tasks.protection import not_protected

RECOVERABLE = frozenset({"abnormal", "starting", "running"})


class Inputs(BaseModel):
    """Which pair, and which of its clusters may be wiped for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pair: str = Field(min_length=1, title="Name or id of the disaster recovery")
    wipe: str = Field(min_length=1, title="Name or id of the cluster whose data may be wiped")


class Outputs(BaseModel):
    """A pair that runs again."""

    model_config = ConfigDict(frozen=True)

    pair_id: str
    pair_name: str
    primary_id: str
    primary_name: str
    standby_id: str
    standby_name: str
    synchronised: datetime | None
    """Up to when the standby has the primary's data, by the service's clock."""
    asked: bool
    """False if it ran already, or someone else had begun to rebuild it."""


ACTION = Action(
    name="dr_recover",
    title="Rebuild a disaster recovery after a failover",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.DESTRUCTIVE,
    entry="flows.dr_recover:dr_recover",
    usual=(timedelta(minutes=10), timedelta(minutes=30)),
    preview="flows.declared.dr_recover:preview",
    briefing=Briefing(
        changes="Wipes the former primary and lets it follow the new one. The new primary stays "
        "as it is.",
        interrupts="The queries of the new primary go on; the former one serves nobody.",
        waits=(
            "clusters.cluster_settled",
            "clusters.cluster_task_finished",
            "disaster_recovery.disaster_recovery_running",
            "disaster_recovery.disaster_recovery_synchronised",
        ),
        by_hand="Nothing: run it again. To have the former primary back in its role, run "
        "dr-switch-over afterwards.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to the pair now.

    Raises:
        NoSuchThing: There is no such pair, or one of its clusters has gone.
        DwsError: The service refused or did not answer.
    """
    del run_id
    pair = await find_disaster_recovery(client, inputs.pair)
    roles = Roles.of(pair)
    targets = pair_targets(account, pair)
    state = in_state(pair, RECOVERABLE, "only what failed over is rebuilt; run dr-set-up")
    consent = may_be_wiped(pair, inputs.wipe)
    if pair.status == "running":
        return Preview(targets, (), (consent, state))
    primary = await cluster_of_pair(client, roles.primary_id)
    standby = await cluster_of_pair(client, roles.standby_id)
    return Preview(
        targets,
        (f"WIPE cluster {standby.name}, and let it follow {primary.name}",),
        (
            consent,
            state,
            is_well(primary),
            is_well(standby),
            not_protected(standby),
            *bear_failover(primary, standby),
        ),
    )


def may_be_wiped(pair: DisasterRecovery, wipe: str) -> Finding:
    """Whether the cluster that may be wiped is the one that the service would wipe."""
    check = "consent to wipe"
    roles = Roles.of(pair)
    if wipe in {roles.standby_id, roles.standby_name}:
        return Finding(check, Level.PASS, f"{roles.standby_name} is the standby")
    told = f"wipe={wipe!r}: the service would wipe {roles.standby_name}, the standby of "
    told += f"{pair.name}; its primary is {roles.primary_name}"
    return Finding(check, Level.BLOCK, f"{told}. Name the standby, or leave it")
