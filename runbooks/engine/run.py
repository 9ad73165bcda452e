"""Runs a runbook: one Prefect flow run for the runbook, one flow or task run for each step."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx
from prefect import flow
from prefect.exceptions import ObjectNotFound

from runbooks.engine.journal import Journal
from runbooks.engine.order import Order, who
from runbooks.engine.scribe import Scribe
from runbooks.engine.story import Story
from runbooks.engine.walk import Walk, outage
from runbooks.engine.watcher import Nobody, Watcher
from runbooks.server import ServerFailed
from tasks.store import database


@contextmanager
def _cancelled_by_sigterm() -> Iterator[None]:
    """
    Let SIGTERM cancel the walk, as Ctrl-C does.

    Prefect's own handler raises in whatever happens to run, where it may be swallowed and the run
    then hang; the loop hears of the signal beside it.
    """
    task = asyncio.current_task()
    if task is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    loop, before = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(signal.SIGTERM, before)


_walk: ContextVar[Walk] = ContextVar("walk")
_watcher: ContextVar[Watcher] = ContextVar("watcher", default=Nobody())  # noqa: B039 - no state


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Who is told what the runs inside are at."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


async def begin(order: Order, plan_hash: str) -> None:
    """
    Run a runbook from its first step; how it ended is in the journal.

    Raises:
        TakenOver: There is such a run already.
        ServerFailed: Prefect failed before the end; nothing is recorded of that.
        Exception: What stopped it, after that was recorded.
    """
    journal = Journal(database())
    told = {**order.recorded(), "plan_hash": plan_hash}
    first = journal.follow(order.run_id, None, "begin", told)
    scribe = Scribe(journal, order.run_id, first, _watcher.get())
    await _walked(order, scribe, passed={}, checked=None, has_changed=False)


async def go_on(story: Story) -> None:
    """
    Go on with an unfinished run, with the document and the parameters that it began with.

    Raises:
        TakenOver: Another process goes on with it.
        ServerFailed: As `begin`.
        Exception: What stopped it, after that was recorded.
    """
    journal = Journal(database())
    scribe = Scribe(journal, story.run_id, story.records[-1], _watcher.get())
    scribe.write("resume", {"by": who(), "attempt": story.attempts + 1})
    passed, checked = story.passed(), story.checked()
    changed = story.has_changed()
    await _walked(story.order(), scribe, passed=passed, checked=checked, has_changed=changed)


async def _walked(
    order: Order,
    scribe: Scribe,
    *,
    passed: Mapping[str, Mapping[str, Any]],
    checked: Mapping[str, Mapping[str, Any]] | None,
    has_changed: bool,
) -> None:
    walk = Walk(order, database(), scribe, passed, has_changed, _is_outage, checked)
    name = order.loaded.runbook.metadata.name
    token = _walk.set(walk)
    try:
        with _cancelled_by_sigterm():
            await run_runbook.with_options(name=name, flow_run_name=order.run_id)(
                runbook=name,
                run_id=order.run_id,
                account=order.account,
                params=dict(order.params),
            )
    except Exception as error:
        if walk.ending is None and _is_outage(error):
            raise ServerFailed(outage(error)) from error
        raise
    finally:
        _walk.reset(token)


def _is_outage(error: BaseException | None) -> bool:
    # Prefect wraps some of them.
    if error is None:
        return False
    return isinstance(error, httpx.HTTPError | ObjectNotFound) or _is_outage(error.__cause__)


@flow(retries=0)
async def run_runbook(runbook: str, run_id: str, account: str, params: dict[str, Any]) -> str:
    """
    Walk through the steps of a run that the journal knows.

    The parameters are for the page of Prefect: the walk has its own.
    """
    del runbook, run_id, account, params
    return (await _walk.get().to_the_end()).status
