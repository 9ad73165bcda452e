"""A flow that was started without a runbook is its own run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from prefect import runtime
from prefect.logging import get_run_logger

from dws.waiter import Progress
from tasks.run import Run, current, running


class Logged:
    """Tells Prefect's log of the flow run."""

    def progressed(self, progress: Progress) -> None:
        """Waits log their phases themselves."""

    def noted(self, what: str, details: Mapping[str, Any]) -> None:
        told = " ".join(f"{name}={value}" for name, value in details.items())
        get_run_logger().info("%s %s", what, told)


@asynccontextmanager
async def own_run(run_id: str | None) -> AsyncIterator[Run]:
    """
    The run around the caller; if there is none, one of that id, else of the flow run's.

    Raises:
        ValueError: The id is not one, or another run is around.
    """
    around = current()
    if around is None:
        async with running(Run(run_id or str(runtime.flow_run.id), listener=Logged())) as run:
            yield run
        return
    if run_id not in {None, around.id}:
        raise ValueError(f"run_id={run_id!r}: this is part of run {around.id}; leave it out")
    yield around
