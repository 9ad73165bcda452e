"""How a wait is seen: by the run's listener, in Prefect's log, and as a progress bar there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact
from prefect.context import TaskRunContext
from prefect.logging import get_run_logger

from dws.waiter import Progress, Tell
from tasks.run import current

EVERY_S = 5.0
"""How often a progress bar is redrawn at most, in seconds of the wall: each costs 20 ms."""


class _Bar:
    """One progress artifact, redrawn in the background so that looking is never late."""

    def __init__(self) -> None:
        self._latest: Progress | None = None
        self._phase: str | None = None
        self._told = asyncio.Event()
        self._id: UUID | None = None
        self.drawing = asyncio.Lock()

    def tell(self, progress: Progress) -> None:
        if progress.phase != self._phase:
            self._phase = progress.phase
            get_run_logger().info("%s: %s", progress.what, progress.phase)
        self._latest = progress
        self._told.set()
        if run := current():
            run.listener.progressed(progress)

    async def draw(self) -> None:
        while True:
            await self._told.wait()
            self._told.clear()
            if self._latest is not None:
                async with self.drawing:
                    await self._draw(self._latest.percent or 0.0, self._latest)
            await asyncio.sleep(EVERY_S)

    async def finish(self) -> None:
        if self._latest is not None:
            await self._draw(100.0, self._latest)

    async def _draw(self, percent: float, progress: Progress) -> None:
        if self._id is None:
            key = re.sub(r"[^a-z0-9]+", "-", progress.what.lower()).strip("-")
            told = f"{progress.what}: {progress.phase}"
            created = await acreate_progress_artifact(percent, key=key, description=told)
            self._id = created
        else:
            await aupdate_progress_artifact(self._id, progress=percent)


@asynccontextmanager
async def shown() -> AsyncIterator[Tell]:
    """
    What a wait inside a task tells its progress to.

    A progress bar that Prefect does not take is left out: a wait must not end for it.
    """
    if TaskRunContext.get() is None:
        yield _told_to_run
        return
    bar = _Bar()
    drawing = asyncio.create_task(bar.draw())
    try:
        yield bar.tell
        async with bar.drawing:  # cut off, a creation would be made a second time
            drawing.cancel()
        await asyncio.gather(bar.finish(), return_exceptions=True)
    finally:
        drawing.cancel()
        await asyncio.gather(drawing, return_exceptions=True)


def _told_to_run(progress: Progress) -> None:
    if run := current():
        run.listener.progressed(progress)
