"""Triggers as deployments of Prefect, served by this process: Prefect keeps their times."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import httpx
from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from runbooks.engine.console.serving import Serving
from runbooks.engine.scheduled import run_scheduled
from runbooks.server import ServerFailed

_OVERLAP = {
    "skip": ConcurrencyLimitStrategy.CANCEL_NEW,
    "queue": ConcurrencyLimitStrategy.ENQUEUE,
}


class _Served(Runner):
    """Ends by SIGTERM as by Ctrl-C: Prefect's own handler waits for the loop that it stops."""

    def handle_sigterm(self, *_: Any, **__: Any) -> None:
        signal.raise_signal(signal.SIGINT)


def kept(served: Sequence[Serving], *, account: str, limit: int, ready: Callable[[], None]) -> None:
    """
    Start runs at their times until Ctrl-C; then no schedule of these is active any more.

    Args:
        limit: How many runs are at work at once; more wait.
        ready: Called when all is served.

    Raises:
        ServerFailed: Prefect failed; the message tells whether schedules are still active.
    """
    asyncio.run(_kept(served, account, limit, ready))


async def _kept(
    served: Sequence[Serving], account: str, limit: int, ready: Callable[[], None]
) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    runner = _Served(name="runbook-serve", limit=limit, pause_on_shutdown=False)
    known: list[UUID] = []
    try:
        for one in served:
            deployment = await _deployment(one, account)
            known += [await runner.aadd_deployment(deployment)]
        ready()
        await _until_told(runner, stop)
    finally:
        await _paused(known)


async def _paused(deployments: Sequence[UUID]) -> None:
    try:
        async with get_client() as client:
            for deployment in deployments:
                await client.pause_deployment(deployment)
    except httpx.HTTPError as error:
        raise ServerFailed(
            f"the schedules are still active, as Prefect failed ({type(error).__name__}: {error}): "
            "mend it, serve the same runbooks again, and end that"
        ) from error


async def _until_told(runner: Runner, stop: asyncio.Event) -> None:
    """Serve until ``stop``, then let the runs at work end orderly."""
    serving, told = asyncio.create_task(runner.start()), asyncio.create_task(stop.wait())
    await asyncio.wait({serving, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not serving.done():
        if runner.started:
            await runner.astop()
        else:
            serving.cancel()
    await asyncio.wait({serving})
    if not serving.cancelled() and (error := serving.exception()):
        raise ServerFailed(f"Prefect failed ({type(error).__name__}: {error})") from error


async def _deployment(one: Serving, account: str) -> RunnerDeployment:
    trigger = one.trigger
    flow: Flow[..., Any] = run_scheduled.with_options(name=one.name)
    return await flow.ato_deployment(
        name=f"trigger-{one.number}",
        schedules=[Cron(trigger.schedule, timezone=trigger.timezone)],
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=_OVERLAP[trigger.overlap]
        ),
        parameters={
            "runbook": one.runbook,
            "trigger": one.number,
            "account": account,
            "params": dict(one.params),
            "each": trigger.overlap == "queue",
        },
        tags=["dws-runbook"],
        entrypoint_type=EntrypointType.MODULE_PATH,
        paused=False,
    )
