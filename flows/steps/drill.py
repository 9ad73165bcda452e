"""The measured part of a drill: canary rows before, during and after the roles are turned."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, takewhile

from dws import clock
from dws.errors import BadSetting, DwsError, WaitTimedOut
from flows.declared.dr_failover_drill import Inputs
from flows.declared.drill_evidence import Evidence, Interruption, Loss, Marks
from flows.steps.canary import Writer, now_s, prepare, present, writing
from flows.steps.change import Change, bring_about
from flows.steps.lag import lag_of
from flows.steps.pair import OnePair
from flows.steps.procedure import Work
from flows.steps.turning import failover, switchover
from tasks import sql
from tasks.acknowledged import Outcome
from tasks.outage import wait_until_production_breaks

Drill = Work[Inputs, OnePair]

WRITABLE_WITHIN = timedelta(minutes=30)
"""How long a new primary may take no rows, once the service says that it is the primary."""


async def measured(work: Drill) -> Evidence:
    """
    Turn the roles, and measure what that costs. Once in a run, however often that is killed.

    Raises:
        Refused, Stopped: Production lets us write no rows, or the roles cannot be turned.
        WaitTimedOut: The new primary takes no rows.
    """
    return await work.once("evidence", Evidence, lambda: _measured(work))


async def _measured(work: Drill) -> Evidence:
    roles = work.aim.roles
    writer = Writer(
        run=work.run,
        account=work.account,
        former=roles.standby_id,
        wanted=roles.primary_id,
        every=work.inputs.canary_every,
    )
    await _prepared(work, writer)
    has_rows = bool(writer.log.accepted(writer.former))
    async with writing(writer):
        if work.run.recall("t2") is None:
            await _warmed_up(work, writer, has_rows=has_rows)
            await lag_of(work, "lag")
            mark(work, "t2")
        writer.takes_over = True
        await bring_about(work, _marked(work))
        await writer.until_accepted(writer.wanted, 1, within=WRITABLE_WITHIN)
        acceptance = await sql.accept_database(
            work.account, writer.wanted, work.inputs.statements()
        )
        there = await present(work.account, writer.wanted, work.run.id)
    validated = now_s() if all(one.passed for one in acceptance) else None
    return Evidence(
        marks=_marks(work, writer, validated),
        loss=loss(_before_takeover(writer), there),
        acceptance=acceptance,
        interruptions=_interruptions(work),
    )


def mark(work: Drill, name: str) -> datetime:
    """Write down that something happens now; of two attempts the first one holds."""
    told = work.run.recall(name)
    if told is None:
        told = work.run.remember(name, now_s())
        work.run.note(f"mark {name.upper()}", at=_moment(told).isoformat(timespec="milliseconds"))
    return _moment(told)


def loss(acknowledged: tuple[Outcome, ...], there: frozenset[int]) -> Loss:
    """
    What of the rows that were acknowledged is missing.

    Args:
        there: Numbers of the rows that the new primary has.
    """
    lost = sum(row.number not in there for row in acknowledged)
    if not lost:
        return Loss(acknowledged=len(acknowledged), lost=0, rpo_s=0.0)
    # Up to the first one that is missing all is there, whatever came through after it.
    whole = list(takewhile(lambda row: row.number in there, acknowledged))
    last = acknowledged[-1].at
    return Loss(
        acknowledged=len(acknowledged),
        lost=lost,
        rpo_s=round(last - (whole[-1] if whole else acknowledged[0]).at, 3),
        is_at_least=not whole,
    )


async def _prepared(work: Drill, writer: Writer) -> None:
    """Before the first change: make sure that we are let in, and that rows can be written."""
    if work.run.recall("prepared") is not None:
        _interrupted(work, writer)
        return
    try:
        async with sql.database_of(work.account, writer.former):
            pass
    except (DwsError, BadSetting) as error:
        raise work.stop(f"no canary can be written: {error}") from error
    work.changing()
    try:
        await prepare(work.account, writer.former)
    except DwsError as error:
        raise work.stop(f"no canary can be written: {error}") from error
    work.run.remember("prepared", value=True)


async def _warmed_up(work: Drill, writer: Writer, *, has_rows: bool) -> None:
    is_unplanned = work.inputs.mode == "failover"
    # What breaks while nothing runs takes no more rows: those of the earlier attempt must do.
    if not (is_unplanned and has_rows):
        await _rows_taken(work, writer)
    if is_unplanned and not work.inputs.force:
        await _broken(work)


async def _rows_taken(work: Drill, writer: Writer) -> None:
    began = clock.now()
    written = len(writer.log.accepted(writer.former))
    await writer.until_accepted(writer.former, written + 2, within=timedelta(minutes=10))
    warm_up_s = work.inputs.warm_up.total_seconds()
    await clock.sleep(began + warm_up_s - clock.now())


async def _broken(work: Drill) -> None:
    """Wait until the service itself says that production is broken: a drill breaks nothing."""
    roles, within = work.aim.roles, work.inputs.outage_within
    try:
        await wait_until_production_breaks(
            work.account, work.aim.pair_id, roles.standby_id, within=within
        )
    except WaitTimedOut as error:
        raise work.stop(
            f"cluster {roles.standby_name} was not broken within outage_within={within}: "
            "mode=failover rehearses an outage that somebody else causes; run it again and cause "
            "one, or use mode=switchover"
        ) from error


def _marked(work: Drill) -> Change:
    if work.inputs.mode == "failover":
        change = failover(work, work.aim.roles, force=work.inputs.force)
    else:
        change = switchover(work, work.aim.roles)

    async def act() -> object:
        mark(work, "t3")
        return await change.act()

    return replace(change, act=act)


def _marks(work: Drill, writer: Writer, validated: float | None) -> Marks:
    before = _before_takeover(writer)
    disrupted = before[-1].at if before else None
    detected = None if disrupted is None else writer.log.failed_since(writer.former, disrupted)
    return Marks(
        t0_disrupted=_moment_or_none(disrupted),
        t1_detected=_moment_or_none(detected),
        t2_declared=_moment_or_none(work.run.recall("t2")),
        t3_begun=_moment_or_none(work.run.recall("t3")),
        t4_writable=_moment(writer.log.accepted(writer.wanted)[0].at),
        t5_validated=_moment_or_none(validated),
    )


def _before_takeover(writer: Writer) -> tuple[Outcome, ...]:
    """What the former primary acknowledged until the new one took over."""
    taken_over = writer.log.accepted(writer.wanted)[0].at
    return tuple(row for row in writer.log.accepted(writer.former) if row.at < taken_over)


def _interrupted(work: Drill, writer: Writer) -> None:
    """Write down that no row was written from the last one until now."""
    last = writer.log.highest()
    if last is None:
        return
    for number in count(1):
        name = f"interruption {number}"
        if work.run.recall(name) is None:
            work.run.remember(name, [last.at, now_s()])
            return


def _interruptions(work: Drill) -> tuple[Interruption, ...]:
    found: list[Interruption] = []
    for number in count(1):
        told = work.run.recall(f"interruption {number}")
        if told is None:
            return tuple(found)
        found.append(Interruption(since=_moment(told[0]), until=_moment(told[1])))
    raise AssertionError("the first one that is not there ends it")


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _moment_or_none(seconds: float | None) -> datetime | None:
    return None if seconds is None else _moment(seconds)
