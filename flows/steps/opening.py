"""
Doing something inside a window of the week.

The window is waited for before any lock is taken: hours of waiting must not keep others from the
cluster. Under the lock it is looked at again, right before the change.
"""

from __future__ import annotations

from pydantic import BaseModel

from dws import clock
from flows.steps.change import settled
from flows.steps.procedure import InputsT, OneCluster, Work, may_have_changed
from tasks.action import Action
from tasks.opening import wait_until_open
from tasks.preflight import preflight
from tasks.run import Run
from tasks.windows import Window


async def window_opens(
    run: Run, account: str, action: Action, inputs: BaseModel, window: Window | None
) -> None:
    """
    Wait until the window is open; before that, see that the procedure may begin at all.

    Where there is nothing to change nothing is waited for.

    Raises:
        Refused: A finding of the preflight blocks it: told now, and not when the window opens.
    """
    if window is None or window.is_open(clock.time_of_day()):
        return
    if not may_have_changed(run):
        foreseen = await preflight(account, action, inputs, run.id)
        if not foreseen.changes:
            return
    await wait_until_open(window)
    run.note("window open", window=str(window))


async def settled_inside(work: Work[InputsT, OneCluster], window: Window | None) -> None:
    """
    Wait until the cluster is idle while the window is open.

    Raises:
        Refused, Stopped: The cluster never will be.
        WaitTimedOut: It was not in time.
    """
    await settled(work)
    while window is not None and not window.is_open(clock.time_of_day()):
        await wait_until_open(window)
        await settled(work)
