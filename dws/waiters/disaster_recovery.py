"""Waits for disaster recovery pairs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Annotated, ParamSpec

from dws import clock
from dws.client import Client
from dws.operation import At, Operation
from dws.operations.disaster_recovery import (
    DisasterRecoveries,
    DisasterRecovery,
    DisasterRecoveryReply,
    ListDisasterRecover,
    ShowDisasterDetail,
)
from dws.waiter import Busy, Done, Failed, Tell, Verdict, Waiter, nobody
from dws.waiters.judging import FAILED, asked, percent
from dws.watch import Many

P = ParamSpec("P")


def judge_disaster_recovery_creation(pair: DisasterRecovery) -> Verdict:
    """The pair is made, and can be started; somebody may have done so."""
    if failed := _failed(pair):
        return failed
    made = pair.status in {"unstart", "starting", "running", "stopping", "stopped"}
    return Done() if made else _busy(pair)


def judge_disaster_recovery_run(pair: DisasterRecovery) -> Verdict:
    """The standby follows the primary."""
    return _failed(pair) or (Done() if pair.status == "running" else _busy(pair))


def judge_disaster_recovery_synchronisation(pair: DisasterRecovery) -> Verdict:
    """The standby follows the primary, and has caught up once since it was started."""
    verdict = judge_disaster_recovery_run(pair)
    if not isinstance(verdict, Done):
        return verdict
    # Both are times of the service; the details tell the first, both tell the second.
    caught_up = pair.last_disaster_time is not None and (
        pair.start_time is None or pair.last_disaster_time >= pair.start_time
    )
    return verdict if caught_up else _busy(pair)


def judge_disaster_recovery_stop(pair: DisasterRecovery) -> Verdict:
    """The standby follows no more; both clusters are free."""
    return _failed(pair) or (Done() if pair.status == "stopped" else _busy(pair))


def judge_disaster_recovery_switchover(pair: DisasterRecovery) -> Verdict:
    """The wanted cluster is the primary, and the other one follows it."""
    return judge_disaster_recovery_run(pair)


def judge_disaster_recovery_failover(pair: DisasterRecovery) -> Verdict:
    """The wanted cluster is the primary; the pair is abnormal until it is rebuilt."""
    settled = pair.status in {"abnormal", "running", "stopped"}
    return Done() if settled else _busy(pair)


def judge_disaster_recovery_deletion(pair: DisasterRecovery) -> Verdict:
    """The pair is gone."""
    return Done() if pair.status == "deleted" else _busy(pair)


def _failed(pair: DisasterRecovery) -> Failed | None:
    # Its words are lower case: create_failed, start_failed, stop_failed (facts A8).
    if pair.status == "abnormal" or FAILED.match(pair.status.upper()):
        return Failed(f"its status is {pair.status}")
    return None


def _busy(pair: DisasterRecovery) -> Busy:
    side = pair.standby_cluster
    return Busy(pair.status, percent(side.progress) if side else None)


UNSWAPPED = timedelta(minutes=2)
"""For how long the roles may lag behind the status, once the pair has turned (assumed)."""


@dataclass
class _Turning:
    """What was seen of a pair that is to get another primary."""

    wanted: str
    has_moved: bool = False
    ended: float | None = None

    def judged(self, verdict: Verdict, pair: DisasterRecovery) -> Verdict:
        if not isinstance(verdict, Done) or pair.primary_cluster_id == self.wanted:
            self.has_moved = self.has_moved or pair.status == "switchovering"
            self.ended = None
            return verdict
        now = clock.now()
        self.ended = now if self.ended is None else self.ended
        if self.has_moved and now - self.ended >= UNSWAPPED.total_seconds():
            return Failed(f"it turned, is {pair.status}, and another cluster is the primary")
        return Busy(f"not yet: {pair.status}")


class DisasterRecoveryTurned(ShowDisasterDetail):
    """Look at a pair whose primary is to be a certain cluster."""

    primary_cluster_id: Annotated[str, At()]
    """Of the cluster that is to be the primary. It is not sent."""


@dataclass(frozen=True)
class PrimaryWaiter(Waiter[P, DisasterRecoveryReply, DisasterRecovery]):
    """
    Is content only if the wanted cluster is the primary.

    The status alone tells nothing: it is ``running`` before a switchover and after it, and
    ``abnormal`` before a failover and after it.
    """

    async def wait(
        self,
        client: Client,
        operation: Operation[DisasterRecoveryReply],
        *,
        tell: Tell | None = None,
        kind: str | None = None,
        within: timedelta | None = None,
    ) -> DisasterRecovery | None:
        """Return when done, as `dws.waiter.Waiter.wait`, with the same errors."""
        turning = _Turning(asked("primary_cluster_id")(operation))

        def judge(pair: DisasterRecovery) -> Verdict:
            return turning.judged(self.judge(pair), pair)

        told = {field.name: getattr(self, field.name) for field in fields(self)}
        waiter: Waiter[P, DisasterRecoveryReply, DisasterRecovery] = Waiter(
            **told | {"judge": judge}
        )
        tell = tell or nobody
        return await waiter.wait(client, operation, tell=tell, kind=kind, within=within)


def _pair(reply: DisasterRecoveryReply) -> DisasterRecovery:
    return reply.disaster_recovery


def _pairs(reply: DisasterRecoveries) -> list[DisasterRecovery]:
    return reply.disaster_recovery


def _id(pair: DisasterRecovery) -> str:
    return pair.id


ALL_PAIRS: Many[DisasterRecovery] = Many(ListDisasterRecover, _pairs, _id)

disaster_recovery_ready = Waiter(
    look=ShowDisasterDetail,
    item=_pair,
    judge=judge_disaster_recovery_creation,
    many=ALL_PAIRS,
    key=asked("disaster_recovery_id"),
    usual=(timedelta(minutes=1), timedelta(minutes=5)),
    gives=DisasterRecovery,
    appears_within=timedelta(minutes=2),
    within=timedelta(hours=4),
)
"""The pair is made."""

disaster_recovery_running = Waiter(
    look=ShowDisasterDetail,
    item=_pair,
    judge=judge_disaster_recovery_run,
    many=ALL_PAIRS,
    key=asked("disaster_recovery_id"),
    usual=(timedelta(minutes=5), timedelta(minutes=15)),
    gives=DisasterRecovery,
    within=timedelta(hours=4),
)
"""The standby follows the primary, after a start or a recovery."""

disaster_recovery_synchronised = Waiter(
    look=ShowDisasterDetail,
    item=_pair,
    judge=judge_disaster_recovery_synchronisation,
    many=ALL_PAIRS,
    key=asked("disaster_recovery_id"),
    usual=(timedelta(minutes=5), timedelta(minutes=15)),
    gives=DisasterRecovery,
    within=timedelta(hours=12),
)
"""The standby has caught up with the primary; the first time copies all data."""

disaster_recovery_stopped = Waiter(
    look=ShowDisasterDetail,
    item=_pair,
    judge=judge_disaster_recovery_stop,
    many=ALL_PAIRS,
    key=asked("disaster_recovery_id"),
    usual=(timedelta(minutes=1), timedelta(minutes=5)),
    gives=DisasterRecovery,
    within=timedelta(hours=4),
)
"""The standby follows no more."""

disaster_recovery_switched = PrimaryWaiter(
    look=DisasterRecoveryTurned,
    item=_pair,
    judge=judge_disaster_recovery_switchover,
    many=ALL_PAIRS,
    key=asked("disaster_recovery_id"),
    usual=(timedelta(minutes=3), timedelta(minutes=10)),
    gives=DisasterRecovery,
    within=timedelta(hours=4),
)
"""A switchover is over: the wanted cluster is the primary."""

disaster_recovery_promoted = PrimaryWaiter(
    look=DisasterRecoveryTurned,
    item=_pair,
    judge=judge_disaster_recovery_failover,
    many=ALL_PAIRS,
    key=asked("disaster_recovery_id"),
    usual=(timedelta(minutes=3), timedelta(minutes=10)),
    gives=DisasterRecovery,
    within=timedelta(hours=1),
)
"""A failover is over: the wanted cluster is the primary."""

disaster_recovery_gone = Waiter(
    look=ShowDisasterDetail,
    item=_pair,
    judge=judge_disaster_recovery_deletion,
    many=ALL_PAIRS,
    key=asked("disaster_recovery_id"),
    usual=(timedelta(minutes=1), timedelta(minutes=3)),
    if_absent=Done(),
    within=timedelta(hours=1),
)
"""The service itself says that the pair does not exist."""
