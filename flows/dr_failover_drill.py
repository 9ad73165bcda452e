"""
Rehearse a disaster: turn the roles of a pair, or restore a snapshot, and measure what it costs.

Canary rows tell: each row that production acknowledged is kept outside, and looked for in the
cluster that takes over. The service's own figures are told beside, and never taken for ours.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Literal

from prefect import flow

from dws.errors import BadSetting, DwsError
from flows.declared.dr_failover_drill import ACTION, Inputs, Outputs
from flows.declared.drill_evidence import Evidence
from flows.steps.canary import present
from flows.steps.change import bring_about
from flows.steps.drill import Drill, mark, measured
from flows.steps.drill_restore import restored
from flows.steps.drill_verdict import Rehearsed
from flows.steps.lag import Lag, lag_of
from flows.steps.pair import on_pair, synchronised
from flows.steps.turning import recovery, switchover
from tasks import clusters, sql
from tasks.acknowledged import Acknowledged
from tasks.run import Stopped


@flow(name="dr-failover-drill", flow_run_name="dr-failover-drill-{pair}-{mode}", retries=0)
async def dr_failover_drill(  # noqa: PLR0913 - what a person may choose
    account: str,
    pair: str,
    mode: Literal["switchover", "failover", "restore"],
    *,
    primary: str | None = None,
    rto: timedelta | None = None,
    rpo: timedelta | None = None,
    acceptance: tuple[str, ...] = (),
    acceptance_file: str | None = None,
    failback: bool = True,
    max_lag: timedelta | None = None,
    warm_up: timedelta = timedelta(seconds=30),
    canary_every: timedelta = timedelta(seconds=1),
    outage_within: timedelta = timedelta(minutes=30),
    force: bool = False,
    keep_canary: bool = False,
    must_pass: bool = False,
    run_id: str | None = None,
) -> Outputs:
    """
    Rehearse a planned switchover, an unplanned failover or an isolated restore.

    What it changes, interrupts and waits for is told by `ACTION.briefing`. Killed at any moment
    and started again with the same ``run_id`` it goes on: what was acknowledged and measured is
    kept, and the time in which it did not run is told as a finding.

    A drill whose objectives were not met, or whose acceptance failed, has the verdict
    ``failed``; it is carried to its end nevertheless, and the roles are given back.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        pair: Name or id of the disaster recovery.
        mode: What is rehearsed. ``failover`` waits until somebody else breaks production.
        primary: Name or id of the cluster that is to take over; not for ``restore``.
        rto: Objective: longest time from the disruption to the validated service.
        rpo: Objective: longest time whose data may be lost.
        acceptance: Statements that must each answer one row whose first column is true, in the
            database of the account's settings.
        acceptance_file: A file of such statements.
        failback: Whether the former primary gets its role back; after a failover it is rebuilt
            first, which wipes it.
        max_lag: Do not begin if the last synchronisation is older.
        warm_up: How long canary rows are written before the switch.
        canary_every: How often.
        outage_within: How long to wait for production to be broken.
        force: Ask for the failover though production works; the service may refuse.
        keep_canary: Whether the canary rows are left in the cluster.
        must_pass: Whether a drill with the verdict ``failed`` ends as failed, for schedules.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing: There is no such pair, or no such cluster in it; nothing was changed.
        Refused: It must not, or cannot be rehearsed now; nothing was changed.
        Stopped: It cannot go on; the message says what is left. Or it must pass, and has not.
        WaitTimedOut: Something did not end in time; it still may. Start it again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(
        pair=pair,
        mode=mode,
        primary=primary,
        rto=rto,
        rpo=rpo,
        acceptance=acceptance,
        acceptance_file=acceptance_file,
        failback=failback,
        max_lag=max_lag,
        warm_up=warm_up,
        canary_every=canary_every,
        outage_within=outage_within,
        force=force,
        keep_canary=keep_canary,
        must_pass=must_pass,
    )
    is_turned = mode != "restore"
    async with on_pair(
        ACTION, account, inputs, pair, primary=primary, is_changed=is_turned, run_id=run_id
    ) as work:
        done = await (_turn(work) if is_turned else _restore(work))
        left = done.outputs()
        work.run.note("marks", **left.marks.model_dump(mode="json", exclude_none=True))
        work.run.note(
            f"drill {left.verdict}",
            rto_s=left.rto_s,
            rpo_s=left.rpo_s,
            rows_lost=left.rows_lost,
            deviations=list(left.deviations),
            findings=list(left.findings),
        )
        if must_pass and left.verdict == "failed":
            raise Stopped(f"the drill failed, and was carried to its end: {_why(left)}")
        return left


