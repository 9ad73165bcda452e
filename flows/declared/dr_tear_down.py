"""What `flows.dr_tear_down` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from dws.client import Client
from dws.lookup import find_disaster_recovery
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.pairs import Roles, pair_targets

DELETABLE = frozenset(
    {"create_failed", "unstart", "start_failed", "stopped", "stop_failed", "abnormal"}
)
"""States in which a pair can be deleted (reference 5.12.13)."""


class Inputs(BaseModel):
    """Which pair is to be parted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pair: str = Field(min_length=1, title="Name or id of the disaster recovery")


class Outputs(BaseModel):
    """What is left of a pair: two clusters."""

    model_config = ConfigDict(frozen=True)

    pair_id: str
    pair_name: str
    clusters: dict[str, str]
    """Status of each of the two by name, as seen afterwards; ``gone`` of one that is not there."""


ACTION = Action(
    name="dr_tear_down",
    title="Part two clusters, and leave both usable",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.DESTRUCTIVE,
    entry="flows.dr_tear_down:dr_tear_down",
    usual=(timedelta(minutes=2), timedelta(minutes=8)),
    preview="flows.declared.dr_tear_down:preview",
    briefing=Briefing(
        changes="Stops and deletes the disaster recovery, for good. Both clusters stay, with "
        "the data that each has.",
        interrupts="Nothing: the primary's queries go on. From then on nothing follows it.",
        waits=(
            "disaster_recovery.disaster_recovery_ready",
            "disaster_recovery.disaster_recovery_running",
            "disaster_recovery.disaster_recovery_stopped",
            "disaster_recovery.disaster_recovery_gone",
        ),
        by_hand="Nothing: run it again.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would do to the pair now.

    Raises:
        NoSuchThing: There is no such pair.
        DwsError: The service refused or did not answer.
    """
    del run_id
    pair = await find_disaster_recovery(client, inputs.pair)
    roles = Roles.of(pair)
    deleted = f"DELETE disaster recovery {pair.name}: {roles.standby_name} follows no more"
    paused = f"pause disaster recovery {pair.name}"
    check = "state of the disaster recovery"
    if pair.status == "switchovering":
        told = f"disaster recovery {pair.name} is switchovering; wait for its end, and run it again"
        finding = Finding(check, Level.BLOCK, told)
    else:
        finding = Finding(check, Level.PASS, f"its state is {pair.status}")
    changes = (deleted,) if pair.status in DELETABLE | {"deleting"} else (paused, deleted)
    return Preview(pair_targets(account, pair), changes, (finding,))
