"""The redistribution of a cluster's data: begun, kept within a window, retried, proved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from dws import clock
from dws.errors import WaitTimedOut
from dws.shapes import Cluster
from dws.told.scaling import RedistributionInfo
from flows.steps.change import Change, Ready, Stage, bring_about
from flows.steps.moved_data import Data, data_of, figures
from flows.steps.procedure import OneCluster, Work, seen
from tasks import scaling
from tasks.beginning import LOOK_EVERY_S, LOOKS, was_asked
from tasks.opening import wait_until_open
from tasks.windows import Window

SUSPENDS_WITHIN = timedelta(hours=1)
"""How long a redistribution may go on with what it is at, once it is suspended (assumed)."""


@dataclass(frozen=True)
class Manner:
    """
    How data is to be moved.

    Attributes:
        window: When; None for at any time.
        retries: How often to retry after a failure.
        resume_paused: Whether to go on with what somebody else has paused.
        within: How long all of it may take.
        is_due: Whether there must be one, as the cluster has grown just now.
    """

    mode: Literal["offline", "online"]
    parallel_jobs: int
    window: Window | None
    retries: int
    resume_paused: bool
    within: timedelta
    is_due: bool


@dataclass(frozen=True)
class Moved:
    """How often it was suspended by this run, and tried again."""

    suspensions: int
    retries: int


async def redistributed(work: Work[Any, OneCluster], manner: Manner) -> Moved:
    """
    See to it that the data of a cluster is spread over all its nodes.

    Begins what waits, adopts what runs, suspends it outside the window and resumes it within,
    tries again what failed. What somebody else has paused is left so unless told otherwise.

    Raises:
        Refused, Stopped: It failed for good, was paused by somebody, or left tables behind.
        WaitTimedOut: It did not end in time; it may go on by itself. Start the run again.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    return await _Mover(work, manner).run()


