"""What `flows.dr_switch_over` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from dws.client import Client
from dws.lookup import find_disaster_recovery
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.pairs import cluster_of_pair, in_state, pair_targets, roles_with
from tasks.preconditions import is_well

SWITCHABLE = frozenset({"running", "starting", "switchovering"})
"""States that lead to one in which the service switches over: ``running`` (reference 5.12.8)."""


class Inputs(BaseModel):
    """Which cluster of which pair is to be the primary."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pair: str = Field(min_length=1, title="Name or id of the disaster recovery")
    primary: str = Field(min_length=1, title="Name or id of the cluster to be the primary")


class Outputs(BaseModel):
    """Who is the primary now."""

    model_config = ConfigDict(frozen=True)

    pair_id: str
    pair_name: str
    primary_id: str
    primary_name: str
    standby_name: str
    synchronised: datetime | None
    """Up to when the standby has the primary's data, by the service's clock."""
    asked: bool
    """False if it was the primary already, or someone else had begun to make it so."""


ACTION = Action(
    name="dr_switch_over",
    title="Make a cluster of a pair the primary, with nothing lost",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.dr_switch_over:dr_switch_over",
    usual=(timedelta(minutes=3), timedelta(minutes=10)),
    preview="flows.declared.dr_switch_over:preview",
    briefing=Briefing(
        changes="The standby becomes the primary and the primary the standby. Nothing is lost: "
        "the primary must be available, and is synchronised a last time.",
        interrupts="Production is away while the roles are swapped, some 3 to 10 minutes; clients "
        "must connect to the other cluster afterwards.",
        waits=(
            "clusters.cluster_settled",
            "disaster_recovery.disaster_recovery_running",
            "disaster_recovery.disaster_recovery_switched",
        ),
        by_hand="Nothing: run it again, it names the wanted primary. If the pair is abnormal and "
        "the primary broken, run dr-fail-over.",
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
    is_so = pair.primary_cluster_id == roles.primary_id
    cure = "run dr-recover" if is_so else "run dr-fail-over if the primary is broken"
    state = in_state(pair, SWITCHABLE, cure if pair.status == "abnormal" else "run dr-set-up")
    if is_so and pair.status == "running":
        told = f"{roles.primary_name} is the primary already"
        return Preview(targets, (), (state, Finding("wanted primary", Level.PASS, told)))
    if pair.status == "switchovering":
        told = f"{pair.name} is turning just now; its end is waited for, and looked at"
        return Preview(targets, (), (state, Finding("wanted primary", Level.WARN, told)))
    primary = await cluster_of_pair(client, roles.primary_id)
    standby = await cluster_of_pair(client, roles.standby_id)
    return Preview(
        targets,
        (f"switch {pair.name} over: {primary.name} becomes the primary, {standby.name} follows",),
        (state, is_well(standby), is_well(primary)),
    )
