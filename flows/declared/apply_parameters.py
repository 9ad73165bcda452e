"""What `flows.apply_parameters` takes and gives, and what it looks at before it begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from dws.client import Client
from dws.lookup import disaster_recoveries_of, find_cluster
from dws.shapes import Cluster
from flows.declared.one_cluster import OfCluster, OnCluster
from tasks.action import Action, Briefing, Effect, Finding, Level, Preview
from tasks.parameters import FAILURE, PENDING, Group, Setting, parameter_groups, settings
from tasks.preconditions import cluster_target, is_free_of_recovery, is_open, is_well
from tasks.windows import Window


class Inputs(OnCluster):
    """What parameters are to be, and what may be done for that."""

    parameters: dict[str, str] = Field(
        min_length=1,
        title="Values by name, e.g. {work_mem: 128000}; with CN: or DN: before a name for nodes "
        "of that role alone",
    )
    restart: bool = Field(
        default=False, title="Restart the cluster if a value counts only after that"
    )
    window: Window | None = Field(
        default=None, title="When it may be done, e.g. '22:00-05:00'; at once if not told"
    )


class Changed(BaseModel):
    """One parameter that the run has set."""

    model_config = ConfigDict(frozen=True)

    name: str
    role: str
    old: str
    new: str


class Outputs(OfCluster):
    """What the parameters are now."""

    changed: tuple[Changed, ...]
    """Only those that were different; the old values serve to put them back."""
    restarted: bool
    awaits_restart: bool
    """Whether a value counts only after a restart, which was not allowed."""


ACTION = Action(
    name="apply_parameters",
    title="Give parameters of a database the wanted values, and see them in force",
    inputs=Inputs,
    outputs=Outputs,
    effect=Effect.MUTATE,
    entry="flows.apply_parameters:apply_parameters",
    usual=(timedelta(minutes=1), timedelta(minutes=20)),
    preview="flows.declared.apply_parameters:preview",
    briefing=Briefing(
        changes="The parameters named; if they cannot be applied, the old values are set again.",
        interrupts="Queries go on while they are set. A restart, if allowed and needed, ends "
        "them, and they are refused for 3 to 20 minutes.",
        waits=(
            "clusters.cluster_settled",
            "clusters.cluster_task_finished",
            "configurations.parameters_applied",
        ),
        by_hand="Nothing: go on with the same run. Of values that could not be applied the "
        "message says whether the old ones are in force again.",
    ),
)


async def preview(client: Client, account: str, inputs: Inputs, run_id: str) -> Preview:
    """
    What a run would set now.

    Raises:
        NoSuchThing, Ambiguous: The name or id does not tell one cluster.
        DwsError: The service refused or did not answer.
    """
    del run_id
    cluster = await find_cluster(client, inputs.cluster)
    groups = await parameter_groups(client, cluster.id)
    wanted, mistakes = settings(groups, inputs.parameters)
    differing = tuple(setting for setting in wanted if not setting.is_so)
    findings = [is_well(cluster), _fit(mistakes), _in_sync(groups)]
    findings += _needs_restart(inputs, differing)
    if inputs.restart:
        pairs = await disaster_recoveries_of(client, cluster.id)
        findings.append(is_free_of_recovery(cluster, pairs))
    if inputs.window is not None:
        findings.append(is_open(inputs.window))
    return Preview(
        targets=(cluster_target(account, cluster),),
        changes=tuple(_changes(cluster, groups, inputs, differing)),
        findings=tuple(findings),
    )


def _changes(
    cluster: Cluster, groups: Sequence[Group], inputs: Inputs, differing: Sequence[Setting]
) -> Iterator[str]:
    for setting in differing:
        yield f"set {setting} in cluster {cluster.name} ({cluster.id})"
    awaits = any(group.configuration.status == PENDING for group in groups)
    if inputs.restart and (awaits or any(setting.needs_restart for setting in differing)):
        yield f"restart cluster {cluster.name} ({cluster.id})"


def _fit(mistakes: Sequence[str]) -> Finding:
    check = "values fit their parameters"
    if mistakes:
        return Finding(check, Level.BLOCK, "; ".join(mistakes))
    return Finding(check, Level.PASS, "by type, unit and range")


def _in_sync(groups: Sequence[Group]) -> Finding:
    check = "parameters are in sync"
    failed = [group.configuration for group in groups if group.configuration.status == FAILURE]
    if not failed:
        return Finding(check, Level.PASS, "no earlier change of them failed")
    told = "; ".join(f"{group.name or group.id}: {group.fail_reason}" for group in failed)
    # Values that can be applied are the cure, so this does not block.
    return Finding(check, Level.WARN, f"an earlier change of them ended in {FAILURE}: {told}")


def _needs_restart(inputs: Inputs, differing: Sequence[Setting]) -> list[Finding]:
    names = sorted({setting.name for setting in differing if setting.needs_restart})
    if not names or inputs.restart:
        return []
    told = f"{', '.join(names)} will count only after a restart: restart=true allows it"
    return [Finding("values count at once", Level.WARN, told)]