@dataclass
class _Mover:
    work: Work[Any, OneCluster]
    manner: Manner

    def __post_init__(self) -> None:
        self.began = clock.now()
        self.named = f"redistribution of {self.work.aim.cluster_name}"

    async def run(self) -> Moved:
        deadline = self.began + self.manner.within.total_seconds()
        while clock.now() < deadline:
            cluster, info = await self._look()
            data = data_of(cluster, info)
            if data is Data.MOVED:
                await self._prove(info)
                return Moved(self._suspensions(), self._count("retry"))
            await self._go_on(data, info, timedelta(seconds=deadline - clock.now()))
        raise WaitTimedOut(
            f"{self.named}: not done after {self.manner.within}; it may go on by itself"
        )

    async def _go_on(self, data: Data, info: RedistributionInfo, left: timedelta) -> None:
        self._note(data, info)
        window, closing = self.manner.window, self._closing_in()
        if data is not Data.MOVING:
            self._must_not_stop(data, info)
        if closing is not None:
            await self._move(data, min(closing, left))
        elif data is Data.MOVING:
            await self._suspend()
        elif window is not None:
            await self._wait_for_window(window, left)

    async def _move(self, data: Data, within: timedelta) -> None:
        if data is Data.MOVING:
            await self._watch(within)
        elif data is Data.SUSPENDED:
            await self._once("resumption", data, self._resume)
        elif data is Data.FAILED:
            await self._once("retry", data, self._start)
        else:
            change = self._change(f"start of {self.named}", {data}, self._start)
            await bring_about(self.work, change)

    def _must_not_stop(self, data: Data, info: RedistributionInfo) -> None:
        """
        Make sure that a person is not needed.

        Raises:
            Refused, Stopped: One is; the error says for what.
        """
        if data is Data.SUSPENDED and not (self._is_own_pause() or self.manner.resume_paused):
            raise self.work.stop(
                f"{self.named} was paused by somebody; resume it, or run this with resume_paused"
            )
        if data is Data.FAILED and self._count("retry") >= self.manner.retries:
            told = figures(info).figures or "the service tells no figures"
            raise self.work.stop(
                f"{self.named} failed, and was retried {self._count('retry')} times ({told}); "
                "see to its tables, then start a new run: it retries what is left"
            )

    async def _suspend(self) -> None:
        what = self._named("suspension", self._round())

        async def stage() -> Stage:
            _, info = await self._look()
            if info.word in {"PAUSE", "SUCCESS", "FAIL"}:
                return Stage.DONE
            return Stage.UNDER_WAY if info.word == "PAUSING" else Stage.NOT_BEGUN

        account, cluster_id = self.work.account, self.work.aim.cluster_id
        change = Change(
            what=what,
            stage=stage,
            act=lambda: scaling.stop_redistribution(account, cluster_id=cluster_id),
            wait=lambda: self._watch(SUSPENDS_WITHIN),
        )
        await bring_about(self.work, change)

    async def _once(self, kind: str, before: Data, act: Ready) -> None:
        number = self._count(kind) + 1
        what = self._named(kind, number)
        await bring_about(self.work, self._change(what, {before}, act))
        self.work.run.remember(f"{what} done", value=True)

    def _change(self, what: str, before: set[Data], act: Ready) -> Change:
        async def stage() -> Stage:
            return Stage.NOT_BEGUN if data_of(*await self._look()) in before else Stage.DONE

        return Change(what=what, stage=stage, act=act)

    async def _start(self) -> None:
        await scaling.execute_redistribution_cluster(
            self.work.account,
            cluster_id=self.work.aim.cluster_id,
            redis_mode=self.manner.mode,
            parallel_jobs=self.manner.parallel_jobs,
        )

    async def _resume(self) -> None:
        await scaling.restore_redistribution(self.work.account, cluster_id=self.work.aim.cluster_id)

    async def _watch(self, within: timedelta) -> None:
        await scaling.watch_redistribution(
            self.work.account,
            cluster_id=self.work.aim.cluster_id,
            cluster_name=self.work.aim.cluster_name,
            within=within,
        )

    async def _look(self) -> tuple[Cluster, RedistributionInfo]:
        cluster = await seen(self.work)
        told = await scaling.show_cluster_redistribution(
            self.work.account, cluster_id=self.work.aim.cluster_id
        )
        return cluster, told.redis_info

    async def _prove(self, info: RedistributionInfo) -> None:
        """The figures lag behind the word; in the end no table may be left."""
        if self.manner.is_due and not info.word:
            raise self.work.stop(
                f"cluster {self.work.aim.cluster_name} has grown, and the service tells of no "
                "redistribution; start it by hand"
            )
        for _ in range(LOOKS):
            told = figures((await self._look())[1])
            if not (told.tables_left or told.byte_left):
                self.work.run.note(f"{self.named} done", figures=told.figures)
                return
            await clock.sleep(LOOK_EVERY_S)
        raise self.work.stop(
            f"{self.named} is said to be done, but {told.tables_left} tables and "
            f"{told.byte_left} bytes are left"
        )

    async def _wait_for_window(self, window: Window, left: timedelta) -> None:
        """
        Wait under the lock: a cluster whose data is due refuses all other changes anyway.

        Raises:
            WaitTimedOut: It opens too late.
        """
        now = clock.time_of_day()
        if window.opening(now) - now > left:
            raise WaitTimedOut(
                f"{self.named}: not done within {self.manner.within}, and {window} opens only "
                f"at {window.opening(now):%Y-%m-%d %H:%M}; the run goes on if started again"
            )
        await wait_until_open(window)

    def _closing_in(self) -> timedelta | None:
        """How long data may still be moved; None if it may not now."""
        if self.manner.window is None:
            return timedelta.max
        now = clock.time_of_day()
        closing = self.manner.window.closing(now)
        return None if closing is None else closing - now

    def _round(self) -> int:
        """Which suspension is next, or was last: by each resumption a new one begins."""
        return self._count("resumption") + 1

    def _is_own_pause(self) -> bool:
        return self._has_suspended(self._round())

    def _has_suspended(self, number: int) -> bool:
        return was_asked(self.work.run, self._named("suspension", number))

    def _suspensions(self) -> int:
        return sum(self._has_suspended(number + 1) for number in range(self._round()))

    def _named(self, kind: str, number: int) -> str:
        return f"{kind} {number} of {self.named}"

    def _count(self, kind: str) -> int:
        """How many of a kind this run, earlier attempts included, has brought about."""
        number = 0
        while self.work.run.recall(f"{self._named(kind, number + 1)} done"):
            number += 1
        return number

    def _note(self, data: Data, info: RedistributionInfo) -> None:
        told = figures(info)
        self.work.run.note(
            self.named,
            status=info.word or data.value,
            percent=told.total_progress,
            bytes_done=told.bytes_done,
            bytes_left=told.byte_left,
            tables_done=told.tables_done,
            tables_left=told.tables_left,
            rate=told.redis_rate,
        )