def _why(left: Outputs) -> str:
    return "; ".join(left.findings) or "it was never validated"


async def _restore(work: Drill) -> Rehearsed:
    evidence, scratch = await restored(work)
    return Rehearsed(
        inputs=work.inputs,
        aim=work.aim,
        production=work.aim.roles.primary_name,
        replacement=scratch,
        evidence=evidence,
        lag=Lag(synchronised=None, rpo_s=None, rto_s=None),
    )


async def _turn(work: Drill) -> Rehearsed:
    evidence = await measured(work)
    lag = await lag_of(work, "lag")
    findings = [*await _returned(work), *await _compared(work), *await _cleared(work)]
    marks = evidence.marks.model_copy(
        update={"t6_restored": mark(work, "t6")} if _is_whole(work) else {}
    )
    return Rehearsed(
        inputs=work.inputs,
        aim=work.aim,
        production=work.aim.roles.standby_name,
        replacement=work.aim.roles.primary_name,
        evidence=Evidence.model_validate(dict(evidence) | {"marks": marks}),
        lag=lag,
        more=tuple(findings),
    )


def _is_whole(work: Drill) -> bool:
    """Whether the pair runs in the end; a failover without failback leaves it abnormal."""
    return work.inputs.failback or work.inputs.mode == "switchover"


async def _returned(work: Drill) -> list[str]:
    roles, pair_id = work.aim.roles, work.aim.pair_id
    if not _is_whole(work):
        return [f"{work.aim.pair_name} is abnormal, {roles.standby_name} is no standby; dr-recover"]
    if work.inputs.failback and work.inputs.mode == "failover":
        await _step(work, "rebuilt", lambda: _rebuilt(work))
    if work.inputs.failback:
        await _step(work, "back", lambda: bring_about(work, switchover(work, roles.turned)))
    await synchronised(work, pair_id)
    mark(work, "t6")
    return []


async def _step(work: Drill, name: str, do: Callable[[], Awaitable[object]]) -> None:
    """Do something unless it was done: afterwards the world has moved on."""
    if work.run.recall(name) is None:
        await do()
        work.run.remember(name, value=True)


async def _rebuilt(work: Drill) -> None:
    roles = work.aim.roles
    # It is broken: the service repairs it in its own time, and before it cannot be rebuilt.
    await clusters.wait_until_cluster_repaired(work.account, cluster_id=roles.standby_id)
    await bring_about(work, recovery(work, roles))
    await synchronised(work, work.aim.pair_id)


async def _compared(work: Drill) -> list[str]:
    """Whether what the replacement had at the end is in the primary of now as well."""
    roles = work.aim.roles
    log = Acknowledged(work.run)
    taken_over = log.accepted(roles.primary_id)
    late = [row for row in log.accepted(roles.standby_id) if row.at > taken_over[0].at]
    found = []
    if late:
        found.append(f"two primaries: {roles.standby_name} took {len(late)} rows after the switch")
    if work.run.recall("cleared") is not None:
        return found
    try:
        there = await present(work.account, _primary_of_now(work), work.run.id)
    except (DwsError, BadSetting) as error:
        return [*found, f"canary rows were not counted in the end: {error}"]
    missing = sum(row.number not in there for row in taken_over)
    if missing:
        found.append(f"{missing} rows that {roles.primary_name} took are missing in the end")
    return found


async def _cleared(work: Drill) -> list[str]:
    if work.inputs.keep_canary or work.run.recall("cleared") is not None:
        return []
    work.changing()
    try:
        await sql.clear_canary(work.account, _primary_of_now(work), work.run.id)
    except (DwsError, BadSetting) as error:
        return [f"canary rows are left in the cluster: {error}"]
    work.run.remember("cleared", value=True)
    return []


def _primary_of_now(work: Drill) -> str:
    roles = work.aim.roles
    return roles.standby_id if work.inputs.failback else roles.primary_id
